import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { afterEach, describe, expect, it } from 'vitest';

import { freePort } from '../../src/lib/ports.ts';
import { appFolder, ropeway, type Running, startServe } from '../support/command.ts';
import { isAlive, until } from '../support/platform.ts';
import { testPythonEnv } from '../support/python.ts';
import { control, load } from '../support/serve.ts';

const NODE_APP = `
const { createServer } = require('node:http');
const version = require('./version.json');
createServer((request, response) => {
  const path = new URL(request.url, 'http://x').pathname;
  if (path === '/slow') setTimeout(() => response.end('slow ' + version), 1500);
  else if (path === '/pid') response.end(String(process.pid));
  else if (path === '/busy') for (;;);
  else if (path === '/env') response.end(process.env.SECRET ?? 'none');
  else { let bytes = 0; request.on('data', (chunk) => (bytes += chunk.length)).on('end', () => response.end(version + ' ' + request.method + ' ' + request.url + (bytes ? ' ' + bytes : ''))); }
}).listen(3000);
`;
const SOCKET_APP = `
const { createServer } = require('node:http');
createServer((request, response) => response.end('plain'))
  .on('upgrade', (request, socket) => socket.write('HTTP/1.1 101 Switching Protocols\\r\\nUpgrade: websocket\\r\\nConnection: Upgrade\\r\\n\\r\\n'))
  .listen(3000);
`;
const PYTHON_APP = `
import os, time
from wsgiref.util import setup_testing_defaults

def application(environ, start_response):
    path = environ['PATH_INFO']
    if path == '/busy':
        while True: pass
    start_response('200 OK', [('Content-Type', 'text/plain')])
    return [(f"{os.getpid()}" if path == '/pid' else f"{environ['SCRIPT_NAME']}|{path}").encode()]
`;

const cleanups: (() => void | Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

function nodeApp(name: string, config = '', version = 'one') {
  const app = appFolder({
    [`${name}/server.js`]: NODE_APP,
    [`${name}/version.json`]: JSON.stringify(version),
    [`${name}/package.json`]: JSON.stringify({ name, scripts: { start: 'node server.js' } }),
    ...(config === '' ? {} : { [`${name}/ropeway.yml`]: config }),
  });
  cleanups.push(() => app.remove());
  return {
    dir: join(app.dir, name),
    write: (file: string, text: string) => app.write(`${name}/${file}`, text),
  };
}

function pythonApp(name: string) {
  const app = appFolder({
    [`${name}/app.py`]: PYTHON_APP,
    [`${name}/Procfile`]: 'web: gunicorn app:application\n',
  });
  cleanups.push(() => app.remove());
  return join(app.dir, name);
}

/** Short, as the path of a socket must be. */
function stateFolder(): { state: string; socket: string } {
  const state = mkdtempSync(join(tmpdir(), 'rw-'));
  // What was killed may still be writing.
  cleanups.push(() => rmSync(state, { recursive: true, force: true, maxRetries: 10 }));
  return { state, socket: join(state, 'control.sock') };
}

async function serveFor(dirs: string[], args: string[] = [], env: NodeJS.ProcessEnv = {}): Promise<Running> {
  const running = await startServe(dirs, args, env);
  cleanups.push(() => void running.child.kill('SIGKILL'));
  return running;
}

describe('ropeway serve', () => {
  it('serves several apps below their names, and everything of one alone', async () => {
    const { state } = stateFolder();
    const env = await testPythonEnv();
    const served = await serveFor([nodeApp('shop').dir, pythonApp('blog')], ['--state', state], env);
    const answer = await served.get('/shop/a?b=1');
    expect(answer.text).toBe('one GET /a?b=1');
    expect(answer.headers.get('x-ropeway-request-id')).toMatch(/^[\da-f-]{36}$/);
    expect((await served.get('/blog/a/')).text).toBe('/blog|/a/');
    const missing = await served.get('/other');
    expect([missing.status, missing.headers.get('x-ropeway-error')]).toEqual([404, 'NO_ROUTE']);
    expect(await served.interrupt('SIGTERM')).toBe(0);

    const { state: second } = stateFolder();
    const alone = await serveFor([nodeApp('shop').dir], ['--state', second]);
    expect((await alone.get('/a')).text).toBe('one GET /a');
  });

  it('takes host, longest path, methods, body limit and CORS of ropeway.yml', async () => {
    const { state } = stateFolder();
    const config = `
name: api
routes:
  - api.example.com/*
  - { path: /read, methods: [GET] }
  - path: /small/*
    requestBytes: 10
    cors: { allowOrigins: ['https://page.example.com'], maxAge: 60 }
`;
    const served = await serveFor(
      [nodeApp('x', config).dir, nodeApp('rest', 'routes: [/*]', 'rest').dir],
      ['--state', state],
    );
    expect((await served.get('/small/a')).text).toBe('one GET /small/a');
    expect((await served.get('/other')).text).toBe('rest GET /other');
    expect((await served.get('/read')).text).toBe('one GET /read');
    expect((await served.get('/read', { method: 'PUT' })).text).toBe('rest PUT /read');
    const { port } = new URL(served.url);
    const byHost = await ask(Number(port), '/other', { host: 'api.example.com:8080' });
    expect(byHost).toBe('one GET /other');

    expect((await served.get('/small/a', { method: 'POST', body: '0123456789' })).status).toBe(200);
    const tooLarge = await served.get('/small/a', {
      method: 'POST',
      body: '0123456789+',
      headers: { origin: 'https://page.example.com' },
    });
    expect(tooLarge.status).toBe(413);
    expect(tooLarge.headers.get('access-control-allow-origin')).toBe('https://page.example.com');
    const preflight = await served.get('/small/a', {
      method: 'OPTIONS',
      headers: { origin: 'https://page.example.com', 'access-control-request-method': 'PUT' },
    });
    expect([preflight.status, preflight.headers.get('access-control-allow-methods')]).toEqual([204, 'PUT']);
    const stranger = await served.get('/small/a', { headers: { origin: 'https://evil.example.com' } });
    expect(stranger.headers.get('access-control-allow-origin')).toBeNull();
  });

  it('tells strangers nothing of what an app raised, and takes no orders from them', async () => {
    const { state } = stateFolder();
    const app = nodeApp('shop');
    app.write('server.js', "exports.handler = async () => { throw new Error('password is hush'); };");
    app.write('ropeway.yml', 'app: server.js');
    const served = await serveFor([app.dir], ['--state', state]);
    const answer = await served.get('/', { headers: { 'x-ropeway-trace': '1', 'x-ropeway-cold': '1' } });
    expect([answer.status, answer.headers.get('x-ropeway-error')]).toEqual([502, 'FUNCTION_ERROR']);
    expect(answer.text + JSON.stringify([...answer.headers])).not.toContain('hush');
    expect(answer.headers.get('x-ropeway-start')).toBeNull();
    const id = answer.headers.get('x-ropeway-request-id')!;
    const logs = await ropeway(['logs', '--state', state, '--request', id]);
    expect(logs.stdout).toContain('password is hush');
    const records = served.lines.filter(({ type }) => type === 'invocation');
    expect(records.at(-1)).toMatchObject({ start: 'warm' });
  });

  it('tells clients to come again as long as folders are being loaded', async () => {
    const { state } = stateFolder();
    const port = await freePort();
    const app = nodeApp('shop');
    app.write(
      'server.js',
      `Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1500);\n${NODE_APP}`,
    );
    const starting = serveFor([app.dir], ['--state', state, '--port', String(port)]);
    const statuses: number[] = [];
    const retryAfter: (string | null)[] = [];
    while (statuses.at(-1) !== 200) {
      try {
        const answer = await fetch(`http://127.0.0.1:${port}/`);
        statuses.push(answer.status);
        if (answer.status === 503) retryAfter.push(answer.headers.get('retry-after'));
      } catch {
        // It does not listen yet.
      }
      await sleep(50);
    }
    await starting;
    expect(new Set(statuses)).toEqual(new Set([503, 200]));
    expect(new Set(retryAfter)).toEqual(new Set(['1']));
  });

  it('gives an app that comes later a place of its own beside one that has everything', async () => {
    const { state } = stateFolder();
    const first = await serveFor([nodeApp('shop').dir], ['--state', state]);
    await first.interrupt('SIGTERM');
    const second = await serveFor([nodeApp('blog', '', 'two').dir], ['--state', state]);
    expect((await second.line('notice'))['message']).toBe(
      '/* leads to shop, which was deployed before: blog is at /blog/*',
    );
    expect((await second.get('/a')).text).toBe('one GET /a');
    expect((await second.get('/blog/a')).text).toBe('two GET /a');
    await second.interrupt('SIGTERM');
    const again = await ropeway([
      'serve',
      nodeApp('third', 'routes: [/*]').dir,
      '--state',
      state,
      '--port',
      '0',
    ]);
    expect([again.code, again.stderr]).toEqual([2, expect.stringContaining('/* of shop and /* of third')]);
  });

  it('drops no request when the code is loaded anew', async () => {
    const { state } = stateFolder();
    const app = nodeApp('shop');
    const served = await serveFor([app.dir], ['--state', state, '--quiet']);
    const clients = load(`${served.url}/`, 8);
    for (const version of ['two', 'three']) {
      await until(() => clients.statuses.length > 20);
      app.write('version.json', JSON.stringify(version));
      const from = served.lines.length;
      served.child.kill('SIGHUP');
      await served.line('published', from);
      await until(() => clients.bodies.has(`${version} GET /`));
    }
    await clients.stop();
    expect(clients.errors).toEqual([]);
    expect(new Set(clients.statuses)).toEqual(new Set([200]));
    expect([...clients.bodies].sort()).toEqual(['one GET /', 'three GET /', 'two GET /']);
  });

  it('goes on with the old code when the new does not load', async () => {
    const { state } = stateFolder();
    const app = nodeApp('shop');
    const served = await serveFor([app.dir], ['--state', state]);
    app.write('version.json', 'broken');
    served.child.kill('SIGHUP');
    expect(await served.line('not-published')).toMatchObject({ code: 'INIT_FAILED', hasOlder: true });
    expect((await served.get('/')).text).toBe('one GET /');
  });

  it('answers what is in flight, takes nothing new and ends when it is told to', async () => {
    const { state, socket } = stateFolder();
    const served = await serveFor([nodeApp('shop').dir], ['--state', state, '--concurrency', '1']);
    const pid = Number((await served.get('/pid')).text);
    // One runs, one waits for the only instance.
    const slow = [served.get('/slow'), served.get('/slow')];
    await until(async () => {
      const { body } = await control(socket, 'GET', '/v1/functions/shop');
      return JSON.stringify(body['load']) === JSON.stringify([{ version: 1, waiting: 1, active: 1 }]);
    });
    const ended = served.interrupt('SIGTERM');
    await served.line('draining');
    await until(async () => (await control(socket, 'GET', '/v1/health')).status === 503);
    await expect(ask(Number(new URL(served.url).port), '/', {})).rejects.toThrow('ECONNREFUSED');
    expect((await Promise.all(slow)).map(({ text }) => text)).toEqual(['slow one', 'slow one']);
    expect(await ended).toBe(0);
    expect(isAlive(pid)).toBe(false);
  });

  it('ends all the same when a request takes longer than the time it has', async () => {
    const { state } = stateFolder();
    const served = await serveFor([nodeApp('shop').dir], ['--state', state, '--drain', '1']);
    const pid = Number((await served.get('/pid')).text);
    const stuck = served.get('/busy').catch(() => undefined);
    await sleep(200);
    expect(await served.interrupt('SIGTERM')).toBe(0);
    await stuck;
    await until(() => !isAlive(pid));
  });

  it('ends all the same when a WebSocket client stays', async () => {
    const { state } = stateFolder();
    const app = nodeApp('shop');
    app.write('server.js', SOCKET_APP);
    const served = await serveFor([app.dir], ['--state', state, '--drain', '1']);
    const client = connect(Number(new URL(served.url).port), '127.0.0.1');
    client.on('error', () => undefined);
    client.write(
      'GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: x\r\n\r\n',
    );
    const [answer] = (await once(client, 'data')) as [Buffer];
    expect(answer.toString()).toContain(' 101 ');
    const closed = once(client, 'close');
    expect(await served.interrupt('SIGTERM')).toBe(0);
    await closed;
  });

  it('has everything again after kill -9, and no process of the old run is left', async () => {
    const { state, socket } = stateFolder();
    const env = await testPythonEnv();
    const dirs = [nodeApp('shop', 'env: { SECRET: hush }').dir, pythonApp('blog')];
    const first = await serveFor(dirs, ['--state', state], env);
    const pids = [Number((await first.get('/shop/pid')).text), Number((await first.get('/blog/pid')).text)];
    // Those that never look up do not see that nobody is there any more.
    void first.get('/shop/busy').catch(() => undefined);
    void first.get('/blog/busy').catch(() => undefined);
    await until(async () => {
      const { body } = await control(socket, 'GET', '/v1/functions');
      return (body['functions'] as { load: { active: number }[] }[]).every(
        ({ load: [one] }) => one!.active === 1,
      );
    });
    first.child.kill('SIGKILL');
    await until(() => pids.every((pid) => !isAlive(pid)));

    const second = await serveFor([], ['--state', state]);
    expect((await second.get('/shop/env')).text).toBe('hush');
    expect((await second.get('/blog/x')).text).toBe('/blog|/x');
    const answer = await control(socket, 'GET', '/v1/functions/shop/versions/1');
    expect(JSON.stringify(answer.body)).not.toContain('hush');
    expect(readFileSync(join(state, 'deployments.json'), 'utf8')).not.toContain('hush');
    await second.interrupt('SIGTERM');
  });

  it('reads the twin of a file that was cut off, mends it, and refuses to guess when both are', async () => {
    const { state } = stateFolder();
    const first = await serveFor([nodeApp('shop').dir], ['--state', state]);
    await first.interrupt('SIGTERM');
    const file = join(state, 'deployments.json');
    const twin = join(state, 'deployments.twin.json');
    const whole = readFileSync(file, 'utf8');
    for (const damaged of [file, twin]) {
      writeFileSync(damaged, whole.slice(0, whole.length / 2));
      const served = await serveFor([], ['--state', state]);
      expect((await served.get('/')).text).toBe('one GET /');
      expect(String((await served.line('notice'))['message'])).toContain('its twin is whole');
      await served.interrupt('SIGTERM');
      writeFileSync(damaged, whole);
    }
    writeFileSync(file, whole.replace('"version": 1', '"version": 2'));
    writeFileSync(twin, '');
    const refused = await ropeway(['serve', '--state', state, '--port', '0']);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain('STATE_BROKEN');
    expect(refused.stderr).not.toMatch(/\n\s+at /);
  });

  it('refuses what is wrong with the command before anything is started', async () => {
    const { state } = stateFolder();
    const cases: [string[], string][] = [
      [[join(state, 'none')], 'NO_FOLDER'],
      [['--control', '0.0.0.0:3001'], 'TOKEN_NEEDED'],
      [['--control', 'nonsense'], 'CONTROL_ADDRESS'],
      [['--state', join(state, 'x'.repeat(120))], 'STATE_PATH_LONG'],
      [['--token-file', join(state, 'none')], 'TOKEN'],
    ];
    for (const [args, code] of cases) {
      const { code: exit, stderr } = await ropeway(['serve', ...args], state, { ROPEWAY_STATE: state });
      expect([exit, stderr]).toEqual([2, expect.stringContaining(code)]);
    }
    const served = await serveFor([], ['--state', state]);
    const second = await ropeway(['serve', '--state', state, '--port', '0']);
    expect([second.code, second.stderr]).toEqual([2, expect.stringContaining('ALREADY_RUNNING')]);
    await served.interrupt();
    const twins = [nodeApp('shop').dir, nodeApp('shop').dir];
    const twice = await ropeway(['serve', ...twins, '--state', state, '--port', '0']);
    expect([twice.code, twice.stderr]).toEqual([2, expect.stringContaining('NAME_TWICE')]);
    expect(existsSync(join(state, 'deployments.json'))).toBe(false);
    const holder = await serveFor([], ['--state', stateFolder().state]);
    const taken = await ropeway(['serve', '--state', state, '--port', new URL(holder.url).port]);
    expect([taken.code, taken.stderr]).toEqual([2, expect.stringContaining('PORT_TAKEN')]);
    const control = await ropeway([
      'serve',
      '--state',
      state,
      '--port',
      '0',
      '--control',
      new URL(holder.url).port,
    ]);
    expect([control.code, control.stderr]).toEqual([2, expect.stringContaining('PORT_TAKEN')]);
    expect(control.stderr).toContain('--control 127.0.0.1:0');
    mkdirSync(join(state, 'empty'));
    const noApp = await ropeway(['serve', join(state, 'empty'), '--state', state, '--port', '0']);
    expect([noApp.code, noApp.stderr]).toEqual([2, expect.stringContaining('APP_NOT_FOUND')]);
  });
});

async function ask(port: number, path: string, headers: Record<string, string>): Promise<string> {
  const { request } = await import('node:http');
  return new Promise((resolve, reject) => {
    const call = request({ port, path, headers }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      response.on('end', () => resolve(text));
    });
    call.on('error', reject);
    call.end();
  });
}
