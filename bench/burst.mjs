// npm run bench:burst: the article's 301 requests at once, against a server with one worker and against the platform,
// from cold (no instance yet) and from warm.
import { setTimeout as sleep } from 'node:timers/promises';

import { startPlain } from '../scripts/demo/processes.mjs';
import { benchExamples } from './lib/examples.mjs';
import { client, timed } from './lib/http.mjs';
import { startPlatformProcess } from './lib/platform-process.mjs';
import { compare, round2 } from './lib/stats.mjs';

const REQUESTS = 301;
const GOALS = { cold: 1.5, warm: 1 };
const MEMORY_MB = 150;
const WARM_UP_BURSTS = 5;
const PAUSE_MS = 300;

await benchExamples('burst', { rounds: 3 }, measure);

async function measure(example, path, { rounds, rows, notes }) {
  const server = await startPlain(example);
  const figures = { server: [], cold: [], warm: [] };
  const limits = { initTimeout: 60 };
  let megabytes = 0;
  const platform = await startPlatformProcess(example, { limits, cold: 'template', warmup: [path] });
  try {
    // Compiled code and a heap of its size on either side: what runs for long is compared.
    for (let count = 0; count < WARM_UP_BURSTS; count++) {
      for (const { url } of [server, platform]) await burst(url + path);
    }
    for (let round = 0; round < rounds; round++) {
      await platform.reload();
      await sleep(PAUSE_MS);
      for (const [name, { url }] of [
        ['cold', platform],
        ['server', server],
        ['warm', platform],
      ]) {
        figures[name].push(await burst(url + path));
        await sleep(PAUSE_MS);
      }
    }
    megabytes = await platform.megabytes();
  } finally {
    await platform.stop();
  }
  await server.stop();
  const slowest = (name) => figures[name].map(({ max }) => max);
  for (const from of ['cold', 'warm']) {
    const found = compare({ platform: slowest(from), server: slowest('server') }, 'platform');
    const failed = figures[from].reduce((total, one) => total + one.failed, 0);
    rows.push({
      case: `${example.name}/slowest of ${REQUESTS}, from ${from}`,
      unit: 'ms',
      ...found,
      goal: `<= ${GOALS[from]}, none failed`,
      ok: failed === 0 && found.ratio <= GOALS[from],
    });
  }
  rows.push({
    case: `${example.name}/memory of the platform's process`,
    unit: 'MB',
    subject: round2(megabytes),
    baseline: null,
    ratio: null,
    goal: `< ${MEMORY_MB}`,
    ok: megabytes < MEMORY_MB,
  });
  for (const [name, list] of Object.entries(figures)) {
    notes.push(`${example.name}, ${name}: ${list.map(sentence).join('; ')}`);
  }
}

/** All at once, each on a connection of its own. */
async function burst(url) {
  const agent = client(REQUESTS);
  const start = performance.now();
  const all = await Promise.all(Array.from({ length: REQUESTS }, () => timed(agent, url)));
  const total = performance.now() - start;
  agent.destroy();
  const times = all.map(({ ms }) => ms);
  const failed = all.filter(({ status }) => status !== 200).length;
  return { total, failed, max: Math.max(...times), min: Math.min(...times) };
}

function sentence({ total, failed, max, min }) {
  return `total ${round2(total)} ms, ${REQUESTS - failed} succeeded, ${failed} failed, max ${round2(max)}, min ${round2(min)}`;
}
