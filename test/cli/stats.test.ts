import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';

import { createGroups, type NamedGroup } from '../../src/cli/commands/stats/groups.ts';
import { Percentiles } from '../../src/cli/commands/stats/percentiles.ts';
import { routeName } from '../../src/cli/commands/stats/route-name.ts';
import type { InvocationRecord } from '../../src/platform/types.ts';
import { ropeway } from '../support/command.ts';
import { recordFolder, testRecord, timeAt } from '../support/records.ts';

/** The percentile by its definition. */
function exactly(values: number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(1, Math.ceil(share * sorted.length)) - 1]!;
}

function percentilesOf(values: number[]): Percentiles {
  const percentiles = new Percentiles();
  for (const value of values) percentiles.add(value);
  return percentiles;
}

const shares = fc.constantFrom(0.01, 0.5, 0.95, 0.99, 1);
const times = fc.oneof(fc.constant(0), fc.double({ min: 1e-3, max: 1e7, noNaN: true }), fc.nat(1000));

describe('percentiles', () => {
  it('are exact for few values', () => {
    fc.assert(
      fc.property(fc.array(times, { minLength: 1 }), shares, (values, share) => {
        const percentiles = percentilesOf(values);
        expect(percentiles.isExact).toBe(true);
        expect(percentiles.at(share)).toBe(exactly(values, share));
      }),
    );
  });

  it('are within 1 % for many, however they are spread', () => {
    const spread = fc.record({
      seeds: fc.array(times, { minLength: 1 }),
      step: fc.integer({ min: 1, max: 97 }),
    });
    fc.assert(
      fc.property(spread, shares, ({ seeds, step }, share) => {
        const values = Array.from(
          { length: 5000 },
          (_, index) => seeds[index % seeds.length]! * (1 + (index * step) / 1000),
        );
        const percentiles = percentilesOf(values);
        expect(percentiles.isExact).toBe(false);
        const exact = exactly(values, share);
        expect(Math.abs(percentiles.at(share)! - exact)).toBeLessThanOrEqual(exact * 0.01 * (1 + 1e-9));
      }),
    );
  });

  it('are those of all values after a merge', () => {
    const sizes = fc.constantFrom(0, 3, 3000, 5000);
    fc.assert(
      fc.property(sizes, sizes, shares, (first, second, share) => {
        const a = Array.from({ length: first }, (_, index) => index * 1.5);
        const b = Array.from({ length: second }, (_, index) => 1000 + index / 3);
        const percentiles = percentilesOf(a);
        percentiles.merge(percentilesOf(b));
        expect(percentiles.count).toBe(first + second);
        if (first + second === 0) {
          expect(percentiles.at(share)).toBeUndefined();
          return;
        }
        const exact = exactly([...a, ...b], share);
        expect(percentiles.isExact).toBe(first + second <= 4096);
        expect(Math.abs(percentiles.at(share)! - exact)).toBeLessThanOrEqual(exact * 0.01 * (1 + 1e-9));
      }),
      { numRuns: 60 },
    );
  });
});

describe('a route', () => {
  it.each<[Partial<InvocationRecord>, string]>([
    [{ path: '/' }, 'GET /'],
    [{ path: '/users/7?page=2', method: 'POST' }, 'POST /users/*'],
    [{ path: '/users/7/posts/12/' }, 'GET /users/*/posts/*/'],
    [{ path: '/o/2f1c9a3e-1111-4222-8333-123456789ABC' }, 'GET /o/*'],
    [{ path: '/o/507f1f77bcf86cd799439011' }, 'GET /o/*'],
    [{ path: '/v2/facade' }, 'GET /v2/facade'],
    [{ path: '/shop/7', route: '/shop/{id}' }, '/shop/{id}'],
    [{ path: '/shop/7', route: '/shop/*' }, 'GET /shop/*'],
    [{ path: '/shop/7', route: '/*' }, 'GET /shop/*'],
    [{ path: `/${'x'.repeat(500)}` }, `GET /${'x'.repeat(118)}…`],
  ])('of %o', (values, name) => {
    expect(routeName(testRecord(values))).toBe(name);
  });
});

describe('groups', () => {
  const list = (groups: NamedGroup[]): [string, number][] =>
    groups.map(({ name, group }) => [name, group.count]);

  it('are bounded in number; those with the most requests are told, the rest is one', () => {
    const groups = createGroups('route', 2);
    for (let index = 0; index < 50; index += 1) {
      groups.add(testRecord({ path: `/scan-${index}` }));
      groups.add(testRecord({ path: '/hot' }));
      if (index > 9) groups.add(testRecord({ path: '/later' }));
    }
    expect(list(groups.list())).toEqual([
      ['GET /hot', 50],
      ['GET /later', 40],
      ['(other)', 50],
    ]);
  });

  it('lose no request, whatever comes', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(30)), fc.integer({ min: 1, max: 5 }), (paths, most) => {
        const groups = createGroups('route', most);
        for (const path of paths) groups.add(testRecord({ path: `/p${path}` }));
        const told = groups.list();
        expect(told.length).toBeLessThanOrEqual(most + 1);
        expect(told.reduce((sum, { group }) => sum + group.count, 0)).toBe(paths.length);
      }),
    );
  });
});

describe('ropeway stats', () => {
  let records: Awaited<ReturnType<typeof recordFolder>> | undefined;
  afterEach(() => records?.remove());

  async function run(requests: InvocationRecord[], ...args: string[]): Promise<string> {
    records = await recordFolder({ requests }, { maxBytes: 2000 });
    const { code, stdout, stderr } = await ropeway(['stats', '--state', records.dir, ...args]);
    expect([code, stderr]).toEqual([0, '']);
    return stdout;
  }

  const requests = [
    testRecord({ path: '/a/1', start: 'cold', initMs: 300, totalMs: 312.5, billedMs: 308 }),
    testRecord({ path: '/a/2', time: timeAt(1000), totalMs: 2, billedMs: 2, version: 2 }),
    testRecord({ path: '/a/3', time: timeAt(2000), totalMs: 4, memoryMb: 70.2, responseBytes: 2048 }),
    testRecord({ path: '/b', time: timeAt(3000), status: 503, start: 'none', totalMs: 1500, billedMs: 0 }),
  ];

  it('shows a row for each route and one for all', async () => {
    const lines = (await run(requests)).split('\n');
    expect(lines[0]).toBe(`shop, 2026-11-23 10:00 to 2026-11-23 10:00 UTC, ${records!.dir}`);
    expect(lines.slice(2)).toEqual([
      '          count  errors    p50    p95    p99    max  cold   init      MB  GB·s     out',
      'GET /a/*      3       0    4ms  313ms  313ms  313ms   33%  300ms  71/512  0.16  2.20kB',
      'GET /b        1       1  1.50s  1.50s  1.50s  1.50s    0%      -  60/512     0    100B',
      'total         4       1    4ms  1.50s  1.50s  1.50s   25%  300ms  71/512  0.16  2.29kB',
      '',
    ]);
  });

  it('tells the same as JSON, with units in the names', async () => {
    const told = JSON.parse(await run(requests, '--json')) as Record<string, unknown>;
    const total = {
      count: 4,
      errors: 1,
      p50Ms: 4,
      p95Ms: 1500,
      p99Ms: 1500,
      maxMs: 1500,
      percentilesExact: true,
      coldShare: 0.25,
      initP50Ms: 300,
      maxMemoryMb: 70.2,
      memoryLimitMb: 512,
      billedGbSeconds: 0.159,
      bytesOut: 2348,
    };
    expect(told).toMatchObject({
      folder: records!.dir,
      from: '2026-11-23T10:00:00.313Z',
      to: '2026-11-23T10:00:04.500Z',
      by: 'route',
      groups: [
        { function: 'shop', route: 'GET /a/*', count: 3, errors: 0, billedGbSeconds: 0.159 },
        { function: 'shop', route: 'GET /b', count: 1, coldShare: 0, initP50Ms: null },
      ],
      total,
    });
    expect(told['total'] as object).toEqual(total);
  });

  it.each([
    ['function', [{ function: 'shop', count: 4 }]],
    [
      'version',
      [
        { version: 1, count: 3 },
        { version: 2, count: 1 },
      ],
    ],
    [
      'status',
      [
        { status: 200, count: 3 },
        { status: 503, count: 1 },
      ],
    ],
  ])('groups by %s', async (by, groups) => {
    expect(JSON.parse(await run(requests, '--by', by, '--json'))).toMatchObject({ groups });
  });

  it('counts one function, from a time on', async () => {
    const other = testRecord({ function: 'other', time: timeAt(5000) });
    const { total } = JSON.parse(
      await run([...requests, other], 'shop', '--since', '2026-11-23T10:00:02', '--json'),
    ) as { total: { count: number } };
    expect(total.count).toBe(2);
  });

  it('fits 100 columns, whatever it counts, and names the functions when there are several', async () => {
    const long = {
      path: `/${'long-'.repeat(20)}end`,
      totalMs: 999_999.9,
      memoryLimitMb: 10_240,
      memoryMb: 9999.9,
    };
    const big = {
      start: 'cold',
      initMs: 123_456.7,
      billedMs: 987_654_321,
      responseBytes: 987_654_321_987,
    } as const;
    const stdout = await run([
      testRecord({ ...long, ...big }),
      testRecord({ ...long, function: 'a-function-with-a-name' }),
    ]);
    const lines = stdout.split('\n');
    for (const line of lines.slice(1)) expect(line.length).toBeLessThanOrEqual(100);
    expect(lines[3]).toMatch(/^shop GET.*….*end /);
    expect(lines[4]).toMatch(/^a-func.*….*end /);
  });

  it('names requests that reached no function', async () => {
    const lost = testRecord({ function: '', status: 404, start: 'none', memoryLimitMb: 0 });
    delete lost.memoryMb;
    const lines = (await run([lost, testRecord()], '--by', 'function')).split('\n');
    expect(lines[3]).toMatch(/^\(no function\) .* 0%     -       -       0  100B$/);
  });

  it('says so when there is nothing', async () => {
    expect(await run([])).toBe(`No requests in ${records!.dir} match.\n`);
    const told = JSON.parse(await run([], '--json')) as Record<string, unknown>;
    expect(told).toMatchObject({ from: null, to: null, groups: [], total: { count: 0, p50Ms: null } });
  });

  it('has help with examples', async () => {
    const { code, stdout } = await ropeway(['stats', '--help']);
    expect(code).toBe(0);
    expect(stdout).toContain('$ ropeway stats --by version');
  });

  it('refuses what it does not know', async () => {
    records = await recordFolder();
    const { code, stderr } = await ropeway(['stats', '--by', 'colour', '--state', records.dir]);
    expect(code).toBe(2);
    expect(stderr).toContain('Allowed choices are route, function, version, status.');
  });
});
