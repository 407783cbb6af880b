import { ratioOf } from '../../stats/stats.ts';
import type { BenchResult, Estimate, Series } from '../../types.ts';
import { barsChart } from '../charts/bars.ts';
import { distributionChart } from '../charts/distribution.ts';
import { figure, panels } from '../figure.ts';
import { type Html, html, type Part } from '../html.ts';
import { column, count } from '../numbers.ts';
import type { Section } from '../page.ts';
import { estimates, multiples, table } from '../table.ts';
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
      html`<h3>How the answers spread</h3><p class="small">The share of requests that were answered within a time; the dots are at 50, 95 and 99\u00a0%.${
        drawn.length < names.length && ` The first ${drawn.length} of ${names.length} routes.`
      }</p>${panels(drawn, (request, isPanel) => distribution({ result, subjects, request, isPanel }))}`,
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
  const answered = rows.map(({ series }) => (series.samples.length === 0 ? undefined : series.stats));
  const p50 = estimates(answered.map((stats) => stats?.p50));
  const p95 = estimates(answered.map((stats) => stats?.p95));
  const p99 = column(answered.map((stats) => stats?.p99.value));
  const max = column(answered.map((stats) => stats?.max));
  const against = multiples(
    rows.map(({ request, series }) => againstServer(series, seriesOf(sequential, 'server', request))),
  );
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
      p50[index],
      p95[index],
      p99[index],
      max[index],
      against[index],
      failures(series),
    ]),
  });
}

interface Distribution {
  result: BenchResult;
  subjects: Named[];
  request: string;
  isPanel: boolean;
}

function distribution({ result, subjects, request, isPanel }: Distribution): Html {
  const series = subjects.flatMap(({ name, label, tone }) => {
    const values = seriesOf(result.sequential, name, request)?.samples;
    return values === undefined ? [] : [{ label, tone, values, dashed: name === 'bare' }];
  });
  return figure({
    title: request,
    isPanel,
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

function againstServer(series: Series, server: Series | undefined): Estimate | undefined {
  if (server === undefined || series.subject === 'server' || series.samples.length === 0) return undefined;
  return ratioOf(series.samples, server.samples);
}
