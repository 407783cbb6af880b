import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';

import { RopewayError, systemCode } from '../../lib/errors.ts';
import { isAlive } from '../../lib/processes.ts';

/**
 * The address of the `ropeway dev` that runs for a folder, as its `.ropeway/dev.json` says.
 * @throws RopewayError `NO_RUNNING_DEV`
 */
export async function findRunningDev(dir: string): Promise<string> {
  const text = await readRunFile(join(resolve(dir), '.ropeway', 'dev.json'));
  if (text === undefined) throw noRunningDev(dir, 'No `ropeway dev` is running for this folder');
  const run = parseRun(text);
  if (run === undefined)
    throw noRunningDev(dir, 'The file .ropeway/dev.json, by which a run is found, is damaged');
  if (!isAlive(run.pid)) {
    throw noRunningDev(dir, `The last \`ropeway dev\` of this folder has ended (process ${run.pid} is gone)`);
  }
  return run.url;
}

/** Like `findRunningDev`; undefined where nothing runs. */
export async function findRunningDevIfAny(dir: string): Promise<string | undefined> {
  try {
    return await findRunningDev(dir);
  } catch (error) {
    if (error instanceof RopewayError && error.code === 'NO_RUNNING_DEV') return undefined;
    throw error;
  }
}

async function readRunFile(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const code = systemCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw error;
  }
}

function parseRun(text: string): { url: string; pid: number } | undefined {
  try {
    const { url, pid } = JSON.parse(text) as { url: unknown; pid: unknown };
    // Signal 0 to a pid of 0 or below would ask about a group of processes.
    if (typeof url === 'string' && Number.isInteger(pid) && (pid as number) > 0)
      return { url, pid: pid as number };
  } catch {
    // Told by the caller.
  }
  return undefined;
}

function noRunningDev(dir: string, message: string): RopewayError {
  return new RopewayError({
    code: 'NO_RUNNING_DEV',
    message,
    got: resolve(dir),
    fix: `run \`ropeway dev${dir === '.' ? '' : ` ${dir}`}\` in another terminal, or pass --url <address>`,
  });
}
