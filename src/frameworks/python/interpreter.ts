import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

import { RopewayError } from '../../lib/errors.ts';

/**
 * A Python to read the app's files with: the app's own virtual environment, the active one, else
 * the one on the PATH. Throws PYTHON_NOT_FOUND.
 */
export function readingPython(dir: string): string {
  const folders = ['.venv', 'venv', 'env', '.ropeway/venv'].map((name) => join(dir, name));
  if (process.env['VIRTUAL_ENV'] !== undefined) folders.push(process.env['VIRTUAL_ENV']);
  for (const folder of folders) {
    for (const program of ['bin/python', 'Scripts/python.exe']) {
      if (existsSync(join(folder, program))) return join(folder, program);
    }
  }
  for (const name of ['python3', 'python', 'python3.exe', 'python.exe']) {
    for (const folder of (process.env['PATH'] ?? '').split(delimiter)) {
      if (folder !== '' && existsSync(join(folder, name))) return join(folder, name);
    }
  }
  throw new RopewayError({
    code: 'PYTHON_NOT_FOUND',
    message: 'This looks like a Python app, but there is no Python on this machine.',
    expected: 'python3 (3.8 or newer) on the PATH, or a virtual environment in .venv',
    fix: 'install Python from https://www.python.org/downloads/ or with your package manager',
  });
}
