import { expect } from 'vitest';

import type { ContractTest } from '../contract.ts';

/** Sites and gateways. */
export const siteAndGatewayTests: ContractTest[] = [
  {
    title: 'a gateway leads paths to functions, and other paths after a change',
    run: async (cloud) => {
      const provider = cloud.provider();
      const before = await cloud.things();
      for (const name of ['users', 'orders'])
        await provider.deployFunction(await cloud.deployment({ name, answer: name, routes: [] }));
      const { host } = cloud;
      const at = host === undefined ? {} : { host };
      const routes = [
        { ...at, path: '/users/*', function: 'users' },
        { ...at, path: '/orders', function: 'orders', methods: ['GET', 'POST'] },
      ];
      const { url } = await provider.deployGateway({ name: 'api', routes, before: [] });
      expect(new URL(url).pathname).toMatch(/\/users\/?$/);
      expect(await provider.deployGateway({ name: 'api', routes, before: routes })).toEqual({ url });
      for (const route of routes) expect(await provider.ownerOfRoute(route, 'api')).toBe(route.function);
      expect((await provider.findFunction('users'))!.routes).toEqual([`${host ?? ''}/users/*`]);
      expect((await provider.findFunction('orders'))!.routes).toEqual([
        host === undefined ? 'GET,POST /orders' : `${host}/orders`,
      ]);

      const changed = [
        { ...at, path: '/users/*', function: 'orders' },
        { ...at, path: '/all/*', function: 'orders', ...(host === undefined ? { cors: true } : {}) },
      ];
      await cloud.provider().deployGateway({ name: 'api', routes: changed, before: routes });
      expect((await provider.findFunction('users'))!.routes).toEqual([]);
      expect((await provider.findFunction('orders'))!.routes.sort()).toEqual([
        `${host ?? ''}/all/*`,
        `${host ?? ''}/users/*`,
      ]);
      expect(await provider.removeGateway(changed, 'api')).toBe(true);
      expect(await provider.removeGateway(changed, 'api')).toBe(false);
      for (const name of ['users', 'orders']) await provider.removeFunction(name);
      expect(await cloud.things()).toEqual(before);
    },
  },
  {
    title: 'requests reach a function through a gateway',
    run: async (cloud) => {
      const provider = cloud.provider();
      for (const name of ['behind', 'beside'])
        await provider.deployFunction(await cloud.deployment({ name, answer: `from ${name}`, routes: [] }));
      const at = cloud.host === undefined ? {} : { host: cloud.host };
      const routes = [
        { ...at, path: '/v1/behind/*', stage: 'v1', function: 'behind' },
        { ...at, path: '/v1/beside', stage: 'v1', function: 'beside', methods: ['GET'] },
      ];
      const { url } = await provider.deployGateway({ name: 'reached', routes, before: [] });
      const { origin } = new URL(url);
      const base = url.slice(0, url.indexOf('/v1/behind'));
      expect(base.startsWith(origin)).toBe(true);
      expect(await cloud.get(url)).toEqual({ status: 200, text: 'from behind' });
      expect(await cloud.get(`${base}/v1/behind/any/path`)).toEqual({ status: 200, text: 'from behind' });
      expect(await cloud.get(`${base}/v1/beside`)).toEqual({ status: 200, text: 'from beside' });
      expect((await cloud.get(`${base}/v1/nobody`)).status).toBe(404);
      await provider.removeGateway(routes, 'reached');
    },
  },
  {
    title: 'a site is deployed, seen, changed and removed',
    run: async (cloud) => {
      const provider = cloud.provider();
      const before = await cloud.things();
      expect(await provider.findSite('pages')).toBeUndefined();
      const site = await cloud.site('pages', { 'index.html': 'home', 'old.txt': 'old', 'kept.txt': 'kept' });
      const first = await provider.deploySite(site);
      expect(first).toMatchObject({ unchanged: false, url: expect.stringMatching(/^https?:/) as string });
      expect(await cloud.provider().findSite('pages')).toEqual({
        digest: site.package.digest,
        labels: site.labels,
        url: first.url,
      });
      expect(await cloud.provider().deploySite(site)).toEqual({ ...first, unchanged: true });
      const next = await cloud.site('pages', { 'index.html': 'new home', 'kept.txt': 'kept' });
      expect((await cloud.provider().deploySite(next)).unchanged).toBe(false);
      expect((await cloud.things()).some((thing) => thing.includes('old.txt'))).toBe(false);
      expect(await cloud.provider().removeSite('pages')).toBe(true);
      expect(await cloud.provider().removeSite('pages')).toBe(false);
      expect(await cloud.things()).toEqual(before);
    },
  },
  {
    title: 'the files of a site are served, with what is not there',
    run: async (cloud) => {
      const site = await cloud.site('served', {
        'index.html': 'home',
        '404.html': 'nothing',
        'a/b.css': 'b {}',
      });
      const { url } = await cloud.provider().deploySite({ ...site, error: '404.html', errorStatus: 404 });
      expect(await cloud.get(url!)).toEqual({ status: 200, text: 'home' });
      expect(await cloud.get(`${url}a/b.css`)).toEqual({ status: 200, text: 'b {}' });
      expect(await cloud.get(`${url}nowhere`)).toEqual({ status: 404, text: 'nothing' });
      await cloud.provider().removeSite('served');
    },
  },
  {
    title: 'a site without routes has no address',
    run: async (cloud) => {
      const site = await cloud.site('private', { 'index.html': 'home' });
      expect(await cloud.provider().deploySite({ ...site, routes: [] })).toEqual({ unchanged: false });
      expect(await cloud.provider().findSite('private')).toEqual({
        digest: site.package.digest,
        labels: site.labels,
      });
      await cloud.provider().removeSite('private');
    },
  },
];
