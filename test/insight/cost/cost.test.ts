import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';

import { billFunctions, priceOf } from '../../../src/insight/cost/bill.ts';
import { findCrossings } from '../../../src/insight/cost/break-even.ts';
import { expectedColdShare } from '../../../src/insight/cost/cold-share.ts';
import { compareCosts, type CompareOptions } from '../../../src/insight/cost/compare.ts';
import { nextSize, splitByMemory } from '../../../src/insight/cost/layout.ts';
import { loadPrices } from '../../../src/insight/cost/prices.ts';
import { simulate } from '../../../src/insight/simulate/simulate.ts';
import { syntheticTraffic } from '../../../src/insight/traffic/synthetic.ts';
import type { RouteLoad, Workload } from '../../../src/insight/workload/types.ts';
import { policyOf, rules, workloadOf } from '../simulate/helpers.ts';

const folder = mkdtempSync(join(tmpdir(), 'ropeway-prices-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const prices = loadPrices();
const [scf, x86, arm] = prices.functions;

function route(name: string, billedMs: number, peakMemoryMb: number, weight = 1): RouteLoad {
  return {
    name,
    method: 'GET',
    paths: [name.replace('GET ', '')],
    weight,
    warmMs: [billedMs],
    firstMs: [],
    serverMs: [],
    billedMs,
    peakMemoryMb,
    responseBytes: 2048,
  };
}

const app: Workload = {
  app: 'shop',
  measured: 'a test',
  routes: [route('GET /', 10, 60, 9), route('GET /heavy', 300, 400)],
  startMs: [500],
  initMs: [400],
  memoryLimitMb: 512,
  notes: [],
};

function compared(more: Partial<CompareOptions> = {}): ReturnType<typeof compareCosts> {
  return compareCosts({
    workload: app,
    prices,
    requestsPerDay: 50_000,
    trafficFrom: 'a test',
    currency: 'USD',
    freeTier: true,
    keepAliveSeconds: 600,
    peak: 2,
    provisioned: 0,
    ...more,
  });
}

describe('a price in tiers', () => {
  const tiers = { tiers: [{ upTo: 10, price: 3 }, { upTo: 100, price: 2 }, { price: 1 }] };

  it.each([
    [0, 0],
    [10, 30],
    [11, 32],
    [100, 210],
    [150, 260],
  ])('of %d is %d', (amount, cost) => {
    expect(priceOf(tiers, amount)).toBe(cost);
  });
});

describe('a bill', () => {
  it('takes the cheapest plan, and none that has to be asked for', () => {
    const small = billFunctions(scf!, { requests: 50_000, gbSeconds: 20_000, egressBytes: 0 });
    expect(small.plan).toBe('personal');
    expect(small.rounded).toBe(9.9);
    const large = billFunctions(scf!, { requests: 5e6, gbSeconds: 9e6, egressBytes: 0 });
    expect(large.plan).toBe('team');
    const first = billFunctions(
      scf!,
      { requests: 50_000, gbSeconds: 20_000, egressBytes: 0 },
      { plan: 'first-months' },
    );
    expect(first.rounded).toBe(0);
    const none = billFunctions(scf!, { requests: 10_000, gbSeconds: 1000, egressBytes: 0 }, { plan: 'none' });
    expect(none.rounded).toBe(0.12);
    expect(none.plan).toBeUndefined();
  });

  it('pays requests of the HTTP API in its steps', () => {
    const bill = billFunctions(
      x86!,
      { requests: 2e6, gbSeconds: 0, egressBytes: 0, frontUnits: 4e6 },
      { front: 'http-api' },
    );
    expect(bill.items.find(({ what }) => what === 'HTTP API')!.cost).toBeCloseTo(4);
  });

  it('never falls when there is more of something', () => {
    const usage = fc.record({
      requests: fc.double({ min: 0, max: 1e10, noNaN: true }),
      gbSeconds: fc.double({ min: 0, max: 1e11, noNaN: true }),
      egressBytes: fc.double({ min: 0, max: 1e15, noNaN: true }),
    });
    const grow = fc.constantFrom('requests' as const, 'gbSeconds' as const, 'egressBytes' as const);
    fc.assert(
      fc.property(usage, grow, fc.constantFrom(scf!, x86!, arm!), (some, what, offer) => {
        const more = billFunctions(offer, { ...some, [what]: some[what] * 1.5 + 1 }).total;
        const less = billFunctions(offer, some).total;
        expect(more).toBeGreaterThanOrEqual(less * (1 - 1e-12));
      }),
    );
  });
});

describe('the break-even traffic', () => {
  it('is exact to the request', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1_000_000_000 }),
        fc.double({ min: 1e-9, max: 1, noNaN: true }),
        (at, perRequest) => {
          const { crossings, first } = findCrossings(
            (perDay) => perDay * perRequest,
            () => (at - 0.5) * perRequest,
          );
          expect(first).toBe('function');
          expect(crossings).toEqual([{ requestsPerDay: at, cheaper: 'server' }]);
        },
      ),
    );
  });

  it('can be several: a second machine makes functions the cheaper ones again', () => {
    const { crossings } = findCrossings(
      (perDay) => perDay / 1000,
      (perDay) => (perDay < 50_000 ? 40 : 80),
    );
    expect(crossings).toEqual([
      { requestsPerDay: 40_001, cheaper: 'server' },
      { requestsPerDay: 50_000, cheaper: 'function' },
      { requestsPerDay: 80_001, cheaper: 'server' },
    ]);
  });

  it('is none where one is always cheaper', () => {
    expect(
      findCrossings(
        (perDay) => 1 + perDay,
        () => 0,
      ),
    ).toEqual({ crossings: [], first: 'server' });
  });

  it('is where the bills of the comparison meet', () => {
    const { breakEven } = compared();
    const one = breakEven.find(
      ({ functions, server }) => functions === 'lambda-x86' && server === 't4g-small',
    )!;
    const [{ requestsPerDay, cheaper }] = one.crossings as [{ requestsPerDay: number; cheaper: string }];
    const difference = (perDay: number): number => {
      const { options } = compared({ requestsPerDay: perDay });
      const of = (id: string): number => options.find((option) => option.id === id)!.compared;
      return of('lambda-x86') - of('t4g-small');
    };
    expect(cheaper).toBe('server');
    expect(difference(requestsPerDay)).toBeGreaterThan(0);
    expect(difference(requestsPerDay - 1)).toBeLessThanOrEqual(0);
  });
});

describe('the expected share of cold starts', () => {
  it.each([
    [1 / 3600, 0.2, 600],
    [1 / 300, 0.2, 600],
    [0.5, 0.2, 30],
    [2, 1, 60],
    [20, 0.3, 60],
  ])('at %d a second of %d s, kept %d s, is about what a simulation gives', (rate, service, keep) => {
    const share = expectedColdShare({
      requestsPerSecond: rate,
      serviceSeconds: service,
      keepAliveSeconds: keep,
    });
    const seconds = Math.min(30_000 / rate, 3_000_000);
    const result = simulate({
      workload: workloadOf([service * 1000]),
      arrivals: syntheticTraffic(`poisson:${(rate * 3600).toFixed(4)}/h`, seconds, 5),
      policies: [policyOf({ scheduler: 'cloud', instances: 1000, keepAliveMs: keep * 1000 })],
      rules,
      seed: 5,
    });
    const { cold, served } = result.policies[0]!;
    expect(share).toBeGreaterThan((cold / served) * 0.6 - 5e-4);
    expect(share).toBeLessThan((cold / served) * 1.4 + 5e-4);
  });

  it('is everything without traffic, and falls with instances that are kept ready', () => {
    const traffic = { requestsPerSecond: 2, serviceSeconds: 1, keepAliveSeconds: 10 };
    expect(expectedColdShare({ ...traffic, requestsPerSecond: 0 })).toBe(1);
    const shares = [0, 2, 4, 8].map((provisioned) => expectedColdShare({ ...traffic, provisioned }));
    expect(shares.toSorted((a, b) => b - a)).toEqual(shares);
  });
});

describe('memory', () => {
  it('is the next size that a cloud has', () => {
    expect([30, 64, 65, 129, 4000].map((mb) => nextSize(scf!, mb))).toEqual([64, 64, 128, 256, 3072]);
    expect([30, 200.5].map((mb) => nextSize(x86!, mb))).toEqual([128, 201]);
  });

  it('is that of the heaviest route, unless the routes are split', () => {
    const shapes = splitByMemory(scf!, { workload: app, shares: [0.9, 0.1] });
    expect(shapes.map(({ memoryMb, routes }) => [memoryMb, routes.map((one) => one.route.name)])).toEqual([
      [128, ['GET /']],
      [512, ['GET /heavy']],
    ]);
    const { options } = compared();
    const one = options.find(({ id }) => id === 'lambda-x86')!;
    const split = options.find(({ id }) => id === 'lambda-x86+split')!;
    expect(one.functions!.map(({ memoryMb }) => memoryMb)).toEqual([500]);
    expect(split.functions!.map(({ memoryMb }) => memoryMb)).toEqual([128, 500]);
    const gbSeconds = (option: typeof one): number =>
      option.functions!.reduce((sum, fn) => sum + fn.gbSeconds, 0);
    expect(gbSeconds(split)).toBeLessThan(gbSeconds(one));
  });
});

describe('prices of a user', () => {
  const file = (value: unknown): string => {
    const path = join(folder, 'prices.json');
    writeFileSync(path, typeof value === 'string' ? value : JSON.stringify(value));
    return path;
  };
  const about = { asOf: '2027-01', source: 'our contract' };

  it('win over the built-in ones, figure by figure', () => {
    const loaded = loadPrices({
      file: file({
        ...about,
        offers: [{ id: 'lambda-x86', gbSecond: { tiers: [{ price: 1 }] }, free: { requests: 5 } }],
        usd: { EUR: 1.1 },
      }),
    });
    const mine = loaded.functions.find(({ id }) => id === 'lambda-x86')!;
    expect(mine.gbSecond.tiers).toEqual([{ price: 1 }]);
    expect(mine.free).toMatchObject({ requests: 5, gbSeconds: 400_000 });
    expect(mine).toMatchObject({ ...about, currency: 'USD' });
    expect(loaded.usd).toMatchObject({ EUR: 1.1, CNY: 0.14 });
  });

  it('can be of an offer that is not built in', () => {
    const offer = {
      id: 'rack',
      kind: 'server',
      cloud: 'own',
      title: 'A rack',
      region: 'cellar',
      currency: 'USD',
      cores: 8,
      memoryMb: 8192,
      rent: [{ what: 'power', price: 20, per: 'month' }],
      egressFreeGb: 1000,
      egressGb: { tiers: [{ price: 0 }] },
    };
    const loaded = loadPrices({ file: file({ ...about, offers: [offer] }) });
    const { options } = compared({ prices: loaded });
    expect(options.find(({ id }) => id === 'rack')).toMatchObject({ total: 20, machines: 1 });
  });

  it.each([
    ['nothing', '', 'BAD_PRICES'],
    ['no date', { source: 'x', offers: [] }, 'BAD_PRICES'],
    [
      'a negative price',
      { ...about, offers: [{ id: 'scf', gbSecond: { tiers: [{ price: -1 }] } }] },
      'BAD_PRICES',
    ],
    [
      'tiers out of order',
      { ...about, offers: [{ id: 'scf', gbSecond: { tiers: [{ price: 1 }, { price: 2 }] } }] },
      'BAD_PRICES',
    ],
    ['a figure that does not exist', { ...about, offers: [{ id: 'scf', gbSecnd: 1 }] }, 'BAD_PRICES'],
    ['half an offer', { ...about, offers: [{ id: 'new', title: 'x' }] }, 'BAD_PRICES'],
  ])('are refused with %s', (_, value, code) => {
    expect(() => loadPrices({ file: file(value) })).toThrow(expect.objectContaining({ code }));
  });

  it('of a region that there is none of are refused, with the nearest name', () => {
    expect(() => loadPrices({ regions: { aws: 'eu-west-9' } })).toThrow(
      expect.objectContaining({
        code: 'UNKNOWN_REGION',
        fix: expect.stringContaining('eu-west-1') as string,
      }),
    );
    const hongkong = loadPrices({ regions: { tencent: 'ap-hongkong' } }).functions[0]!;
    expect(hongkong.egressGb.tiers).toEqual([{ price: 1 }]);
  });

  it('say for each offer since when it holds, and where it stands', () => {
    for (const offer of [...prices.functions, ...prices.servers]) {
      expect(offer.asOf).toMatch(/^20\d\d/);
      expect(offer.source).toMatch(/^https:\/\//);
    }
  });
});
