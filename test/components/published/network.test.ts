import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { createProject, type Project } from './project.ts';

const REPORTS = 'service-ocnymoks-1258344699.gz.apigw.tencentcs.com';

let project: Project;
let emulator: Server;
let url: string;
let seen: { method: string; host: string; path: string; body: string; headers: IncomingMessage['headers'] }[];

beforeEach(async () => {
  seen = [];
  emulator = createServer((request, response) => {
    void request.toArray().then((pieces: Buffer[]) => {
      const { method, headers, url: path } = request;
      seen.push({
        method: method!,
        host: headers.host!,
        path: path!,
        body: Buffer.concat(pieces).toString(),
        headers,
      });
      response.writeHead(201, { 'x-from': 'emulator', 'set-cookie': ['a=1', 'b=2'] }).end('answered');
    });
  });
  await new Promise<void>((resolve) => void emulator.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(emulator.address() as AddressInfo).port}`;
});

afterEach(async () => {
  project.remove();
  emulator.closeAllConnections();
  await new Promise((resolve) => emulator.close(resolve));
});

// The ways in which libraries make requests. Each gives {status, text} or {error}.
const WAYS = `
const { Component } = require('@serverless/core');
const http = require('http'), https = require('https'), net = require('net'), tls = require('tls'), http2 = require('http2');
const read = (request, body) => new Promise((resolve) => {
  request.on('error', (error) => resolve({ error: error.message, code: error.code }));
  request.on('response', (response) => {
    let text = '';
    const { authorized } = response.socket;
    response.on('data', (piece) => (text += piece)).on('end', () =>
      resolve({ status: response.statusCode, text, authorized }));
  });
  if (body !== null) request.end(body);
});
const connected = (socket) => new Promise((resolve) => {
  socket.on('error', (error) => resolve({ error: error.message, code: error.code }));
  socket.on('connect', () => resolve({ connected: true }));
});
const WAYS = {
  'https.request(options)': (host) => read(https.request({ host, path: '/p?q=1', method: 'POST' }), 'body'),
  'https.request(options) with an agent': (host) => read(https.request({ hostname: host, path: '/p?q=1', method: 'POST', agent: new https.Agent({ keepAlive: true }) }), 'body'),
  'https.request(url, options)': (host) => read(https.request('https://' + host + '/p?q=1', { method: 'POST' }), 'body'),
  'http.request(URL, callback)': (host) => read(http.request(new URL('http://' + host + '/p?q=1'), { method: 'POST' }, () => {}), 'body'),
  'https.get(url)': (host) => read(https.get('https://' + host + '/p?q=1'), null),
  'http.get(options)': (host) => read(http.get({ host, path: '/p?q=1' }), null),
  'url.parse': (host) => read(https.request({ ...require('url').parse('https://' + host + '/p?q=1'), method: 'POST' }), 'body'),
  'import { request }': async (host) => { const { request } = await import('node:https'); return read(request({ host, path: '/p?q=1', method: 'POST' }), 'body'); },
  fetch: (host) => fetch('https://' + host + '/p?q=1', { method: 'POST', body: 'body' }).then(
    async (response) => ({ status: response.status, text: await response.text(), cookies: response.headers.getSetCookie?.() }),
    (error) => ({ error: error.cause.message, code: error.cause.code })),
  net: (host) => connected(net.connect(443, host)),
  'net with options': (host) => connected(net.connect({ host, port: 443 })),
  tls: (host) => connected(tls.connect({ host, port: 443 })),
  http2: (host) => connected(http2.connect('https://' + host)),
};
module.exports = class extends Component {
  default({ way, host }) { return WAYS[way](host); }
  async ways() { return Object.keys(WAYS); }
  headers({ host, headers, port }) { return read(https.request({ host, port, headers, path: '/' })); }
  async proxied({ host, proxyPort }) {
    const plain = await read(http.request({ host: '127.0.0.1', port: proxyPort, path: 'http://' + host + '/x', headers: { Host: host } }));
    const tunnel = await read(http.request({ host: '127.0.0.1', port: proxyPort, method: 'CONNECT', path: host + ':443' }));
    return { plain, tunnel };
  }
  late({ host }) { https.get('https://' + host + '/late').on('error', () => {}); return 'answered before'; }
};
`;

const HTTP_WAYS = [
  'https.request(options)',
  'https.request(options) with an agent',
  'https.request(url, options)',
  'http.request(URL, callback)',
  'https.get(url)',
  'http.get(options)',
  'url.parse',
  'import { request }',
  'fetch',
];
const SOCKET_WAYS = ['net', 'net with options', 'tls', 'http2'];

interface Told {
  status?: number;
  text?: string;
  error?: string;
  code?: string;
}

function ask(
  method: string,
  inputs: object,
  redirect: { host: string; url: string }[] | undefined,
): Promise<Told> {
  return project.call(join(project.root, 'c'), method, inputs, { redirect }) as Promise<Told>;
}

beforeEach(() => {
  project = createProject({ 'c/serverless.js': WAYS });
});

test('the list of ways is whole', async () => {
  expect(await ask('ways', {}, [])).toEqual([...HTTP_WAYS, ...SOCKET_WAYS]);
});

describe.each(HTTP_WAYS)('%s', (way) => {
  test('goes to the emulator, with the host that was meant', async () => {
    const host = 'scf.tencentcloudapi.com';
    const told = await ask('default', { way, host }, [{ host: '*.tencentcloudapi.com', url: `${url}/base` }]);
    expect(told).toMatchObject({ status: 201, text: 'answered' });
    const isGet = way.includes('get(');
    expect(seen).toMatchObject([
      { method: isGet ? 'GET' : 'POST', host, path: '/base/p?q=1', body: isGet ? '' : 'body' },
    ]);
    if (way.startsWith('https')) expect(told).toMatchObject({ authorized: true });
    if (way === 'fetch') expect(told).toMatchObject({ cookies: ['a=1', 'b=2'] });
  });

  test('is refused when nothing stands in for the host', async () => {
    expect(await ask('default', { way, host: 'example.com' }, [])).toEqual({
      error: 'No connection to example.com: this run is offline, and nothing stands in for that host.',
      code: 'HOST_REFUSED',
    });
  });

  test.each([undefined, [{ host: '*', url: 'http://127.0.0.1:1' }]])('does not report', async (redirect) => {
    expect(await ask('default', { way, host: REPORTS }, redirect)).toMatchObject({ status: 200, text: '{}' });
    expect(project.said('debug')).toEqual([`a usage report was not sent (${REPORTS})`]);
    expect(seen).toEqual([]);
  });

  test('does not log in', async () => {
    expect(await ask('default', { way, host: 'scfdev.tencentserverless.com' }, undefined)).toEqual({
      error:
        'Logging in at scfdev.tencentserverless.com needs a person; give credentials instead (TENCENT_SECRET_ID, TENCENT_SECRET_KEY).',
      code: 'HOST_REFUSED',
    });
  });
});

describe.each(SOCKET_WAYS)('%s', (way) => {
  test.each([
    [
      'example.com',
      [],
      'No connection to example.com: this run is offline, and nothing stands in for that host.',
    ],
    [
      'scf.tencentcloudapi.com',
      [{ host: '*.tencentcloudapi.com', url: 'http://127.0.0.1:1' }],
      'No connection to scf.tencentcloudapi.com: it may be reached over HTTP only, by http.request, https.request or fetch.',
    ],
    [
      REPORTS,
      undefined,
      `No connection to ${REPORTS}: it may be reached over HTTP only, by http.request, https.request or fetch.`,
    ],
  ])('to %s is refused', async (host, redirect, error) => {
    expect(await ask('default', { way, host }, redirect)).toEqual({ error, code: 'HOST_REFUSED' });
  });
});

test('loopback may be reached as it is', async () => {
  const host = url.slice('http://'.length);
  expect(await ask('default', { way: 'http.request(URL, callback)', host }, [])).toMatchObject({
    status: 201,
  });
  expect(seen).toMatchObject([{ host }]);
});

test('Host stays as it was signed', async () => {
  const redirect = [{ host: '*', url }];
  await ask('headers', { host: 'a.example.com', headers: { host: 'signed.example.com' } }, redirect);
  await ask('headers', { host: 'a.example.com', port: 8443 }, redirect);
  await ask('headers', { host: 'a.example.com', port: 443, headers: { 'X-Signed': 'as it was' } }, redirect);
  expect(seen.map(({ host }) => host)).toEqual(['signed.example.com', 'a.example.com:8443', 'a.example.com']);
  expect(seen[2]!.headers['x-signed']).toBe('as it was');
});

test('a proxy does not help a report out', async () => {
  const inputs = { host: REPORTS, proxyPort: (emulator.address() as AddressInfo).port };
  const told = (await ask('proxied', inputs, undefined)) as { plain?: Told; tunnel?: Told };
  expect(told.plain).toMatchObject({ status: 200, text: '{}' });
  expect(told.tunnel).toMatchObject({ code: 'HOST_REFUSED' });
  expect(seen).toEqual([]);
});

test('a proxy does not take a request from the emulator', async () => {
  const told = (await ask('proxied', { host: 'cloud.example.com', proxyPort: 1 }, [{ host: '*', url }])) as {
    plain?: Told;
    tunnel?: Told;
  };
  expect(told.plain).toMatchObject({ status: 201 });
  expect(seen).toMatchObject([{ host: 'cloud.example.com', path: '/x' }]);
  expect(told.tunnel).toMatchObject({ code: 'HOST_REFUSED' });
});

test('a last request that nobody waits for still goes out', async () => {
  const told = await ask('late', { host: 'scf.tencentcloudapi.com' }, [{ host: '*', url }]);
  expect(told).toBe('answered before');
  expect(seen).toMatchObject([{ path: '/late' }]);
});
