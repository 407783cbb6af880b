import { existsSync, mkdirSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';

import { RopewayError } from '../../lib/errors.ts';
import { type Ended, run } from '../run.ts';
import type { PythonRequirements } from '../types.ts';
import { type Interpreter, pythonFile } from './interpreter.ts';
import type { WheelTarget } from './platforms.ts';
import { forOtherMachines, installedWheels, wheelOf } from './wheels.ts';

export interface InstallOptions {
  requirements: PythonRequirements;
  /** See `requirementLines`. */
  lines: string[];
  interpreter: Interpreter;
  /** Absent: for this machine. */
  there: WheelTarget | undefined;
  targetName: string;
  /** Absolute, empty: what is installed is in its `python`. */
  staging: string;
  onLine(line: string): void;
  signal: AbortSignal | undefined;
}

/** Packages that are built here because no wheel of theirs is offered: each is one more run of pip. */
const MOST_BUILDS = 60;
const TAIL = 20;

/**
 * Installs requirements into `<staging>/python` and returns that folder.
 * Throws NO_WHEEL, INSTALL_FAILED, PIP_MISSING.
 */
export async function install(options: InstallOptions): Promise<string> {
  const { staging, lines, interpreter, there } = options;
  const target = join(staging, 'python');
  mkdirSync(target);
  writeFileSync(join(staging, 'requirements.txt'), `${lines.join('\n')}\n`);
  if (interpreter.pip)
    await (there === undefined ? withPip(options, target) : withWheels(options, there, target));
  else await withUv(options, target);
  if (there !== undefined) {
    // With uv a wheel that says `linux` and nothing more was compiled here; pip builds none for another machine.
    const isTaken = (platform: string): boolean => interpreter.pip || !platform.startsWith('linux_');
    const platforms = there.platforms.filter(isTaken);
    const wrong = forOtherMachines(installedWheels(target), { ...there, platforms });
    if (wrong.length > 0) throw noWheel(options, there, wrong);
  }
  return target;
}

async function withPip(options: InstallOptions, target: string): Promise<void> {
  const ended = await pip(options, null, [...INSTALL, '--target', target, '-r', requirementsFile(options)]);
  if (!ended.ok) throw installFailed(options, ended);
}

const QUIET = ['--disable-pip-version-check', '--no-input', '--progress-bar', 'off'];
const INSTALL = ['install', ...QUIET, '--no-compile', '--no-warn-script-location'];

/**
 * For another machine pip takes wheels only. Packages that have none are built here: when that gives a wheel for any
 * machine, it is taken; else the package is noted and stands in empty, so that all such packages are found at once.
 */
async function withWheels(options: InstallOptions, there: WheelTarget, target: string): Promise<void> {
  const house = join(options.staging, 'wheels');
  mkdirSync(house);
  const missing: string[] = [];
  for (let builds = 0; ; builds += 1) {
    const ended = await pip(options, there.markers, [
      ...INSTALL,
      ...['--find-links', house, '--only-binary=:all:', '--implementation', 'cp'],
      ...['--python-version', there.python, '--abi', there.abi],
      ...there.platforms.flatMap((platform) => ['--platform', platform]),
      ...['--target', target, '-r', requirementsFile(options)],
    ]);
    if (ended.ok) break;
    const wanted = unavailable(ended.lines);
    if (wanted === undefined || builds === MOST_BUILDS) throw installFailed(options, ended);
    const built = await buildWheel(options, wanted, { house, before: ended, there });
    if (built !== undefined) missing.push(built);
  }
  if (missing.length > 0) throw noWheel(options, there, missing);
}

/** What pip could not find: `jieba==0.42.1`. */
function unavailable(lines: string[]): string | undefined {
  const found = lines.map(
    (line) => /No matching distribution found for (.+?)(?: \(from .*)?$/.exec(line)?.[1],
  );
  return found.findLast((requirement) => requirement !== undefined);
}

/** Returns the package's name and version when what is built is for this machine alone. */
async function buildWheel(
  options: InstallOptions,
  wanted: string,
  { house, before, there }: { house: string; before: Ended; there: WheelTarget },
): Promise<string | undefined> {
  const built = join(options.staging, 'built');
  mkdirSync(built, { recursive: true });
  const known = new Set(readdirSync(built));
  const ended = await pip(options, null, [
    ...['wheel', ...QUIET, '--no-deps', '--wheel-dir', built],
    ...options.lines
      .filter((line) => /^--?(?:find-links|index-url|extra-index-url|no-index|f|i)\b/.test(line))
      .flatMap((line) => line.trim().split(/[\s=]+/)),
    wanted,
  ]);
  const file = readdirSync(built).find((name) => name.endsWith('.whl') && !known.has(name));
  // Not even here: then it is not a matter of the machine.
  if (!ended.ok || file === undefined) throw installFailed(options, ended.ok ? before : ended);
  const { name, version, tags } = wheelOf(file);
  await refuseOtherPython(options, there, join(built, file), `${name} ${version}`);
  const [python = '', abi = '', platform = ''] = (tags[0] ?? '').split('-');
  const isForAll = platform === 'any' && abi === 'none';
  // Built here, it bears the version of this Python, even if it would run on any.
  const named = isForAll && !python.includes('py3') ? `${name}-${version}-py3-none-any.whl` : file;
  renameSync(join(built, file), join(house, isForAll ? named : `${name}-${version}-py3-none-any.whl`));
  return isForAll ? undefined : `${name} ${version}`;
}

/** A package that pip left out since it is for other Pythons is built here all the same. Throws PYTHON_TOO_OLD. */
async function refuseOtherPython(
  { interpreter, targetName, requirements, signal }: InstallOptions,
  there: WheelTarget,
  wheel: string,
  title: string,
): Promise<void> {
  const args = [interpreter.program, pythonFile('refuses.py'), wheel, there.python];
  const { lines } = await run(args, { cwd: dirname(wheel), env: ENV, onLine: () => undefined, signal });
  const wanted = lines[0]?.trim() ?? '';
  if (wanted === '') return;
  throw new RopewayError({
    code: 'PYTHON_TOO_OLD',
    message: `${title} is not for Python ${there.python}, which ${targetName} has.`,
    expected: `Python ${wanted}`,
    got: `${there.python} (${requirements.file})`,
    fix: `ask for a version of ${title.split(' ')[0]} that is, take another \`runtime\`, or bring a Python along: \`runtime: custom\` with \`interpreter: /opt/…\``,
  });
}

/** uv takes the wheels of the other machine and builds what has none; what was compiled for that is named afterwards. */
async function withUv(options: InstallOptions, target: string): Promise<void> {
  const { interpreter, there } = options;
  if (!isOnPath('uv')) throw pipMissing(interpreter);
  const elsewhere = there && ['--python-platform', there.uvPlatform, '--python-version', there.python];
  const ended = await run(
    [
      ...['uv', 'pip', 'install', '--no-progress', '--link-mode', 'copy', '--python', interpreter.program],
      ...(elsewhere ?? []),
      ...['--target', target, '-r', requirementsFile(options)],
    ],
    { cwd: dirname(options.requirements.file), env: ENV, onLine: options.onLine, signal: options.signal },
  );
  if (!ended.ok) throw installFailed(options, ended);
}

/** Settings of the user's own pip that would put it all elsewhere; wheels that are built have the time of zips. */
const ENV = {
  PIP_USER: '0',
  PIP_REQUIRE_VIRTUALENV: '0',
  PYTHONHASHSEED: '0',
  SOURCE_DATE_EPOCH: '315532800',
};

function pip(
  options: InstallOptions,
  markers: Record<string, string> | null,
  args: string[],
): Promise<Ended> {
  return run([options.interpreter.program, pythonFile('run_pip.py'), JSON.stringify(markers), ...args], {
    // Paths in a requirements file are meant from where pip is run.
    cwd: dirname(options.requirements.file),
    env: ENV,
    onLine: options.onLine,
    signal: options.signal,
  });
}

function requirementsFile({ staging }: InstallOptions): string {
  return join(staging, 'requirements.txt');
}

function isOnPath(program: string): boolean {
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  return folders.some(
    (folder) => existsSync(join(folder, program)) || existsSync(join(folder, `${program}.exe`)),
  );
}

function noWheel(
  { targetName, requirements }: InstallOptions,
  there: WheelTarget,
  packages: string[],
): RopewayError {
  const one = packages.length === 1;
  return new RopewayError({
    code: 'NO_WHEEL',
    message: `${packages.join(', ')} ${one ? 'has' : 'have'} no wheel for ${targetName}, and ${one ? 'is' : 'are'} not pure Python.`,
    expected: `a wheel for Python ${there.python} and ${there.platforms[0]} or older`,
    got: `only a source, or wheels for other machines (${requirements.file})`,
    fix: `ask for a version that has one, or replace the package; \`ropeway build\` on such a machine with Python ${there.python} builds it from source`,
  });
}

function installFailed({ requirements }: InstallOptions, { how, lines }: Ended): RopewayError {
  return new RopewayError({
    code: 'INSTALL_FAILED',
    message: `The packages that ${requirements.file} names cannot be installed (${how}).`,
    detail: lines.slice(-TAIL).join('\n'),
    fix: 'mend what the output above says, then run the command again',
  });
}

function pipMissing({ program }: Interpreter): RopewayError {
  return new RopewayError({
    code: 'PIP_MISSING',
    message: `${program} has no pip, and uv is not on the PATH: nothing can install packages.`,
    fix: `${program} -m ensurepip, or install uv`,
  });
}
