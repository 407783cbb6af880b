// A benchmark of the examples, one after another.
import { stopAll } from '../../scripts/demo/processes.mjs';
import { build } from './build.mjs';
import { benchOptions } from './options.mjs';
import { report } from './report.mjs';

const PATHS = {
  flask: '/hello/Ada',
  django: '/hello?name=Ada',
  express: '/hello/Ada',
  koa: '/hello/Ada',
};

/** Calls `measure(example, path, {rounds, rows, notes})` for each example, and prints the rows that it adds. */
export async function benchExamples(bench, { rounds }, measure) {
  const options = benchOptions(bench, { rounds });
  await build();
  const { installed } = await import('./apps.mjs');
  const rows = [];
  const notes = [];
  try {
    for (const example of await installed(Object.keys(PATHS))) {
      console.error(`… ${example.title}, ${options.rounds} rounds`);
      await measure(example, PATHS[example.name], { rounds: options.rounds, rows, notes });
    }
  } finally {
    await stopAll();
  }
  report(bench, rows, { json: options.json, notes });
}
