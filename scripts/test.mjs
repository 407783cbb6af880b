// npm test: installs what the tests need, builds, runs everything, ends with `N passed, N failed`.
// Arguments go to vitest: npm test -- test/platform
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { root, run } from './lib/run.mjs';
import { build, installDependencies } from './lib/setup.mjs';

const cache = join(root, '.cache');
const vitestReport = join(cache, 'vitest.json');
const pytestReport = join(cache, 'pytest.xml');
const only = process.argv.slice(2);

await installDependencies();
await build();
mkdirSync(cache, { recursive: true });
for (const report of [vitestReport, pytestReport]) rmSync(report, { force: true });

const ok = [
  await succeeds(
    process.execPath,
    [
      'node_modules/vitest/vitest.mjs',
      'run',
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${vitestReport}`,
      ...only,
    ],
    // See test/support/global-setup.ts.
    only.length === 0 ? { env: { ...process.env, TEST_INSTALL: 'all' } } : {},
  ),
];
if (only.length === 0) ok.push(await runPytest());

const { passed, failed } = count();
console.log(`\n${passed} passed, ${failed} failed`);
process.exitCode = ok.every(Boolean) && failed === 0 && passed > 0 ? 0 : 1;

/** The Python runtime's own tests, in the virtual environment that the other tests have made. */
async function runPytest() {
  const python = join(cache, 'test-venv', process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python');
  if (!existsSync(python)) {
    console.error('The Python tests did not run: Python 3.8 or newer was not found (python3 on the PATH).');
    return false;
  }
  return succeeds(python, ['-m', 'pytest', '-q', 'test/runtimes/python', `--junitxml=${pytestReport}`]);
}

async function succeeds(command, args, options) {
  try {
    await run(command, args, options);
    return true;
  } catch (error) {
    console.error(error.message);
    return false;
  }
}

function count() {
  let [passed, failed] = [0, 0];
  if (existsSync(vitestReport)) {
    const report = JSON.parse(readFileSync(vitestReport, 'utf8'));
    passed += report.numPassedTests;
    failed += report.numFailedTests;
    // A file that does not even load has no test to fail.
    failed += report.testResults.filter(
      (file) => file.status === 'failed' && file.assertionResults.length === 0,
    ).length;
  }
  if (existsSync(pytestReport)) {
    const numbers = /errors="(\d+)" failures="(\d+)" skipped="(\d+)" tests="(\d+)"/.exec(
      readFileSync(pytestReport, 'utf8'),
    );
    const [errors, failures, skipped, tests] = numbers.slice(1).map(Number);
    passed += tests - errors - failures - skipped;
    failed += errors + failures;
  }
  return { passed, failed };
}
