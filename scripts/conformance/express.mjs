// Express's own tests: mocha, with supertest's requests over real HTTP.
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join, relative, sep } from 'node:path';

import { root } from '../lib/run.mjs';
import { capture, captureSuccess } from './programs.mjs';

/** Installs what the checkout needs, unless that has been done. */
export async function installExpress({ folder }) {
  if (existsSync(join(folder, 'node_modules', 'mocha'))) return;
  console.error("… installing Express's npm packages");
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  await captureSuccess(npm, ['install', '--no-audit', '--no-fund', '--ignore-scripts'], { cwd: folder });
}

/** Runs the suite, directly when no format is given. */
export async function runExpress({ folder }, format, work) {
  const reportFile = join(work, 'express.json');
  const countFile = join(work, 'express.count');
  for (const file of [reportFile, countFile]) rmSync(file, { force: true });
  const hook = format === undefined ? [] : ['--require', join(root, 'test/conformance/express-hook.mjs')];
  const { output } = await capture(
    process.execPath,
    [
      ...['node_modules/mocha/bin/mocha.js', '--require', 'test/support/env', ...hook, '--check-leaks'],
      ...['--reporter', 'json', '--reporter-option', `output=${reportFile}`, 'test/', 'test/acceptance/'],
    ],
    {
      cwd: folder,
      env: { ROPEWAY_CONFORMANCE_FORMAT: format ?? '', ROPEWAY_CONFORMANCE_COUNT: countFile },
    },
  );
  if (!existsSync(reportFile)) throw new Error(`Express's tests did not run to their end:\n${output}`);
  return {
    ...readReport(JSON.parse(readFileSync(reportFile, 'utf8')), folder),
    requests: format === undefined ? 0 : Number(readFileSync(countFile, 'utf8')),
  };
}

function readReport(report, folder) {
  const outcomes = new Map();
  const messages = new Map();
  const failed = new Set(report.failures.map(identity));
  const skipped = new Set(report.pending.map(identity));
  for (const test of report.tests) {
    const name = unused(outcomes, `${relative(folder, test.file).split(sep).join('/')}: ${test.fullTitle}`);
    const outcome = failed.has(identity(test)) ? 'failed' : 'passed';
    outcomes.set(name, skipped.has(identity(test)) ? 'skipped' : outcome);
    if (outcome === 'failed') messages.set(name, test.err.message ?? '');
  }
  // A hook that fails is no test, and hides those that it was for.
  for (const failure of report.failures) {
    if (/" hook/.test(failure.title)) outcomes.set(failure.fullTitle, 'failed');
  }
  return { outcomes, messages };
}

/** The reporter lists each test again among the failed or the pending ones, as an equal object. */
function identity(test) {
  return JSON.stringify(test);
}

/** Express has a few tests of the same title. */
function unused(taken, name) {
  let [candidate, count] = [name, 1];
  while (taken.has(candidate)) candidate = `${name} #${(count += 1)}`;
  return candidate;
}
