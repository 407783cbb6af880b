// npm run bench:burst: the article's 301 requests at once, against a server with one worker and against the platform,
// from cold (no instance yet) and from warm; and against serverless-offline.
import { setTimeout as sleep } from 'node:timers/promises';

import { startPlain } from '../scripts/demo/processes.mjs';
import { benchExamples } from './lib/examples.mjs';
import { atOnce } from './lib/http.mjs';
import { startPlatformProcess } from './lib/platform-process.mjs';
import { compare, round2 } from './lib/stats.mjs';

const REQUESTS = 301;
const GOALS = { cold: 1.5, warm: 1 };
const MEMORY_MB = 150;
const PEER = 'serverless-offline';
const WARM_UP_BURSTS = 5;
const PAUSE_MS = 300;

await benchExamples('burst', { rounds: 3 }, measure);

async function measure(example, path, { rounds, rows, notes, startPeer }) {
  const server = await startPlain(example);
  const figures = { server: [], cold: [], warm: [] };
  const limits = { initTimeout: 60 };
  const body = await (await fetch(server.url + path)).text();
  const burst = (url) => atOnce(REQUESTS, url + path, body);
  let megabytes = 0;
  let peerRows = [];
  const platform = await startPlatformProcess(example, { limits, cold: 'template', warmup: [path] });
  try {
    // Compiled code and a heap of its size on either side: what runs for long is compared.
    for (let count = 0; count < WARM_UP_BURSTS; count++) {
      for (const { url } of [server, platform]) await burst(url);
    }
    for (let round = 0; round < rounds; round++) {
      await platform.reload();
      await sleep(PAUSE_MS);
      for (const [name, { url }] of [
        ['cold', platform],
        ['server', server],
        ['warm', platform],
      ]) {
        figures[name].push(await burst(url));
        await sleep(PAUSE_MS);
      }
    }
    megabytes = await platform.megabytes();
    await server.stop();
    const peer = await startPeer(example, { path, body, requests: REQUESTS, notes });
    if (peer !== undefined) {
      const found = await againstPeer(peer, platform, { rounds, burst });
      peerRows = found.rows.map((row) => ({ ...row, case: `${example.name}/${row.case}` }));
      figures[PEER] = found.bursts;
    }
  } finally {
    await platform.stop();
  }
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
  rows.push(...peerRows);
  for (const [name, list] of Object.entries(figures)) {
    notes.push(`${example.name}, ${name}: ${list.map(sentence).join('; ')}`);
  }
}

/** Both warm, one after the other in each round; then the memory of both with their instances. */
async function againstPeer(peer, platform, { rounds, burst }) {
  const ours = [];
  const bursts = [];
  for (let round = 0; round < rounds; round++) {
    ours.push(await burst(platform.url));
    await sleep(PAUSE_MS);
    bursts.push(await burst(peer.url));
    await sleep(PAUSE_MS);
  }
  const memory = { platform: [platform.treeMegabytes()], [PEER]: [peer.megabytes()] };
  await peer.stop();
  const slowest = (list) => list.map(({ max }) => max);
  const shown = { goal: 'shown, none failed', ok: ours.every(({ failed }) => failed === 0) };
  const times = compare({ platform: slowest(ours), [PEER]: slowest(bursts) }, 'platform');
  return {
    bursts,
    rows: [
      { case: `slowest of ${REQUESTS}, from warm, ${PEER}`, unit: 'ms', ...times, ...shown },
      {
        case: `memory with all instances, ${PEER}`,
        unit: 'MB',
        ...compare(memory, 'platform'),
        goal: 'shown',
        ok: true,
      },
    ],
  };
}

function sentence({ total, failed, max, min }) {
  return `total ${round2(total)} ms, ${REQUESTS - failed} succeeded, ${failed} failed, max ${round2(max)}, min ${round2(min)}`;
}
