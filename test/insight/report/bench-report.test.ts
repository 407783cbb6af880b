import fc from 'fast-check';
import { expect, test } from 'vitest';

import { benchReport } from '../../../src/insight/report/bench-report.ts';
import type { BenchResult, BurstRound, ColdSeries, Estimate, Series } from '../../../src/insight/types.ts';
import { hasNoNumber, tagsOf } from './markup.ts';
import { articleBench } from './results.ts';

test('the answer comes first, with figures and intervals', () => {
  const text = textOf(benchReport(articleBench()));
  expect(text).toContain('segmentation: server or function?');
  expect(text).toContain('The server answers single requests faster; the function takes the burst better.');
  expect(text).toMatch(
    /Warm: at the median the function takes between 1\.1× \(1\.1–1\.2\) as long as the server \(GET \/jieba\) and 2\.\d× \(2\.\d–2\.\d\)/,
  );
  expect(text).toMatch(
    /Cold: a new instance that loads the app, as in a cloud, answers after \d+ ms, \d+× \(\d+–\d+\) the warm time; one made from a template process after/,
  );
  expect(text).toMatch(
    /Burst: of 301 requests at once to GET \/jieba, the slowest answer came after 3\.\d+ s from the server and after 1\.\d+ s to 1\.\d+ s from the function/,
  );
  expect(text).toContain(
    'Memory: the heaviest route (GET /jieba) needs 212 MB, the lightest (GET /hello/<name>) 52 MB',
  );
  expect(text).toMatch(/Failures: none of [\d,]+ requests\./);
});

test('bursts are told as the article tells them: total, succeeded, failed, exceptions, max, min of each round', () => {
  const bench = articleBench();
  const text = textOf(benchReport(bench));
  expect(text).toContain(
    'Subject Round Total Succeeded Failed Exceptions Max ms Min ms p50 ms p95 ms All after ms',
  );
  const { stats } = bench.bursts.find(({ subject, round }) => subject === 'server' && round === 2)!;
  expect(text).toContain(`server 2 301 301 0 0 ${Math.round(stats.max).toLocaleString('en')}`);
});

test('the words follow the figures', () => {
  const verdict = (change: (bench: BenchResult) => void) => {
    const bench = articleBench();
    change(bench);
    return /<p class="verdict">(.*?)<\/p>/.exec(benchReport(bench))?.[1];
  };
  const only = (subject: string) => (bench: BenchResult) => {
    bench.sequential = bench.sequential.filter((one) => one.subject === subject);
    bench.bursts = bench.bursts.filter((one) => one.subject === subject);
  };
  const swapped = (name: string) => ({ server: 'function', function: 'server' })[name] ?? name;
  expect(verdict(only('function'))).toBe(
    'What the function does was measured; there was no server to compare it with.',
  );
  expect(
    verdict((bench) => {
      bench.bursts = [];
    }),
  ).toBe('The server answers single requests faster.');
  expect(
    verdict((bench) => {
      bench.sequential = [];
    }),
  ).toBe('The function takes the burst better.');
  expect(
    verdict((bench) => {
      for (const one of bench.bursts) if (one.from === 'cold') one.stats = { ...one.stats, max: 60_000 };
    }),
  ).toBe(
    'The server answers single requests faster; the function takes the burst better once its instances have loaded the app.',
  );
  expect(
    verdict((bench) => {
      const quick = bench.bursts.map((one) => ({
        ...one,
        request: 'GET /',
        stats: { ...one.stats, max: 1 },
      }));
      bench.bursts = [...bench.bursts, ...quick];
    }),
  ).toBe('The server answers single requests faster; who takes the burst better depends on the route.');
  expect(
    verdict((bench) => {
      bench.bursts = bench.bursts
        .filter(({ from }) => from === 'warm')
        .map((one) => ({ ...one, subject: swapped(one.subject) }));
    }),
  ).toBe('The server answers single requests faster, and takes the burst better.');
  expect(
    verdict((bench) => {
      for (const one of bench.sequential.slice(0, 2)) one.subject = swapped(one.subject);
    }),
  ).toBe(
    'Which of the two answers single requests faster depends on the route; the function takes the burst better.',
  );
  expect(
    verdict((bench) => {
      for (const one of bench.sequential.slice(0, 2)) one.samples = bench.sequential[0]!.samples;
    }),
  ).toBe('The server answers single requests faster on 2 of 3 routes; the function takes the burst better.');
});

test('failures stand out and say their kinds', () => {
  const bench = articleBench();
  Object.assign(bench.sequential[1]!, { failed: 3, failures: { timeout: 2, 'status 500': 1 } });
  const text = textOf(benchReport(bench));
  expect(text).toMatch(/Failures: function 3, of [\d,]+ requests in all\./);
  expect(text).toContain('3 2 × timeout, 1 × status 500');
});

test('a machine that was not steady is told at the top', () => {
  const bench = articleBench();
  expect(benchReport(bench)).not.toContain('not steady');
  bench.circumstances.noise = { median: 1, p95: 4, runs: 50 };
  expect(textOf(benchReport(bench))).toMatch(
    /The machine was not steady while.*Route by route.*p95 is 4× the median/s,
  );
});

const amount = fc.oneof(fc.double({ min: 0, max: 1e5, noNaN: true }), fc.constantFrom(0, 1e-9, 0.5, 1e12));
const name = fc.oneof(
  fc.constantFrom('GET /', 'GET /a', 'bare handler'),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.constant('<img src=x onerror=alert(1)>'),
);
const subject = fc.oneof(fc.constantFrom('server', 'function', 'bare', 'other', 'constructor'), name);
const estimate = fc.tuple(amount, amount, amount).map((three): Estimate => {
  const [low, value, high] = three.sort((a, b) => a - b);
  return { value, low, high };
});
const stats = fc.record({
  count: fc.nat(500),
  mean: estimate,
  p50: estimate,
  p95: estimate,
  p99: estimate,
  min: amount,
  max: amount,
});
const series: fc.Arbitrary<Series> = fc.record({
  request: name,
  subject,
  samples: fc.array(amount, { maxLength: 8 }),
  failed: fc.nat(3),
  failures: fc.dictionary(name, fc.nat(5), { maxKeys: 2, noNullPrototype: true }),
  stats,
});
const cold: fc.Arbitrary<ColdSeries> = fc
  .tuple(series, fc.constantFrom('fresh' as const, 'template' as const), fc.array(amount, { maxLength: 3 }))
  .map(([one, start, initMs]) => ({ ...one, start, initMs }));
const burst: fc.Arbitrary<BurstRound> = fc.record(
  {
    subject,
    request: name,
    from: fc.constantFrom('cold', 'warm'),
    start: fc.constantFrom('fresh', 'template'),
    round: fc.nat(9),
    sent: fc.nat(9),
    succeeded: fc.nat(9),
    failed: fc.nat(9),
    exceptions: fc.nat(9),
    totalMs: amount,
    stats,
    points: fc.array(
      fc.record(
        { at: amount, ms: amount, ok: fc.boolean(), cold: fc.boolean() },
        { requiredKeys: ['at', 'ms', 'ok'] },
      ),
      { maxLength: 5 },
    ),
  },
  {
    requiredKeys: [
      'subject',
      'request',
      'from',
      'round',
      'sent',
      'succeeded',
      'failed',
      'exceptions',
      'totalMs',
      'stats',
      'points',
    ],
  },
);
const some = <T>(item: fc.Arbitrary<T>) => fc.array(item, { maxLength: 4 });
const result: fc.Arbitrary<BenchResult> = fc.record({
  kind: fc.constant('bench' as const),
  version: fc.constant(1 as const),
  circumstances: fc.record({
    time: name,
    ropeway: name,
    platform: name,
    cpu: name,
    cores: fc.nat(64),
    memoryMb: amount,
    node: name,
    noise: fc.record({ median: amount, p95: amount, runs: fc.nat(9) }),
  }),
  app: fc.record(
    { name, framework: name, runtime: fc.constantFrom('python', 'node', 'other') },
    { requiredKeys: ['name', 'runtime'] },
  ),
  requests: some(fc.record({ name, method: name, path: name })),
  subjects: some(fc.record({ name: subject, title: name, confinement: name })),
  sequential: some(series),
  cold: some(cold),
  bursts: some(burst),
  rates: some(
    fc.record({
      subject,
      request: name,
      perSecond: amount,
      achieved: amount,
      sent: fc.nat(),
      failed: fc.nat(3),
      stats,
    }),
  ),
  metering: some(
    fc.record(
      {
        request: name,
        calls: fc.nat(),
        durationMs: estimate,
        peakMemoryMb: amount,
        memoryLimitMb: amount,
        gbSeconds: amount,
        responseBytes: fc.nat(),
      },
      { requiredKeys: ['request', 'calls', 'durationMs', 'memoryLimitMb', 'gbSeconds', 'responseBytes'] },
    ),
  ),
  notes: some(name),
});

test('any result makes a page that is well formed, without what is no number and without what is not ours', () => {
  fc.assert(
    fc.property(result, (bench) => {
      const text = benchReport(bench);
      const tags = tagsOf(text);
      expect(
        tags.filter(({ name }) => ['script', 'img', 'iframe', 'object', 'form', 'base'].includes(name)),
      ).toEqual([]);
      for (const { attributes } of tags) {
        for (const key of Object.keys(attributes)) expect(key).not.toMatch(/^on|^src$/);
        if (attributes['href'] !== undefined) expect(attributes['href']).toMatch(/^#[a-z-]+$|^data:,$/);
        for (const key of ['d', 'x', 'y', 'cx', 'cy', 'width', 'height', 'viewBox'])
          expect(hasNoNumber(attributes[key] ?? '')).toBe(false);
      }
      // What the generator wrote is all that may say so.
      if (!hasNoNumber(JSON.stringify(bench))) expect(hasNoNumber(text)).toBe(false);
    }),
    { numRuns: 60 },
  );
});

/** What is read, tags left out. */
function textOf(page: string): string {
  return page
    .replace(/<style>.*?<\/style>|<svg.*?<\/svg>/gs, ' ')
    .replace(/<\/?(?:td|th|tr|p|li|h\d|section|span|div|title)[^>]*>/g, ' ')
    .replace(/<[^>]*>/g, '')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll(/[\s\u00a0]+/g, ' ');
}
