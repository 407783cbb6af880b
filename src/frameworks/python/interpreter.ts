import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

import { RopewayError } from '../../lib/errors.ts';

const OWN_ENVIRONMENTS = ['.venv', 'venv', 'env'];

/**
 * The Python of an app, for reading its files and for running it: the virtual environment in its own folders, the
 * active one, the one that an earlier preparation made, else the one on the PATH. Throws PYTHON_NOT_FOUND.
 */
export function appPython(dir: string, root: string = dir): string {
  const own = [root, dir].flatMap((folder) => OWN_ENVIRONMENTS.map((name) => join(folder, name)));
  const active = process.env['VIRTUAL_ENV'];
  const environments = [...own, ...(active ? [active] : []), join(dir, '.ropeway', 'venv')];
  const found = [...environments.map(pythonOf), ...onPath()].find((python) => existsSync(python));
  if (found !== undefined) return found;
  throw new RopewayError({
    code: 'PYTHON_NOT_FOUND',
    message: 'This looks like a Python app, but there is no Python on this machine.',
    expected: 'python3 (3.8 or newer) on the PATH, or a virtual environment in .venv',
    fix: 'install Python from https://www.python.org/downloads/ or with your package manager',
  });
}

/** Where the interpreter of a virtual environment is. */
export function pythonOf(environment: string): string {
  return join(environment, process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python');
}

function onPath(): string[] {
  const names = process.platform === 'win32' ? ['python3.exe', 'python.exe'] : ['python3', 'python'];
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  return names.flatMap((name) => folders.map((folder) => join(folder, name)));
}
