import { type Html, html, type Part } from '../html.ts';

/**
 * Which of the page's colours: 1 server (blue), 2 function (vermilion), 3 bare (green), 4 to 6 for others; 0 is grey.
 * All can be told apart by the colour-blind, on light and on dark.
 */
export type Tone = 0 | 1 | 2 | 3 | 4 | 5 | 6;

export interface LegendItem {
  label: string;
  tone: Tone;
  mark: 'line' | 'dashed' | 'dot' | 'ring' | 'cross' | 'box';
}

/** What every kind of chart makes; `figure` shows it at the widths of a phone and of a sheet. */
export interface Chart {
  /** An `<svg>` that was laid out for a width in CSS px: text keeps its size, however wide it is. */
  draw: (width: number) => Html;
  /** Empty when there is nothing to tell apart. */
  legend: LegendItem[];
}

export interface Box {
  width: number;
  height: number;
  /** What it shows, for those who do not see it: a name and a sentence. */
  title: string;
  description: string;
}

export function svg({ width, height, title, description }: Box, content: Part): Html {
  return html`<svg viewBox="0 0 ${round(width)} ${round(height)}" width="${round(width)}" height="${round(height)}" role="img"><title>${title}</title><desc>${description}</desc>${content}</svg>`;
}

/** Coordinates with one decimal: no eye sees more, and the file stays small. */
export function round(value: number): number {
  return Math.round(value * 10) / 10;
}

/** A value that scales can bear: none is endless, and what is no number is nothing. */
export function sane(value: number): number {
  return Number.isNaN(value) ? 0 : Math.min(Math.max(value, -1e15), 1e15);
}

/** Instead of a chart when there is nothing to draw. */
export function emptyChart(title: string): Chart {
  return {
    legend: [],
    draw: (width) =>
      svg(
        { width, height: 48, title, description: 'Nothing was measured.' },
        html`<text class="faint" x="0" y="28">Nothing was measured.</text>`,
      ),
  };
}
