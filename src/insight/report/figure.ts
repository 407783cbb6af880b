import type { Chart, LegendItem } from './charts/chart.ts';
import { type Html, html, type Part } from './html.ts';

/** Widths that charts are laid out for, px: the page shows the one that fits its box. */
const WIDE = 780;
const PANEL = 430;
const NARROW = 340;

export interface FigureOptions {
  title: string;
  chart: Chart;
  /** What to see in it. */
  note?: Part;
  /** One of several beside one another (in a box of the class `panels`). */
  isPanel?: boolean;
}

/** A chart with its title and legend. */
export function figure({ title, chart, note, isPanel = false }: FigureOptions): Html {
  return html`<figure class="${isPanel ? 'panel' : 'sheet'}"><figcaption><h4>${title}</h4>${note !== undefined && html`<p>${note}</p>`}</figcaption>${legend(chart.legend)}<div class="chart"><div class="wide">${chart.draw(isPanel ? PANEL : WIDE)}</div><div class="narrow">${chart.draw(NARROW)}</div></div></figure>
`;
}

/** Figures of one kind, two beside one another where there is room. */
export function panels<T>(items: readonly T[], draw: (item: T, isPanel: boolean) => Html): Html {
  const several = items.length > 1;
  const drawn = items.map((item) => draw(item, several));
  return several ? html`<div class="panels">${drawn}</div>` : html`${drawn}`;
}

function legend(items: LegendItem[]): Part {
  if (items.length < 2) return undefined;
  return html`<ul class="legend">${items.map((item) => html`<li class="tone${item.tone}">${sample(item.mark)}${item.label}</li>`)}</ul>`;
}

const SAMPLES: Record<LegendItem['mark'], Html> = {
  line: html`<path class="line" d="M0 6H20"/>`,
  dashed: html`<path class="line dashed" d="M0 6H20"/>`,
  dot: html`<circle class="dot" r="4" cx="10" cy="6"/>`,
  ring: html`<circle class="ring" r="3.5" cx="10" cy="6"/>`,
  cross: html`<path class="cross" d="M6 2l8 8m0-8l-8 8"/>`,
  box: html`<rect class="bar" x="4" width="12" height="12" rx="2"/>`,
};

function sample(mark: LegendItem['mark']): Html {
  return html`<svg class="sample" viewBox="0 0 20 12" width="20" height="12" aria-hidden="true">${SAMPLES[mark]}</svg>`;
}
