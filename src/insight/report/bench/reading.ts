import { median } from '../../stats/quantile.ts';
import type { BenchResult, BurstRound, ColdSeries, Series } from '../../types.ts';
import type { Tone } from '../charts/chart.ts';

/** What a subject is called and coloured, the same everywhere on the page. */
export interface Named {
  name: string;
  label: string;
  tone: Tone;
}

// Maps, since a subject may be called like something that every object has.
const FIXED = new Map<string, Tone>([
  ['server', 1],
  ['function', 2],
  ['bare', 3],
]);
const LABELS = new Map([['bare', 'bare function']]);

export function namedSubjects({ subjects }: BenchResult): Named[] {
  const others: Tone[] = [4, 5, 6];
  let next = 0;
  return subjects.map(({ name }) => ({
    name,
    label: LABELS.get(name) ?? name,
    tone: FIXED.get(name) ?? others[next++ % others.length] ?? 0,
  }));
}

/** Names of the requests in the order of the result, with those that only its series name after them. */
export function requestNames({ requests, sequential, bursts }: BenchResult): string[] {
  const all = [
    ...requests.map(({ name }) => name),
    ...[...sequential, ...bursts].map(({ request }) => request),
  ];
  return [...new Set(all)];
}

/** A series with at least one answer. */
export function seriesOf<S extends Series>(
  list: readonly S[],
  subject: string,
  request: string,
): S | undefined {
  return list.find((one) => one.subject === subject && one.request === request && one.samples.length > 0);
}

export function coldOf(
  list: readonly ColdSeries[],
  subject: string,
  request: string,
  start: ColdSeries['start'],
): ColdSeries | undefined {
  return seriesOf(
    list.filter((one) => one.start === start),
    subject,
    request,
  );
}

/** The rounds of a burst that was repeated under the same conditions. */
export interface Repeated extends Named {
  rounds: BurstRound[];
  /** Median over the rounds of the slowest answer of each, ms. */
  slowest: number;
}

const WAYS: Record<string, { label: string; tone: Tone }> = {
  warm: { label: '', tone: 2 },
  cold: { label: ', from cold', tone: 4 },
  'cold template': { label: ', from cold (template)', tone: 5 },
  'cold fresh': { label: ', from cold (as in a cloud)', tone: 4 },
};

/** Server first, then the function from warm, from cold with a template, from cold as in a cloud. */
export function repeatedBursts(result: BenchResult, request: string): Repeated[] {
  return namedSubjects(result).flatMap((subject) =>
    Object.entries(WAYS).flatMap(([way, { label, tone }]) => {
      const rounds = result.bursts
        .filter((one) => one.subject === subject.name && one.request === request && wayOf(one) === way)
        .sort((a, b) => a.round - b.round);
      if (rounds.length === 0) return [];
      return [
        {
          name: subject.name,
          label: subject.label + label,
          tone: way === 'warm' ? subject.tone : tone,
          rounds,
          slowest: median(rounds.map(({ stats }) => stats.max)),
        },
      ];
    }),
  );
}

export function startTitle(start: ColdSeries['start']): string {
  return start === 'fresh' ? 'as in a cloud' : 'template process';
}

function wayOf({ from, start }: BurstRound): string {
  return from === 'warm' ? 'warm' : start === undefined ? 'cold' : `cold ${start}`;
}
