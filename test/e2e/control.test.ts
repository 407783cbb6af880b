import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { appFolder, type Running, startServe } from '../support/command.ts';
import { until } from '../support/platform.ts';
import { control, type ControlAnswer, load } from '../support/serve.ts';

const TOKEN = 'a-token-for-the-tests-only';
const state = mkdtempSync(join(tmpdir(), 'rw-'));
const socket = join(state, 'control.sock');
const apps = appFolder({});
let served: Running;

beforeAll(async () => {
  const tokenFile = join(state, 'token');
  writeFileSync(tokenFile, `${TOKEN}\n`, { mode: 0o600 });
  served = await startServe([], ['--state', state, '--control', '0', '--token-file', tokenFile, '--quiet']);
});
afterAll(async () => {
  await served.interrupt('SIGTERM');
  apps.remove();
  rmSync(state, { recursive: true, force: true });
});

const api = (method: string, path: string, body?: unknown): Promise<ControlAnswer> =>
  control(socket, method, path, body);

/** A version of an app: what it answers is in its own folder. */
function specOf(name: string, code: string, more: object = {}) {
  apps.write(`${name}/server.cjs`, code);
  const root = join(apps.dir, name);
  const entry = {
    runtime: 'node',
    interface: 'listener',
    root,
    file: join(root, 'server.cjs'),
    nodeOptions: [],
  };
  return { entry, sourceRoot: root, ...more };
}

const says = (text: string): string =>
  `require('node:http').createServer((q, r) => setTimeout(() => r.end(${JSON.stringify(text)}), 5)).listen(0);`;

describe('the control API', () => {
  it('publishes, shares the requests among versions, goes back, and removes', async () => {
    const routes = [{ path: '/shop/*' }];
    const first = await api('PUT', '/v1/functions/shop', { spec: specOf('v1', says('one')), routes });
    expect(first).toMatchObject({ status: 200, body: { function: 'shop', version: 1, unchanged: false } });
    expect((await served.get('/shop/')).text).toBe('one');
    expect(await api('PUT', '/v1/functions/shop', { spec: specOf('v1', says('one')) })).toMatchObject({
      body: { version: 1, unchanged: true },
    });

    expect(
      await api('PUT', '/v1/functions/shop', { spec: specOf('v2', says('two')), alias: 'next' }),
    ).toMatchObject({ body: { version: 2 } });
    expect((await served.get('/shop/')).text).toBe('one');
    const half = await api('PUT', '/v1/functions/shop/aliases/live', { version: 1, weights: { 2: 0.5 } });
    expect(half).toMatchObject({ status: 200 });
    const answers = await Promise.all(Array.from({ length: 60 }, () => served.get('/shop/')));
    expect(new Set(answers.map(({ text }) => text))).toEqual(new Set(['one', 'two']));

    await api('PUT', '/v1/functions/shop/aliases/live', { version: 2 });
    expect((await served.get('/shop/')).text).toBe('two');
    expect(await api('DELETE', '/v1/functions/shop/versions/2')).toMatchObject({
      status: 409,
      body: { error: { code: 'IN_USE' } },
    });
    await api('PUT', '/v1/functions/shop/aliases/live', { version: 1 });
    expect((await served.get('/shop/')).text).toBe('one');

    expect(await api('DELETE', '/v1/functions/shop')).toMatchObject({ status: 200 });
    expect((await served.get('/shop/')).status).toBe(404);
    expect(await api('GET', '/v1/functions/shop')).toMatchObject({
      status: 404,
      body: { error: { code: 'NO_SUCH_FUNCTION' } },
    });
  });

  it('drops no request while versions come and go under load', async () => {
    await api('PUT', '/v1/functions/busy', {
      spec: specOf('b0', says('version 0')),
      routes: [{ path: '/busy' }],
    });
    const clients = load(`${served.url}/busy`, 8);
    for (let version = 1; version <= 5; version++) {
      const spec = specOf(`b${version}`, says(`version ${version}`));
      expect((await api('PUT', '/v1/functions/busy', { spec })).status).toBe(200);
      await until(() => clients.bodies.has(`version ${version}`));
    }
    await clients.stop();
    expect(clients.errors).toEqual([]);
    expect(new Set(clients.statuses)).toEqual(new Set([200]));
    // What nobody needs any more has gone.
    await until(async () => {
      const { body } = await api('GET', '/v1/functions/busy');
      return new Set((body['instances'] as { version: number }[]).map(({ version }) => version)).size === 1;
    });
  });

  it('changes nothing when the new version does not load, and says why', async () => {
    await api('PUT', '/v1/functions/good', {
      spec: specOf('good', says('good')),
      routes: [{ path: '/good' }],
    });
    const broken = specOf('broken', 'throw new Error("no such luck")');
    const answer = await api('PUT', '/v1/functions/good', { spec: broken, routes: [{ path: '/elsewhere' }] });
    expect(answer).toMatchObject({
      status: 422,
      body: { error: { code: 'INIT_FAILED', app: { message: 'no such luck' } } },
    });
    expect((await served.get('/good')).text).toBe('good');
    expect((await served.get('/elsewhere')).status).toBe(404);
    expect((await api('GET', '/v1/functions/good')).body['versions']).toHaveLength(1);
    expect((await api('PUT', '/v1/functions/new', { spec: broken })).status).toBe(422);
    expect((await api('GET', '/v1/functions/new')).status).toBe(404);
  });

  it('gives events to functions, and their results and records back', async () => {
    const code =
      'exports.handler = async (event) => { if (event.fail) throw new TypeError("failed"); return { got: event }; };';
    const spec = specOf('handler', code);
    spec.entry.interface = 'handler';
    await api('PUT', '/v1/functions/events', {
      spec: { ...spec, entry: { ...spec.entry, attribute: 'handler' } },
    });
    const invoke = (event: object): Promise<ControlAnswer> =>
      api('POST', '/v1/functions/events/aliases/live/invocations', event);
    expect(await invoke({ a: 1 })).toMatchObject({
      status: 200,
      body: {
        result: { got: { a: 1 } },
        record: { function: 'events', version: 1, method: 'INVOKE', start: 'warm' },
      },
    });
    expect((await invoke({ fail: true })).body).toMatchObject({
      record: { error: expect.objectContaining({ message: expect.stringContaining('failed') }) },
    });
  });

  it('keeps instances of a function that asks for them, and makes them anew', async () => {
    const spec = specOf('kept', says('kept'), { cold: 'fresh', limits: { instances: 3, minInstances: 2 } });
    await api('PUT', '/v1/functions/kept', { spec });
    const pids = async (): Promise<number[]> =>
      ((await api('GET', '/v1/functions/kept')).body['instances'] as { pid: number }[]).map(({ pid }) => pid);
    await until(async () => (await pids()).length === 2);
    const [killed] = await pids();
    process.kill(killed!, 'SIGKILL');
    await until(async () => {
      const now = await pids();
      return now.length === 2 && !now.includes(killed!);
    });
  });

  it('names what is wrong with a body and where, never the values', async () => {
    const good = specOf('checks', says('ok'));
    const cases: [string, string, unknown, number, string][] = [
      ['PUT', '/v1/functions/9lives', { spec: good }, 400, '{name} of the path'],
      ['PUT', '/v1/functions/a', { spec: { ...good, env: { 'A-B': 'hush' } } }, 400, 'spec.env'],
      ['PUT', '/v1/functions/a', { spec: { ...good, limits: { memory: 1 } } }, 400, 'spec.limits.memory'],
      ['PUT', '/v1/functions/a', { spec: { ...good, eventFormat: 'none' } }, 400, 'aws-v2'],
      [
        'PUT',
        '/v1/functions/a',
        { spec: { ...good, entry: { ...good.entry, root: 'relative' } } },
        400,
        'absolute',
      ],
      ['PUT', '/v1/functions/a', { spec: good, extra: 1 }, 400, 'extra'],
      ['PUT', '/v1/functions/a', { spec: good, routes: [{ path: 'x' }] }, 400, 'routes.0.path'],
      ['PUT', '/v1/functions/a', { spec: good, routes: [{ path: '/a', stage: 'b' }] }, 400, 'stage'],
      [
        'PUT',
        '/v1/functions/a',
        { spec: good, routes: [{ path: '/{a}' }, { path: '/{b}' }] },
        409,
        'ROUTE_CONFLICT',
      ],
      ['PUT', '/v1/functions/good/aliases/12', { version: 1 }, 400, '{alias} of the path'],
      [
        'PUT',
        '/v1/functions/good/aliases/x',
        { version: 1, weights: { 1: 0.7, 2: 0.7 } },
        400,
        'more than 1',
      ],
      ['PUT', '/v1/functions/good/aliases/x', { version: 99 }, 404, 'NO_SUCH_VERSION'],
      ['PUT', '/v1/routes', { routes: [{ path: '/*', function: 'nobody' }] }, 404, 'NO_SUCH_FUNCTION'],
      ['GET', '/v1/nothing', undefined, 404, 'NO_SUCH_OPERATION'],
      ['DELETE', '/v1/routes', undefined, 405, 'GET, PUT'],
    ];
    for (const [method, path, body, status, words] of cases) {
      const answer = await api(method, path, body);
      expect([path, answer.status, JSON.stringify(answer.body)]).toEqual([
        path,
        status,
        expect.stringContaining(words),
      ]);
      expect(JSON.stringify(answer.body)).not.toContain('hush');
    }
    expect((await api('GET', '/v1/functions/a')).status).toBe(404);
    expect((await api('PUT', '/v1/functions/a', 'not an object')).status).toBe(400);
  });

  it('tells who sends too much, though not all of it was read', async () => {
    const answer = await api('PUT', '/v1/functions/a', { spec: 'x'.repeat(7 * 1024 * 1024) });
    expect(answer).toMatchObject({
      status: 413,
      body: { error: { code: 'BODY_TOO_LARGE', expected: 'at most 6291456 bytes' } },
    });
  });

  it('wants its token on a port, and no web page as its client', async () => {
    const serving = await served.line('serving');
    const url = String((serving['control'] as string[])[1]);
    const status = async (path: string, headers: Record<string, string>): Promise<number> => {
      const { port } = new URL(url);
      return new Promise((resolve, reject) => {
        request({ port, path, headers }, (response) => {
          response.resume();
          resolve(response.statusCode!);
        })
          .on('error', reject)
          .end();
      });
    };
    expect(await status('/v1/functions', {})).toBe(401);
    expect(await status('/v1/functions', { authorization: `Bearer ${TOKEN}x` })).toBe(401);
    expect(await status('/v1/functions', { authorization: `Bearer ${TOKEN}` })).toBe(200);
    expect(await status('/metrics', {})).toBe(401);
    expect(await status('/v1/health', {})).toBe(200);
    expect(
      await status('/v1/functions', { authorization: `Bearer ${TOKEN}`, origin: 'http://evil.example' }),
    ).toBe(403);
    expect((await control(socket, 'GET', '/v1/functions', undefined, { host: 'evil.example' })).status).toBe(
      403,
    );
  });

  it('describes itself: every operation with its schema', async () => {
    const { body } = await api('GET', '/v1/openapi.json');
    expect(body).toMatchObject({ openapi: '3.1.0' });
    const paths = body['paths'] as Record<
      string,
      Record<string, { operationId: string; requestBody?: unknown }>
    >;
    const ids = Object.values(paths).flatMap((methods) =>
      Object.values(methods).map(({ operationId }) => operationId),
    );
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids).toEqual(
      expect.arrayContaining([
        'publish',
        'setAlias',
        'invoke',
        'setRoutes',
        'health',
        'metrics',
        'putPackage',
        'getPackage',
        'listSites',
        'getSite',
        'putSite',
        'removeSite',
      ]),
    );
    expect(JSON.stringify(paths['/v1/functions/{name}']!['put']!.requestBody)).toContain('minInstances');
    expect(paths['/v1/packages/{digest}']!['put']!.requestBody).toEqual({
      required: true,
      content: { 'application/zip': {} },
    });
    expect(JSON.stringify(paths['/v1/routes']!['put']!.requestBody)).toMatch(
      /"site".*methods|methods.*"site"/,
    );
  });

  it('tells Prometheus what it has done', async () => {
    await api('PUT', '/v1/functions/good', {
      spec: specOf('good', says('good')),
      routes: [{ path: '/good' }],
    });
    await served.get('/good');
    await until(async () => {
      const { body } = await api('GET', '/metrics');
      return /^ropeway_requests_total\{function="good",version="\d+",status="2xx",start="warm"\} [1-9]/m.test(
        String(body['text']),
      );
    });
    const { body } = await api('GET', '/metrics');
    const text = String(body['text']);
    for (const name of [
      'request_duration_seconds_bucket',
      'instances',
      'billed_gb_seconds_total',
      'process_resident_memory_bytes',
      'info',
    ]) {
      expect(text).toMatch(new RegExp(`^ropeway_${name}[ {]`, 'm'));
    }
    for (const line of text.split('\n')) {
      if (line !== '' && !line.startsWith('#'))
        expect(line).toMatch(/^[a-z0-9_]+(\{([a-z_]+="[^"]*",?)*\})? ([-+\d.e]+|\+Inf|NaN)$/i);
    }
  });
});

describe('methods of routes', () => {
  it('share a path among functions, answer preflights as the request to come is answered, and contradict each other', async () => {
    const echo = (name: string): string =>
      `require('node:http').createServer((q, r) => r.end(${JSON.stringify(name)} + ' ' + q.method)).listen(0);`;
    const cors = { allowOrigins: ['https://page.example'], maxAge: 60 };
    const put = (name: string, ...routes: object[]): Promise<ControlAnswer> =>
      api('PUT', `/v1/functions/${name}`, { spec: specOf(name, echo(name)), routes });
    await put('reader', { path: '/item/{id}', methods: ['GET'] });
    await put('writer', { path: '/item/{id}', methods: ['PUT', 'DELETE'], cors });
    const ask = (method: string, headers: Record<string, string> = {}) =>
      served.get('/item/7', { method, headers });
    expect((await ask('GET')).text).toBe('reader GET');
    expect((await ask('HEAD')).status).toBe(200);
    expect((await ask('PUT')).text).toBe('writer PUT');
    const none = await ask('POST');
    expect([none.status, none.headers.get('x-ropeway-error'), none.text]).toEqual([
      404,
      'NO_ROUTE',
      expect.stringContaining('/item/7'),
    ]);
    const preflight = (method: string) =>
      ask('OPTIONS', { origin: 'https://page.example', 'access-control-request-method': method });
    const allowed = await preflight('PUT');
    expect([allowed.status, allowed.headers.get('access-control-allow-methods')]).toEqual([204, 'PUT']);
    expect((await preflight('GET')).status).toBe(404);
    expect(await put('other', { path: '/item/{name}', methods: ['DELETE', 'PATCH'] })).toMatchObject({
      status: 409,
      body: {
        error: {
          code: 'ROUTE_CONFLICT',
          message:
            'The routes contradict each other: PUT, DELETE /item/{id} of writer and DELETE, PATCH /item/{name} of other take the same.',
        },
      },
    });
    expect(await put('other', { path: '/item/{name}', methods: ['get'] })).toMatchObject({ status: 400 });
    // A less special route takes what is left.
    await put('other', { path: '/item/*' });
    expect((await ask('POST')).text).toBe('other POST');
    for (const name of ['reader', 'writer', 'other']) await api('DELETE', `/v1/functions/${name}`);
  });
});
