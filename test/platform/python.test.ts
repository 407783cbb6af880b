import { join } from 'node:path';

import { afterEach, describe, expect, it } from 'vitest';

import { appPython } from '../../src/frameworks/python/interpreter.ts';
import {
  errorOf,
  fixtures,
  pythonEntry,
  testPlatform,
  type TestPlatform,
  until,
} from '../support/platform.ts';

const root = join(fixtures, 'instances');
let platform: TestPlatform;

/** Answers are kept whole, so that what fails in the middle of one is answered. */
async function start(module: string, limits = {}): Promise<TestPlatform> {
  platform = await testPlatform({
    entry: pythonEntry(module, 'application', 'wsgi'),
    limits,
    spec: { interpreter: appPython(root), stream: false },
  });
  return platform;
}

afterEach(async () => {
  await platform.close();
});

async function errorAt(
  path: string,
): Promise<{ status: number; code: string; message: string; traceback: string }> {
  const response = await fetch(platform.url + path);
  return { status: response.status, traceback: '', ...(await errorOf(response)) };
}

describe('a Python app that misbehaves', () => {
  it.each([
    ['/raise', 500, 'FUNCTION_ERROR', 'ValueError: raised on purpose', /app\.py", line \d+, in application/],
    ['/half', 500, 'FUNCTION_ERROR', 'ValueError: raised in the middle', /app\.py", line \d+, in half/],
    ['/exit', 502, 'FUNCTION_EXITED', 'sys.exit(3)', /app\.py", line \d+, in application/],
    ['/os-exit', 502, 'FUNCTION_EXITED', 'exit code 4', /^/],
  ])(
    '%s is answered with %i %s, and the next request is served',
    async (path, status, code, message, traceback) => {
      await start('app');
      const error = await errorAt(path);
      expect(error).toMatchObject({ status, code, message: expect.stringContaining(message) as string });
      expect(error.traceback).toMatch(traceback);
      expect(error.traceback).not.toContain('ropeway_runtime');
      expect((await fetch(platform.url)).status).toBe(200);
    },
  );

  it('is stopped at the time-out, with where it hung', async () => {
    await start('app', { timeout: 1 });
    await platform.prestart();
    const error = await errorAt('/never');
    expect(error).toMatchObject({ status: 504, code: 'FUNCTION_TIMEOUT' });
    expect(error.traceback).toMatch(/app\.py", line \d+ in application/);
    expect(error.traceback).not.toContain('ropeway_runtime');
  });

  it('is killed when it uses more memory than it may', async () => {
    await start('app', { memory: 200 });
    expect(await errorAt('/memory')).toMatchObject({ status: 502, code: 'MEMORY_EXCEEDED' });
  });

  it('prints JSON without that becoming the answer', async () => {
    await start('app');
    expect(await (await fetch(`${platform.url}/print`)).text()).toMatch(/^\d+$/);
    await until(() => platform.output.some(({ line }) => line.includes('not the answer')));
  });

  it.each([
    ['hangs', 504, 'INIT_TIMEOUT', 'did not load within 1 s', /hangs\.py", line \d/],
    ['lacks', 502, 'INIT_FAILED', "No module named 'no_such_module'", /lacks\.py", line 1/],
    ['exits', 502, 'INIT_FAILED', 'no settings', /exits\.py", line 3/],
    ['broken', 502, 'INIT_FAILED', 'SyntaxError', /broken\.py", line 1/],
    ['missing_file', 502, 'INIT_FAILED', "No module named 'missing_file'", /^/],
  ])('%s does not load: %i %s', async (module, status, code, message, traceback) => {
    await start(module, { initTimeout: 1 });
    const error = await errorAt('/');
    expect(error).toMatchObject({ status, code });
    expect(error.message + error.traceback).toContain(message);
    expect(error.traceback).toMatch(traceback);
    expect(error.traceback).not.toContain('ropeway_runtime');
  });

  it('names the package that is missing', async () => {
    await start('lacks');
    await expect(platform.prestart()).rejects.toMatchObject({ app: { missing: 'no_such_module' } });
  });
});
