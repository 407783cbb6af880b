import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import type { Limits } from '../../types.ts';
import { cpuMax } from '../cpu-share.ts';

/** The cgroup of one instance. Nothing here throws: a limit that cannot be set leaves the instance without it. */
export interface InstanceCgroup {
  readonly folder: string;
  limit(limits: Pick<Limits, 'memory' | 'cpu'>): void;
  /** Moves a process in; its children follow it from then on. */
  admit(pid: number): void;
  /** Kills all that is in it. */
  kill(): void;
  /** Whether the kernel has killed something in it because its memory was used up. */
  outOfMemory(): boolean;
  /** Removes it as soon as nothing is in it any more. */
  remove(): Promise<void>;
}

/** Far more than an app needs, far less than a machine has. */
const MOST_PROCESSES = 4096;
const REMOVE_ATTEMPTS = 50;
/** Milliseconds between two attempts: a killed process takes a while to be gone. */
const REMOVE_PAUSE_MS = 20;

/**
 * Makes a cgroup below one that has its controllers on; undefined when that fails. File names and contents are those of
 * Linux Documentation/admin-guide/cgroup-v2.rst.
 */
export function makeInstanceCgroup(parent: string, name: string): InstanceCgroup | undefined {
  const folder = join(parent, name);
  const write = (file: string, value: string | number): boolean => {
    try {
      // Not created: what the kernel has no file for, it does not limit.
      writeFileSync(join(folder, file), String(value), { flag: 'r+' });
      return true;
    } catch {
      return false;
    }
  };
  try {
    mkdirSync(folder);
  } catch {
    return undefined;
  }
  write('pids.max', MOST_PROCESSES);
  return {
    folder,
    limit: ({ memory, cpu }) => {
      write('memory.max', memory * 1024 * 1024);
      // Paging out would only hide that the limit is reached.
      write('memory.swap.max', 0);
      // An instance that has lost one of its processes is none any more.
      write('memory.oom.group', 1);
      write('cpu.max', cpu === 'share' ? cpuMax(memory) : 'max');
    },
    admit: (pid) => void (pid > 0 && write('cgroup.procs', pid)),
    kill: () => void write('cgroup.kill', 1),
    outOfMemory: () => oomKills(folder) > 0,
    remove: async () => {
      for (let attempt = 0; attempt < REMOVE_ATTEMPTS && existsSync(folder); attempt += 1) {
        try {
          rmdirSync(folder);
          return;
        } catch {
          await sleep(REMOVE_PAUSE_MS);
        }
      }
    },
  };
}

function oomKills(folder: string): number {
  try {
    const events = readFileSync(join(folder, 'memory.events'), 'utf8');
    return Number(/^oom_kill (\d+)$/m.exec(events)?.[1] ?? 0);
  } catch {
    return 0;
  }
}
