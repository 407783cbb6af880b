import { ratioOf } from '../../stats/stats.ts';
import type { BenchResult, Estimate, Series } from '../../types.ts';
import { repeatedBursts, requestNames, seriesOf } from './reading.ts';

export interface Warm {
  request: string;
  server: Series;
  fn: Series;
  /** Function to server. */
  ratio: Estimate;
}

export function comparedWarm(result: BenchResult): Warm[] {
  return requestNames(result).flatMap((request) => {
    const server = seriesOf(result.sequential, 'server', request);
    const fn = seriesOf(result.sequential, 'function', request);
    if (server === undefined || fn === undefined) return [];
    return [{ request, server, fn, ratio: ratioOf(fn.samples, server.samples) }];
  });
}

export interface Burst {
  request: string;
  sent: number;
  rounds: number;
  server: number;
  /** From warm and from cold, the worst of the ways. */
  best: number;
  worst: number;
}

/** Bursts of all routes, the one that takes the server longest first. */
export function comparedBursts(result: BenchResult): Burst[] {
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
  return all.toSorted((a, b) => b.server - a.server);
}

/** One line: who answers single requests faster, and who takes the burst better. */
export function verdict(warm: Warm[], bursts: Burst[]): string {
  if (warm.length === 0 && bursts.length === 0)
    return 'What the function does was measured; there was no server to compare it with.';
  const first = warm.length === 0 ? undefined : singleVerdict(warm);
  const second = burstsVerdict(bursts);
  if (first === undefined) return `${(second ?? '').replace(/^./, (first) => first.toUpperCase())}.`;
  if (second === undefined) return `${first.text}.`;
  return second === `the ${first.winner} ${TAKES_IT}`
    ? `${first.text}, and ${TAKES_IT}.`
    : `${first.text}; ${second}.`;
}

const TAKES_IT = 'takes the burst better';

function singleVerdict(warm: Warm[]): { text: string; winner?: string } {
  const won = (winner: string) => warm.filter((one) => winnerOf(one) === winner).length;
  const [server, fn] = [won('server'), won('function')];
  if (server === 0 && fn === 0)
    return { text: 'Single requests take about as long on the function as on the server' };
  if (server > 0 && fn > 0)
    return { text: 'Which of the two answers single requests faster depends on the route' };
  const winner = server > 0 ? 'server' : 'function';
  const where = server + fn === warm.length ? '' : ` on ${server + fn} of ${warm.length} routes`;
  return { text: `The ${winner} answers single requests faster${where}`, winner };
}

/** Nothing where chance may be all that there is. */
function winnerOf({ ratio }: Warm): string | undefined {
  return ratio.low > 1 ? 'server' : ratio.high < 1 ? 'function' : undefined;
}

function burstsVerdict(bursts: Burst[]): string | undefined {
  const [first, ...others] = bursts.map(burstVerdict);
  return others.every((one) => one === first) ? first : 'who takes the burst better depends on the route';
}

function burstVerdict({ server, best, worst }: Burst): string {
  if (worst < server) return `the function ${TAKES_IT}`;
  if (best >= server) return `the server ${TAKES_IT}`;
  return `the function ${TAKES_IT} once its instances have loaded the app`;
}
