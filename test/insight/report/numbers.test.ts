import fc from 'fast-check';
import { expect, test } from 'vitest';

import {
  bytes,
  column,
  digits,
  duration,
  fixed,
  megabytes,
  multiple,
  share,
} from '../../../src/insight/report/numbers.ts';

test('times in the unit that reads best, with three digits', () => {
  expect([0, 0.0421, 0.5, 12.34, 999.4, 1270, 119_000, 840_000, 9e6].map(duration)).toEqual([
    '0\u00a0ms',
    '0.0421\u00a0ms',
    '0.5\u00a0ms',
    '12.3\u00a0ms',
    '999\u00a0ms',
    '1.27\u00a0s',
    '119\u00a0s',
    '14\u00a0min',
    '2.5\u00a0h',
  ]);
});

test('other units', () => {
  expect([bytes(10), bytes(2411), bytes(6_000_000)]).toEqual(['10\u00a0B', '2.41\u00a0kB', '6\u00a0MB']);
  expect([megabytes(211.7), megabytes(24_106)]).toEqual(['212\u00a0MB', '23.5\u00a0GB']);
  expect([multiple(1.44), multiple(22.4), multiple(1204)]).toEqual(['1.4×', '22×', '1,204×']);
  expect(share(0.305)).toBe('30.5\u00a0%');
});

test('a column has one number of decimals', () => {
  expect(column([1.234, undefined, 12.3, 1204.5])).toEqual(['1.2', '–', '12.3', '1,204.5']);
  expect(column([1.234, 12.3])).toEqual(['1.23', '12.30']);
  expect(column([0, 250, 1204])).toEqual(['0', '250', '1,204']);
  expect(column([])).toEqual([]);
});

test('digits are near the value, and never more than asked for', () => {
  fc.assert(
    fc.property(fc.double({ min: 1e-6, max: 1e14, noNaN: true }), (value) => {
      const text = digits(value);
      expect(Math.abs(Number(text.replaceAll(',', '')) / value - 1)).toBeLessThan(0.006);
      expect(text).toMatch(/^[\d,.]+$/);
    }),
  );
  expect([Number.NaN, Infinity, 1e300, -1e300].map((value) => digits(value))).toEqual([
    '–',
    '–',
    '1.00e300',
    '-1.00e300',
  ]);
  expect(fixed(1e300, 2)).toBe('1.00e300');
});
