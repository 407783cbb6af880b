import { mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync } from 'node:fs';
import { type IncomingHttpHeaders, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { digestOf, putPackage, zipOf } from '../platform/zips.ts';
import { ropeway, type Running, startServe } from '../support/command.ts';
import { until } from '../support/platform.ts';
import { control, type ControlAnswer, load } from '../support/serve.ts';

let state: string;
let served: Running;
beforeEach(async () => {
  state = mkdtempSync(join(tmpdir(), 'rw-'));
  served = await startServe([], ['--state', state]);
});
afterEach(async () => {
  await served.interrupt('SIGKILL');
  rmSync(state, { recursive: true, force: true });
});

const api = (method: string, path: string, body?: unknown): Promise<ControlAnswer> =>
  control(join(state, 'control.sock'), method, path, body);

/** Uploads files and makes them a site. */
async function publish(
  name: string,
  files: Record<string, string>,
  more: object = {},
): Promise<ControlAnswer> {
  const zip = zipOf(files);
  expect((await putPackage(join(state, 'control.sock'), zip)).status).toBe(200);
  return api('PUT', `/v1/sites/${name}`, { package: digestOf(zip), ...more });
}

interface Answer {
  status: number;
  text: string;
  headers: IncomingHttpHeaders;
}

/** A path as it is written: nothing of it is made plain first. */
function get(path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Answer> {
  const { hostname, port } = new URL(served.url);
  return new Promise((resolve, reject) => {
    const call = request({ hostname, port, path, method, headers }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      response.on('end', () => resolve({ status: response.statusCode!, text, headers: response.headers }));
    });
    call.on('error', reject).end();
  });
}

const FILES = {
  'index.html': '<h1>home</h1>',
  '404.html': '<h1>nothing here</h1>',
  'docs/index.html': '<h1>docs</h1>',
  'assets/app.js': 'console.log(1)',
  'assets/logo.svg': '<svg/>',
  'plain/text.txt': '0123456789',
  '.env': 'SECRET=1',
  '.well-known/security.txt': 'Contact: mailto:a@example.com',
};
const EVERYTHING = { routes: [{ path: '/*' }] };

describe('a site', () => {
  it('serves files with all that HTTP has for them', async () => {
    expect(await publish('home', FILES, EVERYTHING)).toEqual({
      status: 200,
      body: { site: 'home', package: digestOf(zipOf(FILES)), unchanged: false },
    });
    const home = await get('/');
    expect(home).toMatchObject({
      status: 200,
      text: '<h1>home</h1>',
      headers: {
        'content-type': 'text/html; charset=utf-8',
        'content-length': '13',
        'cache-control': 'public, max-age=0',
        'accept-ranges': 'bytes',
        etag: expect.stringMatching(/^"[\w-]{22}"$/) as string,
        'last-modified': expect.stringMatching(/ GMT$/) as string,
        'x-ropeway-request-id': expect.stringMatching(/^[\da-f-]{36}$/) as string,
      },
    });
    expect((await get('/assets/app.js')).headers['content-type']).toMatch(/javascript; charset=utf-8/);
    expect((await get('/assets/logo.svg')).headers['content-type']).toBe('image/svg+xml');
    expect((await get('/.well-known/security.txt')).status).toBe(200);

    const etag = home.headers.etag!;
    const same = await get('/', { 'if-none-match': etag });
    expect([same.status, same.text, same.headers.etag]).toEqual([304, '', etag]);
    expect((await get('/', { 'if-modified-since': home.headers['last-modified']! })).status).toBe(304);
    const part = await get('/plain/text.txt', { range: 'bytes=2-4' });
    expect([part.status, part.text, part.headers['content-range']]).toEqual([206, '234', 'bytes 2-4/10']);
    const beyond = await get('/plain/text.txt', { range: 'bytes=20-' });
    expect([beyond.status, beyond.headers['content-range'], beyond.headers['x-ropeway-error']]).toEqual([
      416,
      'bytes */10',
      'RANGE_NOT_SATISFIABLE',
    ]);
    expect((await get('/', { 'if-match': '"other"' })).status).toBe(412);
    const head = await get('/plain/text.txt', {}, 'HEAD');
    expect([head.status, head.text, head.headers['content-length']]).toEqual([200, '', '10']);
    const post = await get('/', {}, 'POST');
    expect([post.status, post.headers.allow, post.headers['x-ropeway-error']]).toEqual([
      405,
      'GET, HEAD',
      'METHOD_NOT_ALLOWED',
    ]);
  });

  it('gives folders their slash, nothing that is hidden, and nothing of what lies outside', async () => {
    await publish('home', FILES, { routes: [{ path: '/*' }, { path: '/v1/*', stage: 'v1' }] });
    const folder = await get('/docs?a=1&b=?');
    expect([folder.status, folder.headers.location]).toEqual([301, '/docs/?a=1&b=?']);
    expect((await get('/docs/')).text).toBe('<h1>docs</h1>');
    // Below a stage the address that the client knows has the stage in it.
    expect((await get('/v1/docs')).headers.location).toBe('/v1/docs/');
    expect((await get('/v1/docs/')).text).toBe('<h1>docs</h1>');
    expect((await get('/v1')).headers.location).toBe('/v1/');
    expect((await get('/v1/')).text).toBe('<h1>home</h1>');
    for (const path of [
      '/.env',
      '/plain',
      '/plain/',
      '/../.env',
      '/%2e%2e/x',
      '/..%2f..%2fdeployments.json',
      '/docs/../.env',
      '//example.com/..',
      '/assets\\app.js',
    ]) {
      const answer = await get(path);
      expect([path, answer.status, answer.headers['x-ropeway-error']]).toEqual([path, 404, 'NO_FILE']);
    }
    expect((await get('/%zz')).headers['x-ropeway-error']).toBe('BAD_REQUEST');
    expect((await get('/%00')).status).toBe(400);
  });

  it('has a page for what is not there, or one page for everything', async () => {
    await publish('home', FILES, { ...EVERYTHING, error: '404.html' });
    const none = await get('/none', { range: 'bytes=0-1', 'if-none-match': '*', 'if-match': '"x"' });
    expect([none.status, none.text, none.headers.etag]).toEqual([404, '<h1>nothing here</h1>', undefined]);
    expect((await get('/none', {}, 'HEAD')).status).toBe(404);
    await publish('home', FILES, { error: 'index.html', errorStatus: 200 });
    const page = await get('/some/route');
    expect([page.status, page.text]).toEqual([200, '<h1>home</h1>']);
    expect((await get('/some/route', { 'if-none-match': page.headers.etag! })).status).toBe(304);
    expect((await get('/some/route', {}, 'DELETE')).status).toBe(405);
  });

  it('says the headers that were given for its files, and what its route says of other origins', async () => {
    const headers = [
      { path: '/*', set: { 'X-Frame-Options': 'DENY' } },
      { path: '/assets/*', set: { 'Cache-Control': 'public, max-age=31536000, immutable' } },
      { path: '/plain/text.txt', set: { 'Content-Type': 'text/x-plain', Vary: 'Accept' } },
    ];
    const cors = { allowOrigins: ['https://page.example'], exposeHeaders: ['etag'] };
    const routes = [{ path: '/*', cors }];
    await publish('home', FILES, { headers, routes, error: 'index.html', errorStatus: 200 });
    expect((await get('/')).headers).toMatchObject({
      'x-frame-options': 'DENY',
      'cache-control': 'public, max-age=0',
    });
    expect((await get('/assets/app.js')).headers['cache-control']).toContain('immutable');
    // What is not there is not immutable: the headers are those of the file that is the answer.
    expect((await get('/assets/none.js')).headers['cache-control']).toBe('public, max-age=0');
    const other = await get('/plain/text.txt', { origin: 'https://page.example' });
    expect(other.headers).toMatchObject({
      'content-type': 'text/x-plain',
      vary: 'Accept, Origin',
      'access-control-allow-origin': 'https://page.example',
      'access-control-expose-headers': 'etag',
    });
    const preflight = await get(
      '/',
      { origin: 'https://page.example', 'access-control-request-method': 'GET' },
      'OPTIONS',
    );
    expect([preflight.status, preflight.headers['access-control-allow-methods']]).toEqual([204, 'GET']);
    expect((await get('/', {}, 'PUT')).status).toBe(405);
  });

  it('is one or the other for each request while it changes, and keeps tags of what did not', async () => {
    const pages = (text: string): Record<string, string> => ({
      'index.html': text,
      'same.css': 'a{}',
      'a.txt': text,
    });
    await publish('home', pages('one'), EVERYTHING);
    const tag = (await get('/same.css')).headers.etag;
    const clients = load(`${served.url}/`, 8);
    await until(() => clients.bodies.has('one'));
    for (const text of ['two', 'three', 'four']) {
      await publish('home', pages(text));
      expect((await get('/a.txt')).text).toBe(text);
      await until(() => clients.bodies.has(text));
    }
    await clients.stop();
    expect([clients.errors, new Set(clients.statuses)]).toEqual([[], new Set([200])]);
    expect(clients.bodies).toEqual(new Set(['one', 'two', 'three', 'four']));
    expect((await get('/same.css')).headers.etag).toBe(tag);
    // Those before it are no longer needed.
    const folder = join(state, 'packages');
    const past = new Date(Date.now() - 2 * 3600_000);
    for (const name of readdirSync(folder)) utimesSync(join(folder, name), past, past);
    await api('PUT', '/v1/sites/home', { package: digestOf(zipOf(pages('four'))), labels: { app: 'x' } });
    await until(() => readdirSync(folder).join() === digestOf(zipOf(pages('four'))));
  });

  it('is listed, shares its name and paths with functions, and is there again after kill -9', async () => {
    const labels = { app: 'home' };
    await publish('home', FILES, { routes: [{ path: '/home/*', stage: 'home' }], labels, error: '404.html' });
    const digest = digestOf(zipOf(FILES));
    const shown = {
      name: 'home',
      package: digest,
      index: 'index.html',
      error: '404.html',
      errorStatus: 404,
      headers: [],
      routes: [{ path: '/home/*', stage: 'home' }],
      labels,
      createdAt: expect.any(String) as string,
      updatedAt: expect.any(String) as string,
    };
    expect(await api('GET', '/v1/sites/home')).toEqual({ status: 200, body: shown });
    expect((await api('GET', '/v1/sites')).body).toEqual({ sites: [shown] });
    expect((await api('GET', '/v1/routes')).body).toEqual({
      routes: [{ path: '/home/*', stage: 'home', site: 'home' }],
    });
    expect(await publish('home', FILES, { error: '404.html' })).toMatchObject({ body: { unchanged: true } });

    const zip = zipOf({
      'server.cjs': "require('node:http').createServer((q, r) => r.end('app ' + q.method)).listen(0);",
    });
    await putPackage(join(state, 'control.sock'), zip);
    const spec = {
      entry: { runtime: 'node', interface: 'listener', root: '.', file: 'server.cjs', nodeOptions: [] },
      package: { code: digestOf(zip) },
    };
    const refused: [string, string, unknown, number, string][] = [
      ['PUT', '/v1/functions/home', { spec }, 409, 'NAME_TAKEN'],
      ['PUT', '/v1/functions/shop', { spec, routes: [{ path: '/home/*' }] }, 409, 'ROUTE_CONFLICT'],
      ['GET', '/v1/sites/none', undefined, 404, 'NO_SUCH_SITE'],
      ['DELETE', '/v1/sites/none', undefined, 404, 'NO_SUCH_SITE'],
      ['PUT', '/v1/sites/other', { package: '0'.repeat(64) }, 404, 'NO_SUCH_PACKAGE'],
      ['PUT', '/v1/sites/other', { package: digest, error: 'none.html' }, 400, 'BAD_SPEC'],
      ['PUT', '/v1/sites/other', { package: digest, index: '../x' }, 400, 'BAD_BODY'],
      ['PUT', '/v1/routes', { routes: [{ path: '/*', site: 'none' }] }, 404, 'NO_SUCH_SITE'],
      ['PUT', '/v1/routes', { routes: [{ path: '/*', site: 'home', function: 'x' }] }, 400, 'BAD_BODY'],
    ];
    for (const [method, path, body, status, code] of refused) {
      const answer = await api(method, path, body);
      expect([path, answer.status, answer.body['error']]).toEqual([
        path,
        status,
        expect.objectContaining({ code }),
      ]);
    }
    // Files for those who read, an app for those who write.
    await api('PUT', '/v1/functions/shop', { spec });
    const routes = [
      { path: '/x/*', stage: 'x', methods: ['GET'], site: 'home' },
      { path: '/x/*', function: 'shop' },
    ];
    expect((await api('PUT', '/v1/routes', { routes })).body).toEqual({
      routes: [{ path: '/x/*', stage: '', function: 'shop', alias: 'live' }, routes[0]],
    });
    expect(await api('PUT', '/v1/sites/shop', { package: digest })).toMatchObject({ status: 409 });
    const both = async (): Promise<string[]> => [
      (await get('/x/plain/text.txt')).text,
      (await get('/x/plain/text.txt', {}, 'POST')).text,
    ];
    expect(await both()).toEqual(['0123456789', 'app POST']);
    await served.interrupt('SIGKILL');
    served = await startServe([], ['--state', state]);
    expect(await both()).toEqual(['0123456789', 'app POST']);
    expect((await api('DELETE', '/v1/sites/home')).body).toEqual({ site: 'home', removed: true });
    expect((await get('/x/plain/text.txt')).text).toBe('app GET');
  });

  it('leaves a record for each request, which logs, stats and metrics have', async () => {
    await publish('home', FILES, EVERYTHING);
    await get('/plain/text.txt?a=1');
    await get('/plain/text.txt', { range: 'bytes=0-3' });
    await get('/none');
    await get('/', {}, 'POST');
    await until(() => served.lines.filter(({ type }) => type === 'invocation').length === 4);
    const records = served.lines.filter(({ type }) => type === 'invocation');
    const common = { function: 'home', route: '/*', start: 'none', version: 0 };
    expect(records).toMatchObject([
      { ...common, method: 'GET', path: '/plain/text.txt?a=1', status: 200, responseBytes: 10 },
      { ...common, status: 206, responseBytes: 4 },
      { ...common, path: '/none', status: 404 },
      { ...common, method: 'POST', status: 405 },
    ]);
    expect(records.filter((record) => 'error' in record)).toEqual([]);
    const { text } = (await api('GET', '/metrics')).body;
    expect(text).toMatch(
      /^ropeway_requests_total\{function="home",version="0",status="2xx",start="none"\} 2$/m,
    );
    const written = join(state, 'records', 'invocations.ndjson');
    await until(() => readFileSync(written, 'utf8').trim().split('\n').length === 4);
    const logs = await ropeway(['logs', 'home', '--state', state]);
    expect([logs.code, logs.stdout]).toEqual([
      0,
      expect.stringMatching(/home GET \/plain\/text\.txt\?a=1 200 /),
    ]);
    const stats = await ropeway(['stats', '--state', state, '--json']);
    expect([stats.code, stats.stdout]).toEqual([0, expect.stringContaining('home')]);
  });

  it('answers a WebSocket handshake as any other request', async () => {
    await publish('home', FILES, EVERYTHING);
    const { hostname, port } = new URL(served.url);
    const answer = await new Promise<number | undefined>((resolve, reject) => {
      const headers = {
        connection: 'Upgrade',
        upgrade: 'websocket',
        'sec-websocket-version': '13',
        'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
      };
      const call = request({ hostname, port, path: '/', headers }, (response) => {
        response.resume();
        resolve(response.statusCode);
      });
      call.on('upgrade', () => reject(new Error('it was upgraded')));
      call.on('error', reject).end();
    });
    expect(answer).toBe(200);
  });
});
