import { RopewayError } from '../lib/errors.ts';
import type { Target } from './types.ts';

const MB = 1024 * 1024;

/** Machines of the clouds, and what they take, as of 2026-11. */
const CLOUDS = {
  // The functions' system is an old one; wheels for an older glibc run on any newer one.
  tencent: { glibc: '2.17', python: '3.10', archs: ['x64'], limits: { zip: 50 * MB, unpacked: 500 * MB } },
  // Amazon Linux 2023
  aws: {
    glibc: '2.34',
    python: '3.13',
    archs: ['x64', 'arm64'],
    limits: { zip: 50 * MB, unpacked: 250 * MB },
  },
} as const;

export const TARGETS = ['local', ...Object.keys(CLOUDS)] as ('local' | keyof typeof CLOUDS)[];
export type TargetName = (typeof TARGETS)[number];

export interface TargetWish {
  name: TargetName;
  /** Default: x64 in a cloud. */
  arch?: Target['arch'];
  /** `python3.12`, `nodejs20`; default: the newest Python of the target. */
  runtime?: string;
}

/** Throws TARGET_ARCH, TARGET_RUNTIME. */
export function targetOf({ name, arch, runtime }: TargetWish): Target {
  if (name === 'local') {
    return {
      name,
      platform: process.platform,
      arch: process.arch === 'arm64' ? 'arm64' : 'x64',
      limits: { zip: Infinity, unpacked: Infinity },
    };
  }
  const { glibc, python, archs, limits } = CLOUDS[name];
  const chosen = arch ?? 'x64';
  if (!(archs as readonly string[]).includes(chosen)) throw noArch(name, archs, chosen);
  return {
    name,
    platform: 'linux',
    arch: chosen,
    glibc,
    python: pythonOf(runtime) ?? python,
    limits: { ...limits },
  };
}

/** `python3.12` → `3.12`; undefined for another language. */
function pythonOf(runtime: string | undefined): string | undefined {
  if (runtime === undefined || !/^python/i.test(runtime)) return undefined;
  const version = /^python\s?-?(3\.\d{1,2})$/i.exec(runtime)?.[1];
  if (version !== undefined) return version;
  throw new RopewayError({
    code: 'TARGET_RUNTIME',
    message: 'This is no runtime of Python.',
    expected: 'python3.12',
    got: runtime,
  });
}

function noArch(name: string, archs: readonly string[], got: string): RopewayError {
  return new RopewayError({
    code: 'TARGET_ARCH',
    message: `${name} has no functions on this kind of processor.`,
    expected: archs.join(', '),
    got,
  });
}
