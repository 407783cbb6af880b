import { existsSync, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';

/**
 * Programs on this machine that may be the Python of a version (`3.12`), absolute, the likeliest first: by that name on the PATH, then in pyenv's folder, the
 * newest first. One of them may be a stand-in (a shim of pyenv) that does not run: ask it.
 */
export function pythonPrograms(version: string): string[] {
  const isWindows = process.platform === 'win32';
  const name = isWindows ? `python${version}.exe` : `python${version}`;
  const onPath = (process.env['PATH'] ?? '')
    .split(delimiter)
    .filter((folder) => folder !== '')
    .map((folder) => join(folder, name));
  return [...onPath, ...inPyenv(version, isWindows ? 'python.exe' : 'bin/python3')].filter((program) =>
    existsSync(program),
  );
}

function inPyenv(version: string, program: string): string[] {
  const folder = join(process.env['PYENV_ROOT'] ?? join(homedir(), '.pyenv'), 'versions');
  try {
    return readdirSync(folder)
      .filter((name) => name.startsWith(`${version}.`))
      .toSorted((a, b) => b.localeCompare(a, 'en', { numeric: true }))
      .map((name) => join(folder, name, program));
  } catch {
    return [];
  }
}
