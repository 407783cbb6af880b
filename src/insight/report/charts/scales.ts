import { extent } from 'd3-array';
import { scaleLinear, scaleLog } from 'd3-scale';

import { digits } from '../numbers.ts';
import { sane } from './chart.ts';

export interface Axis {
  /** With its unit: `latency, ms`. */
  title: string;
  /** `auto`: logarithmic when the values are more than 25 times apart and none is 0. */
  scale?: 'linear' | 'log' | 'auto';
  /** Text of a tick; three digits by default. */
  format?: (value: number) => string;
  /** Instead of what the values reach. */
  domain?: readonly [number, number];
  /** Instead of ticks at round numbers. */
  ticks?: readonly number[];
  /** Whether a linear axis begins at 0; it does by default. */
  fromZero?: boolean;
}

export interface Scale {
  /** Position in px; values outside of the domain are put on its border. */
  at: (value: number) => number;
  ticks: { value: number; label: string }[];
  isLog: boolean;
}

/** Where an axis begins and ends: the same for every width that it is drawn at. */
export interface Domain {
  from: number;
  to: number;
  isLog: boolean;
}

const AUTO_LOG = 25;

export function domainOf(axis: Axis, values: Iterable<number>): Domain {
  const all = [...values].map(sane);
  const [least = 0, most = 1] = axis.domain?.map(sane) ?? extent(all);
  const positive = all.filter((value) => value > 0);
  const leastPositive = Math.max(
    positive.reduce((a, b) => Math.min(a, b), Infinity),
    1e-9,
  );
  const isLog =
    positive.length > 0 &&
    (axis.scale === 'log' || (axis.scale === 'auto' && least > 0 && most / leastPositive > AUTO_LOG));
  if (isLog) return widened(axis.domain === undefined ? leastPositive : Math.max(least, 1e-9), most, axis);
  const from = axis.domain === undefined && axis.fromZero !== false ? Math.min(0, least) : least;
  const to = most > from ? most : from + (Math.abs(from) || 1);
  if (axis.domain !== undefined) return { from, to, isLog: false };
  const [niceFrom = from, niceTo = to] = scaleLinear([from, to], [0, 1]).nice(5).domain();
  return { from: niceFrom, to: niceTo, isLog: false };
}

/** Pixels from `start` to `end` for a domain, with as many ticks as have `apart` px each. */
export function scaleOf(domain: Domain, axis: Axis, start: number, end: number, apart: number): Scale {
  const { from, to, isLog } = domain;
  const scale = (isLog ? scaleLog([from, to], [start, end]) : scaleLinear([from, to], [start, end])).clamp(
    true,
  );
  const most = Math.max(2, Math.floor(Math.abs(end - start) / apart));
  const values =
    axis.ticks?.filter((value) => value >= from && value <= to) ??
    (isLog ? logTicks(from, to, most) : scaleLinear([from, to], [0, 1]).ticks(most));
  const format = axis.format ?? digits;
  return {
    at: (value) => scale(isLog ? Math.max(sane(value), from) : sane(value)),
    ticks: values.map((value) => ({ value, label: format(value) })),
    isLog,
  };
}

/** A logarithmic axis begins and ends a little outside of its values, and is never shorter than half a decade. */
function widened(least: number, most: number, axis: Axis): Domain {
  if (axis.domain !== undefined && most > least) return { from: least, to: most, isLog: true };
  const factor = most / least < 3 ? 2 : 1.15;
  return { from: least / factor, to: most * factor, isLog: true };
}

/** 1, 2, 5 of each power of ten; 1 alone, or the 1 of every second power…, when these are too many. */
function logTicks(from: number, to: number, most: number): number[] {
  const first = Math.floor(Math.log10(from));
  const last = Math.ceil(Math.log10(to));
  for (const [steps, stride] of [
    [[1, 2, 5], 1],
    [[1, 3], 1],
    [[1], 1],
    [[1], 2],
    [[1], 3],
    [[1], 5],
    [[1], 10],
  ] as const) {
    const ticks: number[] = [];
    for (let power = first; power <= last; power += 1) {
      if (power % stride !== 0) continue;
      for (const step of steps) {
        const value = step * 10 ** power;
        if (value >= from * 0.999 && value <= to * 1.001) ticks.push(Number(value.toPrecision(3)));
      }
    }
    if (ticks.length <= most)
      return ticks.length >= 2
        ? ticks
        : scaleLinear([from, to], [0, 1])
            .ticks(most)
            .filter((tick) => tick > 0);
  }
  return [];
}
