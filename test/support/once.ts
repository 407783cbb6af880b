import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { root } from './root.ts';

const PATIENCE_MS = 10 * 60_000;

/**
 * Prepares something that all test files share, once for all processes and runs: `prepare` runs when
 * the content that it depends on has changed since it last succeeded. Others wait for it meanwhile.
 */
export async function once(name: string, dependsOn: string[], prepare: () => Promise<void>): Promise<void> {
  const stamp = join(root, '.cache', `${name}.stamp`);
  const wanted = createHash('sha256').update(JSON.stringify(dependsOn)).digest('hex');
  const isReady = (): boolean => existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted;
  if (isReady()) return;
  await alone(name, async () => {
    if (isReady()) return;
    rmSync(stamp, { force: true });
    await prepare();
    writeFileSync(stamp, wanted);
  });
}

/** Runs `work` while no other process runs work of this name: the lock is a folder with the holder's process id. */
export async function alone(name: string, work: () => Promise<void>): Promise<void> {
  const lock = join(root, '.cache', `${name}.lock`);
  mkdirSync(dirname(lock), { recursive: true });
  const until = Date.now() + PATIENCE_MS;
  while (!tryLock(lock)) {
    if (Date.now() > until) throw new Error(`${lock} is still held after ${PATIENCE_MS / 60_000} minutes`);
    clearAbandoned(lock);
    await sleep(100);
  }
  try {
    await work();
  } finally {
    rmSync(lock, { recursive: true, force: true });
  }
}

function tryLock(lock: string): boolean {
  try {
    mkdirSync(lock);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
  writeFileSync(join(lock, 'pid'), String(process.pid));
  return true;
}

/**
 * Takes away the lock of a holder that was killed. One at a time, and looking again: of two that have seen the same dead holder, the second would
 * take away what the first holds by now.
 */
function clearAbandoned(lock: string): void {
  if (!isAbandoned(lock)) return;
  const clearing = `${lock}.clearing`;
  if (!tryLock(clearing)) return;
  try {
    if (isAbandoned(lock)) rmSync(lock, { recursive: true, force: true });
  } finally {
    rmSync(clearing, { recursive: true, force: true });
  }
}

/** True when the holder was killed. A lock without an id is a moment old: its holder is writing it. */
function isAbandoned(lock: string): boolean {
  try {
    const pid = Number(readFileSync(join(lock, 'pid'), 'utf8'));
    if (pid === 0) return false;
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}
