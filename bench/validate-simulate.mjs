// npm run bench:validate-simulate: what `ropeway simulate` says against what the platform does. In each scenario a function is measured
// alone (a calibration run: cold starts one by one, warm requests one by one), then gets its traffic on a platform of its own, and the
// same arrivals are simulated with the times of the calibration. Compared: p50, p95, share of cold starts, share turned away.
import { readFileSync, mkdtempSync, rmSync } from 'node:fs';
import { Agent } from 'node:http';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { build } from './lib/build.mjs';
import { knownApps } from './lib/known-apps.mjs';
import { get, sendAt } from './lib/open-loop.mjs';
import { benchOptions } from './lib/options.mjs';
import { report } from './lib/report.mjs';
import { SCENARIOS } from './lib/scenarios.mjs';
import { startServe } from './lib/serve.mjs';
import { median } from './lib/stats.mjs';

const COLD = 15;
const WARM = 90;
/** Simulations with other luck, of which the mean is taken. */
const SEEDS = 20;
const TOLERANCE = 0.15;
const NAME = 'f';
const STAGE = 'f';

const { json, rounds } = benchOptions('validate-simulate', { rounds: 3 });
await build();
const { simulate } = await import('../dist/insight/simulate/simulate.js');
const { functionPolicies } = await import('../dist/insight/simulate/policies.js');
const { gatherRecords } = await import('../dist/insight/workload/from-records.js');
const { syntheticTraffic } = await import('../dist/insight/traffic/synthetic.js');
const { seededRandom } = await import('../dist/insight/stats/random.js');
const { createIdleTimes } = await import('../dist/platform/scheduler/idle-times.js');
const { learn, worthStarting } = await import('../dist/platform/scheduler/worth-starting.js');

const only = process.env.SCENARIO;
const folder = mkdtempSync(join(tmpdir(), 'ropeway-validate-'));
const rows = [];
const notes = [];
try {
  const chosen = SCENARIOS.filter(({ name }) => only === undefined || name.includes(only));
  const apps = {
    ...knownApps(folder),
    ...(chosen.some(({ app }) => app === 'flask') ? { flask: await flask() } : {}),
  };
  for (const scenario of chosen) {
    if (apps[scenario.app] === undefined) {
      notes.push(`${scenario.name}: left out, its app cannot be installed here`);
      continue;
    }
    await compare(scenario, apps[scenario.app]);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
report('validate-simulate', rows, { json, notes });
if (rows.some(({ ok }) => !ok)) process.exitCode = 1;

async function compare(scenario, spec) {
  const { arrivals, routes } = trafficOf(scenario);
  const measured = [];
  const simulated = [];
  console.error(`… ${scenario.name}, calibration`);
  const workload = await calibrate(scenario, spec);
  for (let round = 0; round < rounds; round++) {
    console.error(`… ${scenario.name}, round ${round + 1} of ${rounds}`);
    const run = await measure(scenario, spec, arrivals, routes);
    measured.push(run);
    simulated.push(predict(scenario, workload, { ...arrivals, at: Float64Array.from(run.sent), routes }));
    if (process.env.DETAILS)
      console.error(
        JSON.stringify({
          measured: run.figures,
          simulated: simulated.at(-1),
          late: run.late,
          statuses: run.statuses,
        }),
      );
  }
  for (const [figure, unit] of [
    ['p50', 'ms'],
    ['p95', 'ms'],
    ['cold', '%'],
    ['turnedAway', '%'],
  ]) {
    const is = median(measured.map(({ figures }) => figures[figure]));
    const said = median(simulated.map((one) => one[figure]));
    if (figure === 'turnedAway' && is === 0 && said === 0) continue;
    const ratio = is === 0 && said === 0 ? 1 : said / is;
    rows.push({
      case: `${scenario.name}/${figure === 'turnedAway' ? 'turned away' : figure}`,
      unit,
      subject: round1(said),
      baseline: round1(is),
      peer: 'measured',
      ratio: Math.round(ratio * 1000) / 1000,
      goal: `within ${TOLERANCE * 100} %`,
      ok: Math.abs(ratio - 1) <= TOLERANCE,
    });
  }
}

function trafficOf({ traffic, seconds, routes }) {
  const arrivals = syntheticTraffic(traffic, seconds, 42);
  const random = seededRandom(43);
  const chosen = Int16Array.from(arrivals.at, () => {
    let rest = random();
    const found = routes.findIndex(({ share }) => (rest -= share) < 0);
    return found === -1 ? routes.length - 1 : found;
  });
  return { arrivals, routes: chosen };
}

/** The function alone, one request after the other: what `ropeway simulate --records` would find. */
async function calibrate({ routes }, spec) {
  const served = await startServe([]);
  try {
    const agent = new Agent({ keepAlive: true });
    const memory = spec.memory ?? 256;
    await publish(served, spec, { instances: 1, keepAlive: 0.1, memory });
    for (const { path } of routes) {
      for (let count = 0; count < Math.ceil(COLD / routes.length); count++) {
        // The instance of the one before has ended.
        await sleep(350);
        await get(agent, url(served, path));
      }
    }
    await publish(served, spec, { instances: 1, keepAlive: 600, memory });
    for (const { path } of routes) {
      for (let count = 0; count < WARM / routes.length; count++) {
        await get(agent, url(served, path));
        await sleep(10);
      }
    }
    agent.destroy();
  } catch (error) {
    await served.stop();
    throw error;
  }
  const gathering = gatherRecords();
  for (const record of await recordsOf(served)) {
    gathering.add({ ...record, route: routeOf(record), failed: record.status >= 500 });
  }
  const workload = gathering.workload({ app: 'known', measured: 'calibration' });
  // In the order of the scenario's routes.
  return { ...workload, routes: routes.map(({ path }) => workload.routes.find(({ name }) => name === path)) };
}

async function measure(scenario, spec, arrivals, routes) {
  const served = await startServe(['--instances', '64']);
  const { limits } = scenario;
  let sent;
  try {
    await publish(served, spec, { memory: 256, ...limits });
    // What publishing has started is gone, or all that are kept ready are there.
    await sleep(scenario.from === 'nothing' ? limits.keepAlive * 1000 + 800 : 1500);
    sent = await sendAt(
      Array.from(arrivals.at, (at, index) => ({
        at,
        url: url(served, scenario.routes[routes[index]].path),
      })),
    );
  } catch (error) {
    await served.stop();
    throw error;
  }
  const records = await recordsOf(served);
  const answered = records.filter(({ status }) => status === 200);
  const times = answered.map(({ totalMs }) => totalMs).sort((a, b) => a - b);
  return {
    ...sent,
    figures: {
      p50: percentile(times, 0.5),
      p95: percentile(times, 0.95),
      cold: (100 * answered.filter(({ start }) => start === 'cold').length) / Math.max(1, answered.length),
      turnedAway: (100 * (arrivals.at.length - answered.length)) / arrivals.at.length,
    },
  };
}

function predict(scenario, workload, arrivals) {
  const { limits, from } = scenario;
  const policies = functionPolicies({
    scheduler: 'local',
    instances: limits.instances,
    keepAlive: [limits.keepAlive],
    provisioned: [limits.minInstances ?? 0],
    concurrency: [limits.concurrency ?? 1],
    queueLength: limits.queueLength ?? 1000,
    queueTimeout: 30,
    startsAtOnce: availableParallelism(),
    cheapStarts: false,
    cores: availableParallelism(),
    memoryMb: 256,
  }).map((policy) => ({ ...policy, warmAtStart: from === 'nothing' ? 0 : 1 }));
  const cpu = new Map(workload.routes.map((route, index) => [route.name, scenario.routes[index].cpu]));
  const figures = Array.from({ length: SEEDS }, (_, seed) => {
    const [one] = simulate({
      workload,
      arrivals,
      policies,
      rules: { createIdleTimes, worthStarting, learn },
      seed: seed + 1,
      cpuShare: (name) => cpu.get(name),
    }).policies;
    return {
      p50: one.latencyMs.p50,
      p95: one.latencyMs.p95,
      cold: (100 * one.cold) / Math.max(1, one.served),
      turnedAway: (100 * (one.requests - one.served)) / one.requests,
    };
  });
  const meanOf = (name) => figures.reduce((sum, one) => sum + one[name], 0) / SEEDS;
  return { p50: meanOf('p50'), p95: meanOf('p95'), cold: meanOf('cold'), turnedAway: meanOf('turnedAway') };
}

function publish(served, spec, limits) {
  return served.control('PUT', `/v1/functions/${NAME}`, {
    spec: { ...spec, limits, cold: 'fresh' },
    routes: [{ path: `/${STAGE}/*`, stage: STAGE }],
  });
}

function url(served, path) {
  return `${served.url}/${STAGE}${path}`;
}

function routeOf({ path }) {
  return path.replace(`/${STAGE}`, '');
}

/** Ends the platform: then all of them are on the disk. */
async function recordsOf(served) {
  await served.stop(true);
  const text = readFileSync(join(served.state, 'records', 'invocations.ndjson'), 'utf8');
  rmSync(served.state, { recursive: true, force: true });
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
}

async function flask() {
  const { installed, specOf } = await import('./lib/apps.mjs');
  const [example] = await installed(['flask']);
  if (example === undefined) return undefined;
  const { entry, interpreter, sourceRoot, env } = await specOf(example, { limits: {}, cold: 'fresh' });
  return { entry, interpreter, sourceRoot, env };
}

function percentile(sorted, share) {
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
}

function round1(value) {
  return Math.round(value * 10) / 10;
}
