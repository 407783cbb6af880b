import { afterEach, describe, expect, it } from 'vitest';

import {
  errorOf,
  isAlive,
  nodeEntry,
  testPlatform,
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

describe('an app that misbehaves', () => {
  it.each([
    ['/throw', 502, 'FUNCTION_ERROR', 'thrown on purpose', 'app.cjs'],
    ['/later', 502, 'FUNCTION_EXITED', 'uncaught exception: thrown later', 'app.cjs'],
    ['/exit', 502, 'FUNCTION_EXITED', 'process.exit(3)', 'app.cjs'],
    ['/big', 502, 'RESPONSE_TOO_LARGE', 'responseBytes', undefined],
  ])(
    '%s is answered with %i %s, and the next request is served',
    async (path, status, code, message, traceback) => {
      await start();
      const response = await fetch(platform.url + path);
      expect(response.status).toBe(status);
      const error = await errorOf(response);
      expect(error.code).toBe(code);
      expect(error.message).toContain(message);
      expect(error.requestId).toBe(response.headers.get('x-ropeway-request-id'));
      if (traceback !== undefined) expect(error.traceback).toContain(traceback);
      expect(error.traceback ?? '').not.toContain('runtimes/node');
      expect(await (await fetch(platform.url)).text()).toBe('hello');
    },
  );

  it.each([
    ['/spin', /at .*app\.cjs:\d+/],
    ['/never', /event loop is idle/],
  ])('%s is stopped at the time-out, with where it hung', async (path, where) => {
    await start({ limits: { timeout: 1, instances: 1 } });
    await platform.prestart();
    const response = await fetch(platform.url + path);
    expect(response.status).toBe(504);
    const error = await errorOf(response);
    expect(error.code).toBe('FUNCTION_TIMEOUT');
    expect(error.traceback).toMatch(where);
    expect(await (await fetch(platform.url)).text()).toBe('hello');
  });

  it('is killed when it uses more memory than it may', async () => {
    await start({ limits: { memory: 200 } });
    const response = await fetch(`${platform.url}/memory`);
    expect(response.status).toBe(502);
    expect(await errorOf(response)).toMatchObject({
      code: 'MEMORY_EXCEEDED',
      message: expect.stringContaining('limit is 200 MB') as string,
    });
    expect(await (await fetch(platform.url)).text()).toBe('hello');
  });

  it('prints JSON without that becoming the answer', async () => {
    await start();
    expect(await (await fetch(`${platform.url}/print`)).text()).toBe('printed');
    await until(() => platform.output.length > 0);
    expect(platform.output[0]).toMatchObject({ stream: 'stdout', function: 'test' });
  });

  it('does not see the environment of the platform', async () => {
    process.env['ROPEWAY_TEST_SECRET'] = 'secret';
    await start({ spec: { env: { MINE: 'yes' } } });
    const env = (await (await fetch(`${platform.url}/env`)).json()) as Record<string, string>;
    delete process.env['ROPEWAY_TEST_SECRET'];
    expect(env['ROPEWAY_TEST_SECRET']).toBeUndefined();
    expect(env['MINE']).toBe('yes');
  });

  it('fails to load: the reason is the answer, and loading is tried again', async () => {
    await start({ entry: nodeEntry('broken.cjs') });
    await expect(platform.prestart()).rejects.toMatchObject({ code: 'INIT_FAILED' });
    const response = await fetch(platform.url);
    expect(response.status).toBe(502);
    const error = await errorOf(response);
    expect(error.code).toBe('INIT_FAILED');
    expect(error.traceback).toContain('broken.cjs:2');
  });

  it('does not load in time: the reason says where it hung', async () => {
    await start({ entry: nodeEntry('hangs.cjs'), limits: { initTimeout: 1 } });
    const response = await fetch(platform.url);
    expect(response.status).toBe(504);
    const error = await errorOf(response);
    expect(error.code).toBe('INIT_TIMEOUT');
    expect(error.traceback).toMatch(/hangs\.cjs:\d+/);
  });

  it('exits while it loads', async () => {
    await start({ entry: nodeEntry('exits.cjs') });
    const error = await errorOf(await fetch(platform.url));
    expect(error).toMatchObject({ code: 'INIT_FAILED', message: 'the app called process.exit(7)' });
  });

  it('lacks a package: the message names it', async () => {
    await start({ entry: nodeEntry('lacks.cjs') });
    await expect(platform.prestart()).rejects.toMatchObject({ app: { missing: 'no-such-package' } });
  });

  it('listens on two ports: both are named; --app-port chooses', async () => {
    await start({ entry: nodeEntry('two-ports.cjs') });
    const error = await errorOf(await fetch(platform.url));
    expect(error.message).toContain('listens on 2 ports: 4001, 4002');
    await platform.close();
    await start({ entry: nodeEntry('two-ports.cjs'), spec: { appPort: 4002 } });
    expect(await (await fetch(platform.url)).text()).toBe('second');
  });

  it('neither listens nor exports an app', async () => {
    await start({ entry: nodeEntry('nothing.cjs') });
    expect((await errorOf(await fetch(platform.url))).message).toContain(
      'neither listens nor exports an app',
    );
  });

  it('shows its traceback as a page to a browser, escaped, and to nobody when errors are hidden', async () => {
    await start();
    const page = await (await fetch(`${platform.url}/throw`, { headers: { accept: 'text/html' } })).text();
    expect(page).toContain('<h1>502 FUNCTION_ERROR</h1>');
    await platform.close();
    await start({ isForDevelopment: false });
    expect((await errorOf(await fetch(`${platform.url}/throw`))).traceback).toBeUndefined();
  });
});

describe('an instance killed by hand', () => {
  it('while idle: the next request is served by another', async () => {
    await start();
    const pid = Number(await (await fetch(`${platform.url}/pid`)).text());
    process.kill(pid, 'SIGKILL');
    await until(() => !isAlive(pid));
    expect(Number(await (await fetch(`${platform.url}/pid`)).text())).not.toBe(pid);
  });

  it('in the middle of a request: that one gets 502 with the reason', async () => {
    await start();
    const pid = Number(await (await fetch(`${platform.url}/pid`)).text());
    const response = fetch(`${platform.url}/never`);
    setTimeout(() => process.kill(pid, 'SIGKILL'), 50);
    expect((await errorOf(await response)).message).toContain('SIGKILL');
    expect(await (await fetch(platform.url)).text()).toBe('hello');
  });
});
