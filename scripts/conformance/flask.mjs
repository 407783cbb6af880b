// Flask's own tests: pytest in a virtual environment with the versions that Flask locks.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';

import { findPython } from '../demo/prepare.mjs';
import { root } from '../lib/run.mjs';
import { UsageError } from './options.mjs';
import { capture, captureSuccess } from './programs.mjs';

const TEST_TOOLS = ['asgiref', 'greenlet', 'pytest', 'python-dotenv'];
const DEPENDENCIES = ['blinker', 'click', 'itsdangerous', 'jinja2', 'markupsafe', 'werkzeug'];

export const pythonPath = ['test/conformance/python', 'src/runtimes/python']
  .map((folder) => join(root, folder))
  .join(delimiter);

/** A Python with the checkout installed in it; made anew when the checkout has changed. */
export async function flaskPython({ folder, version }) {
  const found = await findPython();
  if (found.path === undefined) throw new UsageError(found.why);
  const venv = join(root, '.cache', 'conformance-venv');
  const python = join(venv, process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python');
  const wanted = requirements(folder);
  const stamp = join(venv, '.stamp');
  const hash = createHash('sha256')
    .update(JSON.stringify([found.path, folder, version, await commit(folder), wanted]))
    .digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === hash) return python;

  console.error('… installing Flask and what its tests need');
  mkdirSync(join(root, '.cache'), { recursive: true });
  await captureSuccess(found.path, ['-m', 'venv', '--clear', venv]);
  const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check'];
  await captureSuccess(python, [...pip, ...wanted]);
  // Not editable: that would leave files in the checkout.
  await captureSuccess(python, [...pip, '--no-deps', folder]);
  writeFileSync(stamp, hash);
  return python;
}

/** Runs the suite, directly when no format is given. */
export async function runFlask({ folder }, python, format, work) {
  return runPytest(python, ['tests'], { cwd: folder, format, work });
}

/** Outcomes of a pytest run; the plugin that writes them also puts the events in. */
export async function runPytest(python, args, { cwd, format, work }) {
  const file = join(work, 'pytest.json');
  rmSync(file, { force: true });
  const { output } = await capture(
    python,
    ['-m', 'pytest', '-q', '-p', 'no:cacheprovider', '-p', 'ropeway_conformance', ...args],
    {
      cwd,
      env: {
        PYTHONPATH: pythonPath,
        ROPEWAY_CONFORMANCE_REPORT: file,
        ROPEWAY_CONFORMANCE_FORMAT: format ?? '',
        ROPEWAY_CONFORMANCE_NODE: process.execPath,
      },
    },
  );
  if (!existsSync(file)) throw new Error(`pytest did not run to its end:\n${output}`);
  const { outcomes, messages, requests } = JSON.parse(readFileSync(file, 'utf8'));
  if (Object.keys(outcomes).length === 0) throw new Error(`pytest found no tests:\n${output}`);
  return {
    outcomes: new Map(Object.entries(outcomes)),
    messages: new Map(Object.entries(messages)),
    requests,
  };
}

/** Requirements with the versions of Flask's lock file, of several (for several Pythons) the newest. */
function requirements(folder) {
  const lock = join(folder, 'uv.lock');
  if (!existsSync(lock)) return [...TEST_TOOLS, 'pytest<9', ...DEPENDENCIES];
  const text = readFileSync(lock, 'utf8');
  return [...TEST_TOOLS, ...DEPENDENCIES].map((name) => {
    const versions = [...text.matchAll(new RegExp(`^name = "${name}"\\nversion = "(.+)"`, 'gm'))];
    return versions.length === 0 ? name : `${name}==${versions.at(-1)[1]}`;
  });
}

async function commit(folder) {
  const { stdout } = await capture('git', ['rev-parse', 'HEAD'], { cwd: folder });
  return stdout.trim();
}
