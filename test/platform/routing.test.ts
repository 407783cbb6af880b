import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { chooseRoute } from '../../src/platform/routing/choose.ts';
import { preflightHeaders, withCors } from '../../src/platform/routing/cors.ts';
import { parsePattern } from '../../src/lib/path-pattern.ts';
import { createRouteTable, isRouteHost, RouteConflict } from '../../src/platform/routing/table.ts';

const table = (...paths: string[]) => {
  const routes = paths.map((path) => ({ path }));
  const { match } = createRouteTable(routes);
  return (path: string): string | undefined => match(undefined, path)?.path;
};

describe('routes', () => {
  it('take the longest match: text before names before everything', () => {
    const match = table('/*', '/shop/*', '/shop/{id}', '/shop/cart', '/shop/{id}/parts', '/shop/cart/*', '/');
    expect(match('/')).toBe('/');
    expect(match('/a')).toBe('/*');
    expect(match('/shop')).toBe('/shop/*');
    expect(match('/shop/')).toBe('/shop/*');
    expect(match('/shop/7')).toBe('/shop/{id}');
    expect(match('/shop/cart')).toBe('/shop/cart');
    expect(match('/shop/cart/1')).toBe('/shop/cart/*');
    expect(match('/shop/7/parts')).toBe('/shop/{id}/parts');
    expect(match('/shop/cart/parts')).toBe('/shop/cart/*');
    expect(match('/shop/7/other')).toBe('/shop/*');
  });

  it('take equal spellings of a path for equal, and no others', () => {
    const match = table('/a-b/*', '/a%2Fb', '/Case');
    expect(match('/%61%2Db/x')).toBe('/a-b/*');
    expect(match('/a%2fb')).toBe('/a%2Fb');
    expect(match('/a/b')).toBeUndefined();
    expect(match('/case')).toBeUndefined();
  });

  it('prefer the host that says most', () => {
    const hosts = ['shop.example.com', '*.example.com', '*.com', undefined];
    const { match } = createRouteTable(hosts.map((host) => ({ host, path: '/*' })));
    const hostFor = (host: string | undefined): string | undefined => match(host, '/')?.host;
    expect(hostFor('SHOP.example.com:8080')).toBe('shop.example.com');
    expect(hostFor('a.b.example.com')).toBe('*.example.com');
    expect(hostFor('example.com')).toBe('*.com');
    expect(hostFor('localhost.')).toBeUndefined();
    expect(hostFor(undefined)).toBeUndefined();
  });

  it('fall back to a wider host when the path is not there', () => {
    const { match } = createRouteTable([{ host: 'a.b', path: '/x' }, { path: '/y' }]);
    expect(match('a.b', '/y')).toEqual({ path: '/y' });
    expect(match('a.b', '/z')).toBeUndefined();
  });

  it('refuse what two of them would take', () => {
    expect(() => createRouteTable([{ path: '/a/{x}' }, { path: '/a/{y}' }])).toThrow(RouteConflict);
    expect(() => createRouteTable([{ path: '/a' }, { host: 'h', path: '/a' }])).not.toThrow();
  });

  it('have a form', () => {
    for (const bad of ['', 'a', '/a*', '/*/a', '/{}', '/{a', '/a b', '/a?b', '/a{b}', '/{a}{b}', '/a/**']) {
      expect([bad, parsePattern(bad)]).toEqual([bad, undefined]);
    }
    for (const host of ['a', 'a.b-c.d', '*.a.b', '127.0.0.1', '[::1]'])
      expect([host, isRouteHost(host)]).toEqual([host, true]);
    for (const host of ['', '*', 'a:80', 'a/b', '-a', 'a.*.b', '*a'])
      expect([host, isRouteHost(host)]).toEqual([host, false]);
  });

  it('find what a search through all of them finds', () => {
    const segment = fc.constantFrom('a', 'b', 'c', '');
    const part = fc.constantFrom('a', 'b', 'c', '{x}');
    const pattern = fc
      .tuple(fc.array(part, { maxLength: 3 }), fc.boolean())
      .map(([parts, open]) => `/${[...parts, ...(open ? ['*'] : [])].join('/')}`);
    const path = fc.array(segment, { minLength: 1, maxLength: 4 }).map((parts) => `/${parts.join('/')}`);
    fc.assert(
      fc.property(fc.uniqueArray(pattern, { maxLength: 12 }), path, (patterns, wanted) => {
        const routes = patterns.map((one) => ({ path: one }));
        expect(createRouteTable(routes).match(undefined, wanted)?.path).toBe(bySearch(patterns, wanted));
      }),
      { numRuns: 500 },
    );
  });
});

describe('methods of routes', () => {
  interface Made {
    name: string;
    host?: string;
    path: string;
    methods?: string[];
    cors?: { allowOrigins: string[] };
  }
  const cors = { allowOrigins: ['*'] };

  it('tell routes of one path apart; HEAD goes with GET, the rest to the one that names none', () => {
    const { match } = createRouteTable<Made>([
      { name: 'read', path: '/a', methods: ['GET'] },
      { name: 'write', path: '/a', methods: ['POST', 'PUT'] },
      { name: 'rest', path: '/a' },
      { name: 'own head', path: '/b', methods: ['HEAD'] },
      { name: 'get', path: '/b', methods: ['GET'] },
      { name: 'everything', path: '/*' },
      { name: 'deletes', path: '/b/*', methods: ['DELETE'] },
    ]);
    const at = (method: string, path: string): string | undefined => match(undefined, path, method)?.name;
    expect(['GET', 'HEAD', 'POST', 'PUT', 'DELETE'].map((method) => at(method, '/a'))).toEqual([
      'read',
      'read',
      'write',
      'write',
      'rest',
    ]);
    expect([at('HEAD', '/b'), at('GET', '/b')]).toEqual(['own head', 'get']);
    // What the longest path does not take goes to the next.
    expect([at('POST', '/b'), at('DELETE', '/b'), at('DELETE', '/b/c'), at('GET', '/b/c')]).toEqual([
      'everything',
      'deletes',
      'deletes',
      'everything',
    ]);
  });

  it('let a wider host have what the host that says most does not take', () => {
    const { match } = createRouteTable<Made>([
      { name: 'host', host: 'a.b', path: '/*', methods: ['GET'] },
      { name: 'any', path: '/x', methods: ['POST'] },
    ]);
    expect(match('a.b', '/x', 'POST')?.name).toBe('any');
    expect(match('a.b', '/x', 'PUT')).toBeUndefined();
  });

  it('may not be taken by two routes of one host and path', () => {
    const make =
      (...methods: (string[] | undefined)[]) =>
      () =>
        createRouteTable(
          methods.map((one, index) => ({
            path: '/a/{x}',
            function: `f${index}`,
            ...(one && { methods: one }),
          })),
        );
    expect(make(['GET', 'PUT'], ['POST', 'PUT'])).toThrow(
      'GET, PUT /a/{x} of f0 and POST, PUT /a/{x} of f1 take the same',
    );
    expect(make(undefined, undefined)).toThrow('/a/{x} of f0 and /a/{x} of f1 take the same');
    expect(make(['GET'], ['HEAD'], undefined)).not.toThrow();
  });

  it('find what a search through all of them finds', () => {
    const METHODS = ['GET', 'HEAD', 'POST', 'OPTIONS'];
    const part = fc.constantFrom('a', 'b', '{x}');
    const path = fc
      .tuple(fc.array(part, { maxLength: 2 }), fc.boolean())
      .map(([parts, open]) => `/${[...parts, ...(open ? ['*'] : [])].join('/')}`);
    const route = fc.record(
      {
        name: fc.uuid(),
        host: fc.constantFrom('h.example', '*.example'),
        path,
        methods: fc.uniqueArray(fc.constantFrom(...METHODS), { minLength: 1, maxLength: 3 }),
      },
      { requiredKeys: ['name', 'path'] },
    );
    const wanted = fc
      .array(fc.constantFrom('a', 'b', ''), { minLength: 1, maxLength: 3 })
      .map((parts) => `/${parts.join('/')}`);
    const host = fc.constantFrom('h.example', 'x.example', 'other', undefined);
    fc.assert(
      fc.property(
        fc.array(route, { maxLength: 10 }),
        host,
        wanted,
        fc.constantFrom(...METHODS, 'PUT'),
        (made, askedHost, askedPath, method) => {
          const routes = withoutClashes(made);
          if (routes.length < made.length) expect(() => createRouteTable(made)).toThrow(RouteConflict);
          const found = createRouteTable(routes).match(askedHost, askedPath, method);
          expect(found?.name).toBe(naive(routes, askedHost, askedPath, method));
        },
      ),
      { numRuns: 1000 },
    );
  });

  /** Each pair compared: the later of two that take the same goes. */
  function withoutClashes(made: Made[]): Made[] {
    const kept: Made[] = [];
    for (const one of made) {
      const clashes = kept.some(
        (other) =>
          other.host === one.host &&
          other.path === one.path &&
          (one.methods === undefined
            ? other.methods === undefined
            : one.methods.some((method) => other.methods?.includes(method))),
      );
      if (!clashes) kept.push(one);
    }
    return kept;
  }

  /** The rule said another way: every route that takes the request, sorted by host, path and method. */
  function naive(routes: Made[], host: string | undefined, path: string, method: string): string | undefined {
    const hostRank = (one: string | undefined): number => {
      if (one === undefined) return 2;
      if (one === host) return 0;
      return one.startsWith('*.') && host?.endsWith(one.slice(1)) === true ? 1 : 9;
    };
    const methodRank = (methods: string[] | undefined): number => {
      if (methods === undefined) return 2;
      if (methods.includes(method)) return 0;
      return method === 'HEAD' && methods.includes('GET') ? 1 : 9;
    };
    const ranked = routes.flatMap(({ name, host: own, path: pattern, methods }) => {
      const key = pathRank(pattern, path);
      const [first, last] = [hostRank(own), methodRank(methods)];
      return key === undefined || first === 9 || last === 9 ? [] : [{ name, key: `${first}/${key}/${last}` }];
    });
    return ranked.toSorted((a, b) => (a.key < b.key ? -1 : 1))[0]?.name;
  }

  it('lead a preflight to the CORS of the request to come', () => {
    const table = createRouteTable<Made>([
      { name: 'put', path: '/a', methods: ['PUT'], cors },
      { name: 'post', path: '/a', methods: ['POST'] },
      { name: 'options', path: '/a', methods: ['OPTIONS'], cors },
      { name: 'plain', path: '/b', cors },
    ]);
    const choose = (path: string, wish?: string) => {
      const asks = wish === undefined ? {} : { 'access-control-request-method': wish };
      const choice = chooseRoute(
        table,
        { method: 'OPTIONS', headers: { origin: 'https://a.example', ...asks } },
        path,
      );
      return choice && [choice.route.name, choice.preflight];
    };
    expect(choose('/a', 'PUT')).toEqual(['put', true]);
    // It has no CORS: nobody answers for it but an app.
    expect(choose('/a', 'POST')).toEqual(['options', false]);
    expect(choose('/a')).toEqual(['options', false]);
    expect(choose('/b', 'DELETE')).toEqual(['plain', true]);
    expect(choose('/c', 'PUT')).toBeUndefined();
  });
});

/** The rule said another way: compare segment by segment, text over name over everything. */
function bySearch(patterns: string[], path: string): string | undefined {
  const ranked = patterns.flatMap((pattern) => {
    const key = pathRank(pattern, path);
    return key === undefined ? [] : [{ pattern, key }];
  });
  return ranked.sort((a, b) => (a.key < b.key ? -1 : 1))[0]?.pattern;
}

/** Sorts before the rank of a less special pattern; undefined when the pattern does not take the path. */
function pathRank(pattern: string, path: string): string | undefined {
  const given = path.slice(1).split('/');
  const parts = pattern.slice(1).split('/');
  let key = '';
  for (const [index, part] of parts.entries()) {
    if (part === '*' && index === parts.length - 1) return `${key}2`;
    if (index >= given.length) return undefined;
    if (part === given[index]) key += '0';
    else if (part === '{x}' && given[index] !== '') key += '1';
    else return undefined;
  }
  return parts.length === given.length ? `${key}0` : undefined;
}

describe('CORS', () => {
  const request = (headers: Record<string, string>) => ({
    headers: { 'access-control-request-method': 'PUT', ...headers },
  });
  const shop = { allowOrigins: ['https://shop.example.com'] };

  it('lets the origins in that are listed, and says that answers differ by origin', () => {
    expect(
      preflightHeaders(
        shop,
        request({ origin: 'https://shop.example.com', 'access-control-request-headers': 'x-a' }),
      ),
    ).toEqual([
      ['Access-Control-Allow-Origin', 'https://shop.example.com'],
      ['Vary', 'Origin'],
      ['Access-Control-Allow-Methods', 'PUT'],
      ['Access-Control-Allow-Headers', 'x-a'],
    ]);
    expect(preflightHeaders(shop, request({ origin: 'https://other.example.com' }))).toEqual([
      ['Vary', 'Origin'],
    ]);
  });

  it('never lets everyone send cookies under the name of everyone', () => {
    const all = { allowOrigins: ['*'], allowCredentials: true, exposeHeaders: ['x-total'] };
    expect(
      withCors(all, 'https://a.example', [
        ['X-Own', '1'],
        ['Access-Control-Allow-Origin', 'app'],
      ]),
    ).toEqual([
      ['X-Own', '1'],
      ['Access-Control-Allow-Origin', 'https://a.example'],
      ['Access-Control-Allow-Credentials', 'true'],
      ['Vary', 'Origin'],
      ['Access-Control-Expose-Headers', 'x-total'],
    ]);
    expect(withCors({ allowOrigins: ['*'] }, 'https://a.example', [])).toEqual([
      ['Access-Control-Allow-Origin', '*'],
    ]);
    expect(withCors({ allowOrigins: ['*'] }, undefined, [])).toEqual([]);
  });
});
