import { execFile } from 'node:child_process';
import { accessSync, constants, existsSync, readFileSync } from 'node:fs';
import { mkdir, statfs } from 'node:fs/promises';
import { createServer } from 'node:net';
import { arch, cpus, release, totalmem } from 'node:os';
import { promisify } from 'node:util';

import { errorMessage } from '../../../lib/errors.ts';
import { packageVersion } from '../../../lib/package-root.ts';
import { accepts } from '../../../lib/ports.ts';
import { controlSocket } from '../../../lib/state-folder.ts';
import { type Check, failed, ok, warning } from './check.ts';

const run = promisify(execFile);

/** MB of free disk under which records and packages will soon have no room. */
const LEAST_DISK_MB = 500;
/** Open files that a platform with its default 64 instances may need: three each, and clients. */
const LEAST_FILES = 1024;
const DEFAULT_PORT = 3000;

export function checkSystem(): Check {
  const gigabytes = (totalmem() / 1024 ** 3).toFixed(1);
  const found = `${process.platform} ${release()} ${arch()}, ${cpus().length} processors, ${gigabytes} GB`;
  return ok('system', `Ropeway ${packageVersion()} on Node.js ${process.version}, ${found}`);
}

/** Node apps work without it. */
export async function checkPython(): Promise<Check> {
  const name = process.platform === 'win32' ? 'python' : 'python3';
  try {
    const { stdout } = await run(name, ['-c', 'import sys; print(*sys.version_info[:3], sys.executable)']);
    const [major, minor, patch, ...path] = stdout.trim().split(' ');
    const found = `${major}.${minor}.${patch}, ${path.join(' ')}`;
    const isNew = Number(major) === 3 && Number(minor) >= 8;
    return isNew ? ok('Python', found) : failed('Python', found, 'install Python 3.8 or newer');
  } catch {
    return warning(
      'Python',
      'none on the PATH: Node apps work, Python apps do not',
      'install Python 3.8 or newer',
    );
  }
}

/** Whether processes that have loaded an app can be copied. */
export function checkTemplates(): Check {
  if (process.platform !== 'linux') {
    return warning(
      'templates',
      'Python processes are copied on Linux only: each cold start loads the app',
      'nothing; on Linux cold starts take milliseconds',
    );
  }
  const pages = read('/sys/kernel/mm/transparent_hugepage/enabled');
  const huge = /\[(\w+)\]/.exec(pages)?.[1] ?? 'none';
  if (huge !== 'never') return ok('templates', `Python processes are copied; huge pages: ${huge}`);
  return warning(
    'templates',
    'Python processes are copied; without huge pages, a large app more slowly',
    'echo madvise | sudo tee /sys/kernel/mm/transparent_hugepage/enabled',
  );
}

export async function checkFiles(): Promise<Check> {
  if (process.platform === 'win32') return ok('open files', 'no limit to speak of');
  const { stdout } = await run('/bin/sh', ['-c', 'ulimit -n']);
  const limit = stdout.trim();
  const isEnough = limit === 'unlimited' || Number(limit) >= LEAST_FILES;
  return isEnough
    ? ok('open files', limit)
    : warning(
        'open files',
        `${limit}, which bursts can use up`,
        `ulimit -n ${LEAST_FILES * 16}, or LimitNOFILE= in the systemd unit`,
      );
}

/** Where `ropeway serve` keeps what must outlive it. */
export async function checkState(folder: string): Promise<Check> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    accessSync(folder, constants.W_OK);
    const { bavail, bsize } = await statfs(folder);
    const megabytes = Math.round((bavail * bsize) / 1024 ** 2);
    const found = `${folder}, ${megabytes} MB free`;
    return megabytes >= LEAST_DISK_MB
      ? ok('state folder', found)
      : warning('state folder', found, 'make room, or choose another folder: --state');
  } catch (error) {
    return failed(
      'state folder',
      errorMessage(error),
      'choose a folder that you may write to: --state <folder>',
    );
  }
}

export async function checkServe(folder: string): Promise<Check> {
  const socket = controlSocket(folder);
  if (!existsSync(socket)) return ok('serve', 'does not run');
  if (await accepts({ path: socket })) return ok('serve', `runs; control API at ${socket}`);
  return warning(
    'serve',
    'was killed: its socket is there, nobody answers',
    'start it again: what was deployed is kept',
  );
}

export async function checkPort(): Promise<Check> {
  const isFree = await new Promise<boolean>((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(DEFAULT_PORT, '127.0.0.1', () => server.close(() => resolve(true)));
  });
  return isFree
    ? ok('port', `${DEFAULT_PORT} is free`)
    : warning('port', `${DEFAULT_PORT} is taken`, `choose another: --port ${DEFAULT_PORT + 1}`);
}

function read(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}
