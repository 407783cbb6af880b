import fc from 'fast-check';
import { expect, test } from 'vitest';

import { estimates } from '../../../src/insight/stats/bootstrap.ts';
import { mean, median, quantile, sorted } from '../../../src/insight/stats/quantile.ts';
import { seededRandom, shuffled } from '../../../src/insight/stats/random.ts';
import { estimateOf, ratioOf, statsOf } from '../../../src/insight/stats/stats.ts';

const values = fc.array(fc.double({ min: 0, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 60 });

/** Upwards from 1. */
function whole(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index + 1);
}

test('quantiles are those of NumPy', () => {
  // numpy.quantile([15, 20, 35, 40, 50], [0.05, 0.3, 0.4, 0.5, 0.95, 1])
  const list = [15, 20, 35, 40, 50];
  const found = [0.05, 0.3, 0.4, 0.5, 0.95, 1].map((share) => quantile(list, share));
  for (const [index, expected] of [16, 23, 29, 35, 48, 50].entries())
    expect(found[index]).toBeCloseTo(expected, 9);
  expect(quantile([], 0.5)).toBe(0);
  expect(quantile([7], 0.99)).toBe(7);
});

test('the median does not care for order, and numbers are not sorted as text', () => {
  expect(median([100, 9, 20])).toBe(20);
  expect(median([4, 1, 3, 2])).toBe(2.5);
  expect(mean([1, 2, 6])).toBe(3);
});

test('quantiles rise with their share and stay among the values', () => {
  fc.assert(
    fc.property(
      values,
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (list, a, b) => {
        const ordered = sorted(list);
        const [low, high] = [quantile(ordered, Math.min(a, b)), quantile(ordered, Math.max(a, b))];
        expect(low).toBeLessThanOrEqual(high * (1 + 1e-12));
        expect(low).toBeGreaterThanOrEqual(ordered[0]! * (1 - 1e-12));
        expect(high).toBeLessThanOrEqual(ordered.at(-1)! * (1 + 1e-12));
      },
    ),
  );
});

test('stats say what the samples say', () => {
  const stats = statsOf(whole(101).toReversed());
  expect(stats).toMatchObject({
    count: 101,
    min: 1,
    max: 101,
    mean: { value: 51 },
    p50: { value: 51 },
    p95: { value: 96 },
    p99: { value: 100 },
  });
});

test('no samples are zeros, not NaN: the result is JSON', () => {
  const none = { value: 0, low: 0, high: 0 };
  expect(statsOf([])).toEqual({ count: 0, min: 0, max: 0, mean: none, p50: none, p95: none, p99: none });
  expect(ratioOf([], [1])).toEqual(none);
  expect(ratioOf([1], [])).toEqual(none);
});

test('the same seed gives the same intervals, another one others', () => {
  const samples = Array.from({ length: 40 }, (_, index) => (index * 37) % 41);
  expect(statsOf(samples, 5)).toEqual(statsOf(samples, 5));
  expect(statsOf(samples, 5).mean).not.toEqual(statsOf(samples, 6).mean);
});

test('intervals hold their value and shrink to nothing when all samples are alike', () => {
  fc.assert(
    fc.property(values, (list) => {
      const { mean: average, p50 } = statsOf(list);
      for (const { value, low, high } of [average, p50]) {
        expect(low).toBeLessThanOrEqual(value * (1 + 1e-9));
        expect(high).toBeGreaterThanOrEqual(value * (1 - 1e-9));
      }
    }),
    { numRuns: 40 },
  );
  expect(estimateOf([4, 4, 4, 4])).toEqual({ value: 4, low: 4, high: 4 });
});

test('a 95 % interval holds the true figure in about 95 of 100 experiments', () => {
  const random = seededRandom(11);
  const truths = { mean: 1, p50: Math.log(2) };
  const held = { mean: 0, p50: 0 };
  for (let experiment = 0; experiment < 300; experiment++) {
    const samples = Array.from({ length: 100 }, () => -Math.log(1 - random()));
    const [average, middle] = estimates(sorted(samples), ['mean', 0.5], experiment);
    if (average!.low <= truths.mean && truths.mean <= average!.high) held.mean++;
    if (middle!.low <= truths.p50 && truths.p50 <= middle!.high) held.p50++;
  }
  // Deterministic, since it is seeded; the nominal 285 is not quite reached with 100 samples of a skewed distribution.
  for (const count of Object.values(held)) {
    expect(count).toBeGreaterThanOrEqual(272);
    expect(count).toBeLessThanOrEqual(297);
  }
});

test('beyond the samples that are drawn again the intervals go on as they were', () => {
  const random = seededRandom(3);
  const samples = sorted(Array.from({ length: 2001 }, () => -Math.log(1 - random()) * 10));
  const figures = ['mean', 0.5, 0.95] as const;
  const limit = estimates(samples, figures, 1);
  const drawn = estimates(samples.subarray(0, 2000), figures, 1);
  for (const [index, { low, high }] of limit.entries()) {
    expect(Math.abs(low - drawn[index]!.low) / low).toBeLessThan(0.03);
    expect(Math.abs(high - drawn[index]!.high) / high).toBeLessThan(0.03);
  }
});

test('a ratio is that of the medians, within its interval', () => {
  const base = whole(50);
  const ratio = ratioOf(
    base.map((value) => value * 20),
    base,
  );
  expect(ratio.value).toBe(20);
  expect(ratio.low).toBeLessThan(20);
  expect(ratio.high).toBeGreaterThan(20);
  expect(ratioOf([8, 8], [2, 2, 2])).toEqual({ value: 4, low: 4, high: 4 });
});

test('a shuffle loses nothing, leaves its list alone, and follows its seed', () => {
  fc.assert(
    fc.property(fc.array(fc.integer()), fc.integer({ min: 0 }), (list, seed) => {
      const before = [...list];
      const one = shuffled(list, seededRandom(seed));
      expect(list).toEqual(before);
      expect([...one].sort((a, b) => a - b)).toEqual([...list].sort((a, b) => a - b));
      expect(shuffled(list, seededRandom(seed))).toEqual(one);
    }),
  );
});

test('random numbers are spread evenly', () => {
  const random = seededRandom(42);
  const buckets = Array.from({ length: 10 }, () => 0);
  for (let count = 0; count < 10_000; count++) buckets[Math.floor(random() * 10)]! += 1;
  for (const count of buckets) expect(Math.abs(count - 1000)).toBeLessThan(120);
});
