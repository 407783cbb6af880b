import type { CostOption, CostResult } from '../../../insight/types.ts';
import { colors } from '../../colors.ts';
import { textChart } from '../../text-chart.ts';
import { textTable } from '../../text-table.ts';
import { terminalText } from '../../terminal-text.ts';

const CHART = { width: 64, height: 14 };
const MARKS = 'abcdefghijklmnopqrstuvwxyz';

/** The comparison for people: 100 columns wide, or nearly so. */
export function costText(result: CostResult): string {
  const { traffic, measured, app, initMs } = result;
  const lines = [
    `${terminalText(app, false)}: ${count(traffic.requestsPerDay)} requests a day (${terminalText(traffic.from, false)}), measured by ${terminalText(measured, false)}`,
    '',
    ...dimHead(textTable(routeRows(result))),
    ...(initMs > 0
      ? [colors.dim(`Loading the app takes ${milliseconds(initMs)}; of AWS that is billed.`)]
      : []),
    '',
    ...dimHead(textTable(optionRows(result), 2)),
    '',
    ...chart(result),
    '',
    colors.bold('Where a rented server becomes cheaper'),
    ...breakEvenLines(result),
    '',
    ...result.notes.map((note) => colors.dim(`- ${terminalText(note, false)}`)),
    colors.dim(`- Prices of ${datesOf(result)}; --json has the source of each.`),
  ];
  return `${lines.join('\n')}\n`;
}

function routeRows({ routes }: CostResult): string[][] {
  return [
    ['route', 'share', 'billed', 'memory seen', 'answer'],
    ...routes.map((route) => [
      shorten(terminalText(route.name, false)),
      `${Number((route.share * 100).toFixed(1))}%`,
      milliseconds(route.billedMs),
      route.memoryMb === 0 ? '-' : `${Math.ceil(route.memoryMb)} MB`,
      kilobytes(route.responseBytes),
    ]),
  ];
}

function optionRows({ options, currency }: CostResult): string[][] {
  const cheapest = Math.min(...options.map(({ compared }) => compared));
  return [
    ['', 'a month on', 'size', 'running', 'requests', 'traffic', 'fixed', 'total', currency],
    ...options.map((option, index) => [
      MARKS[index % MARKS.length]!,
      option.title + (option.plan === undefined ? '' : ` (${option.plan})`),
      sizeOf(option),
      ...['running', 'requests', 'traffic', 'fixed'].map((part) =>
        money(partOf(option, part), option.currency),
      ),
      money(option.total, option.currency, true),
      `${option.compared.toFixed(2)}${option.compared === cheapest ? ' ←' : '  '}`,
    ]),
  ];
}

function sizeOf({ functions, machines }: CostOption): string {
  if (functions !== undefined) return `${functions.map(({ memoryMb }) => memoryMb).join(' + ')} MB`;
  return machines === 1 ? '1 machine' : `${machines} machines`;
}

const PARTS: Record<string, RegExp> = {
  running: /^(running time|kept ready|temporary disk)/,
  requests: /^(requests|function URL|HTTP API)/,
  traffic: /^traffic/,
};

function partOf({ items }: CostOption, part: string): number {
  const pattern = PARTS[part];
  const isIn = (what: string): boolean =>
    pattern === undefined ? !Object.values(PARTS).some((one) => one.test(what)) : pattern.test(what);
  return items.reduce((sum, { what, cost }) => sum + (isIn(what) ? cost : 0), 0);
}

function chart({ curve, currency, traffic }: CostResult): string[] {
  const drawn = textChart({
    ...CHART,
    lines: curve.lines
      .map(({ costs }, index) => ({ mark: MARKS[index % MARKS.length]!, values: costs }))
      .toReversed(),
    x: curve.requestsPerDay,
    logX: true,
    logY: true,
    xText: (value) => count(value),
    yText: (value) => (value < 10 ? value.toFixed(2) : count(value)),
  });
  return [
    colors.bold(`${currency} a month against requests a day`) +
      colors.dim(` (${count(traffic.requestsPerDay)} in the middle)`),
    ...drawn,
  ];
}

function breakEvenLines({ breakEven, options }: CostResult): string[] {
  const title = (id: string): string => options.find((option) => option.id === id)?.title ?? id;
  const rows = breakEven.map(({ functions, server, crossings, always }) => [
    `  ${title(functions)}`,
    title(server),
    always === undefined
      ? crossings
          .map(({ requestsPerDay, cheaper }) =>
            cheaper === 'server'
              ? `from ${count(requestsPerDay)} a day on`
              : `not from ${count(requestsPerDay)} on`,
          )
          .slice(0, 3)
          .join(', ') + (crossings.length > 3 ? ', …' : '')
      : always === 'function'
        ? 'never: functions are cheaper at any traffic'
        : 'always',
  ]);
  return textTable(rows, 3);
}

function datesOf({ prices }: CostResult): string {
  return prices.map(({ file, asOf }) => `${file.replace(/^.*[\\/]/, '')} ${asOf}`).join(', ');
}

function dimHead([head, ...rows]: string[]): string[] {
  return [colors.dim(head ?? ''), ...rows];
}

const SIGNS: Record<string, string> = { USD: '$', CNY: '¥', EUR: '€' };

function money(amount: number, currency: string, always = false): string {
  return amount === 0 && !always ? '-' : `${SIGNS[currency] ?? `${currency} `}${amount.toFixed(2)}`;
}

function milliseconds(ms: number): string {
  return ms < 10
    ? `${Number(ms.toFixed(1))} ms`
    : ms < 10_000
      ? `${Math.round(ms)} ms`
      : `${(ms / 1000).toFixed(1)} s`;
}

function kilobytes(bytes: number): string {
  return bytes < 1000 ? `${Math.round(bytes)} B` : `${(bytes / 1024).toFixed(1)} kB`;
}

/** `950`, `12,300`, `1.2M` */
function count(value: number): string {
  if (value >= 999_500) return `${Number((value / 1e6).toPrecision(3))}M`;
  const rounded = value >= 1000 ? Math.round(value) : Number(value.toPrecision(3));
  return rounded.toLocaleString('en-US');
}

function shorten(text: string): string {
  return text.length > 44 ? `${text.slice(0, 43)}…` : text;
}
