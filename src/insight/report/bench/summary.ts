import { median } from '../../stats/quantile.ts';
import { ratioOf } from '../../stats/stats.ts';
import type { BenchResult, Estimate } from '../../types.ts';
import type { Tone } from '../charts/chart.ts';
import { isSteady } from '../circumstances.ts';
import { type Html, html, type Part } from '../html.ts';
import { count, counted, digits, duration, megabytes, multiple } from '../numbers.ts';
import { coldOf, requestNames, seriesOf } from './reading.ts';
import { type Burst, comparedBursts, comparedWarm, verdict, type Warm } from './verdict.ts';

/** The answer first: a line, a few sentences with figures and intervals, and the figures that one remembers. */
export function summary(result: BenchResult): Html {
  const warm = comparedWarm(result);
  const bursts = comparedBursts(result);
  const facts = [
    ['Warm', warmSentence(warm)],
    ['Cold', coldSentence(result)],
    ['Burst', burstSentence(bursts)],
    ['Memory', memorySentence(result)],
    ['Failures', failureSentence(result)],
  ] as const;
  const told = facts.filter(([, sentence]) => sentence !== undefined);
  return html`<div class="summary"><p class="verdict">${verdict(warm, bursts)}</p>${tiles(result, bursts[0])}<ul class="facts">${told.map(([name, sentence]) => html`<li><b>${name}:</b> ${sentence}</li>`)}</ul>${
    !isSteady(result.circumstances) &&
    html`<p class="bad">The machine was not steady while this was measured: see the circumstances.</p>`
  }</div>
`;
}

/** Memory of routes that differs by less than this factor is the same for who chooses a size. */
const ABOUT_THE_SAME = 1.2;

function warmSentence(warm: Warm[]): Html | undefined {
  const sorted = warm.toSorted((a, b) => a.ratio.value - b.ratio.value);
  const [least, most] = [sorted[0], sorted.at(-1)];
  if (least === undefined || most === undefined) return undefined;
  const added = median(warm.map(({ server, fn }) => fn.stats.p50.value - server.stats.p50.value));
  const more = `${duration(Math.abs(added))} ${added >= 0 ? 'more' : 'less'}`;
  if (least === most)
    return html`the function takes ${times(most.ratio)} as long as the server at the median, ${more}.`;
  return html`at the median the function takes between ${times(least.ratio)} as long as the server (<code>${least.request}</code>) and ${times(most.ratio)} (<code>${most.request}</code>); on the route in the middle, ${more}.`;
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
  if (first.start === 'template')
    return html`a new instance made from a template process answers after ${text(first)}.`;
  return html`a new instance that loads the app, as in a cloud, answers after ${text(first)}${second !== undefined && html`; one made from a template process after ${text(second)}`}.`;
}

function burstSentence(bursts: Burst[]): Html | undefined {
  const [heaviest, lightest] = [bursts[0], bursts.at(-1)];
  if (heaviest === undefined || lightest === undefined) return undefined;
  const { sent, request, server, best, worst, rounds } = heaviest;
  const two = best !== worst;
  const fn = two
    ? html`${duration(best)} to ${duration(worst)} from the function, as its instances were there or had to be made`
    : html`${duration(best)} from the function`;
  const other =
    lightest !== heaviest &&
    html`; to <code>${lightest.request}</code>, after ${duration(lightest.server)} and ${duration(lightest.best)}${lightest.best !== lightest.worst && ` to ${duration(lightest.worst)}`}`;
  return html`of ${counted(sent, 'request')} at once to <code>${request}</code>, the slowest answer came after ${duration(server)} from the server and after ${fn}${other}${rounds > 1 && ` (medians of ${counted(rounds, 'round')})`}.`;
}

function memorySentence({ metering, sequential }: BenchResult): Html | undefined {
  const isBare = (request: string) =>
    seriesOf(sequential, 'bare', request) !== undefined &&
    seriesOf(sequential, 'function', request) === undefined;
  const peaks = metering.flatMap(({ request, peakMemoryMb: mb }) =>
    mb === undefined || isBare(request) ? [] : [{ request, mb }],
  );
  const sorted = peaks.toSorted((a, b) => a.mb - b.mb);
  const [least, most] = [sorted[0], sorted.at(-1)];
  if (least === undefined || most === undefined) return undefined;
  if (least === most) return html`<code>${most.request}</code> needs ${megabytes(most.mb)}.`;
  if (most.mb < least.mb * ABOUT_THE_SAME)
    return html`all routes need about the same, ${megabytes(most.mb)} at most.`;
  return html`the heaviest route (<code>${most.request}</code>) needs ${megabytes(most.mb)}, the lightest (<code>${least.request}</code>) ${megabytes(least.mb)}; in one function every call pays for the heaviest.`;
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
  const of = counted(sent, 'request');
  if (some.length === 0) return html`none of ${of}.`;
  const failures = some.map(([subject, failures]) => `${subject} ${count(failures)}`).join(', ');
  return html`<span class="bad">${failures}, of ${of} in all.</span>`;
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
