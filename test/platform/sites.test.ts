import {
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import * as changes from '../../src/platform/deployments/changes.ts';
import { deployedPackages } from '../../src/platform/deployments/packaged.ts';
import { allRoutes, setRoutes } from '../../src/platform/deployments/routes.ts';
import { deploymentsSchema, specSchema } from '../../src/platform/deployments/schema.ts';
import { sitePublicationSchema } from '../../src/platform/deployments/site-schema.ts';
import { removeSite, setSite } from '../../src/platform/deployments/sites.ts';
import { NO_DEPLOYMENTS, type SitePublication } from '../../src/platform/deployments/types.ts';
import { newCall } from '../../src/platform/gateway/call.ts';
import { asInvocationError, fail } from '../../src/platform/gateway/handle.ts';
import type { Packages } from '../../src/platform/packages/packages.ts';
import { answerFromSite } from '../../src/platform/sites/answer.ts';
import { locate } from '../../src/platform/sites/locate.ts';
import { createServedSites } from '../../src/platform/sites/served.ts';

const A = 'a'.repeat(64);
const B = 'b'.repeat(64);
const publication = (more: object = {}): SitePublication =>
  sitePublicationSchema.parse({ package: A, ...more });
const at = (day: number): Date => new Date(Date.UTC(2030, 0, day));

let root: string;
beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'ropeway-sites-')));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));
const write = (name: string, text: string): void => {
  mkdirSync(join(root, name, '..'), { recursive: true });
  writeFileSync(join(root, name), text);
};

describe('a site among the deployments', () => {
  const route = { path: '/docs/*', stage: 'docs' };

  it('is what it was said to be; what is not said of routes and labels stays', () => {
    const first = setSite(
      NO_DEPLOYMENTS,
      'docs',
      publication({ routes: [route], labels: { app: 'x' } }),
      at(1),
    );
    expect(first.sites['docs']).toEqual({
      package: A,
      index: 'index.html',
      errorStatus: 404,
      headers: [],
      routes: [route],
      labels: { app: 'x' },
      createdAt: at(1).toISOString(),
      updatedAt: at(1).toISOString(),
    });
    expect(setSite(first, 'docs', publication(), at(2))).toBe(first);
    const second = setSite(first, 'docs', publication({ package: B, error: '404.html' }), at(2));
    expect(second.sites['docs']).toMatchObject({
      package: B,
      error: '404.html',
      routes: [route],
      labels: { app: 'x' },
      createdAt: at(1).toISOString(),
      updatedAt: at(2).toISOString(),
    });
    expect([...deployedPackages(second)]).toEqual([B]);
    expect(removeSite(second, 'docs')).toEqual(NO_DEPLOYMENTS);
    expect(() => removeSite(second, 'other')).toThrow(
      expect.objectContaining({ code: 'NO_SUCH_SITE', expected: 'docs' }),
    );
  });

  it('shares names and paths with functions', () => {
    const spec = specSchema.parse({
      entry: { runtime: 'command', root: '/x', command: 'run' },
      sourceRoot: '/x',
    });
    const withSite = setSite(NO_DEPLOYMENTS, 'docs', publication({ routes: [route] }), at(1));
    expect(() => changes.addVersion(withSite, 'docs', spec, at(1))).toThrow(
      expect.objectContaining({ code: 'NAME_TAKEN', message: 'There is a site docs already.' }),
    );
    const added = changes.addVersion(withSite, 'shop', spec, at(1)).deployments;
    const both = changes.setAlias(added, 'shop', 'live', { version: 1, weights: {} });
    expect(() => setSite(both, 'shop', publication(), at(1))).toThrow(
      expect.objectContaining({ code: 'NAME_TAKEN', message: 'There is a function shop already.' }),
    );
    const shop = { path: '/docs/*', stage: '', function: 'shop', alias: 'live' };
    expect(() => setRoutes(both, [...allRoutes(both), shop])).toThrow(
      expect.objectContaining({
        code: 'ROUTE_CONFLICT',
        message: 'The routes contradict each other: /docs/* of shop and /docs/* of docs take the same.',
      }),
    );
    const moved = setRoutes(both, [shop, { path: '/help/*', stage: '', site: 'docs' }]);
    expect(allRoutes(moved)).toEqual([shop, { path: '/help/*', stage: '', site: 'docs' }]);
    expect(setRoutes(moved, [shop]).sites['docs']!.routes).toEqual([]);
    expect(() => setRoutes(both, [{ path: '/', stage: '', site: 'shop' }])).toThrow(
      expect.objectContaining({ code: 'NO_SUCH_SITE' }),
    );
    expect(changes.removeFunction(both, 'shop')).toEqual(withSite);
  });

  it('is not missed in a state that was written before there were any', () => {
    expect(deploymentsSchema.parse({ functions: {}, routes: [] })).toEqual(NO_DEPLOYMENTS);
  });

  it('takes no paths out of its package and no headers that are not its own', () => {
    for (const bad of [
      { index: 'a/b.html' },
      { index: '.htaccess' },
      { error: '../x' },
      { error: '/x' },
      { error: '.' },
      { errorStatus: 500 },
      { headers: [{ path: '/*', set: { 'Content-Length': '1' } }] },
      { headers: [{ path: '/*', set: { ETag: '"x"' } }] },
      { headers: [{ path: '/*', set: { 'X-A': 'a\r\nb' } }] },
      { headers: [{ path: '/*', set: { 'X A': 'a' } }] },
      { headers: [{ path: '*', set: {} }] },
      { package: 'x' },
    ]) {
      expect([bad, sitePublicationSchema.safeParse({ package: A, ...bad }).success]).toEqual([bad, false]);
    }
  });
});

describe('the file for a path', () => {
  const find = (path: string) => locate(root, 'index.html', path);

  it('is the one of its name, or the index of its folder', async () => {
    for (const name of [
      'index.html',
      'a b.txt',
      'docs/index.html',
      'plain/x.txt',
      '.well-known/security.txt',
      'ü/ключ.txt',
    ])
      write(name, name);
    const file = (path: string) => ({ kind: 'file', path });
    expect(await find('/')).toEqual(file('index.html'));
    expect(await find('/a%20b.txt')).toEqual(file('a b.txt'));
    expect(await find('/docs/')).toEqual(file('docs/index.html'));
    expect(await find('/docs')).toEqual({ kind: 'folder' });
    expect(await find('/docs%2Findex.html')).toEqual(file('docs/index.html'));
    expect(await find('/.well-known/security.txt')).toEqual(file('.well-known/security.txt'));
    expect(await find(`/${encodeURIComponent('ü')}/${encodeURIComponent('ключ')}.txt`)).toEqual(
      file('ü/ключ.txt'),
    );
    for (const path of [
      '/none',
      '/plain',
      '/plain/',
      '/a%20b.txt/',
      '/a%20b.txt/x',
      '//docs/',
      '/docs//index.html',
      '*',
      '',
      `/${'x'.repeat(5000)}`,
    ])
      expect([path, await find(path)]).toEqual([path, { kind: 'none' }]);
    for (const path of ['/%', '/%zz', '/%ff', '/a%00b'])
      expect([path, await find(path)]).toEqual([path, { kind: 'malformed' }]);
  });

  it('is none whose name begins with a dot, or that lies elsewhere', async () => {
    for (const name of ['.env', '.git/config', 'a/.hidden', 'a/.well-known/x', 'a/x']) write(name, name);
    const paths = [
      '/.env',
      '/.git/config',
      '/a/.hidden',
      '/a/.well-known/x',
      '/../x',
      '/a/../.env',
      '/%2e%2e/x',
      '/a/..%2f..%2fx',
      '/a\\x',
      '/a%5Cx',
      '/.',
      '/a/.',
      '/..',
    ];
    for (const path of paths) expect([path, await find(path)]).toEqual([path, { kind: 'none' }]);
  });

  it('is never out of the folder, whatever the path', async () => {
    write('inside/index.html', 'x');
    write('inside/a/b.txt', 'x');
    write('outside.txt', 'x');
    write('.env', 'x');
    const part = fc.constantFrom(
      '..',
      '.',
      'a',
      'b.txt',
      'outside.txt',
      '.env',
      '%2e%2e',
      '%2f',
      '%5c',
      '\\',
      '',
      '%00',
      'index.html',
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(part, { maxLength: 6 }),
        fc.constantFrom('/', '%2f', ''),
        async (parts, glue) => {
          const found = await locate(join(root, 'inside'), 'index.html', `/${parts.join(glue)}`);
          if (found.kind === 'file') expect(['index.html', 'a/b.txt']).toContain(found.path);
        },
      ),
      { numRuns: 1000 },
    );
  });
});

describe('a served site', () => {
  /** Packages that tell who holds them. */
  function fakePackages(): { packages: Packages; held: string[]; sweeps: number } {
    const state = { held: [] as string[], sweeps: 0, packages: undefined as unknown as Packages };
    state.packages = {
      folder: () => root,
      hold: (digests: readonly string[]) => {
        state.held.push(...digests);
        return () => void state.held.splice(state.held.indexOf(digests[0]!), 1);
      },
      sweep: () => void (state.sweeps += 1),
    } as unknown as Packages;
    return state;
  }

  it('holds its package until it is another and its last request is answered', () => {
    const state = fakePackages();
    const sites = createServedSites(state.packages);
    const first = setSite(NO_DEPLOYMENTS, 'docs', publication(), at(1));
    sites.apply(first);
    sites.apply(first);
    expect(state.held).toEqual([A]);
    const old = sites.get('docs');
    const ends = [old.begin(), old.begin()];
    const second = setSite(first, 'docs', publication({ package: B }), at(2));
    sites.apply(second);
    expect([state.held, sites.get('docs').site.package]).toEqual([[A, B], B]);
    ends[0]!();
    ends[0]!();
    expect([state.held, state.sweeps]).toEqual([[A, B], 0]);
    ends[1]!();
    expect([state.held, state.sweeps]).toEqual([[B], 1]);
    sites.apply(removeSite(second, 'docs'));
    expect(state.held).toEqual([]);
  });

  it('tells equal content by equal tags, whatever package and time it comes from', async () => {
    const sites = createServedSites(fakePackages().packages);
    sites.apply(setSite(NO_DEPLOYMENTS, 'docs', publication(), at(1)));
    const served = sites.get('docs');
    write('a.txt', 'same');
    write('deep/b.txt', 'same');
    write('c.txt', 'else');
    utimesSync(join(root, 'a.txt'), at(1), at(1));
    const [a, b, c] = await Promise.all(['a.txt', 'deep/b.txt', 'c.txt'].map((file) => served.tag(file)));
    expect(a).toMatch(/^"[\w-]{22}"$/);
    expect([b === a, c === a]).toEqual([true, false]);
    await expect(served.tag('none.txt')).rejects.toMatchObject({ code: 'ENOENT' });
    write('none.txt', 'there now');
    expect(await served.tag('none.txt')).toMatch(/^"/);
  });

  it('says of each file what all rules together say, the last of two', () => {
    const sites = createServedSites(fakePackages().packages);
    const headers = [
      { path: '/*', set: { 'X-Frame-Options': 'DENY', 'Cache-Control': 'no-cache' } },
      { path: '/assets/*', set: { 'cache-control': 'public, max-age=31536000, immutable' } },
      { path: '/assets/{name}', set: { 'X-Level': '1' } },
    ];
    sites.apply(setSite(NO_DEPLOYMENTS, 'docs', publication({ headers }), at(1)));
    const served = sites.get('docs');
    expect(served.headers('index.html')).toEqual([
      ['X-Frame-Options', 'DENY'],
      ['Cache-Control', 'no-cache'],
    ]);
    expect(served.headers('assets/a b.js')).toEqual([
      ['X-Frame-Options', 'DENY'],
      ['cache-control', 'public, max-age=31536000, immutable'],
      ['X-Level', '1'],
    ]);
    expect(served.headers('assets/deep/a.js')).toHaveLength(2);
  });

  it('does not tell clients where a file is that cannot be read', async () => {
    const sites = createServedSites(fakePackages().packages);
    sites.apply(setSite(NO_DEPLOYMENTS, 'docs', publication(), at(1)));
    write('index.html', 'x');
    const failure = Object.assign(new Error(`EIO: i/o error, read '${root}/index.html'`), { code: 'EIO' });
    const site = { ...sites.get('docs'), tag: () => Promise.reject(failure) };
    const server = createServer((incoming, outgoing) => {
      const target = { function: 'docs', route: '/*', stage: '', site };
      const call = newCall(incoming, outgoing, target);
      answerFromSite(call, site, '/', '').catch((error: unknown) =>
        fail({ isForDevelopment: false }, call, asInvocationError(error)),
      );
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    try {
      const response = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
      expect([response.status, await response.json()]).toMatchObject([
        500,
        { error: { code: 'FILE_UNREADABLE', message: 'a file of the site cannot be read: EIO' } },
      ]);
    } finally {
      server.close();
    }
  });

  it('follows links that stay inside', async () => {
    write('real/index.html', 'x');
    symlinkSync('real', join(root, 'link'));
    expect(await locate(root, 'index.html', '/link/')).toEqual({ kind: 'file', path: 'link/index.html' });
  });
});
