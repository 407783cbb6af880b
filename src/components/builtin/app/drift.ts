import { createHmac } from 'node:crypto';

import type { LiveFunction } from '../../../providers/types.ts';

/** Longer values say nothing to people. */
const SHOWN = 40;

/** What the provider says of a function now, in a form that may be kept: values of the environment are digests. */
export function observedOf(live: LiveFunction | undefined, salt: string): Record<string, string> | undefined {
  if (live?.observed === undefined) return undefined;
  const { observedEnv = {} } = live;
  const environment = JSON.stringify(Object.entries(observedEnv).sort(([a], [b]) => (a < b ? -1 : 1)));
  return { ...live.observed, environment: createHmac('sha256', salt).update(environment).digest('hex') };
}

/** What was changed by hand since, in words. */
export function driftOf(
  before: Record<string, string> | undefined,
  now: Record<string, string> | undefined,
): string[] {
  if (before === undefined || now === undefined) return [];
  const parts = [...new Set([...Object.keys(before), ...Object.keys(now)])];
  return parts
    .filter((part) => before[part] !== now[part])
    .map((part) => `${part} was changed by hand${change(part, before[part], now[part])}`);
}

function change(part: string, before: string | undefined, now: string | undefined): string {
  const [from, to] = [before ?? 'none', now ?? 'none'];
  return part === 'environment' || from.length > SHOWN || to.length > SHOWN ? '' : `: ${from} → ${to}`;
}
