import { readFileSync } from 'node:fs';
import { setImmediate as turn, setTimeout as sleep } from 'node:timers/promises';

import { listProcesses } from '../../lib/processes.ts';

/** The variable by which the processes of an instance are found, also those that have left its process group. */
export const MARKER = 'ROPEWAY_INSTANCE';

/** Instances often end together: one look through all processes does for them. Milliseconds. */
const GATHER_MS = 20;
/** Processes that are looked at without letting anything else happen in between. */
const BATCH = 40;
/** One that is found may have started another meanwhile: it is looked again, so many times at most. */
const ROUNDS = 5;

const platformId = `${process.pid}-${Date.now().toString(36)}`;
let count = 0;
const ended = new Set<string>();
let search: Promise<void> | undefined;

/** A value for MARKER; all of one platform have the same length, so that a copied process can overwrite its own. */
export function newMarker(): string {
  count += 1;
  return `${platformId}-${String(count).padStart(8, '0')}`;
}

/**
 * Kills what still runs with this marker, in the background. Resolves when nothing does; never rejects. Finds what is
 * in /proc, belongs to our user, and has kept its first environment.
 */
export function killStrays(marker: string): Promise<void> {
  ended.add(marker);
  search ??= searchAll().finally(() => {
    search = undefined;
  });
  return search;
}

/** Kills whatever runs with a marker of this platform, at once, for the platform's very end. */
export function killAllStrays(): void {
  for (let round = 0; round < ROUNDS; round += 1) {
    const found = others().filter((pid) => killIf(pid, (marker) => marker.startsWith(`${platformId}-`)));
    if (found.length === 0) return;
  }
}

async function searchAll(): Promise<void> {
  await sleep(GATHER_MS);
  while (ended.size > 0) {
    const markers = new Set(ended);
    ended.clear();
    for (let round = 0; round < ROUNDS && (await killMarked(markers)) > 0; round += 1) await sleep(GATHER_MS);
  }
}

async function killMarked(markers: Set<string>): Promise<number> {
  const pids = others();
  let found = 0;
  for (let start = 0; start < pids.length; start += BATCH) {
    for (const pid of pids.slice(start, start + BATCH)) {
      if (killIf(pid, (marker) => markers.has(marker))) found += 1;
    }
    await turn();
  }
  return found;
}

function killIf(pid: number, isWanted: (marker: string) => boolean): boolean {
  const marker = markerOf(pid);
  if (marker === undefined || !isWanted(marker)) return false;
  try {
    process.kill(pid, 'SIGKILL');
    return true;
  } catch {
    return false;
  }
}

/** Another user's process, or one that ends just now, has none. */
function markerOf(pid: number): string | undefined {
  try {
    const environment = `\0${readFileSync(`/proc/${pid}/environ`, 'latin1')}`;
    const start = environment.indexOf(`\0${MARKER}=`);
    if (start === -1) return undefined;
    const end = environment.indexOf('\0', start + 1);
    return environment.slice(start + MARKER.length + 2, end === -1 ? undefined : end);
  } catch {
    return undefined;
  }
}

function others(): number[] {
  return listProcesses().filter((pid) => pid !== process.pid);
}
