// npm run bench:simulate: how many requests a second `ropeway simulate` gets through: 10 million of a day's wave, on our scheduler, on a
// cloud's, on a server, and with instances that share cores.
import { build } from './lib/build.mjs';
import { benchOptions } from './lib/options.mjs';
import { report } from './lib/report.mjs';
import { median, round2 } from './lib/stats.mjs';

const REQUESTS = 10_000_000;
const GOAL_S = 60;

const { json, rounds } = benchOptions('simulate', { rounds: 1 });
await build();
const { functionPolicies, serverPolicy } = await import('../dist/insight/simulate/policies.js');
const { simulate } = await import('../dist/insight/simulate/simulate.js');
const { syntheticTraffic } = await import('../dist/insight/traffic/synthetic.js');
const { createIdleTimes } = await import('../dist/platform/scheduler/idle-times.js');
const { learn, worthStarting } = await import('../dist/platform/scheduler/worth-starting.js');

const rules = { createIdleTimes, worthStarting, learn };
const choices = {
  scheduler: 'local',
  instances: 100,
  keepAlive: ['auto'],
  provisioned: [0],
  concurrency: [1],
  queueLength: 1000,
  queueTimeout: 30,
  startsAtOnce: Infinity,
  cheapStarts: false,
  cores: Infinity,
  memoryMb: 256,
};
const policies = {
  'our scheduler, keep alive auto': functionPolicies(choices),
  'a cloud, keep alive 600 s': functionPolicies({ ...choices, scheduler: 'cloud', keepAlive: [600] }),
  'a cloud, ten at once in an instance': functionPolicies({
    ...choices,
    scheduler: 'cloud',
    keepAlive: [600],
    concurrency: [10],
  }),
  '24 shared cores': functionPolicies({ ...choices, keepAlive: [600], cores: 24 }),
  'a server with 24 workers': [serverPolicy(24, 1, 256)],
};
/** Two routes whose times have long tails, as those of apps. */
const route = (name, weight, least, mean) => ({
  name,
  method: 'GET',
  paths: [name],
  weight,
  warmMs: Array.from({ length: 2000 }, (_, index) => least - Math.log(1 - (index + 0.5) / 2000) * mean),
  firstMs: [],
  serverMs: [],
  billedMs: least + mean,
  responseBytes: 1000,
});
const workload = {
  app: 'made up',
  measured: 'nothing',
  routes: [route('/short', 4, 3, 5), route('/long', 1, 40, 60)],
  startMs: [300, 400, 700],
  initMs: [250, 350, 600],
  memoryLimitMb: 256,
  notes: [],
};

const began = performance.now();
const arrivals = syntheticTraffic(`wave:${REQUESTS}/d`, 86_400, 1);
const madeS = (performance.now() - began) / 1000;
const rows = [];
for (const [name, chosen] of Object.entries(policies)) {
  const seconds = [];
  for (let round = 0; round < rounds; round++) {
    console.error(`… ${name}, round ${round + 1} of ${rounds}`);
    const { took, policies: outcomes } = simulate({ workload, arrivals, policies: chosen, rules, seed: 1 });
    const [{ served, throttled, timedOut, requests }] = outcomes;
    if (served + throttled + timedOut !== requests) throw new Error(`${name}: requests were lost`);
    seconds.push(took.seconds);
  }
  const figure = median(seconds);
  rows.push({
    case: `${name}/${arrivals.at.length} requests`,
    unit: 's',
    subject: round2(figure),
    ratio: null,
    goal: `< ${GOAL_S} s`,
    ok: figure < GOAL_S,
  });
}
const { maxRSS } = process.resourceUsage();
report('simulate', rows, {
  json,
  notes: [`${round2(madeS)} s to make the traffic; ${Math.round(maxRSS / 1024)} MB of memory at most`],
});
if (rows.some(({ ok }) => !ok)) process.exitCode = 1;
