import { extent } from 'd3-array';

import type { BenchResult, BurstRound } from '../../types.ts';
import { distributionChart } from '../charts/distribution.ts';
import { type Point, pointsChart } from '../charts/points.ts';
import type { Axis } from '../charts/scales.ts';
import { figure, panels } from '../figure.ts';
import { type Html, html, type Part } from '../html.ts';
import { column, count, duration } from '../numbers.ts';
import type { Section } from '../page.ts';
import { table } from '../table.ts';
import { type Repeated, repeatedBursts, requestNames } from './reading.ts';
import { key } from './routes.ts';

const MOST_ROUNDS = 6;
const MOST_REQUESTS = 4;
const FAR_APART = 40;

export function burstsSection(result: BenchResult): Section | undefined {
  const all = requestNames(result)
    .map((request) => ({ request, ways: repeatedBursts(result, request) }))
    .filter(({ ways }) => ways.length > 0);
  if (all.length === 0) return undefined;
  return {
    id: 'bursts',
    title: 'Bursts',
    lead: 'All requests are sent at once, several rounds of it. A server works through them one after the other; a function gets more instances, as many as it may have.',
    body: all.map(({ request, ways }, index) => [
      html`<h3>${request}</h3>`,
      roundsTable(ways),
      index < MOST_REQUESTS && figures(request, ways),
    ]),
  };
}

function roundsTable(ways: Repeated[]): Html {
  const rows = ways.flatMap((way) => way.rounds.map((round) => ({ way, round })));
  const measured = (pick: (round: BurstRound) => number) =>
    column(rows.map(({ round }) => (round.succeeded === 0 ? undefined : pick(round))));
  const max = measured(({ stats }) => stats.max);
  const min = measured(({ stats }) => stats.min);
  const p50 = measured(({ stats }) => stats.p50.value);
  const p95 = measured(({ stats }) => stats.p95.value);
  const total = column(rows.map(({ round }) => round.totalMs));
  return table({
    caption: 'Each round',
    columns: [
      { title: 'Subject', kind: 'text' },
      { title: 'Round', kind: 'number' },
      { title: 'Total', kind: 'number' },
      { title: 'Succeeded', kind: 'number' },
      { title: 'Failed', kind: 'number' },
      { title: 'Exceptions', kind: 'number' },
      { title: 'Max', unit: 'ms', kind: 'number' },
      { title: 'Min', unit: 'ms', kind: 'number' },
      { title: 'p50', unit: 'ms', kind: 'number' },
      { title: 'p95', unit: 'ms', kind: 'number' },
      { title: 'All after', unit: 'ms', kind: 'number' },
    ],
    rows: rows.map(({ way, round }, index) => [
      rows[index - 1]?.way === way ? html`<span class="again">${key(way)}</span>` : key(way),
      String(round.round),
      count(round.sent),
      count(round.succeeded),
      alarming(round.failed),
      alarming(round.exceptions),
      max[index],
      min[index],
      p50[index],
      p95[index],
      total[index],
    ]),
  });
}

function alarming(failures: number): Part {
  return failures === 0 ? '0' : html`<span class="bad">${count(failures)}</span>`;
}

function figures(request: string, ways: Repeated[]): Part {
  const rounds = [...new Set(ways.flatMap((way) => way.rounds.map(({ round }) => round)))].sort(
    (a, b) => a - b,
  );
  const shown = rounds.slice(0, MOST_ROUNDS);
  const latency = latencyAxis(
    ways.flatMap((way) => way.rounds.flatMap(({ points }) => points.map(({ ms }) => ms))),
  );
  const answered = ways.map(({ label, tone, rounds }) => ({
    label,
    tone,
    values: rounds.flatMap(({ points }) => points.filter(({ ok }) => ok).map(({ at, ms }) => at + ms)),
  }));
  return [
    panels(shown, (round, isPanel) => scatter({ request, ways, round, latency, isPanel })),
    figure({
      title: 'How soon how many were answered',
      note: `Counted from the start of a round, all rounds together${shown.length < rounds.length ? `; the first ${shown.length} of ${rounds.length} rounds are drawn above` : ''}.`,
      chart: distributionChart({
        title: `Answers to the burst of ${request}`,
        series: answered,
        x: { title: 'ms since the start', scale: 'auto' },
      }),
    }),
  ];
}

/** The same in all rounds, so that they can be compared; logarithmic when loading the app dwarfs the rest. */
function latencyAxis(all: number[]): Axis {
  const [least = 0, most = 1] = extent(all);
  const isLog = least > 0 && most / least > FAR_APART;
  return {
    title: 'latency, ms',
    scale: isLog ? 'log' : 'linear',
    domain: isLog ? [least / 1.15, most * 1.15] : [0, most],
  };
}

interface Scatter {
  request: string;
  ways: Repeated[];
  round: number;
  latency: Axis;
  isPanel: boolean;
}

function scatter({ request, ways, round, latency, isPanel }: Scatter): Html {
  const series = ways.flatMap(({ label, tone, rounds }) => {
    const points = rounds.find((one) => one.round === round)?.points;
    return points === undefined ? [] : [{ label, tone, points: inOrder(points) }];
  });
  return figure({
    title: isPanel ? `Round ${round}` : 'Each request',
    isPanel,
    chart: pointsChart({
      title: `Burst of ${request}, round ${round}`,
      series,
      x: {
        title: 'request in the order sent',
        domain: [0, Math.max(...series.map(({ points }) => points.length), 1)],
      },
      y: latency,
      height: 260,
      coldLabel: 'answered by a new instance',
      format: duration,
    }),
  });
}

function inOrder(points: BurstRound['points']): Point[] {
  return points
    .toSorted((a, b) => a.at - b.at)
    .map(({ ms, ok, cold }, index): Point => ({
      x: index + 1,
      y: ms,
      ...(ok ? cold === true && { state: 'cold' } : { state: 'failed' }),
    }));
}
