import { closeSync, openSync, readSync } from 'node:fs';

import { RopewayError } from '../../lib/errors.ts';
import type { Target } from '../types.ts';
import type { Installed } from './installed.ts';

/** What a compiled module runs on; undefined where it does not say. */
export interface Machine {
  platform: NodeJS.Platform;
  arch: string;
}

const HEADER = 4096;
const ELF_MACHINES: Record<number, string> = { 0x3e: 'x64', 0xb7: 'arm64', 0x03: 'ia32', 0x28: 'arm' };
const PE_MACHINES: Record<number, string> = { 0x8664: 'x64', 0xaa64: 'arm64', 0x014c: 'ia32' };
const MACH_CPUS: Record<number, string> = { 0x01000007: 'x64', 0x0100000c: 'arm64' };

/** Reads it from the head of a file (`.node`). */
export function machineOf(file: string): Machine | undefined {
  const bytes = Buffer.alloc(HEADER);
  const descriptor = openSync(file, 'r');
  try {
    return machineIn(bytes.subarray(0, readSync(descriptor, bytes, 0, HEADER, 0)));
  } finally {
    closeSync(descriptor);
  }
}

/** ELF (Linux), Mach-O (macOS), PE (Windows). */
export function machineIn(head: Buffer): Machine | undefined {
  if (head.length < 64) return undefined;
  const magic = head.readUInt32BE(0);
  if (magic === 0x7f454c46) {
    const machine = head[5] === 2 ? head.readUInt16BE(18) : head.readUInt16LE(18);
    return known('linux', ELF_MACHINES[machine]);
  }
  if (magic === 0xcffaedfe) return known('darwin', MACH_CPUS[head.readUInt32LE(4)]);
  // For several processors in one file: macOS chooses.
  if (magic === 0xcafebabe) return { platform: 'darwin', arch: process.arch };
  if (head.readUInt16BE(0) === 0x4d5a) {
    const start = head.readUInt32LE(60);
    if (start + 6 > head.length || head.readUInt32BE(start) !== 0x50450000) return undefined;
    return known('win32', PE_MACHINES[head.readUInt16LE(start + 4)]);
  }
  return undefined;
}

function known(platform: NodeJS.Platform, arch: string | undefined): Machine {
  return { platform, arch: arch ?? 'unknown' };
}

/** Whether the compiled modules of a package are all for other machines than the target. */
export function isForAnother(modules: string[], target: Target): boolean {
  const machines = modules.map(machineOf).filter((machine) => machine !== undefined);
  return (
    machines.length > 0 &&
    !machines.some(({ platform, arch }) => platform === target.platform && arch === target.arch)
  );
}

/** Whether a package says that it is not for the target (`@img/sharp-darwin-arm64`). */
export function refuses({ manifest: { os, cpu, libc } }: Installed, target: Target): boolean {
  return (
    !allows(os, target.platform) ||
    !allows(cpu, target.arch) ||
    (target.platform === 'linux' && !allows(libc, 'glibc'))
  );
}

/** As npm reads `os` and `cpu`: `["linux"]`, `["!win32"]`, `["any"]`. */
function allows(list: string[] | string | undefined, value: string): boolean {
  const wanted = typeof list === 'string' ? [list] : (list ?? []);
  if (wanted.length === 0 || wanted.includes('any') || wanted.includes(value)) return true;
  return wanted.every((one) => one.startsWith('!')) && !wanted.includes(`!${value}`);
}

/** NATIVE_PACKAGE */
export function nativePackage(names: string[], target: Target): RopewayError {
  const one = names.length === 1;
  return new RopewayError({
    code: 'NATIVE_PACKAGE',
    message: `${names.join(', ')} ${one ? 'is' : 'are'} compiled for another machine than ${target.name}.`,
    expected: `${target.platform} ${target.arch}`,
    got: `${process.platform} ${process.arch}`,
    fix: `install for it: npm ci --os=${target.platform} --cpu=${target.arch} --libc=glibc, or build the package on such a machine`,
  });
}
