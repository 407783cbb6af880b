import { median } from '../../stats/quantile.ts';
import type { BenchResult, Series } from '../../types.ts';
import { barsChart } from '../charts/bars.ts';
import { figure } from '../figure.ts';
import { html, type Part } from '../html.ts';
import { digits, duration, fixed, share } from '../numbers.ts';
import type { Section } from '../page.ts';
import { table } from '../table.ts';
import { coldOf, requestNames, startTitle } from './reading.ts';

interface Compared {
  what: string;
  bare: Series;
  /** The app's route that is the quickest at it: nearest to the framework alone. */
  app: Series;
}

/** What of a function's time is platform and gateway (the bare handler has nothing else), and what is framework and app. */
export function bareSection(result: BenchResult): Section | undefined {
  const compared = [
    ...pair('warm request', result.sequential),
    ...(['fresh', 'template'] as const).flatMap((start) =>
      pair(
        `cold start, ${startTitle(start)}`,
        result.cold.filter((one) => one.start === start),
      ),
    ),
  ];
  if (compared.length === 0) return undefined;
  return {
    id: 'bare',
    title: 'Platform or framework?',
    lead: 'A handler without a framework is the control: what it takes is gateway, platform and process. What the app takes beyond it is framework and libraries. The app is shown with the route that is the quickest.',
    body: [
      figure({
        title: 'The app against a bare handler',
        chart: barsChart({
          title: 'The app against a bare handler',
          groups: [
            { label: 'bare function', tone: 3 },
            { label: 'function with the app', tone: 2 },
          ],
          categories: compared.map(({ what, bare, app }) => ({
            label: what,
            bars: [bare.stats.p50, app.stats.p50],
          })),
          value: { title: 'median, ms', scale: 'auto' },
        }),
      }),
      table({
        caption: 'Where the time goes',
        columns: [
          { title: 'Measured', kind: 'text' },
          { title: 'Route of the app', kind: 'text' },
          { title: 'Bare', kind: 'number' },
          { title: 'With the app', kind: 'number' },
          { title: 'Framework and app', kind: 'number' },
          { title: 'Share', kind: 'number' },
        ],
        rows: compared.map(({ what, bare, app }) => {
          const [without, withIt] = [bare.stats.p50.value, app.stats.p50.value];
          const more = Math.max(withIt - without, 0);
          return [
            what,
            html`<code>${app.request}</code>`,
            duration(without),
            duration(withIt),
            duration(more),
            withIt > 0 ? share(more / withIt) : '–',
          ];
        }),
      }),
      slowestToAverage(result),
    ],
  };
}

function pair(what: string, list: readonly Series[]): Compared[] {
  const quickest = (subject: string) =>
    list
      .filter((one) => one.subject === subject && one.samples.length > 0)
      .toSorted((a, b) => a.stats.p50.value - b.stats.p50.value)[0];
  const [bare, app] = [quickest('bare'), quickest('function')];
  return bare === undefined || app === undefined ? [] : [{ what, bare, app }];
}

/** One cold request among the warm ones, as a client meets them who comes to a function at rest. */
function slowestToAverage(result: BenchResult): Part {
  const parts = requestNames(result).flatMap((request) =>
    ['bare', 'function'].flatMap((subject) => {
      const warm =
        result.sequential.find((one) => one.subject === subject && one.request === request)?.samples ?? [];
      const cold = coldOf(result.cold, subject, request, 'fresh')?.samples ?? [];
      if (warm.length === 0 || cold.length === 0) return [];
      const first = median(cold);
      const average = warm.reduce((sum, ms) => sum + ms, first) / (warm.length + 1);
      return [
        {
          request: subject === 'bare' ? 'bare function' : request,
          warm: warm.length,
          slowest: Math.max(first, ...warm),
          average,
        },
      ];
    }),
  );
  return table({
    caption: 'Slowest against average, one cold start among the warm requests',
    columns: [
      { title: 'Route', kind: 'text' },
      { title: 'Warm requests', kind: 'number' },
      { title: 'Slowest', unit: 'ms', kind: 'number' },
      { title: 'Average', unit: 'ms', kind: 'number' },
      { title: 'Slowest to average', kind: 'number' },
    ],
    rows: parts.map(({ request, warm, slowest, average }) => [
      request,
      String(warm),
      digits(slowest),
      digits(average),
      average > 0 ? `${fixed(slowest / average, 1)}×` : '–',
    ]),
  });
}
