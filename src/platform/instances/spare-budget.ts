import { totalmem } from 'node:os';

import type { Instance } from './instance.ts';
import { recentMemory } from './memory.ts';

/** Share of the machine's memory that processes may take which have loaded an app and wait. */
const SHARE = 0.25;
const BUDGET_MB = (totalmem() / 1024 / 1024) * SHARE;

/** Loaded processes that wait, of all functions. Copies of a template are not among them: they cost next to nothing. */
const kept = new Set<Instance>();

/** Whether there may be one more; `ofAll`: MB that they may take together, a quarter of the machine's memory. */
export function roomForSpare(ofAll: number = BUDGET_MB): boolean {
  let taken = 0;
  for (const spare of kept) taken += recentMemory(spare)?.now ?? 0;
  return taken < ofAll;
}

/** Counts it until it is released or ends. */
export function countSpare(spare: Instance): void {
  kept.add(spare);
  void spare.exited.then(() => releaseSpare(spare));
}

/** It serves now. */
export function releaseSpare(spare: Instance): void {
  kept.delete(spare);
}
