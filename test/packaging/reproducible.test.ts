import { cpSync, mkdirSync, readdirSync, utimesSync } from 'node:fs';
import { join } from 'node:path';

import { beforeAll, expect, it } from 'vitest';

import { testPython } from '../support/python.ts';
import { root } from '../support/root.ts';
import { run } from '../support/run.ts';
import { folderWith } from './support.ts';

const APPS = [
  ...['flask', 'django', 'fastapi', 'express', 'koa', 'bare-node', 'bare-python'].map(
    (name) => `examples/${name}`,
  ),
  'test/apps/httpbin',
];

let python: string;
beforeAll(async () => {
  python = await testPython();
});

// Nothing is shared between the two: not the folder, the cache, the time zone, the umask, nor the times of the files.
it.each(APPS)(
  'two packages of %s are the same, byte by byte',
  async (name) => {
    const longer = join(folderWith(), 'another', 'place', 'with-a-longer-name');
    // At once: each waits for its downloads.
    const [one, other] = await Promise.all([
      buildIn(join(folderWith(), 'app'), name, { TZ: 'Asia/Shanghai', TEST_UMASK: '18' }),
      buildIn(longer, name, { TZ: 'America/St_Johns', TEST_UMASK: '63', LC_ALL: 'C' }),
    ]);
    expect(one).toMatch(/^\{"code":"[0-9a-f]{64}"/);
    expect(other).toBe(one);
  },
  300_000,
);

async function buildIn(dir: string, name: string, env: Record<string, string>): Promise<string> {
  mkdirSync(dir, { recursive: true });
  cpSync(join(root, name), dir, {
    recursive: true,
    filter: (source) => !/\/(?:node_modules|\.ropeway|\.venv|__pycache__)$/.test(source),
  });
  for (const entry of readdirSync(dir)) utimesSync(join(dir, entry), dir.length, dir.length);
  const script = join(root, 'test/fixtures/packaging/build-app.mjs');
  return run(process.execPath, [script, dir, folderWith(), python], {
    cwd: dir,
    env: { ...process.env, XDG_CACHE_HOME: folderWith(), ...env },
  });
}
