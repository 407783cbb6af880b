import { readFileSync } from 'node:fs';

import { listProcesses } from '../../lib/processes.ts';
import type { Instance } from './instance.ts';

export interface Memory {
  /** MB of resident memory. */
  now: number;
  /** The highest so far. */
  peak: number;
}

/** Asking takes the system longer than many a request takes. */
const RECENT_MS = 50;
const recent = new WeakMap<object, { at: number; memory: Memory }>();

/**
 * Resident memory of an instance, not older than 50 ms; of a web function with everything that its start command
 * started. Undefined where the system has no /proc.
 */
export function recentMemory(instance: Pick<Instance, 'kind' | 'pid'>): Memory | undefined {
  const known = recent.get(instance);
  if (known !== undefined && performance.now() - known.at < RECENT_MS) return known.memory;
  return instanceMemory(instance);
}

/** The same, asked for now. */
export function instanceMemory(instance: Pick<Instance, 'kind' | 'pid'>): Memory | undefined {
  const memory =
    instance.kind === 'event' ? processMemory(instance.pid) : groupMemory(groupMembers(instance.pid));
  if (memory !== undefined) recent.set(instance, { at: performance.now(), memory });
  return memory;
}

function groupMemory(pids: number[]): Memory | undefined {
  const all = pids.flatMap((pid) => processMemory(pid) ?? []);
  if (all.length === 0) return undefined;
  return { now: sum(all.map(({ now }) => now)), peak: sum(all.map(({ peak }) => peak)) };
}

function processMemory(pid: number): Memory | undefined {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'latin1');
    return { now: kilobytes(status, 'VmRSS:') / 1024, peak: kilobytes(status, 'VmHWM:') / 1024 };
  } catch {
    return undefined;
  }
}

/** Looking through all processes is dear: who belongs to a group is asked once a second, and more often while it is young. */
const MEMBERS_MS = 1000;
const members = new Map<number, { first: number; at: number; pids: number[] }>();

function groupMembers(group: number): number[] {
  const now = performance.now();
  const known = members.get(group);
  if (known !== undefined && now - known.at < Math.min(MEMBERS_MS, (known.at - known.first) / 2)) {
    return known.pids;
  }
  for (const [other, { at }] of members) if (now - at > 60 * MEMBERS_MS) members.delete(other);
  const pids = listProcesses().filter((pid) => groupOf(pid) === group);
  members.set(group, { first: known?.first ?? now, at: now, pids });
  return pids;
}

/** The process group: the third field after the name in parentheses (proc(5)). */
function groupOf(pid: number): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[2]);
  } catch {
    return -1;
  }
}

function kilobytes(status: string, field: string): number {
  const start = status.indexOf(field);
  return start === -1 ? 0 : Number.parseInt(status.slice(start + field.length), 10);
}

function sum(numbers: number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
