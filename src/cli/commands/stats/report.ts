import type { Group } from './group.ts';
import { type NamedGroup, OTHER } from './groups.ts';
import type { StatsOptions } from './options.ts';

export interface Summary {
  folder: string;
  /** When the first and the last request were answered, ms since 1970; not finite when there is none. */
  from: number;
  to: number;
  groups: NamedGroup[];
  total: Group;
}

/** The summary for programs; its units are in the names. */
export function statsAsJson(
  { folder, from, to, groups, total }: Summary,
  by: StatsOptions['by'],
): Record<string, unknown> {
  return {
    folder,
    from: isoTime(from),
    to: isoTime(to),
    by,
    groups: groups.map((one) => ({ ...namesAsJson(one, by), ...groupAsJson(one.group) })),
    total: groupAsJson(total),
  };
}

function namesAsJson({ function: fn, name }: NamedGroup, by: StatsOptions['by']): Record<string, unknown> {
  if (name === OTHER) return { other: true };
  return {
    function: fn,
    ...(by === 'route' ? { route: name } : {}),
    ...(by === 'version' ? { version: Number(name.slice(1)) } : {}),
    ...(by === 'status' ? { status: Number(name) } : {}),
  };
}

function groupAsJson(group: Group): Record<string, unknown> {
  const { totalMs, initMs } = group;
  return {
    count: group.count,
    errors: group.errors,
    p50Ms: milliseconds(totalMs.at(0.5)),
    p95Ms: milliseconds(totalMs.at(0.95)),
    p99Ms: milliseconds(totalMs.at(0.99)),
    maxMs: group.count === 0 ? null : milliseconds(totalMs.max),
    percentilesExact: totalMs.isExact && initMs.isExact,
    coldShare: group.count === 0 ? null : group.cold / group.count,
    initP50Ms: milliseconds(initMs.at(0.5)),
    maxMemoryMb: group.maxMemoryMb ?? null,
    memoryLimitMb: group.memoryLimitMb,
    billedGbSeconds: Number(group.billedGbSeconds.toFixed(6)),
    bytesOut: group.bytesOut,
  };
}

function milliseconds(value: number | undefined): number | null {
  return value === undefined ? null : Math.round(value * 1000) / 1000;
}

function isoTime(time: number): string | null {
  return Number.isFinite(time) ? new Date(time).toISOString() : null;
}
