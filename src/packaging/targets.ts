import { arch, platform } from 'node:process';

import type { Target } from './types.ts';

const MEGABYTE = 1024 * 1024;

/** This machine, with the bounds of its platform. */
export const LOCAL: Target = {
  name: 'local',
  platform,
  arch: arch === 'arm64' ? 'arm64' : 'x64',
  limits: { zip: 500 * MEGABYTE, unpacked: 1024 * MEGABYTE },
};

/** Tencent SCF: 500 MB unpacked; code over 50 MB goes through object storage (API `scf` 2018-04-16, quotas). */
export const TENCENT: Target = {
  name: 'tencent',
  platform: 'linux',
  arch: 'x64',
  glibc: '2.17',
  python: '3.10',
  limits: { zip: 500 * MEGABYTE, unpacked: 500 * MEGABYTE },
};

/** AWS Lambda: 250 MB unpacked (Lambda quotas); runtimes from python3.12 on run on Amazon Linux 2023, glibc 2.34. */
export const AWS: Target = {
  name: 'aws',
  platform: 'linux',
  arch: 'x64',
  glibc: '2.34',
  python: '3.13',
  limits: { zip: 250 * MEGABYTE, unpacked: 250 * MEGABYTE },
};

export const TARGETS: Record<string, Target> = { local: LOCAL, tencent: TENCENT, aws: AWS };
