import { type Html, html, type Part } from './html.ts';

export interface Column {
  title: Part;
  /** Below the title: `ms`, `MB`. */
  unit?: string;
  /** Numbers stand at the right. */
  kind: 'text' | 'number';
}

export interface TableOptions {
  columns: Column[];
  rows: Part[][];
  /** Told to those who do not see the page, shown above the table. */
  caption?: Part;
}

/** A table that scrolls in a box of its own where the screen is too narrow for it. */
export function table({ columns, rows, caption }: TableOptions): Html {
  if (rows.length === 0) return html``;
  const head = columns.map(
    ({ title, unit, kind }) =>
      html`<th scope="col" class="${kind}">${title}${unit !== undefined && html` <span class="unit">${unit}</span>`}</th>`,
  );
  const body = rows.map(
    (row) => html`<tr>${row.map((cell, index) => cellOf(cell, index, columns[index]?.kind ?? 'text'))}</tr>
`,
  );
  return html`<div class="scroll" tabindex="0" role="group" aria-label="${typeof caption === 'string' ? caption : 'Table'}"><table>${
    caption !== undefined && html`<caption>${caption}</caption>`
  }<thead><tr>${head}</tr></thead><tbody>
${body}</tbody></table></div>
`;
}

/** A value and, smaller below it, the interval that it lies in. */
export function within(value: Part, low: string, high: string): Html {
  return low === high ? html`${value}` : html`${value}<span class="interval">${low}–${high}</span>`;
}

function cellOf(cell: Part, index: number, kind: Column['kind']): Html {
  return index === 0
    ? html`<th scope="row" class="${kind}">${cell}</th>`
    : html`<td class="${kind}">${cell}</td>`;
}
