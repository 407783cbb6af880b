import fc from 'fast-check';
import { expect, test } from 'vitest';

import { barsChart } from '../../../src/insight/report/charts/bars.ts';
import type { Chart, Tone } from '../../../src/insight/report/charts/chart.ts';
import { distributionChart } from '../../../src/insight/report/charts/distribution.ts';
import { icicleChart, type IcicleNode } from '../../../src/insight/report/charts/icicle.ts';
import { linesChart } from '../../../src/insight/report/charts/lines.ts';
import { pointsChart } from '../../../src/insight/report/charts/points.ts';
import { textWidth } from '../../../src/insight/report/charts/text-width.ts';
import { figure } from '../../../src/insight/report/figure.ts';
import { hasNoNumber, type Tag, tagsOf } from './markup.ts';

test('a distribution has a line per series and dots at its percentiles', () => {
  const values = Array.from({ length: 100 }, (_, index) => index + 1);
  const chart = distributionChart({
    title: 'Latency',
    series: [
      { label: 'server', tone: 1, values },
      { label: 'function', tone: 2, values: values.map((value) => value * 2), dashed: true },
      { label: 'nothing', tone: 3, values: [] },
    ],
    x: { title: 'ms', domain: [0, 200] },
  });
  const tags = tagsOf(chart.draw(720).toString());
  expect(chart.legend).toEqual([
    { label: 'server', tone: 1, mark: 'line' },
    { label: 'function', tone: 2, mark: 'dashed' },
  ]);
  expect(named(tags, 'desc')[0]?.text).toBe(
    'server: 50 % within 50.5 ms, 95 % within 95 ms, 99 % within 99 ms; function: 50 % within 101 ms, 95 % within 190 ms, 99 % within 198 ms.'.replaceAll(
      /(?<=\d) (?=ms)/g,
      '\u00a0',
    ),
  );
  const [server, , , functionDot] = named(tags, 'circle');
  // 50.5 and 101 of 200, on a field from the axis' labels to 10 px before the border.
  const left = Number(/^M([\d.]+)/.exec(axisOf(tags))?.[1]);
  expect(Number(server?.attributes['cx'])).toBeCloseTo(left + (710 - left) * (50.5 / 200), 0);
  expect(Number(functionDot?.attributes['cx'])).toBeCloseTo(left + (710 - left) * (101 / 200), 0);
});

test('values far apart get a logarithmic axis with ticks at 1, 2, 5; a value of 0 does not', () => {
  const ticks = (values: number[]) =>
    texts(
      tagsOf(
        distributionChart({ title: 'L', series: [{ label: 's', tone: 1, values }] })
          .draw(720)
          .toString(),
      ),
      'tick',
    ).slice(5);
  expect(ticks([1, 5, 100])).toEqual(['1', '2', '5', '10', '20', '50', '100']);
  expect(ticks([0, 5, 100])).toEqual(['0', '10', '20', '30', '40', '50', '60', '70', '80', '90', '100']);
  expect(ticks([0.001, 1e7])).toEqual(['0.01', '1', '100', '10,000', '1,000,000']);
});

test('cold starts are rings, failures are crosses, and the legend tells so', () => {
  const chart = pointsChart({
    title: 'Burst',
    series: [
      {
        label: 'server',
        tone: 1,
        points: [
          { x: 0, y: 1 },
          { x: 1, y: 2 },
        ],
      },
      {
        label: 'function',
        tone: 2,
        points: [
          { x: 0, y: 40, state: 'cold' },
          { x: 1, y: 3, state: 'failed' },
          { x: 2, y: 3 },
        ],
      },
    ],
    x: { title: 'request' },
    y: { title: 'ms' },
  });
  const tags = tagsOf(chart.draw(340).toString());
  expect(chart.legend.map(({ label, mark }) => `${label} ${mark}`)).toEqual([
    'server dot',
    'function dot',
    'cold start ring',
    'failed cross',
  ]);
  expect(withClass(tags, 'ring')).toHaveLength(1);
  expect(withClass(tags, 'cross')).toHaveLength(1);
  expect(withClass(tags, 'dots').map(({ attributes }) => attributes['d']?.match(/M/g)?.length)).toEqual([
    2, 1,
  ]);
  expect(named(tags, 'desc')[0]?.text).toBe(
    'server: 2\u00a0requests, 0 cold, 0 failed; function: 3\u00a0requests, 1 cold, 1 failed.',
  );
});

test('bars are as long as their values, with whiskers for intervals', () => {
  const chart = barsChart({
    title: 'Median',
    groups: [
      { label: 'server', tone: 1 },
      { label: 'function', tone: 2 },
    ],
    categories: [
      { label: 'GET /a', bars: [{ value: 10 }, { value: 20, low: 19, high: 22 }] },
      { label: 'GET /b', bars: [undefined, { value: 5 }] },
    ],
    value: { title: 'ms' },
  });
  const tags = tagsOf(chart.draw(720).toString());
  const [a, b, c] = withClass(tags, 'bar').map(({ attributes }) => Number(attributes['width']));
  expect(b! / a!).toBeCloseTo(2, 1);
  expect(b! / c!).toBeCloseTo(4, 1);
  expect(withClass(tags, 'whisker')).toHaveLength(1);
  expect(texts(tags, 'bar-value')).toEqual(['10\u00a0ms', '20\u00a0ms', '5\u00a0ms']);
});

test('lines go through their points, with bands, dots and marks', () => {
  const chart = linesChart({
    title: 'Cost',
    series: [
      {
        label: 'SCF',
        tone: 2,
        points: [
          { x: 1, y: 1, low: 0.5, high: 2 },
          { x: 100, y: 10 },
          { x: 10_000, y: 100 },
        ],
      },
    ],
    x: { title: 'requests', scale: 'log', domain: [1, 10_000] },
    y: { title: 'USD', scale: 'log' },
    dots: true,
    marks: [
      { x: 100, label: 'break-even' },
      { x: 1e9, label: 'outside' },
    ],
  });
  const tags = tagsOf(chart.draw(720).toString());
  const dots = named(tags, 'circle').map(({ attributes }) => [
    Number(attributes['cx']),
    Number(attributes['cy']),
  ]);
  expect(dots[1]?.[0]).toBeCloseTo((dots[0]![0]! + dots[2]![0]!) / 2, 0);
  expect(dots[1]?.[1]).toBeCloseTo((dots[0]![1]! + dots[2]![1]!) / 2, 0);
  expect(withClass(tags, 'band')).toHaveLength(1);
  expect(texts(tags, 'mark-label')).toEqual(['break-even']);
});

test('boxes of an icicle lie below their parents and are as wide as what they take', () => {
  const leaf = (label: string, self: number, children: IcicleNode[] = []): IcicleNode => ({
    label,
    self,
    tone: 1,
    children,
  });
  const chart = icicleChart({
    title: 'Imports',
    root: leaf('app', 10, [
      leaf('flask', 20, [leaf('werkzeug', 30)]),
      leaf('<jieba>', 40),
      leaf('tiny', 0.01),
    ]),
    legend: [{ label: 'all', tone: 1 }],
  });
  const tags = tagsOf(chart.draw(1000).toString());
  const boxes = named(tags, 'rect').map(({ attributes }) =>
    ['x', 'y', 'width'].map((key) => Math.round(Number(attributes[key]))),
  );
  expect(boxes).toEqual([
    [0, 0, 999],
    [0, 22, 499],
    [500, 22, 399],
    [0, 44, 299],
  ]);
  expect(texts(tags, 'cell-text')).toEqual([
    'app  100\u00a0ms',
    'flask  50\u00a0ms',
    '<jieba>  40\u00a0ms',
    'werkzeug  30\u00a0ms',
  ]);
  expect(named(tags, 'title').map(({ text }) => text)).toContain(
    'flask\n50\u00a0ms (50 %), 20\u00a0ms of its own',
  );
});

const numbers = fc.oneof(
  fc.double({ noNaN: true }),
  fc.constantFrom(0, -1, 1e-12, Number.MAX_VALUE, Infinity, -Infinity, Number.NaN),
  fc.double({ min: 0, max: 1e5 }),
);
const text = fc.string({ unit: 'binary', maxLength: 80 });
const tone = fc.constantFrom<Tone>(0, 1, 2, 3, 4, 5, 6);
const axis = fc.record(
  { title: text, scale: fc.constantFrom('linear', 'log', 'auto') },
  { requiredKeys: ['title'] },
);
const some = <T>(item: fc.Arbitrary<T>) => fc.array(item, { maxLength: 6 });
const point = fc.record({
  x: numbers,
  y: numbers,
  state: fc.constantFrom(undefined, 'cold', 'failed'),
  low: numbers,
  high: numbers,
});
const { trees } = fc.letrec<{ trees: IcicleNode; children: IcicleNode[] }>((tie) => ({
  trees: fc.record({ label: text, self: numbers, tone, detail: text, children: tie('children') }),
  children: fc.oneof(
    { maxDepth: 4 },
    fc.constant<IcicleNode[]>([]),
    fc.array(tie('trees'), { maxLength: 4 }),
  ),
}));
const drawings = fc.oneof<fc.Arbitrary<Chart>[]>(
  fc
    .record({ title: text, series: some(fc.record({ label: text, tone, values: some(numbers) })) })
    .map((o) => distributionChart(o)),
  fc
    .record({
      title: text,
      series: some(fc.record({ label: text, tone, points: some(point) })),
      x: axis,
      y: axis,
      joined: fc.boolean(),
    })
    .map((o) => pointsChart(o)),
  fc
    .record({
      title: text,
      series: some(fc.record({ label: text, tone, points: some(point) })),
      x: axis,
      y: axis,
      dots: fc.boolean(),
      curve: fc.constantFrom('step', 'linear'),
      marks: some(fc.record({ x: numbers, label: text })),
    })
    .map((o) => linesChart(o)),
  fc
    .record({
      title: text,
      groups: some(fc.record({ label: text, tone })),
      categories: some(
        fc.record({
          label: text,
          bars: some(
            fc.option(fc.record({ value: numbers, low: numbers, high: numbers }), { nil: undefined }),
          ),
        }),
      ),
      value: axis,
    })
    .map((o) => barsChart(o)),
  trees.map((root) => icicleChart({ title: 'i', root, legend: [] })),
);

test('any data makes well-formed pictures of numbers whose text stays inside', () => {
  fc.assert(
    fc.property(drawings, fc.constantFrom(340, 720), (chart, width) => {
      const drawn = chart.draw(width).toString();
      const tags = tagsOf(drawn);
      for (const { name, attributes } of tags)
        for (const [key, value] of Object.entries(attributes)) {
          if (key === 'd' || ['x', 'y', 'cx', 'cy', 'width', 'height', 'viewBox'].includes(key))
            expect(value, `${name} ${key}`).toMatch(/^[\d\s.,MLHVAZmvhl-]*$/);
        }
      expect(tagsOf(figure({ title: 'x', chart }).toString()).length).toBeGreaterThan(0);
      const labels = tags.filter((tag) => tag.name === 'text' && tag.attributes['class'] === 'tick');
      for (const { text, attributes } of labels) {
        const start =
          Number(attributes['x']) - textWidth(text) * (attributes['text-anchor'] === 'end' ? 1 : 0.5);
        expect(start, text).toBeGreaterThanOrEqual(-1);
      }
    }),
    { numRuns: 300 },
  );
});

test('what is not there is said so', () => {
  const chart = distributionChart({ title: 'L', series: [] });
  expect(chart.draw(340).toString()).toContain('Nothing was measured.');
  expect(hasNoNumber(chart.draw(340).toString())).toBe(false);
});

function named(tags: Tag[], name: string): Tag[] {
  return tags.filter((tag) => tag.name === name);
}

function withClass(tags: Tag[], name: string): Tag[] {
  return tags.filter(({ attributes }) => attributes['class']?.split(' ').includes(name));
}

function texts(tags: Tag[], name: string): string[] {
  return withClass(tags, name)
    .filter((tag) => tag.name === 'text')
    .map(({ text }) => text);
}

function axisOf(tags: Tag[]): string {
  return withClass(tags, 'axis')[0]?.attributes['d'] ?? '';
}
