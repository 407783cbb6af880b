import type { Chart, LegendItem } from './charts/chart.ts';
import { type Html, html, type Part } from './html.ts';

/** Widths that charts are laid out for, px: a phone, and a sheet or screen. The page shows the one that fits. */
const NARROW = 340;
const WIDE = 720;

/** A chart with its title, its legend, and a line on what to see in it. */
export function figure({ title, chart, note }: { title: string; chart: Chart; note?: Part }): Html {
  return html`<figure><figcaption><h4>${title}</h4>${note !== undefined && html`<p>${note}</p>`}</figcaption>${legend(chart.legend)}<div class="chart"><div class="wide">${chart.draw(WIDE)}</div><div class="narrow">${chart.draw(NARROW)}</div></div></figure> `;
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
