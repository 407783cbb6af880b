import { RopewayError } from '../../lib/errors.ts';
import type { Target } from '../types.ts';
import { type Interpreter, minorVersion } from './interpreter.ts';

/** A Python on another machine, in the words of wheels. */
export interface WheelTarget {
  /** `3.10` */
  python: string;
  /** `cp310` */
  abi: string;
  /** Platform tags, the most special first. */
  platforms: string[];
  /** `x86_64-manylinux_2_28`, as uv has it. */
  uvPlatform: string;
  /** What PEP 508 markers ask. */
  markers: Record<string, string>;
}

/** By which names glibc versions went before they were numbers. */
const OLD_NAMES: Record<number, string> = { 5: 'manylinux1', 12: 'manylinux2010', 17: 'manylinux2014' };
/** The first glibc with wheels: there was no arm64 before. */
const FIRST_GLIBC = { x64: 5, arm64: 17 };
const DEFAULT_GLIBC = '2.17';
/** uv knows these, and no others. */
const UV_GLIBC = [17, 28, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40];

/** Throws NO_SUCH_TARGET for another system than Linux: clouds have no other. */
export function wheelTarget(target: Target, interpreter: Interpreter): WheelTarget {
  if (target.platform !== 'linux') throw noSuchTarget(target);
  const python = target.python ?? minorVersion(interpreter);
  const machine = target.arch === 'x64' ? 'x86_64' : 'aarch64';
  const glibc = Number((target.glibc ?? DEFAULT_GLIBC).split('.')[1]);
  const platforms: string[] = [];
  for (let minor = glibc; minor >= FIRST_GLIBC[target.arch]; minor -= 1) {
    platforms.push(`manylinux_2_${minor}_${machine}`);
    if (OLD_NAMES[minor] !== undefined) platforms.push(`${OLD_NAMES[minor]}_${machine}`);
  }
  platforms.push(`linux_${machine}`);
  const [major = '3', minor = '0'] = python.split('.');
  const uvGlibc = UV_GLIBC.findLast((known) => known <= glibc) ?? UV_GLIBC[0];
  return {
    python,
    abi: `cp${major}${minor}${Number(minor) < 8 ? 'm' : ''}`,
    platforms,
    uvPlatform: `${machine}-manylinux_2_${uvGlibc}`,
    markers: {
      implementation_name: 'cpython',
      // Clouds keep their patches up to date: any fix that a marker asks for is there.
      implementation_version: `${python}.99`,
      python_full_version: `${python}.99`,
      python_version: python,
      os_name: 'posix',
      sys_platform: 'linux',
      platform_system: 'Linux',
      platform_machine: machine,
      platform_python_implementation: 'CPython',
      platform_release: '',
      platform_version: '',
    },
  };
}

/** Whether a wheel with this tag (`cp310-cp310-manylinux_2_17_x86_64`) runs there. */
export function runsThere(tag: string, { platforms }: WheelTarget): boolean {
  const platform = tag.split('-').at(-1) ?? '';
  return platform === 'any' || platform.split('.').some((one) => platforms.includes(one));
}

function noSuchTarget({ name, platform }: Target): RopewayError {
  return new RopewayError({
    code: 'NO_SUCH_TARGET',
    message: `Python packages cannot be installed here for ${name}.`,
    expected: 'linux, or the system of this machine with the version of its Python',
    got: platform,
  });
}
