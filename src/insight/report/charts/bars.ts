import { type Html, html, type Part } from '../html.ts';
import { duration } from '../numbers.ts';
import { type Chart, emptyChart, round, sane, svg, type Tone } from './chart.ts';
import { type Axis, domainOf, type Scale, scaleOf } from './scales.ts';
import { fitted, textWidth } from './text-width.ts';

export interface BarsOptions {
  title: string;
  /** The bars of a category, in this order. */
  groups: { label: string; tone: Tone }[];
  categories: { label: string; bars: readonly (Bar | undefined)[] }[];
  /** Axis of the values. */
  value: Axis;
  /** A value as text at its bar; a time in ms by default. */
  format?: (value: number) => string;
}

export interface Bar {
  value: number;
  /** Confidence interval, drawn as a whisker. */
  low?: number;
  high?: number;
}

const BAR = 16;
/** Bold text counts as wide as larger text. */
const BOLD_SIZE = 13.8;
const LABEL_ROW = 20;
const BETWEEN = 12;
const FOOT = 40;

/**
 * Horizontal bars in groups, one category below the other (routes), with confidence intervals. On a logarithmic axis, where a
 * bar's length means nothing, dots at the end of thin lines.
 */
export function barsChart(options: BarsOptions): Chart {
  const { title, groups, categories, value, format = duration } = options;
  const bars = categories.flatMap(({ bars }) => bars).filter((bar) => bar !== undefined);
  if (bars.length === 0) return emptyChart(title);
  const domain = domainOf(
    value,
    bars.flatMap(({ value, low = value, high = value }) => [value, low, high]),
  );
  // The figures stand at the bars: the axis need not go on to a round number.
  if (!domain.isLog) domain.to = Math.max(...bars.map(({ value, high = value }) => sane(high)), 1e-9);
  const block = LABEL_ROW + groups.length * BAR + BETWEEN;
  const height = categories.length * block + FOOT;
  const described = categories.map(
    ({ label, bars }) =>
      `${label}: ${groups.flatMap((group, index) => (bars[index] === undefined ? [] : [`${group.label} ${format(bars[index].value)}`])).join(', ')}`,
  );
  return {
    legend: groups.map(({ label, tone }) => ({ label, tone, mark: domain.isLog ? 'dot' : 'box' })),
    draw: (width) => {
      const room = Math.max(...bars.map((bar) => textWidth(format(bar.value)))) + 14;
      const bottom = height - FOOT;
      const scale = scaleOf(domain, value, 1, width - room, 70);
      return svg({ width, height, title, description: `${described.join('; ')}.` }, [
        valueAxis(scale, value.title, bottom, width, height),
        categories.map(({ label, bars }, row) => {
          const top = row * block;
          return html`<text class="category" x="0" y="${round(top + 14)}">${fitted(label, width, BOLD_SIZE)}<title>${label}</title></text>${groups.map((group, index) => oneBar({ bar: bars[index], group, top: top + LABEL_ROW + index * BAR, scale, format }))}`;
        }),
      ]);
    },
  };
}

interface Placed {
  bar: Bar | undefined;
  group: { label: string; tone: Tone };
  /** px. */
  top: number;
  scale: Scale;
  format: (value: number) => string;
}

function oneBar({ bar, group, top, scale, format }: Placed): Part {
  if (bar === undefined) return undefined;
  const { value, low = value, high = value } = bar;
  const middle = top + BAR / 2;
  const [end, from, to] = [scale.at(value), scale.at(low), scale.at(high)].map(round) as [
    number,
    number,
    number,
  ];
  const title =
    low === high
      ? `${group.label}: ${format(value)}`
      : `${group.label}: ${format(value)}, between ${format(low)} and ${format(high)}`;
  const shape = scale.isLog
    ? html`<path class="stem" d="M1 ${round(middle)}H${end}"/><circle class="dot" r="4.5" cx="${end}" cy="${round(middle)}"/>`
    : html`<rect class="bar" x="1" y="${round(top + 2)}" width="${Math.max(end - 1, 1)}" height="${BAR - 4}" rx="2"/>`;
  const whisker =
    low !== high &&
    html`<path class="whisker" d="M${from} ${round(middle)}H${to}M${from} ${round(middle - 3)}v6M${to} ${round(middle - 3)}v6"/>`;
  return html`<g class="tone${group.tone}">${shape}${whisker}<text class="bar-value" x="${round(Math.max(end, to) + 8)}" y="${round(middle + 4)}">${format(value)}</text><title>${title}</title></g>`;
}

function valueAxis(scale: Scale, title: string, bottom: number, width: number, height: number): Html {
  let free = -Infinity;
  const ticks = scale.ticks.map(({ value, label }) => {
    const at = scale.at(value);
    const wide = textWidth(label);
    const middle = Math.max(at, wide / 2);
    const line = html`<path class="grid" d="M${round(at)} 0V${round(bottom)}"/>`;
    if (middle - wide / 2 < free || middle + wide / 2 > width) return line;
    free = middle + wide / 2 + 8;
    return html`${line}<text class="tick" text-anchor="middle" x="${round(middle)}" y="${round(bottom + 14)}">${label}</text>`;
  });
  return html`${ticks}<text class="axis-title" text-anchor="end" x="${width}" y="${height - 5}">${title}</text>`;
}
