import { afterAll, beforeAll, expect, test } from 'vitest';

import type { GatewayRoute, Provider } from '../../src/providers/types.ts';
import { scfClient, type ScfClient } from '../emulators/tencent/start.ts';
import { cutEverywhere, MOMENTS } from './contract/cuts.ts';
import { type TencentCloud, tencentCloud } from './tencent-cloud.ts';

// Domains are what is left of gateways on Tencent Cloud.

const HOST = 'api.example.com';

let cloud: TencentCloud;
let scf: ScfClient;

beforeAll(async () => {
  cloud = await tencentCloud();
  scf = scfClient(cloud.emulator);
  for (const name of ['users', 'orders'])
    await cloud.provider().deployFunction(await cloud.deployment({ name, answer: `of ${name}`, routes: [] }));
});

afterAll(() => cloud?.close());

const ROUTES: GatewayRoute[] = [
  { host: HOST, path: '/users/*', function: 'users' },
  { host: HOST, path: '/orders', function: 'orders', methods: ['GET', 'POST'] },
];

test('a gateway without a host says what it needs', async () => {
  const failing = cloud
    .provider()
    .deployGateway({ name: 'api', routes: [{ path: '/users/*', function: 'users' }], before: [] });
  await expect(failing).rejects.toMatchObject({
    code: 'ROUTE_NEEDS_DOMAIN',
    message:
      "The gateway api has routes without a host, and Tencent Cloud's API Gateway was closed in 2025: only a domain of yours leads paths to several functions.",
    got: '/users/*',
  });
});

test('a path that leads to two functions by method cannot be', async () => {
  const routes = [
    { host: HOST, path: '/a', methods: ['GET'], function: 'users' },
    { host: HOST, path: '/a', methods: ['POST'], function: 'orders' },
  ];
  await expect(cloud.provider().deployGateway({ name: 'api', routes, before: [] })).rejects.toMatchObject({
    code: 'INPUTS',
    got: 'users, orders',
  });
});

test('a gateway leads paths of a domain to functions, and other paths after a change', async () => {
  const before = await cloud.things();
  const provider = cloud.provider();
  const { url } = await provider.deployGateway({ name: 'api', routes: ROUTES, before: [] });
  expect(url).toBe('http://api.example.com/users/');
  expect(cloud.notes).toContain('api.example.com/orders takes all methods: domains of SCF know paths alone');
  expect(await cloud.get(`${url}any/path`)).toEqual({ status: 200, text: 'of users' });
  expect(await cloud.get(`http://${HOST}/orders`)).toEqual({ status: 200, text: 'of orders' });
  expect((await cloud.get(`http://${HOST}/nobody`)).status).toBe(404);

  const made = await cloud.things();
  expect(await provider.deployGateway({ name: 'api', routes: ROUTES, before: ROUTES })).toEqual({ url });
  expect(await cloud.things()).toEqual(made);
  for (const route of ROUTES) expect(await provider.ownerOfRoute(route, 'api')).toBe(route.function);
  expect((await provider.findFunction('users'))!.routes).toEqual([`${HOST}/users/*`]);

  const changed = [
    { host: HOST, path: '/users/*', function: 'orders' },
    { host: HOST, path: '/all/*', function: 'orders' },
  ];
  await provider.deployGateway({ name: 'api', routes: changed, before: ROUTES });
  expect((await provider.findFunction('users'))!.routes).toEqual([]);
  expect((await provider.findFunction('orders'))!.routes.sort()).toEqual([
    `${HOST}/all/*`,
    `${HOST}/users/*`,
  ]);
  expect(await cloud.get(`${url}any`)).toEqual({ status: 200, text: 'of orders' });
  expect(await provider.removeGateway(changed, 'api')).toBe(true);
  expect(await provider.removeGateway(changed, 'api')).toBe(false);
  expect(await cloud.things()).toEqual(before);
});

test('the app does not see the stage', async () => {
  const echo = `exports.handler = async ({ path }) => ({ statusCode: 200, headers: {}, body: path });`;
  const deployment = await cloud.deployment({ name: 'staged', answer: '', routes: [] });
  const code = await cloud.packages.make({ 'ropeway_handler.js': echo });
  await cloud.provider().deployFunction({ ...deployment, code });
  const routes = [
    { host: HOST, path: '/v1/all/*', stage: 'v1', function: 'staged' },
    { host: HOST, path: '/v1/one', stage: 'v1', function: 'staged' },
    { host: HOST, path: '/v2/*', stage: 'v2', function: 'staged' },
  ];
  await cloud.provider().deployGateway({ name: 'staged', routes, before: [] });
  const seen = async (path: string): Promise<string> => (await cloud.get(`http://${HOST}${path}`)).text;
  expect(await seen('/v1/all/a/b')).toBe('/all/a/b');
  expect(await seen('/v1/all')).toBe('/all');
  expect(await seen('/v1/one')).toBe('/one');
  expect(await seen('/v2/')).toBe('/');
  expect(await seen('/v2/x')).toBe('/x');
  await cloud.provider().removeGateway(routes);
  await cloud.provider().removeFunction('staged');
});

test('two gateways share a domain, and what one has the other does not take', async () => {
  const provider = cloud.provider();
  const [one, two] = [[ROUTES[0]!], [{ host: HOST, path: '/two', function: 'orders' }]];
  await Promise.all([
    provider.deployGateway({ name: 'one', routes: one, before: [] }),
    provider.deployGateway({ name: 'two', routes: two, before: [] }),
  ]);
  const thief = [{ ...one[0]!, function: 'orders' }];
  await expect(provider.deployGateway({ name: 'thief', routes: thief, before: [] })).rejects.toMatchObject({
    code: 'ROUTE_TAKEN',
    message: 'api.example.com/users/* leads to the function users already.',
  });
  expect(await provider.removeGateway(one)).toBe(true);
  expect(await provider.ownerOfRoute(two[0]!)).toBe('orders');
  expect(await provider.removeGateway(two)).toBe(true);
  expect((await scf.ListCustomDomains({})).Domains).toEqual([]);
});

test('a gateway to a function that is not there says so', async () => {
  const routes = [{ host: HOST, path: '/*', function: 'nobody' }];
  await expect(cloud.provider().deployGateway({ name: 'api', routes, before: [] })).rejects.toMatchObject({
    code: 'NOT_THERE',
  });
});

test('domains of a function come, change and go with it', async () => {
  const provider = cloud.provider();
  const before = await cloud.things();
  const deployment = await cloud.deployment({ name: 'hosted', answer: 'hosted' });
  const on = (...names: string[]) => ({
    ...deployment,
    cloud: {
      ...deployment.cloud!,
      settings: {
        domains: names.map((name) => (name.startsWith('s') ? { name, certificate: 'cert1' } : { name })),
      },
    },
  });
  const first = await provider.deployFunction(on('a.example.com', 's.example.com'));
  expect(await cloud.get('http://a.example.com/any')).toEqual({ status: 200, text: 'hosted' });
  expect((await scf.GetCustomDomain({ Domain: 's.example.com' })).Protocol).toBe('HTTP&HTTPS');
  const live = (await provider.findFunction('hosted'))!;
  expect(live.routes.sort()).toEqual(['/*', 'a.example.com/*', 's.example.com/*']);
  const second = await provider.deployFunction(on('s.example.com'));
  // Only an address has changed: no version is made for that.
  expect(second).toEqual({ ...first, unchanged: true });
  expect((await provider.findFunction('hosted'))!.routes).toEqual(['/*', 's.example.com/*']);
  // A gateway's routes are none of the function's own.
  const routes = [{ host: HOST, path: '/h/*', function: 'hosted' }];
  await provider.deployGateway({ name: 'beside', routes, before: [] });
  await provider.deployFunction(on());
  expect((await provider.findFunction('hosted'))!.routes).toEqual(['/*', `${HOST}/h/*`]);
  expect(await provider.removeFunction('hosted')).toBe(true);
  expect(await cloud.things()).toEqual(before);
});

test('a function is reached on a host alone, at a path of it', async () => {
  const provider = cloud.provider();
  const routes = [{ host: 'only.example.com', path: '/shop/*' }];
  const deployed = await provider.deployFunction(
    await cloud.deployment({ name: 'only', answer: 'only', routes }),
  );
  expect(deployed.url).toBe('http://only.example.com/shop/');
  expect(await cloud.get(deployed.url!)).toEqual({ status: 200, text: 'only' });
  const live = (await provider.findFunction('only'))!;
  expect(live).toMatchObject({ routes: ['only.example.com/shop/*'] });
  expect(live.url).toBeUndefined();
  await provider.removeFunction('only');
});

test.each(MOMENTS)(
  'a change of the domains of a function that is cut off %s any call is finished by the next',
  { timeout: 240_000 },
  async (when) => {
    const deployment = await cloud.deployment({ name: 'cut', answer: 'one' });
    const on = async (provider: Provider, name: string): Promise<void> =>
      void (await provider.deployFunction({
        ...deployment,
        cloud: { ...deployment.cloud!, settings: { domains: [{ name }] } },
      }));
    await cutEverywhere(cloud, when, {
      prepare: (provider) => on(provider, 'old.example.com'),
      act: (provider) => on(provider, 'new.example.com'),
    });
  },
);
