import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { findingsOf } from '../../../src/insight/advise/advise.ts';
import type { AppFacts } from '../../../src/insight/advise/facts.ts';
import { sizeFor } from '../../../src/insight/advise/memory-sizes.ts';
import { functionName, functionPath } from '../../../src/insight/advise/route-groups.ts';
import type { Finding, ImportNode, ProfileResult, RouteProfile } from '../../../src/insight/types.ts';
import { covers, parsePattern } from '../../../src/lib/path-pattern.ts';

const request = (name: string, more: Partial<RouteProfile> = {}): RouteProfile => ({
  request: name,
  route: name,
  firstMs: 10,
  warmMs: 2,
  cpuMs: 1,
  loadedMb: 40,
  peakMb: 50,
  growthKbPerRequest: 0,
  lateImports: [],
  usedPackages: ['Flask'],
  responseBytes: 10,
  ...more,
});

const imported = (
  name: string,
  owner: string,
  ms: number,
  mb: number,
  children: ImportNode[] = [],
): ImportNode => ({
  name,
  selfMs: ms,
  totalMs: children.reduce((sum, { totalMs }) => sum + totalMs, ms),
  totalMb: children.reduce((sum, { totalMb }) => sum + totalMb!, mb),
  owner,
  children,
});

const profile = (routes: RouteProfile[], imports: ImportNode[] = []): ProfileResult => ({
  kind: 'profile',
  version: 1,
  circumstances: {
    time: '2026-12-01T00:00:00.000Z',
    ropeway: '0',
    platform: 'linux x64',
    cpu: '',
    cores: 2,
    memoryMb: 4096,
    node: '20',
    noise: { median: 1, p95: 1, runs: 5 },
  },
  app: { name: 'app', runtime: 'python' },
  load: { totalMs: 450, runtimeMs: 50, memoryMb: 40 },
  imports,
  routes,
  notes: [],
});

const facts = (more: Partial<AppFacts> = {}): AppFacts => ({
  app: { name: 'app', runtime: 'python' },
  defaultMemory: 512,
  memory: 128,
  hasFunctions: false,
  traits: [],
  staticFolders: [],
  paths: {},
  ...more,
});

const only = (found: Finding[], id: string): Finding => {
  const [one, another] = found.filter((finding) => finding.id === id);
  expect(another).toBeUndefined();
  return one!;
};
const ids = (found: Finding[]): string[] => found.map(({ id }) => id);

describe('a route that needs more memory', () => {
  const measured = [
    request('/hello/<name>', { peakMb: 52 }),
    request('form', { route: '/hello', peakMb: 54 }),
    request('/jieba', { peakMb: 205 }),
    request('own text', { route: '/jieba', peakMb: 180 }),
  ];

  it('gets a function of its own, whose lines say how', () => {
    const finding = only(findingsOf(facts({ memory: 256, profile: profile(measured) })), 'route-memory');
    expect(finding).toMatchObject({ severity: 'medium', appliable: true });
    expect(finding.yaml).toBe(
      "functions:\n  default: { memory: 128 }\n  jieba: { memory: 256, routes: ['/jieba/*'] }",
    );
    expect(finding.effect).toContain('fall by 50 %');
  });

  it('is sized as the target has it', () => {
    const finding = only(
      findingsOf(facts({ memory: 256, target: 'tencent', profile: profile(measured) })),
      'route-memory',
    );
    expect(finding.yaml).toContain('default: { memory: 64 }');
  });

  it('is none where all need about the same, where it is the only one, or where functions are there', () => {
    const similar = [request('/a', { peakMb: 160 }), request('/b', { peakMb: 170 })];
    expect(ids(findingsOf(facts({ memory: 256, profile: profile(similar) })))).toEqual([]);
    expect(ids(findingsOf(facts({ memory: 256, profile: profile(measured.slice(2)) })))).toEqual([]);
    expect(ids(findingsOf(facts({ memory: 256, hasFunctions: true, profile: profile(measured) })))).toEqual(
      [],
    );
  });

  it('is not told of requests that failed, nor where the system tells no memory', () => {
    const broken = measured.map((one) => (one.peakMb > 100 ? { ...one, failed: 'status 500' } : one));
    expect(ids(findingsOf(facts({ profile: profile(broken) })))).toEqual([]);
    const untold = measured.map((one) => ({ ...one, peakMb: 0 }));
    expect(ids(findingsOf(facts({ profile: profile(untold) })))).toEqual([]);
  });
});

describe('the path of a function', () => {
  it.each([
    ['/jieba', [], '/jieba/*'],
    ['/jieba/', [], '/jieba/*'],
    ['/users/<int:id>/pdf', ['/users/<int:id>'], '/users/{id}/pdf/*'],
    ['/users', ['/users/:id'], '/users'],
    ['/users/:id', [], '/users/{id}'],
    ['/items/{item_id}', [], '/items/{item_id}'],
    ['/files/<path:name>', [], '/files/*'],
    ['/files/{rest:path}', [], '/files/*'],
    ['/files/*', [], '/files/*'],
    ['/', [], undefined],
    ['/<path:all>', [], undefined],
    ['/(?P<year>\\d+)$', [], undefined],
  ])('of %s beside %j is %s', (route, others, path) => {
    expect(functionPath(route, others)).toBe(path);
  });

  it('is a pattern of ropeway.yml, and takes no other route along', () => {
    const segment = fc.constantFrom('a', 'b', '<x>', ':y', '{z}');
    const route = fc.array(segment, { minLength: 1, maxLength: 4 }).map((parts) => `/${parts.join('/')}`);
    fc.assert(
      fc.property(route, fc.array(route, { maxLength: 4 }), (heavy, others) => {
        const rest = others.filter((other) => other !== heavy);
        const path = functionPath(heavy, rest);
        const pattern = parsePattern(path ?? '');
        expect(pattern).toBeDefined();
        for (const other of rest) {
          const plain = parsePattern(other.replaceAll(/<x>|:y|\{z\}/g, 'some'));
          const isBelow = other.startsWith(`${heavy}/`);
          if (isBelow && !/[<:{]/.test(heavy)) expect(covers(pattern!, plain!)).toBe(false);
        }
      }),
    );
  });

  it('gives the function a name', () => {
    expect(functionName('/jieba/*', new Set())).toBe('jieba');
    expect(functionName('/a/{id}/pdf/*', new Set(['pdf']))).toBe('pdf-2');
    expect(functionName('/default', new Set(['default']))).toBe('default-route');
    expect(functionName('/{id}', new Set())).toBe('heavy');
  });
});

describe('memory sizes', () => {
  it('have room above the peak, and are sizes that the cloud has', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2500 }), (peak) => {
        expect(sizeFor(peak, 'aws')).toBeGreaterThanOrEqual(Math.max(128, peak * 1.15));
        const scf = sizeFor(peak, 'tencent');
        expect(scf === 64 || scf % 128 === 0).toBe(true);
        expect(scf).toBeGreaterThanOrEqual(Math.min(3072, peak * 1.15));
      }),
    );
  });

  it('that are too small are told first, and much too large ones, too', () => {
    const one = profile([request('/a', { peakMb: 300 }), request('/b', { peakMb: 300 })]);
    const small = only(findingsOf(facts({ memory: 256, profile: one })), 'memory-too-small');
    expect(small).toMatchObject({ severity: 'high', yaml: 'memory: 352', appliable: false });
    expect(ids(findingsOf(facts({ memory: 384, profile: one })))).toEqual([]);
    const large = only(findingsOf(facts({ memory: 1024, profile: one })), 'memory-size');
    expect(large).toMatchObject({ severity: 'medium', yaml: 'memory: 352' });
    const { memory: _, ...silent } = facts({ defaultMemory: 1024, profile: one });
    expect(only(findingsOf(silent), 'memory-size')).toMatchObject({ severity: 'low', appliable: true });
  });
});

describe('a package that not every request needs', () => {
  const tree = [
    imported('app', 'app', 10, 1, [
      imported('flask', 'Flask', 100, 5, [imported('jinja2', 'Jinja2', 60, 3)]),
      imported('tools', 'app', 0, 0, [
        imported('jieba', 'jieba', 200, 80, [imported('tempfile', '(standard library)', 30, 1)]),
      ]),
      imported('small', 'small', 5, 1),
    ]),
  ];
  const traits = [{ kind: 'import', file: 'tools.py', line: 3, text: 'import jieba', what: 'jieba' }];
  const routes = [request('/hello'), request('/jieba', { usedPackages: ['Flask', 'jieba'], peakMb: 60 })];

  it('is told with where it is imported, what it costs, and who needs it', () => {
    const found = findingsOf(facts({ memory: 128, traits, profile: profile(routes, tree) }));
    expect(ids(found)).toEqual(['heavy-import']);
    const [finding] = found;
    expect(finding!.title).toContain('jieba');
    expect(finding!.evidence[0]).toEqual({ place: 'tools.py:3', text: 'import jieba' });
    // 230 of 405 ms of imports, of the 400 ms that the app took when nobody watched.
    expect(finding!.evidence[1]!.text).toBe(
      '227 ms and 81 MB of loading the app (57 %); only /jieba runs its code (1 of 2 requests)',
    );
    expect(finding!.effect).toContain('450 → 223 ms');
  });

  it('is not what all use, what is cheap, or what only packages import', () => {
    const all = routes.map((route) => ({ ...route, usedPackages: ['Flask', 'jieba'] }));
    expect(ids(findingsOf(facts({ traits, profile: profile(all, tree) })))).toEqual([]);
    const untold = routes.map((route) => ({ ...route }));
    for (const route of untold) delete route.usedPackages;
    expect(ids(findingsOf(facts({ traits, profile: profile(untold, tree) })))).toEqual([]);
  });
});

describe('what else was measured', () => {
  it('are large answers, memory that stays, and packages that are too large', () => {
    const megabyte = 1024 * 1024;
    const routes = [
      request('/ok', { responseBytes: megabyte - 1, growthKbPerRequest: 20 }),
      request('/large', { responseBytes: 2 * megabyte }),
      request('/huge', { responseBytes: 5 * megabyte }),
      request('/leak', { growthKbPerRequest: 512 }),
    ];
    const packages = { bytes: 260 * megabyte, largest: [{ name: 'torch', bytes: 200 * megabyte }] };
    const found = findingsOf(facts({ packages, profile: profile(routes) }));
    expect(found.map(({ id, severity, title }) => [id, severity, title])).toEqual([
      ['large-response', 'high', '/huge answers with 5.0 MB'],
      ['package-size', 'high', '260.0 MB of packages, where a function may have 250.0 MB'],
      ['large-response', 'medium', '/large answers with 2.0 MB'],
      ['growing-memory', 'medium', '/leak leaves 512 KB in memory each time'],
    ]);
    // (128 - 50) MB at half a MB each.
    expect(found[3]!.effect).toContain('about 156 of them');
    const fits = { ...packages, bytes: 210 * megabyte };
    expect(only(findingsOf(facts({ packages: fits })), 'package-size').severity).toBe('medium');
    expect(findingsOf(facts({ packages: fits, target: 'tencent' }))).toEqual([]);
  });
});
