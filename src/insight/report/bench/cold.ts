import { median } from '../../stats/quantile.ts';
import { ratioOf } from '../../stats/stats.ts';
import type { BenchResult, ColdSeries, Estimate } from '../../types.ts';
import { barsChart } from '../charts/bars.ts';
import type { Tone } from '../charts/chart.ts';
import { type Point, pointsChart } from '../charts/points.ts';
import { figure, panels } from '../figure.ts';
import { type Html, html } from '../html.ts';
import { column, count, duration } from '../numbers.ts';
import type { Section } from '../page.ts';
import { estimates, multiples, table } from '../table.ts';
import { coldOf, namedSubjects, requestNames, seriesOf, startTitle } from './reading.ts';
import { failures, key } from './routes.ts';

const MOST_FIGURES = 6;
const STARTS = ['fresh', 'template'] as const;
const TONES: Record<ColdSeries['start'], Tone> = { fresh: 4, template: 5 };

export function coldSection(result: BenchResult): Section | undefined {
  const names = requestNames(result).filter((name) =>
    result.cold.some(({ request, samples }) => request === name && samples.length > 0),
  );
  if (names.length === 0) return undefined;
  const ofFunction = names.filter((request) =>
    STARTS.some((start) => coldOf(result.cold, 'function', request, start) !== undefined),
  );
  const drawn = ofFunction.slice(0, MOST_FIGURES);
  return {
    id: 'cold',
    title: 'Cold starts',
    lead: 'The first request to an instance that is made for it. “As in a cloud” starts a process that loads the app; a template process has loaded it before and is copied.',
    body: [
      figure({
        title: 'Cold against warm',
        note: 'Median of the function, with its 95 % confidence interval.',
        chart: coldAndWarm(result, ofFunction),
      }),
      coldTable(result, names),
      drawn.length > 0 &&
        html`<h3>Request by request</h3><p class="small">Rings are first requests to new instances, dots are warm requests, each in the order in which it was measured.</p>${panels(drawn, (request, isPanel) => timeLine(result, request, isPanel))}`,
    ],
  };
}

function coldAndWarm({ cold, sequential }: BenchResult, names: string[]) {
  return barsChart({
    title: 'Cold starts and warm requests',
    groups: [
      { label: 'warm', tone: 2 },
      ...STARTS.filter((start) => cold.some((one) => one.start === start)).map((start) => ({
        label: `cold, ${startTitle(start)}`,
        tone: TONES[start],
      })),
    ],
    categories: names.map((request) => ({
      label: request,
      bars: [
        seriesOf(sequential, 'function', request)?.stats.p50,
        ...STARTS.filter((start) => cold.some((one) => one.start === start)).map(
          (start) => coldOf(cold, 'function', request, start)?.stats.p50,
        ),
      ],
    })),
    value: { title: 'median, ms', scale: 'auto' },
  });
}

function coldTable(result: BenchResult, names: string[]): Html {
  const rows = names.flatMap((request) =>
    namedSubjects(result).flatMap((subject) =>
      STARTS.flatMap((start) => {
        const series = coldOf(result.cold, subject.name, request, start);
        return series === undefined ? [] : [{ request, subject, series }];
      }),
    ),
  );
  const p50 = estimates(rows.map(({ series }) => series.stats.p50));
  const ofWarm = multiples(rows.map(({ series }) => againstWarm(series, result)));
  const max = column(rows.map(({ series }) => series.stats.max));
  const load = column(
    rows.map(({ series }) => (series.initMs.length === 0 ? undefined : median(series.initMs))),
  );
  return table({
    caption: 'First requests of new instances',
    columns: [
      { title: 'Route', kind: 'text' },
      { title: 'Subject', kind: 'text' },
      { title: 'Start', kind: 'text' },
      { title: 'Answers', kind: 'number' },
      { title: 'p50', unit: 'ms', kind: 'number' },
      { title: 'Slowest', unit: 'ms', kind: 'number' },
      { title: 'Of it loading', unit: 'ms', kind: 'number' },
      { title: 'Multiple of warm', kind: 'number' },
      { title: 'Failed', kind: 'number' },
    ],
    rows: rows.map(({ request, subject, series }, index) => [
      rows[index - 1]?.request === request ? html`<span class="again">${request}</span>` : request,
      key(subject),
      startTitle(series.start),
      count(series.samples.length),
      p50[index],
      max[index],
      load[index],
      ofWarm[index],
      failures(series),
    ]),
  });
}

function againstWarm(cold: ColdSeries, { sequential }: BenchResult): Estimate | undefined {
  const warm = seriesOf(sequential, cold.subject, cold.request);
  return warm === undefined ? undefined : ratioOf(cold.samples, warm.samples);
}

function timeLine({ cold, sequential }: BenchResult, request: string, isPanel: boolean): Html {
  const points = (samples: readonly number[], state?: 'cold'): Point[] =>
    samples.map((y, index) => ({ x: index + 1, y, ...(state && { state }) }));
  const warm = seriesOf(sequential, 'function', request)?.samples ?? [];
  const series = [
    { label: 'warm', tone: 2 as Tone, points: points(warm) },
    ...STARTS.flatMap((start) => {
      const samples = coldOf(cold, 'function', request, start)?.samples;
      return samples === undefined
        ? []
        : [{ label: startTitle(start), tone: TONES[start], points: points(samples, 'cold') }];
    }),
  ];
  return figure({
    title: request,
    isPanel,
    chart: pointsChart({
      title: `Requests to ${request} in their order`,
      series,
      x: { title: 'request number' },
      y: { title: 'latency, ms', scale: 'auto' },
      height: 240,
      format: duration,
    }),
  });
}
