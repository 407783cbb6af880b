import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';

import { RopewayError, systemCode } from '../../lib/errors.ts';
import { isAlive } from '../../lib/processes.ts';
import { makeHidden, namesIn } from './folder.ts';

/** Who has the state. */
export interface Holder {
  pid: number;
  host: string;
  /** `deploy`, `remove`… */
  verb: string;
  /** ISO 8601. */
  since: string;
}

export interface Lock {
  release(): void;
}

/**
 * Takes the state of a project for one command at a time. What a command has left that was killed is taken over, and told.
 * Throws LOCKED.
 */
export function takeLock(
  root: string,
  folder: string,
  verb: string,
  onNotice: (message: string) => void,
): Lock {
  const path = lockFile(folder);
  const holder: Holder = { pid: process.pid, host: hostname(), verb, since: new Date().toISOString() };
  // Written apart and then linked: whoever sees the lock sees all of it.
  const draft = ownFile(path, 'tmp');
  writeDraft(root, folder, draft, JSON.stringify(holder));
  try {
    for (let attempt = 0; attempt < 3; attempt += 1) {
      if (linked(draft, path)) return { release: () => releaseOwn(path, holder) };
      const other = readHolder(folder);
      if (other === undefined) continue;
      if (!isGone(other)) throw locked(other);
      if (putAside(path, other))
        onNotice(
          `an earlier \`ropeway ${other.verb}\` was cut off (${other.since}); going on from where it was`,
        );
    }
  } finally {
    rmSync(draft, { force: true });
  }
  throw locked(readHolder(folder) ?? holder);
}

/** Takes away what commands of this machine that were killed have left while they took the lock. Only for who has it. */
export function dropLockDrafts(folder: string): void {
  for (const name of namesIn(folder)) {
    const [, host, pid] = /^lock\.(.+)\.(\d+)\.(?:tmp|gone)$/.exec(name) ?? [];
    if (host === hostname() && !isAlive(Number(pid))) rmSync(join(folder, name), { force: true });
  }
}

/** A name that no other process has, of whatever machine. */
function ownFile(path: string, ending: string): string {
  return `${path}.${hostname()}.${process.pid}.${ending}`;
}

/** Whoever had the lock before may take the empty folder away at the same moment. */
function writeDraft(root: string, folder: string, draft: string, text: string): void {
  for (let attempt = 0; ; attempt += 1) {
    makeHidden(root, folder);
    try {
      writeFileSync(draft, text);
      return;
    } catch (error) {
      if (systemCode(error) !== 'ENOENT' || attempt === 5) throw error;
    }
  }
}

/** Who has the lock now; undefined: nobody. */
export function readHolder(folder: string): Holder | undefined {
  try {
    return JSON.parse(readFileSync(lockFile(folder), 'utf8')) as Holder;
  } catch {
    return undefined;
  }
}

/** Takes the lock away whoever has it. */
export function breakLock(folder: string): void {
  rmSync(lockFile(folder), { force: true });
}

/** `ropeway deploy of process 42 on box since …` */
export function holderText({ verb, pid, host, since }: Holder): string {
  return `\`ropeway ${verb}\`, process ${pid} on ${host}, since ${since}`;
}

function lockFile(folder: string): string {
  return join(folder, 'lock');
}

function linked(draft: string, path: string): boolean {
  try {
    linkSync(draft, path);
    return true;
  } catch (error) {
    if (systemCode(error) === 'EEXIST') return false;
    throw error;
  }
}

/** Takes away the lock of one that is gone, and no other: two commands may come upon it at the same time. */
function putAside(path: string, gone: Holder): boolean {
  const aside = ownFile(path, 'gone');
  try {
    renameSync(path, aside);
    const isIt = readFileSync(aside, 'utf8') === JSON.stringify(gone);
    if (!isIt) linkSync(aside, path);
    return isIt;
  } catch {
    return false;
  } finally {
    rmSync(aside, { force: true });
  }
}

/** A process of another machine may be alive: that is for a person to know. */
function isGone({ pid, host }: Holder): boolean {
  return host === hostname() && !isAlive(pid);
}

function releaseOwn(path: string, holder: Holder): void {
  try {
    if (readFileSync(path, 'utf8') === JSON.stringify(holder)) rmSync(path, { force: true });
  } catch {
    // Somebody has taken it away by `ropeway unlock`.
  }
}

export function locked(other: Holder): RopewayError {
  return new RopewayError({
    code: 'LOCKED',
    message: 'Another command is changing this deployment.',
    got: holderText(other),
    fix: 'wait until it is done; if it is not running any more: ropeway unlock',
  });
}
