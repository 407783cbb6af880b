import { execFileSync } from 'node:child_process';
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, expect, test } from 'vitest';

import { baseInterpreter } from '../../src/frameworks/python/base-interpreter.ts';
import { pythonOf } from '../../src/frameworks/python/interpreter.ts';

let dir: string;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'ropeway-base-'));
});

afterEach(() => rmSync(dir, { recursive: true, force: true }));

const whatIs = (python: string): string =>
  execFileSync(
    python,
    ['-S', '-c', 'import sys; print(sys.version_info[:3], sys.prefix == sys.base_prefix)'],
    {
      encoding: 'utf8',
    },
  );

test('is the one that the environment was made with, and outlives it', () => {
  execFileSync('python3', ['-m', 'venv', '--without-pip', join(dir, 'venv')]);
  const own = pythonOf(join(dir, 'venv'));
  const base = baseInterpreter(own);
  expect(base.startsWith(dir)).toBe(false);
  expect(realpathSync(base)).toBe(realpathSync(own));
  rmSync(join(dir, 'venv'), { recursive: true });
  expect(whatIs(base)).toContain('True');
});

test('of an environment that says nothing useful, and of none, is itself', () => {
  execFileSync('python3', ['-m', 'venv', '--without-pip', join(dir, 'venv')]);
  writeFileSync(join(dir, 'venv', 'pyvenv.cfg'), 'home = /nowhere\n');
  expect(baseInterpreter(pythonOf(join(dir, 'venv')))).toBe(pythonOf(join(dir, 'venv')));
  expect(baseInterpreter('/usr/bin/python3')).toBe('/usr/bin/python3');
});
