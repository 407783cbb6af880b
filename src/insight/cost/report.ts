import { linesChart } from '../report/charts/lines.ts';
import type { Tone } from '../report/charts/chart.ts';
import { figure } from '../report/figure.ts';
import { html, type Html } from '../report/html.ts';
import { digits } from '../report/numbers.ts';
import { page } from '../report/page.ts';
import { table } from '../report/table.ts';
import type { CostResult } from '../types.ts';

/** The comparison as a page that is one file. */
export function costReport(result: CostResult): string {
  const { app, traffic, measured } = result;
  return page({
    title: `What ${app} costs a month`,
    subtitle: `${digits(traffic.requestsPerDay)} requests a day (${traffic.from}), measured by ${measured}`,
    sections: [
      {
        id: 'options',
        title: 'Now',
        lead: 'At this traffic, each item to the cent.',
        body: optionTable(result),
      },
      {
        id: 'traffic',
        title: 'Against traffic',
        lead: 'From a hundredth of it to a hundred times as much.',
        body: costChart(result),
      },
      {
        id: 'break-even',
        title: 'Where a rented server becomes cheaper',
        body: breakEvenTable(result),
      },
      { id: 'routes', title: 'What was measured', body: routeTable(result) },
      {
        id: 'notes',
        title: 'Notes and prices',
        body: [
          html`<ul>${result.notes.map((note) => html`<li>${note}</li>`)}</ul>`,
          table({
            columns: [
              { title: 'offer', kind: 'text' },
              { title: 'as of', kind: 'text' },
              { title: 'source', kind: 'text' },
            ],
            rows: result.options
              .filter(({ id }) => !id.includes('+'))
              .map(({ title, asOf, source }) => [title, asOf, source]),
          }),
        ],
      },
    ],
  });
}

/** The line chart of costs against traffic, for this page and others. */
export function costChart({ curve, currency, traffic }: CostResult): Html {
  const servers = new Set(['t4g-small', 'lighthouse']);
  return figure({
    title: `Cost of a month, ${currency}`,
    chart: linesChart({
      title: `Cost of a month in ${currency} against requests a day`,
      series: curve.lines.map(({ id, title, costs }, index) => ({
        label: title,
        tone: ((index % 6) + 1) as Tone,
        dashed: servers.has(id),
        points: curve.requestsPerDay.map((x, place) => ({ x, y: Math.max(costs[place]!, LEAST) })),
      })),
      x: { title: 'requests a day', scale: 'log' },
      y: { title: `${currency} a month`, scale: 'log' },
      marks: [{ x: traffic.requestsPerDay, label: 'now' }],
    }),
  });
}

/** A cent a month stands for nothing at all: a logarithm has no 0. */
const LEAST = 0.01;

function optionTable({ options, currency }: CostResult): Html {
  return table({
    columns: [
      { title: 'on', kind: 'text' },
      { title: 'size', kind: 'text' },
      { title: 'total', kind: 'number' },
      { title: currency, kind: 'number' },
    ],
    rows: options.map((option) => [
      option.plan === undefined ? option.title : `${option.title} (${option.plan})`,
      option.functions === undefined
        ? `${option.machines ?? 1} × machine`
        : `${option.functions.map(({ memoryMb }) => memoryMb).join(' + ')} MB`,
      `${option.total.toFixed(2)} ${option.currency}`,
      option.compared.toFixed(2),
    ]),
  });
}

function breakEvenTable({ breakEven, options }: CostResult): Html {
  const title = (id: string): string => options.find((option) => option.id === id)?.title ?? id;
  return table({
    columns: [
      { title: 'functions', kind: 'text' },
      { title: 'server', kind: 'text' },
      { title: 'the server is cheaper', kind: 'text' },
    ],
    rows: breakEven.map(({ functions, server, crossings, always }) => [
      title(functions),
      title(server),
      always === undefined
        ? crossings
            .map(({ requestsPerDay, cheaper }) =>
              cheaper === 'server'
                ? `from ${digits(requestsPerDay)} a day on`
                : `not from ${digits(requestsPerDay)} on`,
            )
            .join(', ')
        : always === 'function'
          ? 'never'
          : 'always',
    ]),
  });
}

function routeTable({ routes }: CostResult): Html {
  return table({
    columns: [
      { title: 'route', kind: 'text' },
      { title: 'share', unit: '%', kind: 'number' },
      { title: 'billed', unit: 'ms', kind: 'number' },
      { title: 'memory seen', unit: 'MB', kind: 'number' },
      { title: 'answer', unit: 'bytes', kind: 'number' },
    ],
    rows: routes.map(({ name, share, billedMs, memoryMb, responseBytes }) => [
      name,
      digits(share * 100),
      digits(billedMs),
      memoryMb === 0 ? '–' : digits(memoryMb),
      digits(responseBytes),
    ]),
  });
}
