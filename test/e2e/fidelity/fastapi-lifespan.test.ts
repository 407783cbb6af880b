import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';

import { testPython, testPythonEnv } from '../../support/python.ts';
import { root } from '../../support/root.ts';
import { fastapiExchanges } from './fastapi-lifespan.ts';
import { startPlain, startPlatform } from './support/servers.ts';
import { fidelitySuite } from './support/suite.ts';

const cwd = join(root, 'test', 'apps', 'fastapi-lifespan');
const folder = mkdtempSync(join(tmpdir(), 'ropeway-fastapi-'));
const log = join(folder, 'lifespan.log');

fidelitySuite('FastAPI with lifespan', {
  exchanges: fastapiExchanges,
  plain: async () =>
    startPlain(
      await testPython(),
      ['-m', 'uvicorn', '--port', '{port}', '--log-level', 'warning', 'main:app'],
      { cwd, env: await testPythonEnv() },
    ),
  platform: async () => startPlatform(['--env', `LIFESPAN_LOG=${log}`], { cwd, env: await testPythonEnv() }),
});

// After the suite, whose last test ends the platform.
test('the platform ran the shutdown half of lifespan when it ended', () => {
  expect(existsSync(log)).toBe(true);
  expect(readFileSync(log, 'utf8')).toMatch(/^(shutdown\n)+$/);
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));
