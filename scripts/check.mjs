// npm run check: format, lint with the import rules, types, dead code, package shape, and the same for Python.
// Ends with `N passed, N failed`. Needs what `npm test` installs.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { root } from './lib/run.mjs';
import { build, installDependencies } from './lib/setup.mjs';

await installDependencies();
await build();

const bin = (name) => join(root, 'node_modules', '.bin', name);
const python = join(root, '.cache', 'test-venv', 'bin', 'python');
/** Our own Python; what stands in fixtures and apps is as its users write it. */
const PYTHON = ['src', 'bench', 'test/runtimes/python', 'test/events', 'test/conformance'];
/** @type {[name: string, command: string, args: string[]][]} */
const checks = [
  ['format', bin('oxfmt'), ['--check']],
  ['lint and import rules', bin('oxlint'), ['--deny-warnings']],
  ['types', bin('tsc'), ['--project', 'test/tsconfig.json']],
  ['dead code', bin('knip'), []],
  ['package shape', bin('publint'), ['--strict']],
  ['conformance page', process.execPath, ['scripts/conformance/coverage.mjs', '--check']],
  ['ruff', python, ['-m', 'ruff', 'check', ...PYTHON]],
  ['ruff format', python, ['-m', 'ruff', 'format', '--check', ...PYTHON]],
  [
    'mypy',
    python,
    ['-m', 'mypy', '--strict', '--config-file', 'src/runtimes/python/pyproject.toml', 'src/runtimes/python'],
  ],
];

let failed = 0;
for (const [name, command, args] of checks) {
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd: root, encoding: 'utf8' });
  const ok = status === 0;
  console.log(`${ok ? 'ok    ' : 'FAILED'}  ${name}`);
  if (ok) continue;
  failed += 1;
  console.log(`${stdout ?? ''}${stderr ?? ''}${error?.message ?? ''}`);
}
console.log(`\n${checks.length - failed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
