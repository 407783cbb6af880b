import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

import { RopewayError } from '../../lib/errors.ts';
import { packageRoot } from '../../lib/package-root.ts';
import type { Place } from './requirements.ts';

const OLDEST_MINOR = 8;

export interface Question {
  /** PEP 508. */
  specifiers: string[];
  places: Place[];
  /** Names to import. */
  modules: string[];
  /** Folder of the app, first on `sys.path`. */
  root: string;
}

/** What an interpreter says about itself and about what it lacks. */
export interface Lacks {
  /** Names of packages that are not installed, or not in a version that was asked for. */
  missing: string[];
  /** Modules that cannot be imported. */
  modules: string[];
  /** Whether it has pip. */
  pip: boolean;
  /** Whether it belongs to a virtual environment. */
  virtual: boolean;
}

/** Asks an interpreter what it lacks. Throws PYTHON_TOO_OLD, PYTHON_BROKEN. */
export function askPython(interpreter: string, dir: string, question: Question): Lacks {
  const script = join(packageRoot, 'src/frameworks/python/installed.py');
  // The app gets no PYTHON… variables of ours either; packages of the user's own are seen by both.
  const { status, stdout, stderr, error } = spawnSync(interpreter, ['-E', script], {
    cwd: dir,
    input: JSON.stringify(question),
    encoding: 'utf8',
  });
  const answer = status === 0 ? parse(stdout) : undefined;
  if (answer === undefined) {
    throw new RopewayError({
      code: 'PYTHON_BROKEN',
      message: `${interpreter} cannot tell what is installed.`,
      // Its own words first: one that ends before it reads the question also gives a broken pipe.
      detail: (stderr || stdout || (error?.message ?? '')).trim().split('\n').slice(-5).join('\n'),
      expected: `Python 3.${OLDEST_MINOR} or newer`,
      fix: 'recreate the virtual environment, or install a newer Python',
    });
  }
  const [major, minor] = answer.version;
  if (major !== 3 || minor < OLDEST_MINOR) {
    throw new RopewayError({
      code: 'PYTHON_TOO_OLD',
      message: `${interpreter} is too old.`,
      expected: `Python 3.${OLDEST_MINOR} or newer`,
      got: `Python ${major}.${minor}`,
      fix: 'make a virtual environment with a newer Python: python3 -m venv .venv',
    });
  }
  return answer;
}

/** The last line: what a sitecustomize prints comes before it. */
function parse(stdout: string): (Lacks & { version: [number, number] }) | undefined {
  try {
    return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Lacks & { version: [number, number] };
  } catch {
    return undefined;
  }
}
