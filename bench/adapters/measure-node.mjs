// Lets the Node adapters, each in a process of its own, take turns.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const SUBJECTS = [
  'ropeway',
  'serverless-express',
  'serverless-http',
  'light-my-request',
  'aws-lambda-fastify',
];
const SLICE_US = 40_000;
const worker = fileURLToPath(new URL('node-subjects.mjs', import.meta.url));

/** {results: {'group/event': {subject: µs per round}}, failures: text of each subject that was left out}. */
export async function measureNode(peers, rounds) {
  const workers = {};
  for (const subject of SUBJECTS) {
    const child = fork(worker, [peers, subject]);
    const [hello] = await once(child, 'message');
    workers[subject] = { child, ...hello };
  }
  const results = {};
  const failures = [];
  try {
    for (const group of workers.ropeway.groups) {
      for (const name of workers.ropeway.names) {
        results[`${group}/${name}`] = await measureCase(workers, group, name, rounds, failures);
      }
    }
  } finally {
    for (const { child } of Object.values(workers)) child.kill();
  }
  return { results, failures };
}

async function measureCase(workers, group, name, rounds, failures) {
  const turns = {};
  for (const subject of SUBJECTS.filter((each) => workers[each].groups.includes(group))) {
    const ask = async (calls) => {
      workers[subject].child.send({ group, name, calls });
      const [answer] = await once(workers[subject].child, 'message');
      return answer;
    };
    const { problem } = await ask(0);
    if (problem !== undefined) {
      failures.push(`${group}/${name}: ${subject} left out: ${problem}`);
      continue;
    }
    turns[subject] = { ask, calls: await warmUp(ask) };
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

/** Compiled code comes in stages, over some ten thousand calls; resolves with the calls of one slice. */
async function warmUp(ask) {
  let { us } = await ask(100);
  for (let slice = 0; slice < 8; slice++) ({ us } = await ask(Math.max(10, Math.round(SLICE_US / us))));
  return Math.max(10, Math.round(SLICE_US / us));
}
