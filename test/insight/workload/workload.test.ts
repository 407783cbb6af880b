import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { syntheticTraffic } from '../../../src/insight/traffic/synthetic.ts';
import { foldRoutes } from '../../../src/insight/workload/fold-routes.ts';
import { workloadOfBench } from '../../../src/insight/workload/from-bench.ts';
import { gatherRecords, type RecordedRequest } from '../../../src/insight/workload/from-records.ts';
import { routeMatcher } from '../../../src/insight/workload/match-route.ts';

const estimate = (value: number): { value: number; low: number; high: number } => ({
  value,
  low: value,
  high: value,
});

const bench = {
  kind: 'bench',
  version: 1,
  app: { name: 'shop', runtime: 'python' },
  requests: [
    { name: 'GET /', method: 'GET', path: '/' },
    { name: 'hello', method: 'GET', path: '/hello/Ada?x=1', route: '/hello/<name>' },
    { name: 'broken', method: 'GET', path: '/broken' },
  ],
  subjects: [{ name: 'server' }, { name: 'bare' }, { name: 'function' }],
  sequential: [
    { request: 'GET /', subject: 'function', samples: [10, 11, 12] },
    { request: 'GET /', subject: 'server', samples: [5, 6] },
    { request: 'hello', subject: 'function', samples: [20, 21] },
    { request: 'broken', subject: 'function', samples: [] },
  ],
  cold: [
    { request: 'GET /', subject: 'function', start: 'fresh', samples: [211, 311], initMs: [180, 280] },
    { request: 'GET /', subject: 'function', start: 'template', samples: [15], initMs: [1] },
  ],
  metering: [
    {
      request: 'GET /',
      durationMs: estimate(9.2),
      peakMemoryMb: 60,
      memoryLimitMb: 256,
      gbSeconds: 0.0025,
      responseBytes: 500,
    },
  ],
};

describe('a workload of a bench', () => {
  it('has the times of the function, its fresh starts, and what is billed', () => {
    const { app, routes, startMs, initMs, memoryLimitMb } = workloadOfBench(bench, 'bench.json');
    expect({ app, memoryLimitMb, startMs, initMs }).toEqual({
      app: 'shop',
      memoryLimitMb: 256,
      startMs: [200, 300],
      initMs: [180, 280],
    });
    expect(routes.map(({ name }) => name)).toEqual(['GET /', 'hello']);
    expect(routes[0]).toMatchObject({
      warmMs: [10, 11, 12],
      serverMs: [5, 6],
      billedMs: 10,
      peakMemoryMb: 60,
    });
    expect(routes[1]).toMatchObject({ paths: ['/hello/<name>', '/hello/Ada'], billedMs: 20.5 });
  });

  it.each([
    ['text', 'bench'],
    ['another kind', { ...bench, kind: 'profile' }],
    ['another version', { ...bench, version: 2 }],
    ['no function', { ...bench, sequential: [] }],
  ])('is refused when it is %s', (_, value) => {
    expect(() => workloadOfBench(value, 'x.json')).toThrow(expect.objectContaining({ code: 'BAD_BENCH' }));
  });
});

function request(more: Partial<RecordedRequest> = {}): RecordedRequest {
  return {
    route: 'GET /',
    method: 'GET',
    start: 'warm',
    failed: false,
    queueMs: 0.1,
    durationMs: 9.5,
    totalMs: 10.1,
    memoryMb: 70,
    memoryLimitMb: 256,
    responseBytes: 100,
    ...more,
  };
}

describe('a workload of records', () => {
  it('keeps warm requests, first requests and starts apart', () => {
    const gathering = gatherRecords();
    for (let count = 0; count < 3; count += 1) gathering.add(request());
    gathering.add(request({ start: 'cold', queueMs: 230, initMs: 200, durationMs: 50, totalMs: 281 }));
    gathering.add(request({ start: 'cold', queueMs: 900, initMs: 220, durationMs: 50, totalMs: 951 }));
    gathering.add(request({ failed: true }));
    gathering.add(request({ start: 'none' }));
    const workload = gathering.workload({ app: 'shop', measured: 'records' })!;
    expect(workload.initMs).toEqual([200, 220]);
    // The second one stood behind others: its waiting is not what a start takes.
    expect(workload.startMs).toEqual([230, 250]);
    const [route] = workload.routes;
    expect(route!.warmMs).toHaveLength(3);
    expect(route!.warmMs[0]).toBeCloseTo(10);
    expect(route!.firstMs).toEqual([51, 51]);
    expect(route!.billedMs).toBe((3 * 10 + 2 * 50) / 5);
    expect(workload.notes).toEqual(['2 failed requests are left out.']);
  });

  it('is none without a request that was served', () => {
    const gathering = gatherRecords();
    gathering.add(request({ failed: true }));
    expect(gathering.workload({ app: '', measured: '' })).toBeUndefined();
  });

  it('counts every request once, however many paths there are', () => {
    const path = fc
      .constantFrom('/', '/a', '/b/c', '/users/1', '/users/x/y')
      .chain((start) => fc.nat(2000).map((number) => (number % 3 === 0 ? start : `${start}/${number}`)));
    fc.assert(
      fc.property(fc.array(path, { minLength: 1, maxLength: 1500 }), (paths) => {
        const gathering = gatherRecords();
        for (const one of paths) gathering.add(request({ route: `GET ${one}` }));
        const { routes } = gathering.workload({ app: '', measured: '' })!;
        expect(routes.reduce((sum, { weight }) => sum + weight, 0)).toBe(paths.length);
        expect(routes.length).toBeLessThanOrEqual(41);
      }),
      { numRuns: 20 },
    );
  });

  it('folds names below a folder, not routes', () => {
    const names = Array.from({ length: 12 }, (_, index): [string, number] => [`GET /hello/n${index}`, 1]);
    const folded = foldRoutes(new Map([...names, ['GET /about', 3], ['GET /', 9]]));
    expect(new Set(folded.values())).toEqual(new Set(['GET /hello/*', 'GET /about', 'GET /']));
  });
});

describe('the route of a request', () => {
  const routes = [
    ['GET', '/'],
    ['GET', '/hello/<name>'],
    ['GET', '/hello/admin'],
    ['POST', '/orders/:id'],
    ['GET', '/files/<path:file>'],
    ['GET', '/users/*/posts'],
    ['GET', '/all/*'],
  ].map(([method, path]) => ({ name: `${method} ${path}`, method: method!, paths: [path!] }));
  const find = routeMatcher({ routes: routes as never });

  it.each([
    ['GET', '/?a=1', 0],
    ['HEAD', '/', 0],
    ['GET', '/hello/Ada', 1],
    ['GET', '/hello/admin', 2],
    ['GET', '/hello/Ada/more', -1],
    ['POST', '/orders/17', 3],
    ['GET', '/orders/17', -1],
    ['GET', '/files/a/b/c.txt', 4],
    ['GET', '/users/7/posts', 5],
    ['GET', '/users/7/8/posts', -1],
    ['GET', '/all/of/it', 6],
    ['GET', '/elsewhere', -1],
  ])('%s %s', (method, path, index) => {
    expect(find(method, path)).toBe(index);
    expect(find(method, path)).toBe(index);
  });

  it('is found without an error whatever the patterns and paths', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (pattern, path) => {
        routeMatcher({ routes: [{ name: '', method: 'GET', paths: [pattern] }] as never })('GET', path);
      }),
    );
  });
});

describe('made-up traffic', () => {
  it.each([
    ['poisson:20/s', 100, 2000],
    ['steady:6/min', 100, 10],
    ['wave:86400/d', 86_400, 86_400],
    ['wave:86400/d,x6', 86_400, 86_400],
    ['burst:301', 60, 301],
    ['burst:5/10s', 60, 30],
    ['onoff:20/s,30s,30s', 600, 6000],
    ['burst:100+poisson:10/s', 100, 1100],
  ])('%s for %d s is about %d requests, in order', (text, seconds, expected) => {
    const { at } = syntheticTraffic(text, seconds, 1);
    expect(Math.abs(at.length - expected)).toBeLessThanOrEqual(
      5 * Math.sqrt(expected) * Number(!/^(steady|burst:[^+]*$)/.test(text)),
    );
    expect([...at]).toEqual([...at].sort((a, b) => a - b));
    expect(at[0]).toBeGreaterThanOrEqual(0);
    expect(at.at(-1)).toBeLessThanOrEqual(seconds);
    expect(syntheticTraffic(text, seconds, 1).at).toEqual(at);
  });

  it('has nothing in the pauses', () => {
    const { at } = syntheticTraffic('onoff:50/s,2s,8s', 100, 3);
    for (const time of at) expect(time % 10).toBeLessThanOrEqual(2);
  });

  it('has the peak of a wave where it was asked for: at noon', () => {
    const { at } = syntheticTraffic('wave:200000/d,x4', 86_400, 3);
    const noon = at.filter((time) => Math.abs(time - 43_200) < 1800).length;
    expect(noon / (200_000 / 24)).toBeGreaterThan(3.8);
    expect(noon / (200_000 / 24)).toBeLessThan(4.1);
  });

  it.each([
    '',
    'poisson',
    'poisson:',
    'poisson:5',
    'poison:5/s',
    'burst:0',
    'burst:3/0s',
    'onoff:1/s,1s',
    'wave:1/s,4',
    'poisson:99999999/s',
  ])('%s is refused', (text) => {
    expect(() => syntheticTraffic(text, 3600, 1)).toThrow(expect.objectContaining({ code: 'BAD_TRAFFIC' }));
  });

  it('is refused or made, never anything else', () => {
    const pieces = fc.constantFrom(
      'poisson',
      'wave',
      'burst',
      'onoff',
      ':',
      '/',
      ',',
      '+',
      '5',
      '1',
      's',
      'x2',
      'd',
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 12 }), (parts) => {
        try {
          syntheticTraffic(parts.join(''), 10, 1);
        } catch (error) {
          expect(error).toMatchObject({ code: 'BAD_TRAFFIC' });
        }
      }),
    );
  });
});
