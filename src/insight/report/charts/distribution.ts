import { ascending, quantileSorted } from 'd3-array';

import { type Html, html } from '../html.ts';
import { count, duration } from '../numbers.ts';
import { type Chart, emptyChart, round, sane, type Tone } from './chart.ts';
import { domainOf, plot, type Scales } from './plot.ts';
import type { Axis } from './scales.ts';

export interface DistributionOptions {
  title: string;
  series: { label: string; tone: Tone; values: readonly number[]; dashed?: boolean }[];
  /** Axis of the values; milliseconds, logarithmic when they are far apart, by default. */
  x?: Axis;
  /** A value as text for those who point at it; a time in ms by default. */
  format?: (value: number) => string;
  height?: number;
}

/** The percentiles that a line's dots mark. */
const MARKED = [0.5, 0.95, 0.99];

/**
 * How many of the values are at most so large (an empirical distribution function): one line per series, dots at the median, at
 * 95 % and at 99 %.
 */
export function distributionChart(options: DistributionOptions): Chart {
  const { title, height = 280, format = duration } = options;
  const axis: Axis = options.x ?? { title: 'answered within, ms', scale: 'auto', fromZero: true };
  const series = options.series
    .map((one) => ({ ...one, sorted: one.values.map(sane).sort(ascending) }))
    .filter(({ sorted }) => sorted.length > 0);
  if (series.length === 0) return emptyChart(title);
  const shares: Axis = {
    title: 'share of requests',
    ticks: [0, 0.25, 0.5, 0.75, 1],
    format: (v) => `${v * 100} %`,
  };
  const xDomain = domainOf(axis, everyValue(series));
  const description = series
    .map(
      ({ label, sorted }) =>
        `${label}: ${MARKED.map((at) => `${at * 100} % within ${format(quantileSorted(sorted, at) ?? 0)}`).join(', ')}`,
    )
    .join('; ');
  return {
    legend: series.map(({ label, tone, dashed }) => ({
      label,
      tone,
      mark: dashed === true ? 'dashed' : 'line',
    })),
    draw: (width) =>
      plot({
        width,
        height,
        title,
        description: `${description}.`,
        x: axis,
        y: shares,
        xDomain,
        yDomain: { from: 0, to: 1, isLog: false },
        content: (scales) =>
          series.map(
            ({ label, tone, sorted, dashed }) =>
              html`<g class="tone${tone}"><path class="line${dashed === true && ' dashed'}" d="${stairs(sorted, scales)}"><title>${label}: ${count(sorted.length)} values</title></path>${dots(label, sorted, scales, format)}</g>`,
          ),
      }),
  };
}

/** One step per pixel at most. */
function stairs(sorted: readonly number[], { x, y, right }: Scales): string {
  let path = `M${round(x.at(sorted[0] ?? 0))} ${round(y.at(0))}`;
  let drawn = -Infinity;
  for (const [index, value] of sorted.entries()) {
    const at = round(x.at(value));
    const isLast = index === sorted.length - 1;
    if (at - drawn < 0.7 && !isLast) continue;
    path += `H${at}V${round(y.at((index + 1) / sorted.length))}`;
    drawn = at;
  }
  return `${path}H${round(right)}`;
}

function dots(label: string, sorted: number[], { x, y }: Scales, format: (value: number) => string): Html[] {
  return MARKED.map((at) => {
    const value = quantileSorted(sorted, at) ?? 0;
    return html`<circle class="dot" r="3.5" cx="${round(x.at(value))}" cy="${round(y.at(at))}"><title>${label}: ${at * 100} % within ${format(value)}</title></circle>`;
  });
}

function* everyValue(series: readonly { sorted: number[] }[]): Generator<number> {
  for (const { sorted } of series) yield* sorted;
}
