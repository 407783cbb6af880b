import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { afterEach, beforeAll, describe, expect, it } from 'vitest';

import type { FunctionSpec } from '../../src/platform/types.ts';
import type { PythonEntry } from '../../src/runtimes/entry.ts';
import { appFolder } from '../support/command.ts';
import { testPlatform, type TestPlatform } from '../support/platform.ts';
import { testPython } from '../support/python.ts';

const APP = `
import builtins, os, sys
import helper
try:
    import flask
except ModuleNotFoundError:
    flask = None
import only_here

def application(environ, start_response):
    start_response('200 OK', [('Content-Type', 'text/plain'), ('X-Path', '|'.join(sys.path))])
    facts = [helper.SAYS, only_here.SAYS, str(flask is not None), str(hasattr(builtins, 'exit')), os.getcwd()]
    return ['\\n'.join(facts).encode()]
`;

let interpreter: string;
beforeAll(async () => {
  interpreter = await testPython();
});

const cleanups: (() => void | Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

function folders(): { code: string; library: string } {
  const app = appFolder({
    'code/app.py': APP,
    'code/helper.py': 'SAYS = "source"\n',
    'library/only_here.py': 'SAYS = "library"\n',
    // Both folders have it: the app's own comes first.
    'library/helper.py': 'SAYS = "library"\n',
  });
  cleanups.push(() => app.remove());
  return { code: join(app.dir, 'code'), library: join(app.dir, 'library') };
}

async function start(
  root: string,
  libraries: string[] | undefined,
  spec: Partial<FunctionSpec> = {},
): Promise<TestPlatform> {
  const entry: PythonEntry = {
    runtime: 'python',
    interface: 'wsgi',
    root,
    from: { module: 'app', attribute: 'application', factory: false },
    env: {},
    ...(libraries === undefined ? {} : { libraries }),
  };
  // Nobody's source: the package is what was built.
  const sourceRoot = join(tmpdir(), 'elsewhere');
  const platform = await testPlatform({ entry, spec: { interpreter, sourceRoot, ...spec } });
  cleanups.push(() => platform.close());
  return platform;
}

/** Byte code that is never compared with its source, and says something else than it. */
function compileUnchecked(file: string, text: string): void {
  const other = `${file}.other`;
  writeFileSync(other, text);
  const cached = join(dirname(file), '__pycache__');
  mkdirSync(cached, { recursive: true });
  const code = `import sys, py_compile as p; p.compile(sys.argv[1], sys.argv[2], invalidation_mode=p.PycInvalidationMode.UNCHECKED_HASH); print(sys.implementation.cache_tag)`;
  const made = join(cached, 'made.pyc');
  const tag = execFileSync(interpreter, ['-c', code, other, made], { encoding: 'utf8' }).trim();
  renameSync(made, join(cached, `helper.${tag}.pyc`));
}

describe('a Python entry with libraries', () => {
  it.each(['fresh', 'template'] as const)(
    'has the standard library, its root and its libraries, and nothing of the virtual environment: %s',
    async (cold) => {
      const { code, library } = folders();
      const platform = await start(code, [library], { cold });
      await platform.prestart();
      await platform.prepare();
      for (const wish of ['0', '1', '1']) {
        const response = await fetch(platform.url, { headers: { 'x-ropeway-cold': wish } });
        expect([response.status, await response.text()]).toEqual([
          200,
          ['source', 'library', 'False', 'True', code].join('\n'),
        ]);
        const path = response.headers.get('x-path')!.split('|');
        expect(path.slice(0, 2)).toEqual([code, library]);
        expect(path.join('|')).not.toMatch(/site-packages|dist-packages/);
      }
      const origins = platform.records.map(({ origin }) => origin);
      if (cold === 'template' && process.platform === 'linux') expect(origins).toContain('spare');
      expect(existsSync(join(code, '__pycache__'))).toBe(false);
      expect(existsSync(join(library, '__pycache__'))).toBe(false);
    },
  );

  it('does not load what its virtual environment alone has, and says what is missing', async () => {
    const { code } = folders();
    writeFileSync(join(code, 'app.py'), 'import json\nimport flask\napplication = flask.Flask("x")\n');
    const apart = await start(code, []);
    await expect(apart.prestart()).rejects.toMatchObject({
      code: 'INIT_FAILED',
      message: "the app failed to load: No module named 'flask'",
      app: {
        type: 'ModuleNotFoundError',
        missing: 'flask',
        traceback: `Traceback (most recent call last):\n  File "${join(code, 'app.py')}", line 2, in <module>\n    import flask\nModuleNotFoundError: No module named 'flask'`,
      },
    });
    const together = await start(code, undefined);
    expect(await together.prestart()).toMatchObject({ initMs: expect.any(Number) as number });
  });

  it('runs with the same packages from a folder', async () => {
    const { code, library } = folders();
    const where = 'import flask, os; print(os.path.dirname(os.path.dirname(flask.__file__)))';
    const packages = execFileSync(interpreter, ['-c', where], { encoding: 'utf8' }).trim();
    const platform = await start(code, [library, packages]);
    expect((await (await fetch(platform.url)).text()).split('\n')[2]).toBe('True');
  });

  it('uses byte code that was made without a check of its source', async () => {
    const { code, library } = folders();
    compileUnchecked(join(code, 'helper.py'), 'SAYS = "byte code"\n');
    const platform = await start(code, [library]);
    expect((await (await fetch(platform.url)).text()).split('\n')[0]).toBe('byte code');
  });
});
