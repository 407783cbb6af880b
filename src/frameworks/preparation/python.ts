import { basename, dirname, join, relative, sep } from 'node:path';

import { RopewayError } from '../../lib/errors.ts';
import type { DetectedApp } from '../types.ts';
import { askPython, type Lacks } from './ask-python.ts';
import { appPython, pythonOf } from '../python/interpreter.ts';
import { isOnPath } from './on-path.ts';
import { readRequirements, type Requirements } from './requirements.ts';
import type { Preparation, PreparationStep } from './types.ts';

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

const SHOWN = 6;

/** The interpreter of the app and what it lacks of the declared requirements. */
export async function planPython(dir: string, app: DetectedApp): Promise<Preparation> {
  const { root } = app.entry;
  const interpreter = appPython(dir, root);
  const requirements = await readRequirements([...new Set([dir, root])]);
  const lacks = askPython(interpreter, dir, {
    specifiers: requirements?.specifiers ?? [],
    places: requirements?.places ?? [],
    modules: FRAMEWORK_MODULES.has(app.framework) ? [app.framework] : [],
    root,
  });
  if (requirements === undefined || lacks.missing.length === 0) {
    const [module] = lacks.modules;
    if (module !== undefined) throw missingDependency(dir, module, interpreter, lacks, requirements);
    return { interpreter, steps: [], notes: [] };
  }
  const why = `not installed, but named in ${basename(requirements.file)}: ${listed(lacks.missing)}`;
  if (lacks.virtual) {
    const steps = installSteps(dir, interpreter, requirements, why, lacks.pip);
    return { interpreter, steps, notes: [] };
  }
  return withOwnEnvironment(dir, interpreter, requirements, why);
}

function withOwnEnvironment(
  dir: string,
  interpreter: string,
  requirements: Requirements,
  why: string,
): Preparation {
  const state = join(dir, '.ropeway');
  const environment = join(state, 'venv');
  const own = pythonOf(environment);
  const create: PreparationStep = {
    title: 'create a virtual environment in .ropeway/venv',
    why: 'packages of the app are not put into the Python of the system',
    command: [interpreter, '-m', 'venv', environment],
    cwd: dir,
    hiddenFolder: state,
  };
  return {
    interpreter: own,
    steps: [create, ...installSteps(dir, own, requirements, why, true)],
    notes: [],
  };
}

function installSteps(
  dir: string,
  interpreter: string,
  requirements: Requirements,
  why: string,
  hasPip: boolean,
): PreparationStep[] {
  const install: PreparationStep = {
    title: `install the requirements of ${shownPath(dir, requirements.file)}`,
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
    // Paths in a requirements file are meant from where pip is run.
    cwd: dirname(requirements.file),
  };
  if (hasPip) return [install];
  if (isOnPath('uv')) {
    return [
      { ...install, command: ['uv', 'pip', 'install', '--python', interpreter, ...requirements.install] },
    ];
  }
  const addPip: PreparationStep = {
    title: 'add pip to the virtual environment',
    why: 'it was made without pip',
    command: [interpreter, '-m', 'ensurepip', '--upgrade'],
    cwd: dir,
  };
  return [addPip, install];
}

function missingDependency(
  dir: string,
  module: string,
  interpreter: string,
  lacks: Lacks,
  requirements: Requirements | undefined,
): RopewayError {
  const command = lacks.virtual
    ? `${shownPath(dir, interpreter)} -m pip install ${module}`
    : `python3 -m venv .venv && .venv/bin/pip install ${module}`;
  const file = requirements === undefined ? undefined : shownPath(dir, requirements.file);
  return new RopewayError({
    code: 'MISSING_DEPENDENCY',
    message:
      file === undefined
        ? `The app needs ${module}, which is not installed, and no file says which packages it needs.`
        : `The app needs ${module}, which is not installed and not named in ${file}.`,
    fix: `write \`${module}\` into ${file ?? 'requirements.txt'} and run the command again, or: ${command}`,
  });
}

function shownPath(dir: string, path: string): string {
  const shown = relative(dir, path).split(sep).join('/');
  return shown.startsWith('..') ? path : shown;
}

function listed(names: string[]): string {
  const shown = names.slice(0, SHOWN).join(', ');
  return names.length > SHOWN ? `${shown} and ${names.length - SHOWN} more` : shown;
}
