// npm run bench:soak: `ropeway serve` with two functions under 64 connections for an hour; every answer is counted, memory
// and descriptors of its process are read all along, and its code is loaded anew six times meanwhile.
// Options: --minutes 60, --connections 64, --pause 150 (milliseconds between two requests of a connection), --json.
import { Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';

import { build } from './lib/build.mjs';
import { startServe } from './lib/serve.mjs';
import { median, round2 } from './lib/stats.mjs';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '60' },
    connections: { type: 'string', default: '64' },
    pause: { type: 'string', default: '150' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  },
});
if (values.help) {
  console.log('npm run bench:soak -- [--minutes 60] [--connections 64] [--pause 150] [--json]');
  process.exit(0);
}
const [minutes, connections, pause] = [values.minutes, values.connections, values.pause].map(Number);
/** Paths of the examples, in turn. */
const PATHS = [
  '/flask/hello?name=soak',
  '/express/hello?name=soak',
  '/flask/hello/soak',
  '/express/hello/soak',
];
const RELOADS = 6;
const SAMPLES = 120;
/** The share by which memory at the end may be over memory after a tenth of the time. */
const FLAT = 1.1;

await build();
const served = await startServe(['examples/flask', 'examples/express']);
const statuses = {};
const samples = [];
const end = Date.now() + minutes * 60_000;
const agent = new Agent({ keepAlive: true, maxSockets: connections });
const clients = Array.from({ length: connections }, (_, number) => client(number));
for (let sample = 0; sample < SAMPLES; sample++) {
  await sleep((minutes * 60_000) / SAMPLES);
  samples.push(served.sample());
  if ((sample + 1) % Math.floor(SAMPLES / (RELOADS + 1)) === 0 && sample < SAMPLES - 1)
    served.signal('SIGHUP');
  console.error(`${sample + 1}/${SAMPLES} ${JSON.stringify(samples.at(-1))} ${JSON.stringify(statuses)}`);
}
await Promise.all(clients);
agent.destroy();
const code = await served.stop();
report();

async function client(number) {
  for (let turn = number; Date.now() < end; turn++) {
    const status = await get(served.url + PATHS[turn % PATHS.length]);
    statuses[status] = (statuses[status] ?? 0) + 1;
    await sleep(pause * (0.5 + Math.random()));
  }
}

function get(target) {
  return new Promise((resolve) => {
    request(target, { agent }, (response) => {
      response.resume();
      response.on('close', () => resolve(response.complete ? response.statusCode : 'cut off'));
    })
      .on('error', (error) => resolve(error.code ?? error.message))
      .end();
  });
}

function report() {
  const answered = Object.values(statuses).reduce((sum, count) => sum + count, 0);
  const failed = answered - (statuses[200] ?? 0);
  const early = samples.slice(SAMPLES / 10, SAMPLES / 5);
  const late = samples.slice(-SAMPLES / 10);
  const row = (name, unit, subject, baseline, goal, ok) => ({
    case: name,
    unit,
    subject,
    baseline,
    ratio: round2(subject / baseline),
    goal,
    ok,
  });
  const flat = (key, unit) => {
    const [subject, baseline] = [late, early].map((list) => median(list.map((one) => one[key])));
    return row(
      `${key} of the process, last tenth / second tenth`,
      unit,
      subject,
      baseline,
      `<= ${FLAT}`,
      subject <= baseline * FLAT,
    );
  };
  const rows = [
    row(
      `answers other than 200, of ${answered}`,
      'requests',
      failed,
      answered,
      '0',
      failed === 0 && code === 0,
    ),
    flat('megabytes', 'MB'),
    flat('descriptors', 'files'),
  ];
  if (values.json) console.log(JSON.stringify({ bench: 'soak', rows, statuses, minutes, connections }));
  else {
    console.table(rows);
    console.log(statuses);
  }
  process.exitCode = rows.every(({ ok }) => ok) ? 0 : 1;
}
