import type { Estimate } from '../types.ts';
import { mean, quantile } from './quantile.ts';
import { type Random, seededRandom } from './random.ts';

/** What is estimated: the mean, or the quantile of this share. */
export type Figure = 'mean' | number;

const RESAMPLES = 1000;
const CONFIDENCE = 0.95;
/** Up to here samples are drawn again; beyond, the figures are those that drawing for ever would come to. */
const MAX_RESAMPLED = 2000;
/** Standard deviations to either side that hold 95 % of a normal distribution. */
const WIDTH = 1.959_964;

/**
 * The figures of sorted samples with their 95 % confidence intervals (percentile bootstrap). The same seed gives the same
 * intervals. Of a few samples the upper end of a high percentile is their maximum: more cannot be known from them.
 */
export function estimates(
  sortedSamples: ArrayLike<number>,
  figures: readonly Figure[],
  seed: number,
): Estimate[] {
  if (sortedSamples.length > MAX_RESAMPLED) return figures.map((figure) => limitOf(sortedSamples, figure));
  const drawn = figures.map(() => new Float64Array(RESAMPLES));
  const random = seededRandom(seed);
  const draw = drawer(sortedSamples, random);
  for (let round = 0; round < RESAMPLES; round++) {
    const again = draw();
    for (const [index, figure] of figures.entries()) drawn[index]![round] = figureOf(again, figure);
  }
  return figures.map((figure, index) => intervalOf(figureOf(sortedSamples, figure), drawn[index]!));
}

/**
 * How many times as large the figure of one sample is as that of another, with its interval. All 0 when there are no
 * samples of either, or the second figure is 0.
 */
export function ratioEstimate(
  sortedSamples: ArrayLike<number>,
  ofSorted: ArrayLike<number>,
  figure: Figure,
  seed: number,
): Estimate {
  const value = ratio(figureOf(sortedSamples, figure), figureOf(ofSorted, figure));
  const random = seededRandom(seed);
  const [draw, drawOther] = [drawer(sortedSamples, random), drawer(ofSorted, random)];
  const drawn = Float64Array.from({ length: RESAMPLES }, () =>
    ratio(figureOf(draw(), figure), figureOf(drawOther(), figure)),
  );
  return intervalOf(value, drawn);
}

function figureOf(sortedSamples: ArrayLike<number>, figure: Figure): number {
  return figure === 'mean' ? mean(sortedSamples) : quantile(sortedSamples, figure);
}

function ratio(value: number, of: number): number {
  return of === 0 ? 0 : value / of;
}

/** Draws as many samples as there are, with repeats, in ascending order; the list is the same one every time. */
function drawer(sortedSamples: ArrayLike<number>, random: Random): () => Float64Array {
  const { length } = sortedSamples;
  const counts = new Uint32Array(length);
  const again = new Float64Array(length);
  return () => {
    // Counting how often each is drawn spares the sorting.
    counts.fill(0);
    for (let index = 0; index < length; index++) counts[Math.floor(random() * length)]! += 1;
    let filled = 0;
    for (let index = 0; index < length; index++) {
      const value = sortedSamples[index]!;
      for (let count = counts[index]!; count > 0; count--) again[filled++] = value;
    }
    return again;
  };
}

function intervalOf(value: number, drawn: Float64Array): Estimate {
  drawn.sort();
  const outside = (1 - CONFIDENCE) / 2;
  return { value, low: quantile(drawn, outside), high: quantile(drawn, 1 - outside) };
}

/** The mean of many samples is normally distributed, and so is the rank at which a quantile lies. */
function limitOf(sortedSamples: ArrayLike<number>, figure: Figure): Estimate {
  const { length } = sortedSamples;
  const value = figureOf(sortedSamples, figure);
  if (figure !== 'mean') {
    const apart = WIDTH * Math.sqrt((figure * (1 - figure)) / length);
    return {
      value,
      low: quantile(sortedSamples, figure - apart),
      high: quantile(sortedSamples, figure + apart),
    };
  }
  let squares = 0;
  for (let index = 0; index < length; index++) squares += (sortedSamples[index]! - value) ** 2;
  const apart = (WIDTH * Math.sqrt(squares / length)) / Math.sqrt(length);
  return { value, low: value - apart, high: value + apart };
}
