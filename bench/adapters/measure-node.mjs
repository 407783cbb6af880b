// Lets the Node adapters, each in a process of its own, take turns.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

import { events } from './events.mjs';

const GROUPS = {
  'node-listener': ['ropeway', 'serverless-express', 'serverless-http', 'light-my-request'],
  // Without light-my-request, which throws outside any promise under Express 5.
  'node-express': ['ropeway', 'serverless-express', 'serverless-http'],
  'node-fastify': ['ropeway', 'aws-lambda-fastify'],
};
const SLICE_US = 120_000;
const WARM_UP_MS = 1500;
const worker = fileURLToPath(new URL('node-subjects.mjs', import.meta.url));

/** {results: {'group/event': {subject: µs per round}}, failures: text of each subject that was left out}. */
export async function measureNode(peers, rounds) {
  const results = {};
  const failures = [];
  for (const [group, subjects] of Object.entries(GROUPS)) {
    const workers = {};
    try {
      for (const subject of subjects) {
        workers[subject] = fork(worker, [peers, group, subject]);
        await once(workers[subject], 'message');
      }
      for (const name of Object.keys(events)) {
        results[`${group}/${name}`] = await measureCase(workers, name, rounds, (problem) =>
          failures.push(`${group}/${name}: ${problem}`),
        );
      }
    } finally {
      for (const child of Object.values(workers)) child.kill();
    }
  }
  return { results, failures };
}

async function measureCase(workers, name, rounds, onFailure) {
  const turns = {};
  for (const [subject, child] of Object.entries(workers)) {
    const ask = async (calls) => {
      child.send({ name, calls });
      const [answer] = await once(child, 'message');
      return answer;
    };
    const { problem } = await ask(0);
    if (problem !== undefined) onFailure(`${subject} left out: ${problem}`);
    else turns[subject] = { ask, calls: await warmUp(ask) };
  }
  const names = Object.keys(turns);
  const figures = Object.fromEntries(names.map((subject) => [subject, []]));
  for (let round = 0; round < rounds; round++) {
    for (let turn = 0; turn < names.length; turn++) {
      const subject = names[(round + turn) % names.length];
      const { us } = await turns[subject].ask(turns[subject].calls);
      figures[subject].push(us);
    }
  }
  return figures;
}

/**
 * Compiled code comes in stages, and the heap takes its size over some ten thousand calls: warms up for a second or
 * two and resolves with the calls of one slice.
 */
async function warmUp(ask) {
  const start = performance.now();
  let { us } = await ask(100);
  while (performance.now() - start < WARM_UP_MS) ({ us } = await ask(slice(us)));
  return slice(us);
}

function slice(us) {
  return Math.max(10, Math.round(SLICE_US / us));
}
