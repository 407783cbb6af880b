import { group } from 'd3-array';

import { type Html, html, type Part } from '../html.ts';
import { counted } from '../numbers.ts';
import { type Chart, emptyChart, type LegendItem, round, type Tone } from './chart.ts';
import { domainOf, plot, type Scales } from './plot.ts';
import type { Axis } from './scales.ts';

export interface Point {
  x: number;
  y: number;
  /** `cold` is a ring, `failed` a cross; a dot by default. */
  state?: 'cold' | 'failed';
}

export interface PointsOptions {
  title: string;
  series: { label: string; tone: Tone; points: readonly Point[] }[];
  x: Axis;
  y: Axis;
  /** What the legend calls rings and crosses. */
  coldLabel?: string;
  failedLabel?: string;
  /** Draw a thin line from dot to dot: for values one after the other. */
  joined?: boolean;
  height?: number;
  /** A value of y as text, for those who point at a ring or a cross. */
  format?: (value: number) => string;
}

/** One mark per request: a scatter of a burst, or a time line on which the cold starts stand out. */
export function pointsChart(options: PointsOptions): Chart {
  const { title, height = 280, x, y } = options;
  const series = options.series.filter(({ points }) => points.length > 0);
  if (series.length === 0) return emptyChart(title);
  const all = series.flatMap(({ points }) => points);
  const xDomain = domainOf(
    x,
    all.map((point) => point.x),
  );
  const yDomain = domainOf(
    y,
    all.map((point) => point.y),
  );
  const description = series
    .map(({ label, points }) => {
      const cold = points.filter(({ state }) => state === 'cold').length;
      const failed = points.filter(({ state }) => state === 'failed').length;
      return `${label}: ${counted(points.length, 'request')}, ${cold} cold, ${failed} failed`;
    })
    .join('; ');
  return {
    legend: legendOf(series, options),
    draw: (width) =>
      plot({
        width,
        height,
        title,
        description: `${description}.`,
        x,
        y,
        xDomain,
        yDomain,
        content: (scales) =>
          series.map((one) => html`<g class="tone${one.tone}">${marks(one, scales, options)}</g>`),
      }),
  };
}

function marks(
  { label, points }: PointsOptions['series'][number],
  scales: Scales,
  options: PointsOptions,
): Part {
  const byState = group(points, ({ state }) => state);
  const plain = byState.get(undefined) ?? [];
  const format = options.format ?? String;
  const marked = (state: 'cold' | 'failed', draw: (x: number, y: number, title: string) => Html) =>
    (byState.get(state) ?? []).map((point) =>
      draw(
        round(scales.x.at(point.x)),
        round(scales.y.at(point.y)),
        `${label}: ${format(point.y)}, ${state}`,
      ),
    );
  return [
    options.joined === true &&
      html`<path class="line thin" d="${points.map((point, index) => `${index === 0 ? 'M' : 'L'}${place(point, scales)}`).join('')}"/>`,
    // One path for all dots: a line of no length has a round end.
    plain.length > 0 &&
      html`<path class="dots" d="${plain.map((point) => `M${place(point, scales)}h0`).join('')}"><title>${label}</title></path>`,
    marked(
      'cold',
      (x, y, title) =>
        html`<circle class="ring" r="3.5" cx="${x}" cy="${y}"><title>${title}</title></circle>`,
    ),
    marked(
      'failed',
      (x, y, title) =>
        html`<path class="cross" d="M${x} ${y}m-4-4l8 8m0-8l-8 8"><title>${title}</title></path>`,
    ),
  ];
}

function place({ x, y }: Point, scales: Scales): string {
  return `${round(scales.x.at(x))} ${round(scales.y.at(y))}`;
}

function legendOf(
  series: PointsOptions['series'],
  { coldLabel = 'cold start', failedLabel = 'failed' }: PointsOptions,
): LegendItem[] {
  const some = (state: Point['state']) =>
    series.some(({ points }) => points.some((point) => point.state === state));
  return [
    ...series.map(({ label, tone }): LegendItem => ({ label, tone, mark: 'dot' })),
    ...(some('cold') ? [{ label: coldLabel, tone: 0, mark: 'ring' } as const] : []),
    ...(some('failed') ? [{ label: failedLabel, tone: 0, mark: 'cross' } as const] : []),
  ];
}
