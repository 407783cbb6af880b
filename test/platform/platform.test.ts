import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';

import { afterEach, describe, expect, it } from 'vitest';

import {
  errorOf,
  isAlive,
  nodeEntry,
  testPlatform,
  testSpec,
  type TestPlatform,
  type TestPlatformOptions,
  until,
} from '../support/platform.ts';

let platform: TestPlatform;

async function start(options: TestPlatformOptions = {}): Promise<TestPlatform> {
  platform = await testPlatform(options);
  return platform;
}

afterEach(async () => {
  await platform.close();
});

/** Sends bytes as they are; resolves with everything received until the end. */
function raw(url: string, bytes: string, wait = 0): Promise<string> {
  return new Promise((resolve, reject) => {
    let received = '';
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    socket.on('data', (chunk) => (received += chunk));
    socket.on('close', () => resolve(received));
    socket.on('error', reject);
    setTimeout(() => socket.write(bytes), wait);
  });
}

describe('a request', () => {
  it('goes through event, instance, app and back, and leaves one record', async () => {
    await start();
    await platform.prestart();
    const body = Buffer.from([0, 255, 128, 10]);
    const response = await fetch(`${platform.url}/echo?a=1`, {
      method: 'POST',
      body,
      headers: { 'content-type': 'image/x' },
    });
    expect(Buffer.from(await response.arrayBuffer())).toEqual(body);
    expect(response.headers.get('content-type')).toBe('image/x');
    expect(await platform.record()).toMatchObject({
      method: 'POST',
      path: '/echo?a=1',
      status: 200,
      start: 'warm',
      requestBytes: 4,
      responseBytes: 4,
      function: 'test',
      version: 1,
      memoryLimitMb: 512,
    });
    const record = platform.records[0]!;
    expect(record.billedMs).toBe(Math.ceil(record.durationMs));
    expect(record.totalMs).toBeGreaterThanOrEqual(record.durationMs);
  });

  it('is cold when it waits for an instance made on demand, warm afterwards', async () => {
    await start();
    await fetch(platform.url);
    await fetch(platform.url);
    const [first, second] = [await platform.record(1), await platform.record(2)];
    expect(first.start).toBe('cold');
    expect(first.initMs).toBeGreaterThan(0);
    expect(first.billedMs).toBe(Math.ceil(first.durationMs) + Math.ceil(first.initMs!));
    expect(second.start).toBe('warm');
    expect(second.initMs).toBeUndefined();
  });

  it('tells how it went when asked to, and hides the question from the app', async () => {
    await start();
    const plain = await fetch(platform.url);
    expect([...plain.headers.keys()].filter((name) => name.startsWith('x-ropeway'))).toEqual([]);
    const traced = await fetch(`${platform.url}/headers`, {
      headers: { 'x-ropeway-trace': '1', 'x-ropeway-cold': '1' },
    });
    expect(traced.headers.get('x-ropeway-start')).toBe('cold');
    expect(Number(traced.headers.get('x-ropeway-init-ms'))).toBeGreaterThan(0);
    expect(Number(traced.headers.get('x-ropeway-duration-ms'))).toBeGreaterThan(0);
    expect((await traced.text()).toLowerCase()).not.toContain('x-ropeway');
  });

  it('is served one at a time per instance, by as many instances as allowed', async () => {
    await start({ limits: { instances: 3 } });
    const pids = await Promise.all(
      Array.from({ length: 9 }, async () => (await fetch(`${platform.url}/slow`)).text()),
    );
    expect(new Set(pids).size).toBe(3);
    expect(platform.records.every(({ status }) => status === 200)).toBe(true);
  });

  it('goes to a path below the stage, and to 400 outside of it', async () => {
    await start({ spec: { stage: 'release', eventFormat: 'tencent-apigw' } });
    expect(await (await fetch(`${platform.url}/release/`)).text()).toBe('hello');
    const outside = await fetch(`${platform.url}/`);
    expect(outside.status).toBe(400);
    expect((await errorOf(outside)).code).toBe('BAD_REQUEST');
  });
});

describe('bad requests', () => {
  it('refuses a body over 6 MB, announced or not, and names the limit', async () => {
    await start();
    const body = Buffer.alloc(6 * 1024 * 1024 + 1);
    const announced = await fetch(`${platform.url}/echo`, { method: 'POST', body });
    expect(announced.status).toBe(413);
    expect((await errorOf(announced)).message).toContain('requestBytes: 6 MB');
    const status = await new Promise((resolve, reject) => {
      const outgoing = request(`${platform.url}/echo`, { method: 'POST' }, (response) =>
        resolve(response.statusCode),
      );
      outgoing.on('error', reject);
      outgoing.end(body);
    });
    expect(status).toBe(413);
    const allowed = await fetch(`${platform.url}/echo`, {
      method: 'POST',
      body: Buffer.alloc(4 * 1024 * 1024, 97),
    });
    expect((await allowed.arrayBuffer()).byteLength).toBe(4 * 1024 * 1024);
  });

  it('answers malformed HTTP with 400 and too large headers with 431', async () => {
    await start();
    expect(await raw(platform.url, 'this is not HTTP\r\n\r\n')).toMatch(
      /^HTTP\/1\.1 400 .*"code":"BAD_REQUEST"/s,
    );
    const large = `GET / HTTP/1.1\r\nHost: x\r\nX-Large: ${'x'.repeat(17 * 1024)}\r\n\r\n`;
    expect(await raw(platform.url, large)).toMatch(/^HTTP\/1\.1 431 .*"code":"HEADERS_TOO_LARGE"/s);
    expect(await (await fetch(platform.url)).text()).toBe('hello');
  });

  it('gives up on a client that sends its headers too slowly', async () => {
    await start({ headersTimeout: 300 });
    const answer = raw(platform.url, 'GET / HTTP/1.1\r\nHost: x\r\n');
    expect(await (await fetch(platform.url)).text()).toBe('hello');
    expect(await answer).toMatch(/^HTTP\/1\.1 408 /);
  });

  it('takes the absolute form that proxies send', async () => {
    await start();
    expect(
      await raw(
        platform.url,
        'GET http://example.test/echo?x=1 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n',
      ),
    ).toMatch(/^HTTP\/1\.1 200 /);
  });

  it('goes on when the client goes away', async () => {
    await start();
    const abort = new AbortController();
    const gone = fetch(`${platform.url}/slow`, { signal: abort.signal }).catch(() => 'gone');
    setTimeout(() => abort.abort(), 20);
    expect(await gone).toBe('gone');
    expect(await (await fetch(platform.url)).text()).toBe('hello');
  });
});

describe('reload and close', () => {
  it('serves what is in flight on the old instance, the next request on a new one', async () => {
    await start();
    const oldPid = await (await fetch(`${platform.url}/pid`)).text();
    const inFlight = fetch(`${platform.url}/slow`);
    await new Promise((resolve) => setTimeout(resolve, 30));
    platform.reload();
    expect(await (await fetch(`${platform.url}/pid`)).text()).not.toBe(oldPid);
    expect(await (await inFlight).text()).toBe(oldPid);
    expect(platform.records.at(-1)!.version).toBeGreaterThan(0);
  });

  it('leaves no process, not even what the app has started', async () => {
    await start({ limits: { instances: 2 } });
    const pid = Number(await (await fetch(`${platform.url}/pid`)).text());
    const child = Number(await (await fetch(`${platform.url}/child`)).text());
    await platform.close();
    expect(isAlive(pid)).toBe(false);
    await until(() => !isAlive(child));
  });

  it('says that a port is taken and leaves nothing running', async () => {
    await start();
    const { startPlatform } = await import('../../src/platform/platform.ts');
    const second = startPlatform({
      host: '127.0.0.1',
      port: Number(new URL(platform.url).port),
      stateFolder: platform.stateFolder,
      isForDevelopment: true,
      spec: testSpec(),
      onRecord: () => undefined,
      onOutput: () => undefined,
      onNotice: () => undefined,
    });
    await expect(second).rejects.toMatchObject({ code: 'PORT_TAKEN', exitCode: 2 });
  });

  it('keeps records and log as NDJSON, with START, END and REPORT lines', async () => {
    await start();
    await fetch(`${platform.url}/print`);
    await platform.record();
    // Lines are written some milliseconds after they have been told.
    await until(() => readFileSync(join(platform.stateFolder, 'invocations.ndjson'), 'utf8') !== '');
    const read = (name: string): Record<string, unknown>[] =>
      readFileSync(join(platform.stateFolder, name), 'utf8')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as Record<string, unknown>);
    await until(() => read('log.ndjson').some(({ line }) => String(line).startsWith('REPORT')));
    const lines = read('log.ndjson').map(({ line }) => String(line));
    expect(lines.some((line) => line.startsWith('START RequestId: '))).toBe(true);
    expect(lines.some((line) => line.startsWith('END RequestId: '))).toBe(true);
    expect(lines.find((line) => line.startsWith('REPORT'))).toMatch(
      /^REPORT RequestId: \S+\tDuration: \S+ ms\tBilled Duration: \d+ ms\tMemory Size: 512 MB\tMax Memory Used: \d+ MB\tInit Duration: \S+ ms$/,
    );
    expect(read('invocations.ndjson')[0]).toMatchObject({ path: '/print', status: 200 });
  });
});

describe('a web function', () => {
  const entry = (command: string) =>
    ({ runtime: 'command', root: (nodeEntry('app.cjs') as { root: string }).root, command }) as const;

  it('is started with PORT, proxied with several requests at once, and stopped with its children', async () => {
    await start({
      entry: entry(`sh -c '${process.execPath} app.cjs; true'`),
      limits: { instances: 1, concurrency: 10 },
    });
    const answers = await Promise.all(
      Array.from({ length: 5 }, async () => (await fetch(`${platform.url}/slow`)).text()),
    );
    expect(new Set(answers).size).toBe(1);
    const body = Buffer.from([1, 2, 3, 255]);
    const echoed = await fetch(`${platform.url}/echo?x=1`, {
      method: 'POST',
      body,
      headers: { 'x-ropeway-trace': '1' },
    });
    expect(Buffer.from(await echoed.arrayBuffer())).toEqual(body);
    expect(echoed.headers.get('x-ropeway-start')).toBe('warm');
    // Not the shell's memory alone, but that of what it started.
    expect(Number(echoed.headers.get('x-ropeway-memory-mb'))).toBeGreaterThan(20);
    await platform.close();
    await until(() => !isAlive(Number(answers[0])));
  });

  it('that ends at once or never listens is explained', async () => {
    await start({ entry: entry('echo bad luck >&2; exit 4') });
    const error = await errorOf(await fetch(platform.url));
    expect(error).toMatchObject({
      code: 'INIT_FAILED',
      message: 'the process ended by itself with exit code 4',
      traceback: 'bad luck',
    });
    await platform.close();
    await start({ entry: entry('sleep 60'), limits: { initTimeout: 1 } });
    expect((await errorOf(await fetch(platform.url))).message).toMatch(
      /did not listen on PORT=\d+ within 1 s/,
    );
  });
});
