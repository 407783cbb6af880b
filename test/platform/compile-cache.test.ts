import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import Module from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, expect, it, vi } from 'vitest';

import { testPlatform, until } from '../support/platform.ts';

let cache: string;
beforeEach(() => {
  cache = mkdtempSync(join(tmpdir(), 'ropeway-cache-'));
  vi.stubEnv('XDG_CACHE_HOME', cache);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(cache, { recursive: true, force: true });
});

const compiled = (): string[] => {
  const folder = join(cache, 'ropeway', 'compiled');
  return existsSync(folder) ? readdirSync(folder, { recursive: true }).map(String) : [];
};

it.runIf('enableCompileCache' in Module)(
  'keeps what Node compiles of an app for its later instances',
  async () => {
    const platform = await testPlatform({ spec: { cold: 'template', spares: 0 } });
    await platform.prestart();
    await until(() => compiled().length > 1);
    await platform.close();
  },
);

it('keeps nothing of it where starts are to be those of a cloud', async () => {
  const platform = await testPlatform({ spec: { cold: 'fresh' } });
  await platform.prestart();
  expect((await fetch(`${platform.url}/`)).status).toBeLessThan(500);
  await new Promise((resolve) => setTimeout(resolve, 1200));
  await platform.close();
  expect(compiled()).toEqual([]);
});
