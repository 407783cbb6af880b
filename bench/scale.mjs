// npm run bench:scale: `ropeway serve` as functions grow from 1 to 200 and instances from 1 to 64: latency of a warm
// request and of one that wakes its function up, memory of the platform's process and of everything it runs.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { build } from './lib/build.mjs';
import { client, timed } from './lib/http.mjs';
import { load } from './lib/load.mjs';
import { descendantsMegabytes } from './lib/memory.mjs';
import { benchOptions } from './lib/options.mjs';
import { report } from './lib/report.mjs';
import { startServe } from './lib/serve.mjs';
import { median, round2 } from './lib/stats.mjs';

const FUNCTIONS = [1, 10, 50, 200];
const INSTANCES = [1, 4, 16, 64];
const SAMPLES = 300;
/** What the process may take after bursts, too. */
const MEMORY_MB = 150;
const APP = `import time
def application(environ, start_response):
    if environ["PATH_INFO"] == "/wait":
        time.sleep(0.5)
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"hello"]
`;

const interpreter = execFileSync('python3', ['-c', 'import sys; print(sys.executable)'], {
  encoding: 'utf8',
}).trim();
const { json, rounds } = benchOptions('scale', { rounds: 3 });
await build();
const folder = mkdtempSync(join(tmpdir(), 'ropeway-scale-'));
writeFileSync(join(folder, 'app.py'), APP);
const rows = [];
try {
  await growFunctions();
  await growInstances();
} finally {
  rmSync(folder, { recursive: true, force: true });
}
report('scale', rows, { json });

async function growFunctions() {
  const served = await startServe(['--instances', '64']);
  const figures = [];
  let published = 0;
  try {
    for (const count of FUNCTIONS) {
      const start = performance.now();
      const before = published;
      while (published < count) await publish(served, published++, { instances: 2 });
      const publishMs = (performance.now() - start) / (published - before);
      const warm = [];
      const woken = [];
      for (let round = 0; round < rounds; round++) {
        warm.push(median(await times(served.url, SAMPLES, () => 0)));
        // With more functions than instances nearly each of these is a cold start.
        woken.push(median(await times(served.url, count, (index) => index)));
      }
      figures.push({
        count,
        publishMs,
        warm: median(warm),
        woken: median(woken),
        ...(await memoryOf(served)),
      });
    }
  } finally {
    await served.stop();
  }
  const [first] = figures;
  for (const { count, publishMs, warm, woken, megabytes, all } of figures) {
    const add = adder(`${count} functions`);
    add('publish one', 'ms', publishMs, first.publishMs);
    add('warm request, p50', 'ms', warm, first.warm, 2);
    add('each function in turn, p50', 'ms', woken, first.woken);
    add('memory of the platform', 'MB', megabytes, first.megabytes, undefined, MEMORY_MB);
    add('memory of everything, per function', 'MB', all / count, first.all);
  }
}

async function growInstances() {
  const figures = [];
  for (const count of INSTANCES) {
    const served = await startServe(['--instances', '64']);
    try {
      await publish(served, 0, { instances: count });
      const agent = client(count);
      await Promise.all(Array.from({ length: count }, () => timed(agent, `${served.url}/f0/wait`)));
      agent.destroy();
      const warm = [];
      const rate = [];
      for (let round = 0; round < rounds; round++) {
        warm.push(median(await times(served.url, SAMPLES, () => 0)));
        rate.push((await load(`${served.url}/f0/`, count, 1)).perSecond);
      }
      figures.push({ count, warm: median(warm), rate: median(rate), ...(await memoryOf(served)) });
    } finally {
      await served.stop();
    }
  }
  const [first] = figures;
  for (const { count, warm, rate, megabytes, all } of figures) {
    const add = adder(`${count} instances`);
    add('warm request, p50', 'ms', warm, first.warm, 2);
    add(`requests/s at ${count} connections`, '/s', rate, first.rate);
    add('memory of the platform', 'MB', megabytes, first.megabytes, undefined, MEMORY_MB);
    add('memory of everything, per instance', 'MB', all / count, first.all);
  }
}

function publish(served, number, limits) {
  const entry = {
    runtime: 'python',
    interface: 'wsgi',
    root: folder,
    from: { module: 'app', attribute: 'application', factory: false },
    env: {},
  };
  const stage = `f${number}`;
  return served.control('PUT', `/v1/functions/f${number}`, {
    spec: { entry, interpreter, sourceRoot: folder, limits: { memory: 128, ...limits } },
    routes: [{ path: `/${stage}/*`, stage }],
  });
}

/** Milliseconds of so many requests, one after the other. */
async function times(url, count, functionOf) {
  const agent = client(1);
  const all = [];
  for (let index = 0; index < count; index++) {
    const { status, ms } = await timed(agent, `${url}/f${functionOf(index)}/`);
    if (status !== 200) throw new Error(`status ${status} of function ${functionOf(index)}`);
    all.push(ms);
  }
  agent.destroy();
  return all;
}

async function memoryOf(served) {
  const { megabytes } = served.sample();
  return { megabytes, all: descendantsMegabytes() };
}

function adder(subject) {
  return (what, unit, value, first, goal, most) => {
    const ratio = round2(value / first);
    rows.push({
      case: `${subject}/${what}`,
      unit,
      subject: round2(value),
      baseline: round2(first),
      peer: 'with 1',
      ratio,
      goal: most !== undefined ? `< ${most}` : goal === undefined ? 'shown' : `<= ${goal}`,
      ok: most !== undefined ? value < most : goal === undefined || ratio <= goal,
    });
  };
}
