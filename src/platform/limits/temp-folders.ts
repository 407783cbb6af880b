import { mkdirSync, mkdtempSync, readdirSync, readlinkSync, rmdirSync, rmSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { isAlive } from '../../lib/processes.ts';
import { guardFolder } from '../instances/guard.ts';

/** The folder for the temporary files of one instance. */
export interface TempFolder {
  path: string;
  /** One more who needs it. */
  hold(): void;
  /** One less; the last one takes it away. Never rejects. */
  release(): Promise<void>;
}

/** Begins the name of each platform's parent folder; its pid follows. */
const PREFIX = 'ropeway-tmp-';
/** Milliseconds after the first folder in which what killed platforms have left is removed: it is not urgent. */
const STALE_MS = 1000;

let parent: string | undefined;
let count = 0;
/** Folders that are not removed yet. */
let present = 0;

/** Makes a folder under the one parent folder of this process; whoever makes it holds it. */
export function makeTempFolder(): TempFolder {
  parent ??= makeParent();
  count += 1;
  present += 1;
  const path = join(parent, String(count));
  mkdirSync(path, { mode: 0o700 });
  let holders = 1;
  return {
    path,
    hold: () => {
      holders += 1;
    },
    release: async () => {
      holders -= 1;
      if (holders > 0) return;
      // A process that is being killed may still write into it.
      await rm(path, { recursive: true, force: true, maxRetries: 3 }).catch(() => undefined);
      present -= 1;
      if (present === 0) dropParent();
    },
  };
}

/** The variables by which programs find their folder for temporary files. */
export function temporaryEnvironment({ path }: TempFolder): Record<string, string> {
  return { TMPDIR: path, TEMP: path, TMP: path };
}

/** Removes all folders of this process, for its very end. */
export function removeTempFolders(): void {
  if (parent === undefined) return;
  try {
    rmSync(parent, { recursive: true, force: true, maxRetries: 3 });
  } catch {
    // The next platform finds it.
  }
  parent = undefined;
}

/** Removes the folders of platforms that were killed before they could. Returns their names. */
export function removeStaleFolders(within: string = tmpdir()): string[] {
  const stale = readdirSync(within).filter((name) => name.startsWith(PREFIX) && isStale(name));
  for (const name of stale) {
    try {
      rmSync(join(within, name), { recursive: true, force: true });
    } catch {
      // It is another user's.
    }
  }
  return stale;
}

/** The name that the parent folder of a platform begins with: its pid, and where that pid is its own. */
export function parentName(pid: number): string {
  return `${PREFIX}${pid}-${pidNamespace()}-`;
}

function makeParent(): string {
  setTimeout(removeStaleFolders, STALE_MS).unref();
  const path = mkdtempSync(join(tmpdir(), parentName(process.pid)));
  guardFolder(path);
  return path;
}

function dropParent(): void {
  try {
    rmdirSync(parent!);
  } catch {
    return;
  }
  parent = undefined;
}

function isStale(name: string): boolean {
  const pid = Number(name.slice(PREFIX.length).split('-')[0]);
  // Containers may share a folder for temporary files and not their pids.
  if (!Number.isInteger(pid) || pid <= 0 || !name.startsWith(parentName(pid))) return false;
  return !isAlive(pid);
}

/** The number of our pid namespace in base 36, which keeps paths of sockets in these folders short; else 0. */
function pidNamespace(): string {
  try {
    return Number(/\d+/.exec(readlinkSync('/proc/self/ns/pid'))![0]).toString(36);
  } catch {
    return '0';
  }
}
