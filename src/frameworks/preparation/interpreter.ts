import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { readingPython } from '../python/interpreter.ts';

const OWN_ENVIRONMENTS = ['.venv', 'venv', 'env'];

/**
 * The Python that runs an app: the virtual environment in the app's own folders, the active one, the
 * one that an earlier preparation made, else the one on the PATH. Throws PYTHON_NOT_FOUND.
 */
export function appPython(dir: string, root: string): string {
  const own = [root, dir].flatMap((folder) => OWN_ENVIRONMENTS.map((name) => join(folder, name)));
  const active = process.env['VIRTUAL_ENV'];
  const environments = active === undefined || active === '' ? own : [...own, active];
  for (const environment of environments) {
    const python = pythonOf(environment);
    if (existsSync(python)) return python;
  }
  return readingPython(dir);
}

/** Where the interpreter of a virtual environment is. */
export function pythonOf(environment: string): string {
  return join(environment, process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python');
}
