import { hierarchy, type HierarchyRectangularNode, partition } from 'd3-hierarchy';

import { type Html, html } from '../html.ts';
import { duration } from '../numbers.ts';
import { type Chart, emptyChart, type LegendItem, round, sane, svg, type Tone } from './chart.ts';
import { fitted } from './text-width.ts';

export interface IcicleNode {
  label: string;
  /** Of its own, without its children: widths are these, added up. */
  self: number;
  tone: Tone;
  /** What those read who point at it, below the label and the sum. */
  detail?: string;
  children: readonly IcicleNode[];
}

export interface IcicleOptions {
  title: string;
  root: IcicleNode;
  /** What the tones mean. */
  legend: { label: string; tone: Tone }[];
  /** A sum as text; a time in ms by default. */
  format?: (value: number) => string;
  /** Rows that are drawn at most; what is deeper is part of its parent's width. 14 by default. */
  maxDepth?: number;
}

const ROW = 22;
/** Boxes thinner than this are left out, px. */
const THINNEST = 0.8;

/** A tree from top to bottom: a box is as wide as what it and all below it take. */
export function icicleChart({ title, root, legend, format = duration, maxDepth = 14 }: IcicleOptions): Chart {
  const tree = hierarchy(root, ({ children }) => [...children])
    .sum(({ self }) => Math.max(sane(self), 0))
    .sort((a, b) => (b.value ?? 0) - (a.value ?? 0));
  const total = tree.value ?? 0;
  if (total <= 0) return emptyChart(title);
  return {
    legend: legend.map(({ label, tone }): LegendItem => ({ label, tone, mark: 'box' })),
    draw: (width) => {
      const placed = partition<IcicleNode>().size([width, (tree.height + 1) * ROW])(tree);
      const shown = placed
        .descendants()
        .filter((node) => node.depth < maxDepth && node.x1 - node.x0 >= THINNEST);
      const rows = Math.max(...shown.map((node) => node.depth)) + 1;
      const heaviest = [...(tree.children ?? [])]
        .slice(0, 3)
        .map((node) => `${node.data.label} ${format(node.value ?? 0)}`);
      const description = `${root.label} takes ${format(total)}${heaviest.length > 0 ? `; most of it: ${heaviest.join(', ')}` : ''}.`;
      return svg(
        { width, height: rows * ROW + 1, title, description },
        shown.map((node) => box(node, total, format)),
      );
    },
  };
}

function box(
  node: HierarchyRectangularNode<IcicleNode>,
  total: number,
  format: (value: number) => string,
): Html {
  const { label, tone, detail } = node.data;
  const value = node.value ?? 0;
  const wide = node.x1 - node.x0;
  const y = node.depth * ROW;
  const whole = `${label}  ${format(value)}`;
  const text = fitted(whole, wide - 12) === whole ? whole : fitted(label, wide - 10);
  return html`<g class="tone${tone}"><rect class="cell" x="${round(node.x0)}" y="${y}" width="${round(Math.max(wide - 1, 0.5))}" height="${ROW - 1}" rx="2"/>${text !== '' && html`<text class="cell-text" x="${round(node.x0 + 5)}" y="${y + 15}">${text}</text>`}<title>${label}\n${format(value)} (${Math.round((value / total) * 100)} %), ${format(node.data.self)} of its own${detail !== undefined && `\n${detail}`}</title></g>`;
}
