import { execFileSync } from 'node:child_process';

import { RopewayError } from '../../lib/errors.ts';
import { pythonPrograms } from '../../lib/pythons.ts';

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
  for (const candidate of [...pythonPrograms(version), 'python3', 'python']) {
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
