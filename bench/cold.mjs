// npm run bench:cold: from a request to the first answer of a new instance, through the gateway: a process that loads
// the app (fresh, as in a cloud), a copy of a loaded process made on demand, and one made ahead (spare).
import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

import { build } from './lib/build.mjs';
import { client, timed } from './lib/http.mjs';
import { descendantsMegabytes } from './lib/memory.mjs';
import { benchOptions } from './lib/options.mjs';
import { report } from './lib/report.mjs';
import { compare, median, round2 } from './lib/stats.mjs';

/** Milliseconds at most, and at most this part of a fresh start. */
const CASES = [
  { example: 'flask', title: 'flask+jieba', path: '/jieba?text=%E4%BA%91', spare: 4, fork: 12, ratio: 0.01 },
  { example: 'flask', title: 'flask', path: '/hello/Ada', spare: 4, fork: 12 },
  { example: 'django', title: 'django', path: '/hello?name=Ada', spare: 5, fork: 15 },
  { example: 'fastapi', title: 'fastapi', path: '/hello/Ada', spare: 4, fork: 12 },
  { example: 'express', title: 'express', path: '/hello/Ada', spare: 9 },
  { example: 'koa', title: 'koa', path: '/hello/Ada', spare: 9 },
];
const BURSTS = [8, 10, 32];
const BURST_GOAL = 1 / 30;
const MEMORY_GOAL = 1 / 10;
const INSTANCES = 64;
/** For a spare to be made again, and for what the last request left to do. */
const PAUSE_MS = { python: 150, node: 1500 };
const COLD = { 'x-ropeway-cold': '1' };

const options = benchOptions('cold', { rounds: 9 });
await build();
const { installed, platformFor, specOf } = await import('./lib/apps.mjs');
const agent = client(INSTANCES);
const rows = [];
const ready = await installed([...new Set(CASES.map(({ example }) => example))]);
for (const one of CASES) {
  const example = ready.find(({ name }) => name === one.example);
  if (example === undefined) console.error(`${one.title}: left out, there is no Python`);
  else await measure(one, example);
}
report('cold', rows, {
  json: options.json,
  notes: ['ms from request to answer through the gateway; "fresh" loads the app in a new process.'],
});
agent.destroy();

async function measure(one, example) {
  console.error(`… measuring ${one.title}, ${options.rounds} rounds`);
  const isPython = example.language === 'python';
  const ways = isPython
    ? { spare: ['template', 1], fork: ['template', 0], fresh: ['fresh', 0] }
    : { spare: ['template', 1], blank: ['template', 0], fresh: ['fresh', 0] };
  const platforms = {};
  try {
    for (const [way, [cold, spares]] of Object.entries(ways)) {
      const limits = { instances: INSTANCES, initTimeout: 60 };
      const spec = await specOf(example, { limits, cold, spares, warmup: [one.path] });
      platforms[way] = await platformFor(spec);
      await platforms[way].prepare();
      // Connections open, code compiled, and what a copy has written known.
      for (let count = 0; count < 3; count++) await first(platforms[way], one.path, example.language);
    }
    const rounds = Object.fromEntries(Object.keys(ways).map((way) => [way, []]));
    for (let round = 0; round < options.rounds; round++) {
      for (const way of Object.keys(ways))
        rounds[way].push(await first(platforms[way], one.path, example.language));
    }
    for (const way of Object.keys(ways).filter((name) => name !== 'fresh')) {
      const found = compare({ [way]: rounds[way], fresh: rounds.fresh }, way);
      const goal = one[way];
      const most = way === 'spare' ? one.ratio : undefined;
      rows.push({
        case: `${one.title}/${way}`,
        unit: 'ms',
        ...found,
        goal:
          goal === undefined ? 'shown' : `<= ${goal} ms${most === undefined ? '' : `, <= ${most} of fresh`}`,
        ok: (goal === undefined || found.subject <= goal) && (most === undefined || found.ratio <= most),
      });
    }
    if (one.ratio !== undefined) {
      await bursts(one, platforms);
      if (existsSync('/proc/self/smaps_rollup')) await memory(one, example, platforms);
    }
  } finally {
    await Promise.all(Object.values(platforms).map((platform) => platform.close()));
  }
}

async function first(platform, path, language) {
  await sleep(PAUSE_MS[language]);
  const { status, ms, error } = await timed(agent, platform.url + path, COLD);
  if (status !== 200) throw new Error(`${path}: status ${status} ${error ?? ''}`);
  return ms;
}

/** So many cold instances at once, until all have answered. */
async function bursts(one, platforms) {
  for (const size of BURSTS) {
    const rounds = { template: [], fresh: [] };
    const failed = { template: 0, fresh: 0 };
    for (let round = 0; round < Math.min(5, options.rounds); round++) {
      for (const [name, platform] of [
        ['template', platforms.spare],
        ['fresh', platforms.fresh],
      ]) {
        await sleep(PAUSE_MS.python);
        const all = await Promise.all(
          Array.from({ length: size }, () => timed(agent, platform.url + one.path, COLD)),
        );
        failed[name] += all.filter(({ status }) => status !== 200).length;
        rounds[name].push(Math.max(...all.map(({ ms }) => ms)));
      }
    }
    const found = compare(rounds, 'template');
    rows.push({
      case: `${one.title}/burst of ${size}`,
      unit: 'ms',
      ...found,
      goal: `${size === 10 ? `<= ${round2(BURST_GOAL)}, ` : 'shown, '}none failed`,
      ok: failed.template === 0 && (size !== 10 || found.ratio <= BURST_GOAL),
    });
  }
}

/** What one more instance takes, once it has answered. */
async function memory(one, example, platforms) {
  await Promise.all(Object.values(platforms).map((platform) => platform.close()));
  const perInstance = {};
  for (const cold of ['template', 'fresh']) {
    const spec = await specOf(example, {
      limits: { instances: 8, initTimeout: 60 },
      cold,
      spares: 0,
      warmup: [one.path],
    });
    const platform = await platformFor(spec);
    try {
      await platform.prepare();
      await first(platform, one.path, example.language);
      const before = descendantsMegabytes();
      for (let count = 0; count < 7; count++) await first(platform, one.path, example.language);
      perInstance[cold] = [(descendantsMegabytes() - before) / 7];
    } finally {
      await platform.close();
    }
  }
  const found = compare(perInstance, 'template');
  rows.push({
    case: `${one.title}/memory per further instance`,
    unit: 'MB',
    ...found,
    goal: `<= ${MEMORY_GOAL}`,
    ok: found.ratio <= MEMORY_GOAL && median(perInstance.template) > 0,
  });
}
