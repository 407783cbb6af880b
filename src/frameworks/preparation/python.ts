import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { basename, join, relative, sep } from 'node:path';

import { RopewayError } from '../../lib/errors.ts';
import { packageRoot } from '../../lib/package-root.ts';
import { readingPython } from '../python/interpreter.ts';
import type { DetectedApp } from '../types.ts';
import { readRequirements, type Requirements } from './requirements.ts';
import type { Preparation, PreparationStep } from './types.ts';

const OLDEST_MINOR = 8;

/** The interpreter of the app and what it lacks of the declared requirements. */
export function planPython(dir: string, app: DetectedApp): Preparation {
  const root = app.entry.root;
  const interpreter = readingPython(dir);
  const requirements = readRequirements([...new Set([dir, root])]);
  const modules = FRAMEWORK_MODULES.has(app.framework) ? [app.framework] : [];
  const lacks = ask(interpreter, requirements?.specifiers ?? [], modules);
  if (requirements === undefined) {
    if (lacks.modules.length > 0) throw missingDependency(lacks.modules[0]!);
    return { interpreter, steps: [], notes: [] };
  }
  if (lacks.missing.length === 0 && lacks.modules.length === 0) return { interpreter, steps: [], notes: [] };
  const why = `not installed, but named in ${basename(requirements.file)}: ${listed(lacks.missing.length > 0 ? lacks.missing : lacks.modules)}`;
  if (isVirtual(interpreter))
    return { interpreter, steps: [install(dir, interpreter, requirements, why)], notes: [] };
  return withOwnEnvironment(dir, interpreter, requirements, why);
}

/** Frameworks whose module has the framework's id as its name. */
const FRAMEWORK_MODULES = new Set([
  'flask',
  'django',
  'fastapi',
  'starlette',
  'quart',
  'falcon',
  'bottle',
  'sanic',
  'dash',
  'pyramid',
]);

function withOwnEnvironment(
  dir: string,
  interpreter: string,
  requirements: Requirements,
  why: string,
): Preparation {
  const state = join(dir, '.ropeway');
  const environment = join(state, 'venv');
  mkdirSync(state, { recursive: true });
  writeFileSync(join(state, '.gitignore'), '*\n');
  const own = join(environment, process.platform === 'win32' ? 'Scripts\\python.exe' : 'bin/python');
  const create: PreparationStep = {
    title: 'create a virtual environment in .ropeway/venv',
    why: 'packages of the app are not put into the Python of the system',
    command: [interpreter, '-m', 'venv', environment],
    cwd: dir,
  };
  return { interpreter: own, steps: [create, install(dir, own, requirements, why)], notes: [] };
}

function install(dir: string, interpreter: string, requirements: Requirements, why: string): PreparationStep {
  return {
    title: `install the requirements of ${relative(dir, requirements.file).split(sep).join('/')}`,
    why,
    command: [
      interpreter,
      '-m',
      'pip',
      'install',
      '--disable-pip-version-check',
      '--no-input',
      ...requirements.install,
    ],
    cwd: dir,
  };
}

interface Lacks {
  missing: string[];
  modules: string[];
}

function ask(interpreter: string, specifiers: string[], modules: string[]): Lacks {
  const script = join(packageRoot, 'src/frameworks/python/installed.py');
  const { status, stdout, stderr, error } = spawnSync(interpreter, ['-I', script], {
    input: JSON.stringify({ specifiers, modules }),
    encoding: 'utf8',
  });
  if (status !== 0) {
    throw new RopewayError({
      code: 'PYTHON_BROKEN',
      message: `${interpreter} cannot tell what is installed.`,
      detail: (error?.message ?? stderr).trim().split('\n').slice(-5).join('\n'),
      expected: `Python 3.${OLDEST_MINOR} or newer`,
      fix: 'recreate the virtual environment, or install a newer Python',
    });
  }
  const answer = JSON.parse(stdout) as Lacks & { version: [number, number] };
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

function missingDependency(module: string): RopewayError {
  return new RopewayError({
    code: 'MISSING_DEPENDENCY',
    message: `The app needs ${module}, which is not installed, and no file says which packages it needs.`,
    fix: `write \`${module}\` into requirements.txt and run the command again, or: python3 -m venv .venv && .venv/bin/pip install ${module}`,
  });
}

/** Whether the interpreter belongs to a virtual environment: pip may install there. */
function isVirtual(interpreter: string): boolean {
  return existsSync(join(interpreter, '..', '..', 'pyvenv.cfg'));
}

function listed(names: string[]): string {
  const shown = names.slice(0, 6).join(', ');
  return names.length > 6 ? `${shown} and ${names.length - 6} more` : shown;
}
