import { ratioOf } from '../../stats/stats.ts';
import type { BenchResult, Estimate, Series } from '../../types.ts';
import { barsChart } from '../charts/bars.ts';
import { distributionChart } from '../charts/distribution.ts';
import { figure } from '../figure.ts';
import { type Html, html, type Part } from '../html.ts';
import { column, count, digits, multiple } from '../numbers.ts';
import type { Section } from '../page.ts';
import { table, within } from '../table.ts';
import { type Named, namedSubjects, requestNames, seriesOf } from './reading.ts';

/** More distributions than these make a page that nobody reads; the table has all. */
const MOST_FIGURES = 12;

export function routesSection(result: BenchResult): Section | undefined {
  if (result.sequential.length === 0) return undefined;
  const subjects = namedSubjects(result).filter(({ name }) =>
    result.sequential.some(({ subject }) => subject === name),
  );
  const names = requestNames(result).filter((request) =>
    result.sequential.some((one) => one.request === request),
  );
  const drawn = names.slice(0, MOST_FIGURES);
  return {
    id: 'routes',
    title: 'Route by route',
    lead: 'Warm requests, one after another, the subjects taking turns in random order. The thin lines are 95 % confidence intervals of the median.',
    body: [
      figure({ title: 'Median latency', chart: medians(result, subjects, names) }),
      latencies(result, subjects, names),
      html`<h3>How the answers spread</h3><p class="small">The share of requests that were answered within a time; the dots are at 50, 95 and 99 %.${
        drawn.length < names.length && ` The first ${drawn.length} of ${names.length} routes.`
      }</p><div class="panels">${drawn.map((request) => distribution(result, subjects, request))}</div>`,
    ],
  };
}

function medians({ sequential }: BenchResult, subjects: Named[], names: string[]) {
  return barsChart({
    title: 'Median latency of each route',
    groups: subjects,
    categories: names.map((request) => ({
      label: request,
      bars: subjects.map(({ name }) => seriesOf(sequential, name, request)?.stats.p50),
    })),
    value: { title: 'median, ms', scale: 'auto' },
  });
}

function latencies({ sequential }: BenchResult, subjects: Named[], names: string[]): Html {
  const rows = names.flatMap((request) =>
    subjects.flatMap((subject, index) => {
      const series = sequential.find((one) => one.subject === subject.name && one.request === request);
      return series === undefined ? [] : [{ request, subject, series, isFirst: index === 0 }];
    }),
  );
  const measured = (pick: (series: Series) => number) =>
    column(rows.map(({ series }) => (series.samples.length === 0 ? undefined : pick(series))));
  const [p50, p95, p99, max] = [
    measured(({ stats }) => stats.p50.value),
    measured(({ stats }) => stats.p95.value),
    measured(({ stats }) => stats.p99.value),
    measured(({ stats }) => stats.max),
  ];
  return table({
    caption: 'Latency, one request after another',
    columns: [
      { title: 'Route', kind: 'text' },
      { title: 'Subject', kind: 'text' },
      { title: 'Answers', kind: 'number' },
      { title: 'p50', unit: 'ms', kind: 'number' },
      { title: 'p95', unit: 'ms', kind: 'number' },
      { title: 'p99', unit: 'ms', kind: 'number' },
      { title: 'Slowest', unit: 'ms', kind: 'number' },
      { title: 'Median against server', kind: 'number' },
      { title: 'Failed', kind: 'number' },
    ],
    rows: rows.map(({ request, subject, series }, index) => [
      rows[index - 1]?.request === request ? html`<span class="again">${request}</span>` : request,
      key(subject),
      count(series.samples.length),
      estimated(p50[index], series.stats.p50),
      estimated(p95[index], series.stats.p95),
      p99[index],
      max[index],
      againstServer(series, seriesOf(sequential, 'server', request)),
      failures(series),
    ]),
  });
}

function distribution({ sequential }: BenchResult, subjects: Named[], request: string): Html {
  const series = subjects.flatMap(({ name, label, tone }) => {
    const values = seriesOf(sequential, name, request)?.samples;
    return values === undefined ? [] : [{ label, tone, values, dashed: name === 'bare' }];
  });
  return figure({
    title: request,
    chart: distributionChart({ title: `Latency of ${request}`, series, height: 230 }),
  });
}

/** A subject as in the charts: its colour, its name. */
export function key({ tone, label }: Named): Html {
  return html`<span class="key tone${tone}"></span>${label}`;
}

export function failures({ failed, failures }: Pick<Series, 'failed' | 'failures'>): Part {
  if (failed === 0) return '0';
  const kinds = Object.entries(failures).map(([kind, times]) => `${count(times)} × ${kind}`);
  return html`<span class="bad">${count(failed)}</span>${kinds.length > 0 && html`<span class="interval">${kinds.join(', ')}</span>`}`;
}

function estimated(text: string | undefined, { low, high }: Estimate): Part {
  return text === '–' ? '–' : within(text, digits(low), digits(high));
}

function againstServer(series: Series, server: Series | undefined): Part {
  if (server === undefined || series.subject === 'server' || series.samples.length === 0) return '';
  const { value, low, high } = ratioOf(series.samples, server.samples);
  return within(multiple(value), multiple(low), multiple(high));
}
