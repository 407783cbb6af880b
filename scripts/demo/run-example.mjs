// One example: both servers started, every request sent to both, compared and timed.
import { differences, unexpected } from './compare.mjs';
import { startPlain, startPlatform } from './processes.mjs';
import { readRequests, send } from './requests.mjs';

const COLD_TIMES = 3;
const WARM_TIMES = 15;
const WARM_UP_TIMES = 3;
const TRACE = ['x-ropeway-trace', '1'];
const COLD = ['x-ropeway-cold', '1'];

/** Returns one row per request. With `keep` the platform stays up at `url`. */
export async function runExample(example, { keep }) {
  const requests = await readRequests(example);
  const plain = example.plain === undefined ? undefined : await startPlain(example);
  const platform = await startPlatform(example);
  const rows = [];
  for (const request of requests) rows.push(await runRequest(request, plain?.url, platform.url));
  await plain?.stop();
  if (!keep) await platform.stop();
  return { example, rows, url: platform.url };
}

/** Times in ms, memory in MB. Cold answers are compared as well as warm ones. */
async function runRequest(request, plainUrl, platformUrl) {
  const onServer = plainUrl === undefined ? undefined : await measure(plainUrl, request);
  const cold = [];
  for (let time = 0; time < COLD_TIMES; time += 1) cold.push(await send(platformUrl, request, [TRACE, COLD]));
  const onPlatform = await measure(platformUrl, request);

  const first = cold[0];
  const problems = [...unexpected(onPlatform.answer, request.expect)];
  if (onServer !== undefined) problems.push(...differences(onServer.answer, onPlatform.answer));
  problems.push(...differences(onPlatform.answer, first).map((line) => `cold and warm: ${line}`));
  if (trace(first, 'start') !== 'cold')
    problems.push('the platform did not make an instance for a cold request');
  return {
    route: `${request.method} ${decodeURI(request.path)}`,
    problems: [...new Set(problems)],
    serverMs: onServer?.ms,
    coldMs: median(cold.map(({ ms }) => ms)),
    warmMs: onPlatform.ms,
    memoryMb: median(cold.map((answer) => Number(trace(answer, 'memory-mb') ?? Number.NaN))),
  };
}

/** The answer, and the median ms after a warm-up that loads what the app loads lazily. */
async function measure(url, request) {
  for (let time = 0; time < WARM_UP_TIMES; time += 1) await send(url, request);
  const answers = [];
  for (let time = 0; time < WARM_TIMES; time += 1) answers.push(await send(url, request));
  return { answer: answers[0], ms: median(answers.map(({ ms }) => ms)) };
}

function trace(answer, name) {
  return answer.headers.find(([header]) => header.toLowerCase() === `x-ropeway-${name}`)?.[1];
}

function median(numbers) {
  return numbers.toSorted((a, b) => a - b)[numbers.length >> 1];
}
