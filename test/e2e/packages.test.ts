import { randomBytes } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
} from 'node:fs';
import { request } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeAll, describe, expect, it } from 'vitest';

import { digestOf, layerOf, makeZip, putPackage, zipOf } from '../platform/zips.ts';
import { type Running, startServe } from '../support/command.ts';
import { until } from '../support/platform.ts';
import { testPython } from '../support/python.ts';
import { control, type ControlAnswer } from '../support/serve.ts';

const FLASK_APP = `
from flask import Flask, request
import flask, os, sys

app = Flask(__name__)

@app.get('/')
def index():
    return {'text': open('text.txt').read(), 'flask': flask.__file__, 'root': os.getcwd(), 'script': request.script_root}
`;
const says = (text: string): string =>
  `require('node:http').createServer((q, r) => r.end(${JSON.stringify(text)})).listen(0);`;

let python: string;
let flaskLayer: Buffer;
beforeAll(async () => {
  python = await testPython();
  flaskLayer = layerOf(python, [
    'flask',
    'werkzeug',
    'jinja2',
    'markupsafe',
    'itsdangerous',
    'click',
    'blinker',
  ]);
}, 120_000);

const cleanups: (() => void | Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

/** As if it had been uploaded two hours ago. */
function age(path: string): void {
  const past = new Date(Date.now() - 2 * 3600_000);
  utimesSync(path, past, past);
}

interface Served {
  running: Running;
  state: string;
  socket: string;
  api(method: string, path: string, body?: unknown): Promise<ControlAnswer>;
  put(zip: Buffer, digest?: string): Promise<ControlAnswer>;
}

async function serve(folder?: string): Promise<Served> {
  const state = folder ?? mkdtempSync(join(tmpdir(), 'rw-'));
  cleanups.push(() => rmSync(state, { recursive: true, force: true }));
  const running = await startServe([], ['--state', state, '--quiet']);
  cleanups.push(() => void running.child.kill('SIGKILL'));
  const socket = join(state, 'control.sock');
  return {
    running,
    state,
    socket,
    api: (method, path, body) => control(socket, method, path, body),
    put: (zip, digest) => putPackage(socket, zip, digest),
  };
}

const nodeSpec = (code: string, more: object = {}): object => ({
  entry: { runtime: 'node', interface: 'listener', root: '.', file: 'app/server.cjs', nodeOptions: [] },
  package: { code },
  ...more,
});
const pythonSpec = (code: string, layers?: string[]): object => ({
  entry: {
    runtime: 'python',
    interface: 'wsgi',
    root: 'site',
    from: { module: 'app', attribute: 'app', factory: false },
    env: {},
  },
  package: { code, ...(layers === undefined ? {} : { layers }) },
  interpreter: python,
});

describe('packages', () => {
  it('are uploaded once, and told of', async () => {
    const { api, put, socket, state } = await serve();
    const zip = zipOf({ 'a.txt': 'abc', 'b/c.txt': 'de' });
    const digest = digestOf(zip);
    expect(await api('GET', `/v1/packages/${digest}`)).toMatchObject({
      status: 404,
      body: { error: { code: 'NO_SUCH_PACKAGE', got: digest } },
    });
    expect(await put(zip)).toEqual({ status: 200, body: { digest, unpackedBytes: 5, existed: false } });
    expect(await put(zip)).toEqual({ status: 200, body: { digest, unpackedBytes: 5, existed: true } });
    const answer = await putPackage(socket, zip, digest, { expect: '100-continue' });
    expect(answer.body['existed']).toBe(true);
    expect((await api('GET', `/v1/packages/${digest}`)).body).toEqual({ digest, unpackedBytes: 5 });
    expect(readdirSync(join(state, 'packages'))).toEqual([digest]);
    expect(statSync(join(state, 'packages', digest, 'a.txt')).mode & 0o222).toBe(0);
  });

  it('answers for one that is there before its body has come', async () => {
    const { put, socket } = await serve();
    const zip = zipOf({ 'a.txt': 'abc' });
    await put(zip);
    const head = `PUT /v1/packages/${digestOf(zip)} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000\r\n\r\n`;
    const client = connect(socket);
    cleanups.push(() => void client.destroy());
    let text = '';
    client.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
    client.write(head);
    await until(() => text.includes('"existed": true'));
  });

  it('reads a body that was asked about before it was sent', async () => {
    const { socket } = await serve();
    const zip = zipOf({ 'a.txt': randomBytes(300_000) });
    const answer = await putPackage(socket, zip, digestOf(zip), { expect: '100-continue' });
    expect(answer).toMatchObject({ status: 200, body: { existed: false, unpackedBytes: 300_000 } });
  });

  it('are refused when they are not what they should be, and nothing is kept', async () => {
    const { put, state, socket } = await serve();
    const zip = zipOf({ 'a.txt': 'abc' });
    const cases: [Buffer, string | undefined, number, string][] = [
      [zip, 'a'.repeat(64), 400, 'PACKAGE_DIGEST'],
      [zip, 'A'.repeat(64), 400, 'BAD_BODY'],
      [Buffer.from('no zip'), undefined, 400, 'PACKAGE_FORMAT'],
      [makeZip([{ name: '../../escaped.txt', content: 'x' }]), undefined, 400, 'PACKAGE_ENTRY'],
      [makeZip([{ name: 'l', content: '/etc', mode: 0o120_777 }]), undefined, 400, 'PACKAGE_ENTRY'],
      [makeZip([{ name: 'a', claims: { bytes: 0x7000_0000 } }]), undefined, 413, 'PACKAGE_TOO_LARGE'],
    ];
    for (const [body, digest, status, code] of cases) {
      expect(await put(body, digest)).toMatchObject({ status, body: { error: { code } } });
    }
    const announced = await new Promise<number>((resolve, reject) => {
      const call = request(
        {
          socketPath: socket,
          method: 'PUT',
          path: `/v1/packages/${digestOf(zip)}`,
          headers: { host: 'localhost', 'content-length': String(600 * 1024 * 1024) },
        },
        (response) => {
          resolve(response.statusCode!);
          call.destroy();
        },
      );
      call.on('error', reject);
      call.write(zip);
    });
    expect(announced).toBe(413);
    expect(readdirSync(join(state, 'packages'))).toEqual([]);
    expect(existsSync(join(state, '..', 'escaped.txt'))).toBe(false);
  });

  it('are whole or not there at all when the platform is killed while it unpacks', async () => {
    const first = await serve();
    const files: Record<string, string> = {};
    for (let number = 0; number < 4000; number++)
      files[`folder${number % 50}/${number}.txt`] = `text ${number}`;
    const zip = zipOf(files);
    const folder = join(first.state, 'packages');
    const answer = first.put(zip).catch(() => undefined);
    await until(() => existsSync(folder) && readdirSync(folder).some((name) => name.startsWith('.new-')));
    await first.running.interrupt('SIGKILL');
    await answer;
    expect(readdirSync(folder)).not.toContain(digestOf(zip));
    const second = await serve(first.state);
    expect((await second.api('GET', `/v1/packages/${digestOf(zip)}`)).status).toBe(404);
    await until(() => readdirSync(folder).length === 0);
    const bytes = Object.values(files).join('').length;
    expect(await second.put(zip)).toMatchObject({ body: { unpackedBytes: bytes, existed: false } });
  });
});

describe('versions of packages', () => {
  it('run, tell what they are made of, and move with the state folder', async () => {
    const { running, api, put, state } = await serve();
    const code = zipOf({ 'site/app.py': FLASK_APP, 'site/text.txt': 'one' });
    await put(code);
    await put(flaskLayer);
    const [digest, layer] = [digestOf(code), digestOf(flaskLayer)];
    const publication = {
      spec: pythonSpec(digest, [layer]),
      routes: [{ path: '/shop/*', stage: 'shop' }],
      labels: { app: 'shop', 'deployed.by': 'test' },
    };
    expect(await api('PUT', '/v1/functions/shop', publication)).toMatchObject({
      status: 200,
      body: { version: 1, unchanged: false },
    });
    const packages = join(state, 'packages');
    const shown = JSON.parse((await running.get('/shop/')).text) as Record<string, string>;
    expect(shown).toEqual({
      text: 'one',
      flask: join(packages, layer, 'python', 'flask', '__init__.py'),
      root: join(packages, digest, 'site'),
      script: '/shop',
    });
    expect(readdirSync(join(packages, digest, 'site')).toSorted()).toEqual(['app.py', 'text.txt']);

    // The same again changes nothing but what is written on it.
    expect(await api('PUT', '/v1/functions/shop', { ...publication, labels: { app: 'blog' } })).toMatchObject(
      { body: { version: 1, unchanged: true } },
    );
    const version = {
      version: 1,
      createdAt: expect.stringMatching(/^\d{4}-/) as string,
      labels: { app: 'blog' },
      package: { code: digest, layers: [layer] },
    };
    expect((await api('GET', '/v1/functions/shop')).body['versions']).toEqual([version]);
    expect((await api('GET', '/v1/functions/shop/versions/1')).body).toMatchObject({
      ...version,
      spec: { entry: { root: 'site' }, package: { code: digest } },
    });
    expect((await api('GET', '/v1/functions')).body['functions']).toMatchObject([{ versions: [version] }]);

    await running.interrupt('SIGTERM');
    const moved = mkdtempSync(join(tmpdir(), 'rw-'));
    cpSync(state, moved, { recursive: true, preserveTimestamps: true });
    renameSync(state, `${state}-gone`);
    cleanups.push(() => rmSync(`${state}-gone`, { recursive: true, force: true }));
    const second = await serve(moved);
    expect(JSON.parse((await second.running.get('/shop/')).text)).toMatchObject({
      root: join(moved, 'packages', digest, 'site'),
    });
  });

  it('do not see what their interpreter has besides: the traceback says what the package lacks', async () => {
    const { running, api, put } = await serve();
    const good = zipOf({ 'app/server.cjs': says('good') });
    await put(good);
    await api('PUT', '/v1/functions/shop', {
      spec: nodeSpec(digestOf(good)),
      routes: [{ path: '/*' }],
    });
    const code = zipOf({ 'site/app.py': FLASK_APP, 'site/text.txt': 'one' });
    await put(code);
    const answer = await api('PUT', '/v1/functions/shop', { spec: pythonSpec(digestOf(code)) });
    expect(answer).toMatchObject({
      status: 422,
      body: {
        error: {
          code: 'INIT_FAILED',
          message: "the app failed to load: No module named 'flask'",
          app: {
            type: 'ModuleNotFoundError',
            traceback: expect.stringMatching(
              /site\/app\.py", line 2, in <module>\n {4}from flask import/,
            ) as string,
          },
        },
      },
    });
    expect((await running.get('/')).text).toBe('good');
    expect((await api('GET', '/v1/functions/shop')).body['versions']).toHaveLength(1);
    // What it needs makes it a version, from the same upload.
    await put(flaskLayer);
    const spec = pythonSpec(digestOf(code), [digestOf(flaskLayer)]);
    expect(await api('PUT', '/v1/functions/shop', { spec })).toMatchObject({ status: 200 });
    expect((await running.get('/')).text).toContain('"text":"one"');
  });

  it('are refused when their paths leave the package, or their package lacks something', async () => {
    const { api, put } = await serve();
    const zip = zipOf({ 'app/server.cjs': says('ok') });
    await put(zip);
    const code = digestOf(zip);
    const node = nodeSpec(code) as { entry: object };
    const entry = (more: object): object => ({ ...node, entry: { ...node.entry, ...more } });
    const inPackage = 'a path in the package with forward slashes, without .. (. is its root)';
    const cases: [object, number, string][] = [
      [nodeSpec('0'.repeat(64)), 404, 'NO_SUCH_PACKAGE'],
      [nodeSpec(code, { sourceRoot: '/srv' }), 400, 'spec.sourceRoot: a package has no source: leave it out'],
      [nodeSpec('x'), 400, 'spec.package.code'],
      [entry({ root: '..' }), 400, `spec.entry.root: expected ${inPackage}`],
      [entry({ file: '../x' }), 400, `spec.entry.file: expected ${inPackage}`],
      [entry({ file: 'a/../../x' }), 400, `spec.entry.file: expected ${inPackage}`],
      [entry({ file: '/etc/passwd' }), 400, `spec.entry.file: expected ${inPackage}`],
      [entry({ file: 'app\\server.cjs' }), 400, `spec.entry.file: expected ${inPackage}`],
      [entry({ file: 'C:/x' }), 400, `spec.entry.file: expected ${inPackage}`],
      [entry({ file: 'app/other.cjs' }), 400, 'The package does not have the file that `entry.file` names.'],
      [
        entry({ root: 'app/server.cjs' }),
        400,
        'The package does not have the folder that `entry.root` names.',
      ],
      [
        {
          ...pythonSpec(code),
          entry: { ...(pythonSpec(code) as { entry: object }).entry, libraries: ['.'] },
        },
        400,
        'spec.entry.libraries: the libraries of a package are its layers: leave it out',
      ],
      [{ entry: node.entry }, 400, 'spec.entry.root: expected an absolute path'],
      [{ entry: node.entry }, 400, "spec.sourceRoot: expected the folder of the app's source"],
    ];
    for (const [spec, status, words] of cases) {
      const answer = await api('PUT', '/v1/functions/a', { spec });
      expect([answer.status, JSON.stringify(answer.body)]).toEqual([status, expect.stringContaining(words)]);
    }
    const labels = Object.fromEntries(Array.from({ length: 17 }, (_, index) => [`l${index}`, '']));
    expect(await api('PUT', '/v1/functions/a', { spec: node, labels })).toMatchObject({
      status: 400,
      body: { error: { detail: 'labels: there are more than 16 labels' } },
    });
    expect((await api('GET', '/v1/functions/a')).status).toBe(404);
  });

  it('keep their package for as long as one of them is there, and no longer', async () => {
    const { api, put, state, running } = await serve();
    const zips = ['one', 'two'].map((text) => zipOf({ 'app/server.cjs': says(text) }));
    for (const zip of zips) {
      await put(zip);
      await api('PUT', '/v1/functions/shop', { spec: nodeSpec(digestOf(zip)), routes: [{ path: '/*' }] });
    }
    const [one, two] = zips.map(digestOf);
    const folder = join(state, 'packages');
    for (const digest of [one!, two!]) age(join(folder, digest));
    expect((await running.get('/')).text).toBe('two');
    // An older version may be gone back to.
    await api('PUT', '/v1/functions/shop/aliases/live', { version: 1 });
    expect((await running.get('/')).text).toBe('one');
    await api('DELETE', '/v1/functions/shop/versions/2');
    await until(() => readdirSync(folder).join() === one);
    await api('DELETE', '/v1/functions/shop');
    await until(() => readdirSync(folder).length === 0);
  });

  it('have their package until the last of their requests is answered', async () => {
    const { api, put, state, running } = await serve();
    const zip = zipOf({
      'app/server.cjs':
        "require('node:http').createServer((q, r) => setTimeout(() => r.end(require('./late.cjs')), 1000)).listen(0);",
      'app/late.cjs': "module.exports = 'late';",
    });
    await put(zip);
    const spec = nodeSpec(digestOf(zip), { cold: 'fresh' });
    await api('PUT', '/v1/functions/shop', { spec, routes: [{ path: '/*' }] });
    const folder = join(state, 'packages');
    age(join(folder, digestOf(zip)));
    const answer = running.get('/');
    await until(async () => {
      const { body } = await api('GET', '/v1/functions/shop');
      return (body['instances'] as { busy: boolean }[]).some(({ busy }) => busy);
    });
    expect((await api('DELETE', '/v1/functions/shop')).status).toBe(200);
    expect((await answer).text).toBe('late');
    await until(() => readdirSync(folder).length === 0);
  });

  it('run again once a package that was lost is uploaded again', async () => {
    const first = await serve();
    const zip = zipOf({ 'app/server.cjs': says('found') });
    await first.put(zip);
    await first.api('PUT', '/v1/functions/shop', {
      spec: nodeSpec(digestOf(zip)),
      routes: [{ path: '/*' }],
    });
    await first.running.interrupt('SIGTERM');
    rmSync(join(first.state, 'packages'), { recursive: true });
    const second = await serve(first.state);
    expect(await second.running.line('notice')).toMatchObject({
      message: `package ${digestOf(zip)} is missing: what is made of it waits until it is uploaded again`,
    });
    expect((await second.running.get('/')).status).toBe(502);
    await second.put(zip);
    expect(await second.running.get('/')).toMatchObject({ status: 200, text: 'found' });
  });
});
