import { once } from 'node:events';
import { join } from 'node:path';

import { afterEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';

import { appPython } from '../../src/frameworks/python/interpreter.ts';
import type { Entry } from '../../src/runtimes/entry.ts';
import { nodeApp } from '../support/node-apps.ts';
import {
  fixtures,
  nodeEntry,
  pythonEntry,
  type TestPlatform,
  testPlatform,
  until,
} from '../support/platform.ts';

const root = join(fixtures, 'instances');
let platform: TestPlatform;
const open: WebSocket[] = [];

afterEach(async () => {
  for (const socket of open.splice(0)) socket.terminate();
  await platform.close();
});

const command: Entry = { runtime: 'command', root, command: 'node sockets-port.cjs' };
const apps: [name: string, entry: Entry][] = [
  ['Node app', nodeEntry('sockets.cjs')],
  ['web function', command],
  ['ASGI app', pythonEntry('streams', 'asgi', 'asgi')],
];

describe.each(apps)('WebSocket to a %s', (name, entry) => {
  async function start(): Promise<void> {
    const web = entry.runtime === 'command';
    const limits = { instances: 2, ...(web ? { concurrency: 100, instances: 1, initTimeout: 30 } : {}) };
    platform = await testPlatform({ entry, limits, spec: { interpreter: appPython(root) } });
  }

  it('carries text and bytes of any size both ways', async () => {
    await start();
    const socket = await connect('/');
    expect(await ask(socket, 'hello')).toBe('olleh');
    expect(await ask(socket, '')).toBe('');
    const bytes = Buffer.from(Array.from({ length: 300_000 }, (_, n) => n % 251));
    expect(await ask(socket, bytes)).toEqual(Buffer.from(Array.from(bytes).toReversed()));
    expect((await platform.record()).status).toBe(101);
  });

  it('keeps the order of many messages', async () => {
    await start();
    const socket = await connect('/');
    const got: string[] = [];
    socket.on('message', (data) => got.push((data as Buffer).toString()));
    for (let n = 0; n < 500; n++) socket.send(String(n));
    await until(() => got.length === 500);
    expect(got).toEqual(Array.from({ length: 500 }, (_, n) => String(n).split('').toReversed().join('')));
  });

  it('agrees on a subprotocol', async () => {
    await start();
    const socket = await connect('/', ['chat.v2', 'chat.v1']);
    expect(socket.protocol).toBe('chat.v2');
  });

  it('lets the app refuse', async () => {
    await start();
    const socket = new WebSocket(`${platform.url.replace('http', 'ws')}/refuse`);
    const [, response] = (await once(socket, 'unexpected-response')) as [unknown, { statusCode: number }];
    expect(response.statusCode).toBe(name === 'ASGI app' ? 403 : 401);
  });

  it('tells each side how the other closed', async () => {
    await start();
    const first = await connect('/');
    const closed = once(first, 'close') as Promise<[number, Buffer]>;
    first.send('bye');
    const [code, reason] = await closed;
    expect([code, String(reason)]).toEqual([4001, 'you said bye']);
    const second = await connect('/');
    second.close(4002, 'enough');
    await until(() => platform.output.some(({ line }) => line === 'disconnected with 4002 enough'));
    const third = await connect('/');
    third.terminate();
    await until(() => platform.output.some(({ line }) => line.startsWith('disconnected with 1006')));
  });

  it('leaves its instance free for requests and other connections', async () => {
    await start();
    await Promise.all([connect('/'), connect('/'), connect('/'), connect('/')]);
    const answers = await Promise.all([1, 2, 3].map((n) => fetch(`${platform.url}/closed?${n}`)));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    const connections = platform.records.filter(({ status }) => status === 101);
    expect(new Set(connections.map(({ instance }) => instance)).size).toBe(1);
  });

  it('ends connections when the app is reloaded or the platform closes', async () => {
    await start();
    const socket = await connect('/');
    const closed = once(socket, 'close');
    platform.reload();
    await closed;
    expect(await ask(await connect('/'), 'again')).toBe('niaga');
  });
});

it('gives the handshake as an ordinary request to an app that takes no connections', async () => {
  platform = await testPlatform({ entry: nodeEntry('app.cjs') });
  const socket = new WebSocket(`${platform.url.replace('http', 'ws')}/nowhere`);
  const [, response] = (await once(socket, 'unexpected-response')) as [unknown, { statusCode: number }];
  expect(response.statusCode).toBe(404);
  expect(await platform.record()).toMatchObject({ path: '/nowhere', status: 404 });
});

it('answers a handshake with the error of an app that does not load, or fails before it accepts', async () => {
  platform = await testPlatform({ entry: nodeEntry('broken.cjs') });
  const broken = new WebSocket(platform.url.replace('http', 'ws'));
  const [, first] = (await once(broken, 'unexpected-response')) as [unknown, { statusCode: number }];
  expect(first.statusCode).toBe(502);
  expect((await platform.record()).error?.code).toBe('INIT_FAILED');
  await platform.close();
  platform = await testPlatform({
    entry: pythonEntry('streams', 'asgi', 'asgi'),
    spec: { interpreter: appPython(root) },
  });
  const failing = new WebSocket(`${platform.url.replace('http', 'ws')}/fail`);
  const [, second] = (await once(failing, 'unexpected-response')) as [unknown, { statusCode: number }];
  expect(second.statusCode).toBe(500);
  await until(() => platform.output.some(({ line }) => line.includes('raised before the handshake')));
});

const CHAT = 'node server.js';

it.each([
  ['a Node app, over WebSocket', 'server.js', { transports: ['websocket'] }],
  ['a web function, from long polling on', CHAT, {}],
])('carries Socket.IO to %s, with messages from one client to another', async (_, start, options) => {
  const folder = await nodeApp('socket-io');
  const entry: Entry =
    start === CHAT
      ? { runtime: 'command', root: folder, command: start }
      : { runtime: 'node', interface: 'listener', root: folder, file: join(folder, start), nodeOptions: [] };
  platform = await testPlatform({
    entry,
    limits: { initTimeout: 30, ...(start === CHAT ? { instances: 1, concurrency: 100 } : {}) },
  });
  const { io } = (await import(join(folder, 'node_modules/socket.io-client/build/cjs/index.js'))) as SocketIo;
  const clients = [io(platform.url, options), io(platform.url, options)];
  try {
    await Promise.all(clients.map((client) => new Promise((resolve) => client.once('connect', resolve))));
    const heard = new Promise((resolve) => clients[1]!.once('said', resolve));
    expect(await clients[0]!.emitWithAck('say', 'good morning')).toBe(12);
    expect(await heard).toBe('good morning');
    // Also those that began with polling have a connection in the end.
    await until(() => platform.records.filter(({ status }) => status === 101).length === 2);
  } finally {
    for (const client of clients) client.close();
  }
});

interface SocketIo {
  io(url: string, options?: object): SocketIoClient;
}

interface SocketIoClient {
  once(event: string, listener: (value: unknown) => void): void;
  emitWithAck(event: string, value: string): Promise<unknown>;
  close(): void;
}

async function connect(path: string, protocols: string[] = []): Promise<WebSocket> {
  const socket = new WebSocket(platform.url.replace('http', 'ws') + path, protocols);
  open.push(socket);
  await once(socket, 'open');
  return socket;
}

async function ask(socket: WebSocket, message: string | Buffer): Promise<string | Buffer> {
  const answer = once(socket, 'message') as Promise<[Buffer, boolean]>;
  socket.send(message);
  const [data, isBinary] = await answer;
  return isBinary ? data : data.toString();
}
