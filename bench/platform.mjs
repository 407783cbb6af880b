// npm run bench:platform: warm requests through the gateway to functions, against the server that the app runs under
// without them: median and 99th percentile at one connection, requests per second at 1, 10 and 64.
import { startPlain, stopAll } from '../scripts/demo/processes.mjs';
import { buildOnce } from './lib/build.mjs';
import { load } from './lib/load.mjs';
import { benchOptions } from './lib/options.mjs';
import { startPlatformProcess } from './lib/platform-process.mjs';
import { report } from './lib/report.mjs';
import { compare, round2 } from './lib/stats.mjs';

const NAMES = ['flask', 'django', 'express', 'koa'];
const PATHS = { django: '/hello?name=Ada' };
const PATH = '/hello/Ada';
const CONNECTIONS = [1, 10, 64];
const SECONDS = 1.5;
const WARM_UP_SECONDS = 2;
/** Instances, and workers of the servers that have any. */
const INSTANCES = 2;
/** Median time at one connection at most, requests per second at least, as parts of the plain server's. */
const GOALS = { python: { p50: 1.3, rate: 1 }, node: { p50: undefined, rate: 0.6 } };

const options = benchOptions('platform', { rounds: 5 });
await buildOnce();
const { installed } = await import('./lib/apps.mjs');
const rows = [];
const notes = [];
try {
  for (const example of await installed(NAMES)) await measure(example, PATHS[example.name] ?? PATH);
} finally {
  await stopAll();
}
report('platform', rows, { json: options.json, notes });

async function measure(example, path) {
  console.error(`… warm requests: ${example.title}, ${options.rounds} rounds`);
  const servers = await startServers(example);
  const platform = await startPlatformProcess(example, { limits: { instances: INSTANCES }, cold: 'fresh' });
  const urls = { platform: platform.url, ...servers };
  for (const url of Object.values(urls)) await load(url + path, 10, WARM_UP_SECONDS);
  const figures = {};
  for (let round = 0; round < options.rounds; round++) {
    for (const connections of CONNECTIONS) {
      for (const [name, url] of Object.entries(urls)) {
        const found = await load(url + path, connections, SECONDS);
        ((figures[connections] ??= {})[name] ??= []).push(found);
      }
    }
  }
  const megabytes = await platform.megabytes();
  await platform.stop();
  await stopAll();
  addRows(example, figures);
  notes.push(`${example.name}: ${round2(megabytes)} MB in the platform's process at the end`);
}

/** A server with one worker, and, where it can have more, with as many as there are instances. */
async function startServers(example) {
  const { url } = await startPlain(example);
  if (example.language !== 'python') return { 'plain node': url };
  const workers = (...more) => ({
    ...example,
    plain: [
      ...example.plain.map((text, index) =>
        example.plain[index - 1] === '--workers' ? String(INSTANCES) : text,
      ),
      ...more,
    ],
  });
  const sync = await startPlain(workers());
  const threads = await startPlain(workers('--worker-class', 'gthread', '--threads', '4'));
  return { 'gunicorn 1 sync': url, 'gunicorn 2 sync': sync.url, 'gunicorn 2 gthread': threads.url };
}

function addRows(example, figures) {
  const goal = GOALS[example.language];
  const single = Object.keys(figures[1])[1];
  const full = Object.keys(figures[1])[2] ?? single;
  add('p50 at 1 connection', 1, 'p50', single, goal.p50, (ratio) => ratio <= goal.p50, `<= ${goal.p50}`);
  for (const connections of CONNECTIONS) {
    const judged = connections > 1;
    add(
      `requests/s at ${connections}`,
      connections,
      'perSecond',
      full,
      judged ? goal.rate : undefined,
      (ratio) => ratio >= goal.rate,
      `>= ${goal.rate}`,
    );
  }

  function add(what, connections, figure, peer, wanted, holds, text) {
    const all = figures[connections];
    const rounds = Object.fromEntries(
      Object.entries(all).map(([name, list]) => [name, list.map((one) => one[figure])]),
    );
    const found = compare({ platform: rounds.platform, [peer]: rounds[peer] }, 'platform');
    const failed = all.platform.reduce((total, one) => total + one.failed, 0);
    rows.push({
      case: `${example.name}/${what}`,
      unit: figure === 'p50' ? 'ms' : '/s',
      ...found,
      goal: `${wanted === undefined ? 'shown' : text}, none failed`,
      ok: failed === 0 && (wanted === undefined || holds(found.ratio)),
      all: Object.fromEntries(
        Object.entries(rounds).map(([name, list]) => [
          name,
          round2(list.toSorted((a, b) => a - b)[list.length >> 1]),
        ]),
      ),
    });
  }
}
