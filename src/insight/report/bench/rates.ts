import type { BenchResult } from '../../types.ts';
import { linesChart } from '../charts/lines.ts';
import { figure } from '../figure.ts';
import { html } from '../html.ts';
import { column, count, digits, duration, fixed } from '../numbers.ts';
import type { Section } from '../page.ts';
import { estimates, table } from '../table.ts';
import { namedSubjects } from './reading.ts';
import { key } from './routes.ts';

export function ratesSection(result: BenchResult): Section | undefined {
  const names = [...new Set(result.rates.map(({ request }) => request))];
  if (names.length === 0) return undefined;
  return {
    id: 'rates',
    title: 'At a constant rate',
    lead: 'Requests come at their rate whatever the answers do, and their times count from when they were due: who falls behind shows it.',
    body: names.map((request) => [
      html`<h3>${request}</h3>`,
      lines(result, request),
      rateTable(result, request),
    ]),
  };
}

function lines(result: BenchResult, request: string) {
  const series = namedSubjects(result).flatMap((subject) => {
    const steps = stepsOf(result, request, subject.name).filter(({ stats }) => stats.count > 0);
    const points = (pick: 'p50' | 'p95') =>
      steps.map(({ perSecond, stats }) => ({
        x: perSecond,
        y: stats[pick].value,
        low: stats[pick].low,
        high: stats[pick].high,
      }));
    return [
      { label: `${subject.label}, p95`, tone: subject.tone, points: points('p95') },
      { label: `${subject.label}, p50`, tone: subject.tone, points: points('p50'), dashed: true },
    ];
  });
  return figure({
    title: 'Latency against rate',
    note: 'Bands are 95 % confidence intervals.',
    chart: linesChart({
      title: `Latency of ${request} against its rate`,
      series,
      x: { title: 'requests per second', scale: 'auto' },
      y: { title: 'latency, ms', scale: 'auto' },
      dots: true,
      format: ({ x, y }) => `${digits(x)} per second: ${duration(y)}`,
    }),
  });
}

function rateTable(result: BenchResult, request: string) {
  const rows = namedSubjects(result).flatMap((subject) =>
    stepsOf(result, request, subject.name).map((step) => ({ subject, step })),
  );
  const p50 = estimates(rows.map(({ step }) => step.stats.p50));
  const p95 = estimates(rows.map(({ step }) => step.stats.p95));
  const p99 = column(rows.map(({ step }) => step.stats.p99.value));
  return table({
    caption: `Steps of ${request}`,
    columns: [
      { title: 'Subject', kind: 'text' },
      { title: 'Offered', unit: 'per s', kind: 'number' },
      { title: 'Answered', unit: 'per s', kind: 'number' },
      { title: 'Sent', kind: 'number' },
      { title: 'Failed', kind: 'number' },
      { title: 'p50', unit: 'ms', kind: 'number' },
      { title: 'p95', unit: 'ms', kind: 'number' },
      { title: 'p99', unit: 'ms', kind: 'number' },
    ],
    rows: rows.map(({ subject, step }, index) => [
      key(subject),
      digits(step.perSecond),
      fixed(step.achieved, 1),
      count(step.sent),
      step.failed === 0 ? '0' : html`<span class="bad">${count(step.failed)}</span>`,
      p50[index],
      p95[index],
      p99[index],
    ]),
  });
}

function stepsOf({ rates }: BenchResult, request: string, subject: string) {
  return rates
    .filter((step) => step.request === request && step.subject === subject)
    .sort((a, b) => a.perSecond - b.perSecond);
}
