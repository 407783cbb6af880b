import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

import { RopewayError } from '../../lib/errors.ts';

export interface FoundPython {
  /** Absolute. */
  path: string;
  /** `3.12` */
  version: string;
}

const found = new Map<string, FoundPython>();

/**
 * A Python of this machine for a cloud's runtime: of the version that is asked for (`3.12`), by its name on the PATH or in pyenv's
 * folder; else what `python3` is. Throws RUNTIME_MISSING when there is none at all.
 */
export function pythonFor(version: string): FoundPython {
  const known = found.get(version);
  if (known !== undefined) return known;
  for (const candidate of [`python${version}`, ...pyenvPaths(version), 'python3', 'python']) {
    const python = askPython(candidate);
    if (python === undefined) continue;
    found.set(version, python);
    return python;
  }
  throw new RopewayError({
    code: 'RUNTIME_MISSING',
    message: 'There is no Python on this machine to run this function.',
    expected: `python${version} on the PATH, or any python3`,
    fix: 'install Python 3, or set the PATH of `ropeway serve` to where it is',
  });
}

const QUESTION = 'import sys; print(sys.executable); print("%d.%d" % sys.version_info[:2])';

/** Undefined: it is not there, or no Python 3. */
function askPython(command: string): FoundPython | undefined {
  try {
    const told = execFileSync(command, ['-c', QUESTION], {
      encoding: 'utf8',
      timeout: 10_000,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const [path = '', version = ''] = told.split(/\r?\n/);
    return version.startsWith('3.') ? { path, version } : undefined;
  } catch {
    return undefined;
  }
}

function pyenvPaths(version: string): string[] {
  const folder = join(process.env['PYENV_ROOT'] ?? join(homedir(), '.pyenv'), 'versions');
  try {
    return readdirSync(folder)
      .filter((name) => name.startsWith(`${version}.`))
      .map((name) => join(folder, name, 'bin', 'python3'));
  } catch {
    return [];
  }
}
