import { median } from '../stats/quantile.ts';

/**
 * How much a value grows from one sample to the next: the median of the slopes between any two of the later half (Theil and Sen), so that
 * a single step, when an allocator takes its next piece, is no growth. 0 for fewer than four samples.
 */
export function growthPerSample(samples: readonly number[]): number {
  const later = samples.slice(Math.floor(samples.length / 2));
  if (later.length < 2) return 0;
  const slopes: number[] = [];
  for (let one = 0; one < later.length; one += 1) {
    for (let other = one + 1; other < later.length; other += 1) {
      slopes.push((later[other]! - later[one]!) / (other - one));
    }
  }
  return median(slopes);
}
