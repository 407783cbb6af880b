import { colors } from '../../colors.ts';
import { terminalText } from '../../terminal-text.ts';
import type { Group } from './group.ts';
import { type NamedGroup, OTHER } from './groups.ts';
import type { Summary } from './report.ts';

/** Columns of the terminal that the table takes. */
const WIDTH = 100;

/** Of requests that no route led anywhere. */
const NO_FUNCTION = '(no function)';

interface Column {
  title: string;
  /** With its unit, 7 characters or so. */
  cell(group: Group): string;
}

const COLUMNS: Column[] = [
  { title: 'count', cell: ({ count }) => amount(count) },
  { title: 'errors', cell: ({ errors }) => amount(errors) },
  { title: 'p50', cell: ({ totalMs }) => duration(totalMs.at(0.5)) },
  { title: 'p95', cell: ({ totalMs }) => duration(totalMs.at(0.95)) },
  { title: 'p99', cell: ({ totalMs }) => duration(totalMs.at(0.99)) },
  { title: 'max', cell: ({ totalMs }) => duration(totalMs.max) },
  { title: 'cold', cell: ({ cold, count }) => percentage(cold, count) },
  { title: 'init', cell: ({ initMs }) => duration(initMs.at(0.5)) },
  { title: 'MB', cell: memory },
  { title: 'GB·s', cell: ({ billedGbSeconds }) => amount(billedGbSeconds) },
  { title: 'out', cell: ({ bytesOut }) => bytes(bytesOut) },
];

/** A row for each group and one for all, 100 columns wide at most. */
export function statsTable(summary: Summary): string {
  const { folder, from, to, groups, total } = summary;
  if (total.count === 0) return `No requests in ${folder} match.\n`;
  const names = [...rowNames(groups), 'total'];
  const rows = [...groups.map(({ group }) => group), total].map((group) =>
    COLUMNS.map(({ cell }) => cell(group)),
  );
  const widths = COLUMNS.map(({ title }, index) =>
    Math.max(title.length, ...rows.map((row) => row[index]!.length)),
  );
  const longest = Math.max(...names.map((name) => name.length));
  const cellsWidth = widths.reduce((sum, width) => sum + width, 0);
  const gap = longest + cellsWidth + 2 * widths.length <= WIDTH ? '  ' : ' ';
  const nameWidth = Math.min(longest, WIDTH - cellsWidth - gap.length * widths.length);
  const line = (name: string, cells: string[]): string =>
    [shorten(name, nameWidth).padEnd(nameWidth), ...cells.map((cell, index) => cell.padStart(widths[index]!))]
      .join(gap)
      .trimEnd();
  const titles = COLUMNS.map(({ title }) => title);
  const lines = rows.map((cells, index) => line(names[index]!, cells));
  return [
    colors.dim(`${onlyFunction(groups)}${minute(from)} to ${minute(to)} UTC, ${folder}`),
    '',
    colors.dim(line('', titles)),
    ...lines.map((text, index) => shade(text, groups[index]?.group)),
    ...(total.totalMs.isExact ? [] : [colors.dim('Percentiles of more than 4096 requests: within 1 %.')]),
    '',
  ].join('\n');
}

/** Groups with errors stand out, and so does the total, which is none. */
function shade(text: string, group: Group | undefined): string {
  if (group === undefined) return colors.bold(text);
  return group.errors > 0 ? colors.red(text) : text;
}

/** The function, when there is only one, which the rows do not name then. */
function onlyFunction(groups: NamedGroup[]): string {
  const [name, another] = functionNames(groups);
  return name === undefined || another !== undefined ? '' : `${terminalText(name, false)}, `;
}

function functionNames(groups: NamedGroup[]): Set<string> {
  return new Set(groups.filter(({ name }) => name !== OTHER).map((one) => one.function));
}

/** Of several functions each row names its own. */
function rowNames(groups: NamedGroup[]): string[] {
  const functions = functionNames(groups);
  return groups.map((one) =>
    terminalText(
      [functions.size > 1 || one.name === '' ? one.function : '', one.name].filter(Boolean).join(' ') ||
        NO_FUNCTION,
      false,
    ),
  );
}

/** Cuts the middle: routes differ at either end. */
function shorten(text: string, width: number): string {
  if (text.length <= width) return text;
  const head = Math.floor((width - 1) / 2);
  return `${text.slice(0, head)}…${text.slice(text.length - (width - 1 - head))}`;
}

function memory({ maxMemoryMb, memoryLimitMb }: Group): string {
  // Requests that reached no function.
  if (memoryLimitMb === 0) return '-';
  return `${maxMemoryMb === undefined ? '-' : Math.ceil(maxMemoryMb)}/${memoryLimitMb}`;
}

/** `0.12ms`, `3.4ms`, `250ms`, `12.3s`, `250s`. */
function duration(ms: number | undefined): string {
  if (ms === undefined) return '-';
  return ms < 999.5 ? `${threeDigits(ms)}ms` : `${threeDigits(ms / 1000)}s`;
}

function percentage(part: number, whole: number): string {
  const share = (part / whole) * 100;
  if (share > 0 && share < 1) return '<1%';
  return `${Math.round(share)}%`;
}

function bytes(count: number): string {
  return scaled(count, 1024, ['B', 'kB', 'MB', 'GB', 'TB']);
}

/** `12345`, `123k`, `4.56M`; `0.12` of what can be counted in parts. */
function amount(count: number): string {
  if (Number.isInteger(count) && count < 100_000) return String(count);
  return scaled(count, 1000, ['', 'k', 'M', 'G', 'T']);
}

function scaled(value: number, step: number, units: string[]): string {
  let rest = value;
  let unit = 0;
  while (rest >= 999.5 && unit < units.length - 1) {
    rest /= step;
    unit += 1;
  }
  return threeDigits(rest) + units[unit]!;
}

/** Whole numbers as they are. */
function threeDigits(value: number): string {
  if (Number.isInteger(value)) return String(value);
  if (value < 0.01) return value.toPrecision(2);
  return value < 10 ? value.toFixed(2) : value < 100 ? value.toFixed(1) : value.toFixed(0);
}

function minute(time: number): string {
  return new Date(time).toISOString().slice(0, 16).replace('T', ' ');
}
