// Installs what the examples need, as their users would: npm ci, or a virtual environment and pip.
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { step } from './progress.mjs';

const execute = promisify(execFile);
const isWindows = process.platform === 'win32';

/** `path` of a Python that can run the examples; without one, `why` not. */
export async function findPython() {
  const checks = 'import sys, venv, ensurepip; print(sys.executable); sys.exit(sys.version_info < (3, 10))';
  let why = 'Python 3.10 or newer was not found (python3 on the PATH)';
  for (const name of ['python3', 'python']) {
    try {
      const { stdout } = await execute(name, ['-c', checks]);
      return { path: stdout.trim() };
    } catch (error) {
      if (/venv|ensurepip/.test(error.stderr ?? '')) {
        why = `${name} lacks its venv module (on Debian and Ubuntu: apt install python3-venv)`;
      }
    }
  }
  return { why };
}

/** Makes an example ready to start. Does nothing when its manifest has not changed since. */
export async function prepare(example, python) {
  if (example.language === 'node') await prepareNode(example);
  else await preparePython(example, python);
}

/** Folder of the programs in an example's virtual environment. */
export function programs(example) {
  return join(example.folder, '.venv', isWindows ? 'Scripts' : 'bin');
}

async function prepareNode({ folder, title }) {
  const manifest = join(folder, 'package-lock.json');
  await onChange(manifest, join(folder, 'node_modules'), async () => {
    step(`installing ${title}'s npm packages`);
    await runQuietly(
      isWindows ? 'npm.cmd' : 'npm',
      ['ci', '--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error'],
      folder,
    );
  });
}

async function preparePython(example, python) {
  const { folder, title } = example;
  const manifest = join(folder, 'requirements.txt');
  await onChange(manifest, join(folder, '.venv'), async () => {
    step(`installing ${title}'s Python packages`);
    await runQuietly(python, ['-m', 'venv', '--clear', '.venv'], folder);
    const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '-r', 'requirements.txt'];
    await runQuietly(join(programs(example), 'python'), pip, folder);
  });
}

/** Runs `install` unless `target` was made from the same manifest. An app without a manifest needs nothing. */
async function onChange(manifest, target, install) {
  if (!existsSync(manifest)) return;
  const stamp = join(target, '.demo-stamp');
  const hash = createHash('sha256').update(readFileSync(manifest)).digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === hash) return;
  await install();
  writeFileSync(stamp, hash);
}

async function runQuietly(command, args, cwd) {
  try {
    await execute(command, args, { cwd, maxBuffer: 64 * 1024 * 1024, shell: command.endsWith('.cmd') });
  } catch (error) {
    const output = `${error.stdout ?? ''}${error.stderr ?? error.message}`;
    throw new Error(`${command} ${args.join(' ')} in ${cwd}\n${output}`, { cause: error });
  }
}
