import type { Estimate, Stats } from '../types.ts';
import { estimates, type Figure, ratioEstimate } from './bootstrap.ts';
import { sorted } from './quantile.ts';

/** For intervals where nobody chose one. */
const DEFAULT_SEED = 1;

/** What samples in any order add up to. Without samples `count` and all figures are 0. */
export function statsOf(samples: ArrayLike<number>, seed: number = DEFAULT_SEED): Stats {
  const values = sorted(samples);
  const [mean, p50, p95, p99] = estimates(values, ['mean', 0.5, 0.95, 0.99], seed) as [
    Estimate,
    Estimate,
    Estimate,
    Estimate,
  ];
  return {
    count: values.length,
    mean,
    p50,
    p95,
    p99,
    min: values[0] ?? 0,
    max: values.at(-1) ?? 0,
  };
}

/** One figure of samples in any order; the median when none is named. */
export function estimateOf(
  samples: ArrayLike<number>,
  figure: Figure = 0.5,
  seed: number = DEFAULT_SEED,
): Estimate {
  return estimates(sorted(samples), [figure], seed)[0]!;
}

/** How many times as large as `base` the samples are, by their medians when no figure is named. */
export function ratioOf(
  samples: ArrayLike<number>,
  base: ArrayLike<number>,
  figure: Figure = 0.5,
  seed: number = DEFAULT_SEED,
): Estimate {
  return ratioEstimate(sorted(samples), sorted(base), figure, seed);
}
