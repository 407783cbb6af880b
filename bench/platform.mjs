// npm run bench:platform: warm requests through the gateway to functions, against the server that the app runs under
// without them, and against serverless-offline: median and 99th percentile at one connection, requests per second at 1, 10 and 64.
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
/** Requests per second at so many connections at least, as parts of serverless-offline's. */
const PEER_GOALS = { 10: 3, 64: 20 };
const PEER = 'serverless-offline';

await benchExamples('platform', { rounds: 5 }, measure);

async function measure(example, path, { rounds, rows, notes, startPeer }) {
  const servers = await startServers(example);
  const platform = await startPlatformProcess(example, { limits: { instances: INSTANCES }, cold: 'fresh' });
  const urls = { platform: platform.url, ...servers };
  const body = await (await fetch(Object.values(servers)[0] + path)).text();
  for (const url of Object.values(urls)) await load(url + path, 10, WARM_UP_SECONDS, body);
  const peer = await startPeer(example, { path, body, requests: Math.max(...CONNECTIONS), notes });
  if (peer !== undefined) urls[PEER] = peer.url;
  const figures = {};
  for (let round = 0; round < rounds; round++) {
    for (const connections of CONNECTIONS) {
      for (const [name, url] of Object.entries(urls)) {
        const found = await load(url + path, connections, SECONDS, body);
        ((figures[connections] ??= {})[name] ??= []).push(found);
      }
    }
  }
  const megabytes = await platform.megabytes();
  await platform.stop();
  await stopAll();
  await peer?.stop();
  addRows(rows, example, figures);
  notes.push(`${example.name}: ${round2(megabytes)} MB in the platform's process at the end`);
  if (peer !== undefined) notes.push(`${example.name}, ${PEER}: failed ${failures(figures)} connections`);
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

/** Of the peer, in all rounds. */
function failures(figures) {
  const failed = (connections) => figures[connections][PEER].reduce((total, one) => total + one.failed, 0);
  return CONNECTIONS.map((connections) => `${failed(connections)} at ${connections}`).join(', ');
}

function addRows(rows, example, figures) {
  const goal = GOALS[example.language];
  const single = Object.keys(figures[1])[1];
  const full = example.language === 'python' ? Object.keys(figures[1])[2] : single;
  add('p50 at 1 connection', 1, 'p50', single, goal.p50, '<=');
  add('p99 at 1 connection', 1, 'p99', single, undefined, '<=');
  for (const connections of CONNECTIONS) {
    const wanted = connections > 1 ? goal.rate : undefined;
    add(`requests/s at ${connections}`, connections, 'perSecond', full, wanted, '>=');
  }
  if (PEER in figures[1]) {
    add(`p50 at 1 connection, ${PEER}`, 1, 'p50', PEER, undefined, '<=');
    for (const [connections, wanted] of Object.entries(PEER_GOALS)) {
      add(`requests/s at ${connections}, ${PEER}`, connections, 'perSecond', PEER, wanted, '>=');
    }
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
