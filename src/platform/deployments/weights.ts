import type { Alias } from './types.ts';

/** The version for a request; `random` is from 0 up to 1. What the weights leave goes to the alias's own version. */
export function chooseVersion({ version, weights }: Alias, random: number): number {
  let from = 0;
  for (const [other, weight] of Object.entries(weights)) {
    from += weight;
    if (random < from) return Number(other);
  }
  return version;
}
