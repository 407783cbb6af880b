// The smaller checks: the vectors on both sides, and the adapters under checkers of their interfaces.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { root } from '../lib/run.mjs';
import { pythonPath, runPytest } from './flask.mjs';
import { capture } from './programs.mjs';

/** Resolves with `{ name, passed, failed, messages }` of each check. */
export async function runChecks(python, work) {
  console.error('… vectors and interface checkers');
  return [
    { name: 'vectors, TypeScript', ...(await vitestVectors(work)) },
    { name: 'vectors, Python', ...(await pythonVectors(python, work)) },
    { name: 'wsgiref.validate', ...(await pythonCheck(python, 'wsgi_validate.py')) },
    { name: 'ASGI 3 checker', ...(await pythonCheck(python, 'asgi_check.py')) },
  ];
}

async function vitestVectors(work) {
  const file = join(work, 'vitest.json');
  const { output } = await capture(
    process.execPath,
    [
      ...['node_modules/vitest/vitest.mjs', 'run', 'test/events/vectors.test.ts'],
      ...['--reporter=json', `--outputFile.json=${file}`],
    ],
    { cwd: root },
  );
  if (!existsSync(file)) return broken(output);
  const report = JSON.parse(readFileSync(file, 'utf8'));
  const tests = report.testResults.flatMap(({ assertionResults }) => assertionResults);
  if (tests.length === 0) return broken(output);
  const failed = tests.filter(({ status }) => status === 'failed');
  return {
    passed: report.numPassedTests,
    failed: failed.length,
    messages: failed.map(({ fullName, failureMessages }) => `${fullName}: ${failureMessages[0]}`),
  };
}

async function pythonVectors(conformancePython, work) {
  // The environment of `npm test` when it is there: its pytest is the one that these tests are written for.
  const own = join(root, '.cache', 'test-venv', 'bin', 'python');
  const python = existsSync(own) ? own : conformancePython;
  const { outcomes, messages } = await runPytest(python, ['test/runtimes/python/test_vectors.py'], {
    cwd: root,
    work,
  });
  const passed = [...outcomes.values()].filter((outcome) => outcome === 'passed').length;
  return {
    passed,
    failed: messages.size,
    messages: [...messages].map(([test, message]) => `${test}: ${message}`),
  };
}

async function pythonCheck(python, script) {
  const { code, stdout, output } = await capture(python, [join(root, 'test/conformance/python', script)], {
    env: { PYTHONPATH: pythonPath },
  });
  if (code !== 0) return broken(output);
  return JSON.parse(stdout);
}

function broken(output) {
  return { passed: 0, failed: 1, messages: [`it did not run to its end:\n${output}`] };
}
