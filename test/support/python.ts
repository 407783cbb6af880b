import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { once } from './once.ts';
import { root } from './root.ts';
import { run } from './run.ts';

/**
 * Path of a Python interpreter with everything in test/requirements.txt, in a virtual environment of
 * the tests' own that is made on first use. Throws when the machine has no Python.
 */
export function testPython(): Promise<string> {
  return pythonWith('test-venv', 'requirements.txt');
}

/** The same with the clients of the clouds (boto3, aws, tccli…), which are many megabytes. */
export function cloudsPython(): Promise<string> {
  return pythonWith('clouds-venv', 'requirements-clouds.txt');
}

async function pythonWith(name: string, file: string): Promise<string> {
  const base = await systemPython();
  const requirements = join(root, 'test', file);
  const venv = join(root, '.cache', name);
  const python = interpreter(venv);
  await once(name, [base.version, readFileSync(requirements, 'utf8')], async () => {
    await run(base.path, ['-m', 'venv', '--clear', venv]);
    await run(python, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '-r', requirements]);
  });
  return python;
}

/** Variables that make the virtual environment of the tests the active one. */
export async function testPythonEnv(): Promise<NodeJS.ProcessEnv> {
  const python = await testPython();
  const separator = process.platform === 'win32' ? ';' : ':';
  return {
    ...process.env,
    VIRTUAL_ENV: join(python, '..', '..'),
    PATH: `${join(python, '..')}${separator}${process.env['PATH'] ?? ''}`,
    PYTHONDONTWRITEBYTECODE: '1',
  };
}

function interpreter(venv: string): string {
  return process.platform === 'win32' ? join(venv, 'Scripts', 'python.exe') : join(venv, 'bin', 'python');
}

async function systemPython(): Promise<{ path: string; version: string }> {
  for (const name of ['python3', 'python']) {
    try {
      const shown = await run(name, ['-c', 'import sys; print(sys.executable); print(sys.version)']);
      const [path = name, version = ''] = shown.split(/\r?\n/);
      return { path, version };
    } catch {
      // The next name may exist.
    }
  }
  throw new Error('The Python tests need Python 3.10 or newer: neither python3 nor python is on the PATH');
}
