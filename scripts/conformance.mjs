// npm run conformance: the test suites of Flask and Express themselves, directly and through events.
//   npm run conformance -- --suites <dir>   <dir>/flask and <dir>/express are git checkouts
//   --format <name>    only this event format (may be repeated); aws-v2 and tencent-apigw by default
//   --all-formats      every event format
//   --json             one JSON object
//   --no-build         uses dist/ as it is
// Exit code 0: whatever passes directly passes through events too, but for test/conformance/exclusions.json;
// 1: something does not; 2: wrong options or no suites.
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { runChecks } from './conformance/checks.mjs';
import { loadExclusions } from './conformance/exclusions.mjs';
import { installExpress, runExpress } from './conformance/express.mjs';
import { flaskPython, runFlask } from './conformance/flask.mjs';
import { chooseFormats, readOptions, UsageError } from './conformance/options.mjs';
import { compare } from './conformance/outcomes.mjs';
import { report } from './conformance/report.mjs';
import { findSuite } from './conformance/suites.mjs';
import { installDependencies } from './lib/setup.mjs';
import { root, run } from './lib/run.mjs';

try {
  process.exitCode = await conformance(readOptions(process.argv.slice(2)));
} catch (error) {
  console.error(error.message);
  process.exitCode = error instanceof UsageError ? 2 : 1;
}

/** Resolves with the exit code. */
async function conformance(options) {
  const suites = { flask: findSuite(options.suites, 'flask'), express: findSuite(options.suites, 'express') };
  const exclusions = loadExclusions();
  await compile(options.build);
  const formats = await chooseFormats(options);

  const work = mkdtempSync(join(tmpdir(), 'ropeway-conformance-'));
  try {
    await installExpress(suites.express);
    const python = await flaskPython(suites.flask);
    const results = [
      await runSuite(suites.flask, exclusions, formats, (format) =>
        runFlask(suites.flask, python, format, work),
      ),
      await runSuite(suites.express, exclusions, formats, (format) =>
        runExpress(suites.express, format, work),
      ),
    ];
    return report(results, await runChecks(python, work), options.json) ? 0 : 1;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** One suite directly, then through each format. */
async function runSuite(suite, exclusions, formats, runOnce) {
  console.error(`… ${suite.title} ${suite.version} directly`);
  const direct = await runOnce(undefined);
  const rounds = [];
  for (const format of formats) {
    console.error(`… ${suite.title} ${suite.version} through ${format}`);
    rounds.push(compare({ suite, format, direct, through: await runOnce(format), exclusions }));
  }
  return { suite, direct, rounds };
}

/** Compiles over what is in dist/, which others may be using; `--no-build` only when there is nothing. */
async function compile(build) {
  if (!build && existsSync(join(root, 'dist', 'runtimes', 'node', 'adapter.js'))) return;
  await installDependencies();
  console.error('… compiling');
  // With --json stdout is for the one object.
  await run(process.execPath, ['node_modules/typescript/bin/tsc', '--project', 'tsconfig.json'], {
    stdio: ['ignore', 2, 2],
  });
}
