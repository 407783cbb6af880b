import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { afterEach, describe, expect, it } from 'vitest';

import type { Entry } from '../../src/runtimes/entry.ts';
import { appPython } from '../../src/frameworks/python/interpreter.ts';
import {
  errorOf,
  fixtures,
  nodeEntry,
  pythonEntry,
  type TestPlatform,
  testPlatform,
} from '../support/platform.ts';

const root = join(fixtures, 'instances');
let platform: TestPlatform;

afterEach(async () => {
  await platform.close();
});

const apps: [name: string, entry: Entry][] = [
  ['Node', nodeEntry('streams.cjs')],
  ['WSGI', pythonEntry('streams', 'application', 'wsgi')],
  ['ASGI', pythonEntry('streams', 'asgi', 'asgi')],
];

describe.each(apps)('a %s app that answers in parts', (name, entry) => {
  async function start(stream = true): Promise<void> {
    const limits = { instances: 1 };
    platform = await testPlatform({ entry, limits, spec: { interpreter: appPython(root), stream } });
  }

  it('reaches the client part by part', async () => {
    await start();
    const reader = await read('/events');
    expect(await reader.next()).toBe('data: 0\n\n');
    reader.turn();
    expect(await reader.next()).toBe('data: 1\n\n');
    reader.turn();
    expect(await reader.next()).toBe('data: 2\n\n');
    reader.turn();
    expect(await reader.next()).toBe('data: end\n\n');
    expect(await reader.next()).toBeUndefined();
    const record = await platform.record();
    expect(record).toMatchObject({ status: 200, streamed: true, responseBytes: 38 });
    expect(record.error).toBeUndefined();
    // The instance takes the next request.
    expect((await fetch(`${platform.url}/closed`)).status).toBe(200);
    expect(platform.records.every(({ instance }) => instance === record.instance)).toBe(true);
  });

  it('sees its client go', async () => {
    await start();
    const gone = new AbortController();
    const reader = await read('/events', gone.signal);
    await reader.next();
    gone.abort();
    // A WSGI app sees it when it gives its next part.
    while (platform.records.length === 0) {
      if (name === 'WSGI') reader.turn();
      await sleep(10);
    }
    while ((await (await fetch(`${platform.url}/closed`)).text()) !== '1') await sleep(10);
    expect(platform.records.every(({ instance }) => instance === platform.records[0]!.instance)).toBe(true);
    expect(platform.records[0]!.error).toBeUndefined();
    expect(platform.output.map(({ line }) => line).join('\n')).not.toContain('has gone');
  });

  it('may be larger than a whole answer', async () => {
    await start();
    const body = await (await fetch(`${platform.url}/large`)).arrayBuffer();
    expect(body.byteLength).toBe(320 * 65_536);
    expect((await platform.record()).responseBytes).toBe(320 * 65_536);
  });

  it('breaks the connection when it fails in the middle, and goes on', async () => {
    await start();
    await expect(fetch(`${platform.url}/broken`).then((response) => response.text())).rejects.toThrow();
    const { error } = await platform.record();
    expect(error?.code).toBe('FUNCTION_ERROR');
    expect((await fetch(`${platform.url}/closed`)).status).toBe(200);
    // Whoever destroys a response in Node has the error in hand; what escapes a Python app is printed.
    if (name === 'Node') return;
    const printed = (): string => platform.output.map(({ line }) => line).join('\n');
    await expect.poll(printed).toContain('ValueError: raised in the middle');
  });

  it('is kept until it is whole where streaming is off, with the limit named', async () => {
    await start(false);
    const large = await errorOf(await fetch(`${platform.url}/large`));
    expect(large).toMatchObject({
      code: 'RESPONSE_TOO_LARGE',
      message: expect.stringContaining('over the limit of 6291456 (responseBytes)') as string,
    });
    const broken = await fetch(`${platform.url}/broken`);
    expect([500, 502]).toContain(broken.status);
    expect(platform.records.every(({ streamed }) => streamed === undefined)).toBe(true);
  });

  it('is an ordinary result when it is there at once', async () => {
    await start();
    const path = name === 'WSGI' ? '/known' : '/at-once';
    await fetch(platform.url + path);
    expect((await platform.record()).streamed).toBeUndefined();
  });
});

async function read(
  path: string,
  signal?: AbortSignal,
): Promise<{ next(): Promise<string | undefined>; turn(): void }> {
  const response = await fetch(platform.url + path, signal === undefined ? {} : { signal });
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  return {
    next: async () => (await reader.read()).value,
    /** Lets the app go on to its next part. */
    turn: () => void process.kill(Number(response.headers.get('x-pid')), 'SIGUSR1'),
  };
}
