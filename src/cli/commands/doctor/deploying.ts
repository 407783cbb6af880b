import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { type Check, ok, warning } from './check.ts';

const run = promisify(execFile);

/** What installs the dependencies of packages. */
export async function checkInstallers(): Promise<Check[]> {
  const python = process.platform === 'win32' ? 'python' : 'python3';
  const [pip, uv, npm] = await Promise.all([
    versionOf(python, ['-m', 'pip', '--version']),
    versionOf('uv', ['--version']),
    versionOf('npm', ['--version']),
  ]);
  const forPython = [pip === undefined ? [] : [`pip ${pip}`], uv === undefined ? [] : [`uv ${uv}`]].flat();
  return [
    forPython.length > 0
      ? ok('pip', forPython.join(', '))
      : warning(
          'pip',
          'neither pip nor uv: Python apps with dependencies cannot be packed',
          `${python} -m ensurepip --upgrade`,
        ),
    npm === undefined
      ? warning(
          'npm',
          'not on the PATH: dependencies of Node apps have to be installed already',
          'install Node.js with npm',
        )
      : ok('npm', npm),
  ];
}

/** Only deployments to a cloud need any. Values are never shown. */
export function checkCredentials(env: NodeJS.ProcessEnv = process.env, home: string = homedir()): Check {
  const has = (...names: string[]): boolean => names.every((name) => (env[name] ?? '') !== '');
  const tencent =
    has('TENCENT_SECRET_ID', 'TENCENT_SECRET_KEY') ||
    has('TENCENTCLOUD_SECRET_ID', 'TENCENTCLOUD_SECRET_KEY');
  const aws = has('AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY') || has('AWS_PROFILE');
  const found = [
    tencent
      ? 'Tencent: variables'
      : existsSync(join(home, '.tencentcloud'))
        ? 'Tencent: ~/.tencentcloud'
        : '',
    aws ? 'AWS: variables' : existsSync(join(home, '.aws', 'credentials')) ? 'AWS: ~/.aws/credentials' : '',
  ].filter((one) => one !== '');
  return ok('credentials', found.join(', ') || 'none; the platform of this machine needs none');
}

/** No machine of today is older. */
const EARLIEST = Date.UTC(2026, 0, 1);

/** A cloud refuses requests that are signed minutes before or after its own time. */
export async function checkClock(now: Date = new Date()): Promise<Check> {
  const text = now.toISOString().slice(0, 19).replace('T', ' ');
  if (now.getTime() < EARLIEST) return warning('clock', `${text} UTC, which is long ago`, 'set the date');
  const synchronised =
    process.platform === 'linux'
      ? await versionOf('timedatectl', ['show', '--property=NTPSynchronized'])
      : undefined;
  if (synchronised === 'no')
    return warning('clock', `${text} UTC, not synchronised`, 'timedatectl set-ntp true');
  return ok('clock', `${text} UTC${synchronised === 'yes' ? ', synchronised' : ''}`);
}

/** The first thing with a digit that a program prints, or what stands behind its `=`; undefined when there is no such program. */
async function versionOf(program: string, args: string[]): Promise<string | undefined> {
  try {
    const { stdout } = await run(program, args, { timeout: 10_000 });
    return /=(\w+)/.exec(stdout)?.[1] ?? /\d[\w.]*/.exec(stdout)?.[0];
  } catch {
    return undefined;
  }
}
