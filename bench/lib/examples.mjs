// A benchmark of the examples, one after another.
import { stopAll } from '../../scripts/demo/processes.mjs';
import { build } from './build.mjs';
import { benchOptions } from './options.mjs';
import { report } from './report.mjs';
import { installServerlessOffline, startServerlessOffline } from './serverless-offline.mjs';

const PATHS = {
  flask: '/hello/Ada',
  django: '/hello?name=Ada',
  express: '/hello/Ada',
  koa: '/hello/Ada',
};

/**
 * Calls `measure(example, path, {rounds, rows, notes, startPeer})` for each example, and prints the rows that it adds.
 * `startPeer` starts serverless-offline, or gives undefined.
 */
export async function benchExamples(bench, { rounds }, measure) {
  const options = benchOptions(bench, { rounds, peers: 'serverless-offline' });
  await build();
  const { installed } = await import('./apps.mjs');
  const rows = [];
  const notes = [];
  const why = options.peers ? installServerlessOffline() : 'serverless-offline was left out';
  if (why !== undefined) notes.push(why);
  const startPeer = why === undefined ? startServerlessOffline : () => Promise.resolve(undefined);
  try {
    for (const example of await installed(Object.keys(PATHS))) {
      console.error(`… ${example.title}, ${options.rounds} rounds`);
      await measure(example, PATHS[example.name], { rounds: options.rounds, rows, notes, startPeer });
    }
  } finally {
    await stopAll();
  }
  report(bench, rows, { json: options.json, notes });
}
