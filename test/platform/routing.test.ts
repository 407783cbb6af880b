import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { preflightHeaders, withCors } from '../../src/platform/routing/cors.ts';
import { parsePattern } from '../../src/platform/routing/pattern.ts';
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

/** The rule said another way: compare segment by segment, text over name over everything. */
function bySearch(patterns: string[], path: string): string | undefined {
  const given = path.slice(1).split('/');
  const rank = (pattern: string): string | undefined => {
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
  };
  const ranked = patterns.flatMap((pattern) => {
    const key = rank(pattern);
    return key === undefined ? [] : [{ pattern, key }];
  });
  return ranked.sort((a, b) => (a.key < b.key ? -1 : 1))[0]?.pattern;
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
