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
    const { us } = (await ask(300), await ask(100));
    turns[subject] = { ask, calls: Math.max(10, Math.round(SLICE_US / us)) };
  }
  const names = Object.keys(turns);
  const figures = Object.fromEntries(names.map((subject) => [subject, []]));
  // One round more, to warm up.
  for (let round = -1; round < rounds; round++) {
    for (let turn = 0; turn < names.length; turn++) {
      const subject = names[(round + turn + names.length) % names.length];
      const { us } = await turns[subject].ask(turns[subject].calls);
      if (round >= 0) figures[subject].push(us);
    }
  }
  return figures;
}
