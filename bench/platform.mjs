// npm run bench:platform: warm requests through the gateway to functions, against the server that the app runs under
// without them: median and 99th percentile at one connection, requests per second at 1, 10 and 64.
import { startPlain, stopAll } from '../scripts/demo/processes.mjs';
import { benchExamples } from './lib/examples.mjs';
import { load } from './lib/load.mjs';
import { startPlatformProcess } from './lib/platform-process.mjs';
import { compare, median, round2 } from './lib/stats.mjs';

const CONNECTIONS = [1, 10, 64];
const SECONDS = 1.5;
const WARM_UP_SECONDS = 2;
/** Instances, and workers of the servers that have any. */
const INSTANCES = 2;
/** Median time at one connection at most, requests per second at least, as parts of the plain server's. */
const GOALS = { python: { p50: 1.3, rate: 1 }, node: { p50: undefined, rate: 0.6 } };

await benchExamples('platform', { rounds: 5 }, measure);

async function measure(example, path, { rounds, rows, notes }) {
  const servers = await startServers(example);
  const platform = await startPlatformProcess(example, { limits: { instances: INSTANCES }, cold: 'fresh' });
  const urls = { platform: platform.url, ...servers };
  for (const url of Object.values(urls)) await load(url + path, 10, WARM_UP_SECONDS);
  const figures = {};
  for (let round = 0; round < rounds; round++) {
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
  addRows(rows, example, figures);
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

function addRows(rows, example, figures) {
  const goal = GOALS[example.language];
  const single = Object.keys(figures[1])[1];
  const full = Object.keys(figures[1])[2] ?? single;
  add('p50 at 1 connection', 1, 'p50', single, goal.p50, '<=');
  add('p99 at 1 connection', 1, 'p99', single, undefined, '<=');
  for (const connections of CONNECTIONS) {
    const wanted = connections > 1 ? goal.rate : undefined;
    add(`requests/s at ${connections}`, connections, 'perSecond', full, wanted, '>=');
  }

  function add(what, connections, figure, peer, wanted, sense) {
    const all = figures[connections];
    const perRound = Object.fromEntries(
      Object.entries(all).map(([name, list]) => [name, list.map((one) => one[figure])]),
    );
    const found = compare({ platform: perRound.platform, [peer]: perRound[peer] }, 'platform');
    const holds = sense === '<=' ? found.ratio <= wanted : found.ratio >= wanted;
    const failed = all.platform.reduce((total, one) => total + one.failed, 0);
    rows.push({
      case: `${example.name}/${what}`,
      unit: figure === 'perSecond' ? '/s' : 'ms',
      ...found,
      goal: `${wanted === undefined ? 'shown' : `${sense} ${wanted}`}, none failed`,
      ok: failed === 0 && (wanted === undefined || holds),
      all: Object.fromEntries(Object.entries(perRound).map(([name, list]) => [name, round2(median(list))])),
    });
  }
}
