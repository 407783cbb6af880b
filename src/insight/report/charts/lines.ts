import { area, curveLinear, curveStepAfter, line } from 'd3-shape';

import { html, type Part } from '../html.ts';
import { digits } from '../numbers.ts';
import { type Chart, emptyChart, type LegendItem, round, sane, type Tone } from './chart.ts';
import { domainOf, plot, type Scales } from './plot.ts';
import type { Axis } from './scales.ts';
import { textWidth } from './text-width.ts';

export interface LinePoint {
  x: number;
  y: number;
  /** Of an interval around y, drawn as a band. */
  low?: number;
  high?: number;
}

export interface LinesOptions {
  title: string;
  series: { label: string; tone: Tone; points: readonly LinePoint[]; dashed?: boolean }[];
  x: Axis;
  y: Axis;
  /** `step`: a value holds until the next (instances over time); `linear` by default. */
  curve?: 'linear' | 'step';
  /** Dots at the points: for few that were measured. */
  dots?: boolean;
  /** Vertical lines with a label: a break-even, where one is today. */
  marks?: { x: number; label: string }[];
  height?: number;
  /** A point as text, for those who point at its dot. */
  format?: (point: LinePoint) => string;
}

/** Lines of y over x, each axis linear or logarithmic: cost against traffic, instances over time, answers at a rate. */
export function linesChart(options: LinesOptions): Chart {
  const { title, x, y, marks = [], height = 300 } = options;
  const series = options.series
    .map((one) => ({ ...one, points: one.points.map(saneComplete) }))
    .filter(({ points }) => points.length > 0);
  if (series.length === 0) return emptyChart(title);
  const all = series.flatMap(({ points }) => points);
  const xDomain = domainOf(
    x,
    all.map((point) => point.x),
  );
  const yDomain = domainOf(
    y,
    all.flatMap(({ low, y: value, high }) => [low, value, high]),
  );
  const inside = marks.filter((mark) => mark.x >= xDomain.from && mark.x <= xDomain.to);
  const described = series.map(({ label, points }) => {
    const [first, last] = [points[0], points.at(-1)];
    return `${label}: from ${digits(first?.y ?? 0)} to ${digits(last?.y ?? 0)}`;
  });
  return {
    legend: series.map(({ label, tone, dashed }): LegendItem => ({
      label,
      tone,
      mark: dashed === true ? 'dashed' : 'line',
    })),
    draw: (width) =>
      plot({
        width,
        height: height + inside.length * MARK_ROW,
        title,
        description: `${[...described, ...inside.map((mark) => mark.label)].join('; ')}.`,
        x,
        y,
        xDomain,
        yDomain: headroom(yDomain, inside.length, height),
        content: (scales) => [markLines(inside, scales), series.map((one) => drawn(one, scales, options))],
      }),
  };
}

const MARK_ROW = 16;

type Complete = Required<LinePoint>;

function saneComplete({ x, y, low = y, high = y }: LinePoint): Complete {
  return { x: sane(x), y: sane(y), low: sane(low), high: sane(high) };
}

/** Room above the lines for the labels of marks. */
function headroom(
  domain: ReturnType<typeof domainOf>,
  rows: number,
  height: number,
): ReturnType<typeof domainOf> {
  if (rows === 0) return domain;
  const share = 1 + (rows * MARK_ROW + 6) / (height - 68);
  const { from, to, isLog } = domain;
  return { ...domain, to: isLog ? from * (to / from) ** share : from + (to - from) * share };
}

function drawn(
  { label, tone, points, dashed }: { label: string; tone: Tone; points: Complete[]; dashed?: boolean },
  { x, y }: Scales,
  options: LinesOptions,
): Part {
  const curve = options.curve === 'step' ? curveStepAfter : curveLinear;
  const at = (value: Complete) => x.at(value.x);
  const path = line<Complete>(at, (point) => y.at(point.y))
    .curve(curve)
    .digits(1);
  const band = area<Complete>(
    at,
    (point) => y.at(point.low),
    (point) => y.at(point.high),
  )
    .curve(curve)
    .digits(1);
  const hasBand = points.some(({ low, high }) => low !== high);
  const text = options.format ?? (({ x, y }) => `${digits(x)}: ${digits(y)}`);
  return html`<g class="tone${tone}">${hasBand && html`<path class="band" d="${band(points) ?? ''}"/>`}<path class="line${dashed === true && ' dashed'}" d="${path(points) ?? ''}"><title>${label}</title></path>${
    options.dots === true &&
    points.map(
      (point) =>
        html`<circle class="dot" r="3.5" cx="${round(at(point))}" cy="${round(y.at(point.y))}"><title>${label}, ${text(point)}</title></circle>`,
    )
  }</g>`;
}

/** Each label has a row of its own, so that marks close to one another can be read. */
function markLines(marks: { x: number; label: string }[], { x, left, right, top, bottom }: Scales): Part {
  return marks.map(({ x: value, label }, index) => {
    const at = x.at(value);
    const wide = textWidth(label) + 8;
    const isLeft = at + wide > right && at - wide > left;
    const row = top + 10 + index * MARK_ROW;
    return html`<path class="mark" d="M${round(at)} ${round(row - 8)}V${round(bottom)}"/><text class="mark-label" text-anchor="${isLeft ? 'end' : 'start'}" x="${round(isLeft ? at - 5 : Math.min(at + 5, Math.max(left, right - wide)))}" y="${round(row)}">${label}</text>`;
  });
}
