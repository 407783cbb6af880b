import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

import { RopewayError } from '../../lib/errors.ts';
import { packageRoot } from '../../lib/package-root.ts';
import { pythonPrograms } from '../../lib/pythons.ts';
import type { Target } from '../types.ts';

/** What an interpreter says about itself. */
export interface Interpreter {
  /** Absolute path of the program. */
  program: string;
  version: [major: number, minor: number, patch: number];
  /** `cpython`, `pypy` */
  implementation: string;
  /** Of its compiled files: `cpython-311`. */
  cacheTag: string;
  /** `x86_64`, `aarch64`, `arm64`, `amd64` */
  machine: string;
  /** `2.36`; null where there is none. */
  glibc: string | null;
  /** Whether it has pip. */
  pip: boolean;
}

/** Absolute path of one of our Python files. They are run from src, compiled or not. */
export function pythonFile(name: string): string {
  return join(packageRoot, 'src', 'packaging', 'python', name);
}

/** What those said that were asked: it stays so while a command runs, and a shim takes a while to answer. */
const known = new Map<string, Interpreter>();

/** Throws PYTHON_BROKEN. */
export function askInterpreter(program: string): Interpreter {
  const told = known.get(program) ?? ask(program);
  known.set(program, told);
  return told;
}

function ask(program: string): Interpreter {
  const { stdout, stderr, error } = spawnSync(program, [pythonFile('about.py')], { encoding: 'utf8' });
  try {
    // The last line: what a sitecustomize prints comes before it.
    return {
      program,
      ...(JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Omit<Interpreter, 'program'>),
    };
  } catch {
    throw new RopewayError({
      code: 'PYTHON_BROKEN',
      message: `${program} cannot say what it is.`,
      detail: (stderr || stdout || (error?.message ?? '')).trim().split('\n').slice(-5).join('\n'),
      expected: 'Python 3.8 or newer',
      fix: 'recreate the virtual environment, or install a newer Python',
    });
  }
}

/** `3.11` */
export function minorVersion({ version }: Interpreter): string {
  return `${version[0]}.${version[1]}`;
}

/** A Python of the target's minor version: the app's own, or another of this machine; undefined when there is none. */
export function interpreterFor(target: Target, own: Interpreter): Interpreter | undefined {
  if (compilesFor(target, own)) return own;
  for (const program of target.python === undefined ? [] : pythonPrograms(target.python)) {
    try {
      const other = askInterpreter(program);
      if (compilesFor(target, other)) return other;
    } catch {
      // One that does not run is as good as none.
    }
  }
  return undefined;
}

/** What the interpreter compiles runs at the target: the same minor version. */
function compilesFor(target: Target, interpreter: Interpreter): boolean {
  return (
    interpreter.implementation === 'cpython' &&
    (target.python === undefined || target.python === minorVersion(interpreter))
  );
}

/** Whether what the interpreter installs for itself runs at the target. */
export function isOwnMachine(target: Target, interpreter: Interpreter): boolean {
  return (
    target.platform === process.platform &&
    target.arch === process.arch &&
    (target.glibc === undefined || target.glibc === interpreter.glibc) &&
    (target.python === undefined || target.python === minorVersion(interpreter))
  );
}
