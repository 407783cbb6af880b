import { type Html, html, type Part } from '../html.ts';
import { round, svg } from './chart.ts';
import { type Axis, type Domain, domainOf, type Scale, scaleOf } from './scales.ts';
import { textWidth } from './text-width.ts';

export interface PlotOptions {
  width: number;
  height: number;
  title: string;
  description: string;
  x: Axis;
  y: Axis;
  /** What the axes must reach. */
  xDomain: Domain;
  yDomain: Domain;
  /** Marks, drawn over the grid. */
  content: (scales: Scales) => Part;
}

export interface Scales {
  x: Scale;
  y: Scale;
  /** The four sides of the field, px. */
  left: number;
  right: number;
  top: number;
  bottom: number;
}

const TITLE_ROOM = 26;
const TICK_ROOM = 42;

/** A field with an axis below and one at its left, their titles and a grid. */
export function plot(options: PlotOptions): Html {
  const { width, height, x: xAxis, y: yAxis } = options;
  const top = TITLE_ROOM;
  const bottom = height - TICK_ROOM;
  const y = scaleOf(options.yDomain, yAxis, bottom, top, 36);
  const left = Math.ceil(Math.max(...y.ticks.map(({ label }) => textWidth(label)), 8)) + 8;
  const right = width - 10;
  const x = scaleOf(options.xDomain, xAxis, left, right, 64);
  const scales: Scales = { x, y, left, right, top, bottom };
  return svg(options, [
    html`<text class="axis-title" x="0" y="11">${yAxis.title}</text>`,
    y.ticks.map(
      ({ value, label }) =>
        html`<path class="grid" d="M${round(left)} ${round(y.at(value))}H${round(right)}"/><text class="tick" text-anchor="end" x="${round(left - 6)}" y="${round(y.at(value) + 4)}">${label}</text>`,
    ),
    html`<path class="axis" d="M${round(left)} ${round(bottom)}H${round(right)}"/>`,
    bottomTicks(x, bottom, width),
    html`<text class="axis-title" text-anchor="end" x="${round(right)}" y="${round(height - 5)}">${xAxis.title}</text>`,
    options.content(scales),
  ]);
}

export { domainOf };

/** Ticks with labels below a line, without those labels that would touch the one before. */
function bottomTicks(x: Scale, bottom: number, width: number): Html[] {
  let free = -Infinity;
  return x.ticks.map(({ value, label }) => {
    const at = x.at(value);
    const wide = textWidth(label);
    const middle = Math.min(Math.max(at, wide / 2), width - wide / 2);
    const mark = html`<path class="axis" d="M${round(at)} ${round(bottom)}v4"/>`;
    if (middle - wide / 2 < free) return mark;
    free = middle + wide / 2 + 8;
    return html`${mark}<text class="tick" text-anchor="middle" x="${round(middle)}" y="${round(bottom + 17)}">${label}</text>`;
  });
}
