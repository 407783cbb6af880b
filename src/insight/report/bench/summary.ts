import { median } from '../../stats/quantile.ts';
import { ratioOf } from '../../stats/stats.ts';
import type { BenchResult, Estimate, Series } from '../../types.ts';
import type { Tone } from '../charts/chart.ts';
import { type Html, html, joined, type Part } from '../html.ts';
import { count, counted, digits, duration, megabytes, multiple } from '../numbers.ts';
import { coldOf, repeatedBursts, requestNames, seriesOf } from './reading.ts';

/** The answer first: a line, a few sentences with figures and intervals, and the figures that one remembers. */
export function summary(result: BenchResult): Html {
  const warm = comparedWarm(result);
  const burst = comparedBurst(result);
  const sentences = [
    warmSentence(warm),
    coldSentence(result),
    burstSentence(burst),
    memorySentence(result),
    failureSentence(result),
  ].filter((sentence) => sentence !== undefined);
  return html`<div class="summary"><p class="verdict">${verdict(warm, burst)}</p><p>${joined(sentences, ' ')}</p>${tiles(result, burst)}</div>
`;
}

interface Warm {
  request: string;
  server: Series;
  fn: Series;
  /** Function to server. */
  ratio: Estimate;
}

function comparedWarm(result: BenchResult): Warm[] {
  return requestNames(result).flatMap((request) => {
    const server = seriesOf(result.sequential, 'server', request);
    const fn = seriesOf(result.sequential, 'function', request);
    if (server === undefined || fn === undefined) return [];
    return [{ request, server, fn, ratio: ratioOf(fn.samples, server.samples) }];
  });
}

interface Burst {
  request: string;
  sent: number;
  rounds: number;
  server: number;
  /** From warm and from cold, the worst of the ways. */
  best: number;
  worst: number;
}

/** The burst that takes the server longest. */
function comparedBurst(result: BenchResult): Burst | undefined {
  const all = requestNames(result).flatMap((request): Burst[] => {
    const ways = repeatedBursts(result, request);
    const server = ways.find(({ name }) => name === 'server');
    const slowest = ways.filter(({ name }) => name === 'function').map((way) => way.slowest);
    if (server === undefined || slowest.length === 0) return [];
    const sent = server.rounds[0]?.sent ?? 0;
    return [
      {
        request,
        sent,
        rounds: server.rounds.length,
        server: server.slowest,
        best: Math.min(...slowest),
        worst: Math.max(...slowest),
      },
    ];
  });
  return all.toSorted((a, b) => b.server - a.server)[0];
}

/** `server`, `function`, or nothing where chance may be all that there is. */
function winnerOf({ ratio }: Warm): 'server' | 'function' | undefined {
  return ratio.low > 1 ? 'server' : ratio.high < 1 ? 'function' : undefined;
}

function verdict(warm: Warm[], burst: Burst | undefined): string {
  const winners = new Set(warm.map(winnerOf));
  const single = winners.size === 1 ? [...winners][0] : winners.size === 0 ? undefined : 'both';
  const bursts =
    burst === undefined
      ? undefined
      : burst.worst < burst.server
        ? 'function'
        : burst.best > burst.server
          ? 'server'
          : 'both';
  if (warm.length === 0 && burst === undefined)
    return 'What the function does was measured; there was no server to compare it with.';
  const first = {
    server: 'The server answers single requests faster',
    function: 'The function answers single requests faster',
    both: 'Which of the two answers single requests faster depends on the route',
    none: 'Single requests take about as long on the function as on the server',
  }[single ?? 'none'];
  if (bursts === undefined) return `${first}.`;
  if (bursts === 'both')
    return `${first}; the function takes the burst better only when its instances are ready.`;
  if (bursts === single) return `${first}, and takes the burst better.`;
  return `${first}; the ${bursts} takes the burst better.`;
}

function warmSentence(warm: Warm[]): Html | undefined {
  const sorted = warm.toSorted((a, b) => a.ratio.value - b.ratio.value);
  const [least, most] = [sorted[0], sorted.at(-1)];
  if (least === undefined || most === undefined) return undefined;
  const one = ({ request, ratio }: Warm) => html`${times(ratio)} on <code>${request}</code>`;
  const figures = least === most ? one(least) : html`from ${one(least)} to ${one(most)}`;
  const added = median(warm.map(({ server, fn }) => fn.stats.p50.value - server.stats.p50.value));
  const more = added >= 0 ? `${duration(added)} more` : `${duration(-added)} less`;
  return html`Warm and one at a time, the function takes ${figures} as long as the server at the median${warm.length > 1 ? ', on the route in the middle ' : ', '}${more}.`;
}

function coldSentence(result: BenchResult): Html | undefined {
  const figures = (['fresh', 'template'] as const).flatMap((start) => {
    const all = requestNames(result).flatMap((request) => {
      const cold = coldOf(result.cold, 'function', request, start);
      const warm = seriesOf(result.sequential, 'function', request);
      return cold === undefined || warm === undefined
        ? []
        : [{ cold, ratio: ratioOf(cold.samples, warm.samples) }];
    });
    // The route in the middle stands for all.
    const middle = all.toSorted((a, b) => a.cold.stats.p50.value - b.cold.stats.p50.value)[
      Math.floor((all.length - 1) / 2)
    ];
    return middle === undefined ? [] : [{ start, ms: middle.cold.stats.p50.value, ratio: middle.ratio }];
  });
  const [first, second] = figures;
  if (first === undefined) return undefined;
  const text = (figure: typeof first) => html`${duration(figure.ms)}, ${times(figure.ratio)} the warm time`;
  if (first.start === 'template') return html`A cold start from a template process takes ${text(first)}.`;
  return html`A cold start as in a cloud takes ${text(first)}${second !== undefined && html`; from a template process ${text(second)}`}.`;
}

function burstSentence(burst: Burst | undefined): Html | undefined {
  if (burst === undefined) return undefined;
  const { sent, request, server, best, worst, rounds } = burst;
  const fn =
    best === worst
      ? duration(best)
      : `between ${duration(best)} and ${duration(worst)}, depending on how many instances there were before,`;
  return html`Of ${counted(sent, 'request')} at once to <code>${request}</code>, the slowest answer came after ${fn} from the function and after ${duration(server)} from the server (median of ${counted(rounds, 'round')}).`;
}

function memorySentence({ metering }: BenchResult): Html | undefined {
  const peaks = metering.flatMap(({ request, peakMemoryMb }) =>
    peakMemoryMb === undefined ? [] : [{ request, peakMemoryMb }],
  );
  const sorted = peaks.toSorted((a, b) => a.peakMemoryMb - b.peakMemoryMb);
  const [least, most] = [sorted[0], sorted.at(-1)];
  if (least === undefined || most === undefined) return undefined;
  if (least === most) return html`<code>${most.request}</code> needs ${megabytes(most.peakMemoryMb)}.`;
  if (most.peakMemoryMb < least.peakMemoryMb * 1.2)
    return html`All routes need about the same memory, ${megabytes(most.peakMemoryMb)} at most.`;
  return html`The route that needs most memory, <code>${most.request}</code>, needs ${megabytes(most.peakMemoryMb)}, the one that needs least ${megabytes(least.peakMemoryMb)}: all of a function's memory is paid on every call.`;
}

function failureSentence(result: BenchResult): Html | undefined {
  const failed = new Map<string, number>();
  let sent = 0;
  const add = (subject: string, failures: number, all: number) => {
    failed.set(subject, (failed.get(subject) ?? 0) + failures);
    sent += all;
  };
  for (const one of [...result.sequential, ...result.cold])
    add(one.subject, one.failed, one.failed + one.samples.length);
  for (const one of result.bursts) add(one.subject, one.failed + one.exceptions, one.sent);
  for (const one of result.rates) add(one.subject, one.failed, one.sent);
  if (sent === 0) return undefined;
  const some = [...failed].filter(([, failures]) => failures > 0);
  if (some.length === 0) return html`None of the ${counted(sent, 'request')} failed.`;
  return html`<span class="bad">Failed of ${counted(sent, 'request')}: ${some.map(([subject, failures]) => `${subject} ${count(failures)}`).join(', ')}.</span>`;
}

interface Tile {
  tone: Tone;
  value: string;
  text: Part;
}

function tiles(result: BenchResult, burst: Burst | undefined): Part {
  const all = [
    ...warmTile(result, 'server', 1),
    ...warmTile(result, 'function', 2),
    ...coldTile(result),
    ...(burst === undefined
      ? []
      : [
          {
            tone: 1,
            value: duration(burst.server),
            text: `slowest of ${count(burst.sent)} at once, server`,
          } as const,
          {
            tone: 2,
            value: duration(burst.best),
            text: `slowest of ${count(burst.sent)} at once, function`,
          } as const,
        ]),
  ];
  if (all.length === 0) return undefined;
  return html`<ul class="tiles">${all.map(({ tone, value, text }) => html`<li class="tone${tone}"><strong>${value}</strong><span>${text}</span></li>`)}</ul>`;
}

function warmTile({ sequential }: BenchResult, subject: string, tone: Tone): Tile[] {
  const medians = sequential
    .filter((one) => one.subject === subject && one.samples.length > 0)
    .map(({ stats }) => stats.p50.value);
  return medians.length === 0
    ? []
    : [{ tone, value: duration(median(medians)), text: `warm request, ${subject}` }];
}

function coldTile({ cold }: BenchResult): Tile[] {
  for (const start of ['fresh', 'template'] as const) {
    const medians = cold
      .filter((one) => one.subject === 'function' && one.start === start && one.samples.length > 0)
      .map(({ stats }) => stats.p50.value);
    const text = start === 'fresh' ? 'cold start as in a cloud' : 'cold start from a template';
    if (medians.length > 0) return [{ tone: 4, value: duration(median(medians)), text }];
  }
  return [];
}

function times({ value, low, high }: Estimate): string {
  const most = value >= 10 ? count : (factor: number) => digits(factor, 2);
  return low === high ? multiple(value) : `${multiple(value)} (${most(low)}–${most(high)})`;
}
