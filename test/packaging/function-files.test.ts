import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import {
  type CloudOptions,
  cloudStart,
  functionFiles,
  serverRequirements,
  typeOf,
} from '../../src/packaging/function-files/function-files.ts';
import { chooseRuntime, type RuntimeWish } from '../../src/packaging/function-files/runtimes.ts';
import { pythonHandler } from '../../src/packaging/function-files/python.ts';
import type { PackFile } from '../../src/packaging/files/pack-file.ts';
import { allowsPython } from '../../src/packaging/python/requires-python.ts';
import type { CommandEntry, NodeEntry, PythonEntry } from '../../src/runtimes/entry.ts';
import { testPython } from '../support/python.ts';

const python = (more: Partial<PythonEntry> = {}): PythonEntry => ({
  runtime: 'python',
  interface: 'wsgi',
  root: '.',
  from: { module: 'app', attribute: 'app', factory: false },
  env: {},
  ...more,
});
const node = (more: Partial<NodeEntry> = {}): NodeEntry => ({
  runtime: 'node',
  interface: 'listener',
  root: '.',
  file: 'server.js',
  nodeOptions: [],
  ...more,
});
const command: CommandEntry = { runtime: 'command', root: '.', command: 'next start -p $PORT' };
const aws: CloudOptions = { cloud: 'aws', runtime: 'python3.12' };
const tencent: CloudOptions = { cloud: 'tencent', runtime: 'python3.10' };

function textOf(files: PackFile[], path: string): string {
  return String(files.find((file) => file.path === path)?.source ?? `no ${path}`);
}

describe('the runtime', () => {
  const wish = (more: Partial<RuntimeWish>): RuntimeWish => ({
    cloud: 'tencent',
    language: 'python',
    given: undefined,
    here: '3.10',
    ...more,
  });

  test.each<[Partial<RuntimeWish>, string, boolean]>([
    [{}, 'python3.10', false],
    [{ here: '3.12' }, 'python3.10', true],
    [{ given: 'Python3.9', here: '3.12' }, 'python3.9', false],
    [{ given: 'Python3.6' }, 'python3.10', true],
    [{ cloud: 'aws', here: '3.9' }, 'python3.14', true],
    [{ cloud: 'aws', here: '3.12' }, 'python3.12', false],
    [{ language: 'node', given: 'Nodejs8.9', here: '20' }, 'nodejs20', true],
    [{ language: 'node', given: 'Nodejs18.15', here: '20' }, 'nodejs18', false],
    [{ language: 'node', here: '23' }, 'nodejs20', true],
    [{ cloud: 'aws', language: 'node', given: 'nodejs22.x', here: '20' }, 'nodejs22', false],
    [{ given: 'CustomRuntime' }, 'custom', false],
  ])('%j is %s', (more, runtime, isTold) => {
    const chosen = chooseRuntime(wish(more));
    expect(chosen.runtime).toBe(runtime);
    expect(chosen.note !== undefined).toBe(isTold);
  });

  test('is always one that there is, and is told when it is not the one that was meant', () => {
    const versions = fc
      .tuple(fc.integer({ min: 2, max: 3 }), fc.integer({ min: 0, max: 20 }))
      .map((parts) => parts.join('.'));
    fc.assert(
      fc.property(
        fc.constantFrom('aws' as const, 'tencent' as const),
        fc.option(versions, { nil: undefined }),
        versions,
        (cloud, given, here) => {
          const chosen = chooseRuntime({
            cloud,
            language: 'python',
            given: given === undefined ? undefined : `Python${given}`,
            here,
          });
          expect(chosen.runtime).toMatch(/^python3\.(9|1[0-4])$/);
          expect(chosen.note === undefined).toBe(chosen.version === (given ?? here));
        },
      ),
    );
  });

  const requires = (specifier: string): Partial<RuntimeWish> => ({
    requires: { file: '/shop/pyproject.toml', specifier },
  });

  test('is the nearest of those that the app allows', () => {
    expect(chooseRuntime(wish({ here: '3.11', ...requires('>=3.9,!=3.10.*') })).runtime).toBe('python3.9');
    expect(chooseRuntime(wish({ given: 'Python3.6', ...requires('<3.10') })).runtime).toBe('python3.9');
    expect(chooseRuntime(wish({ cloud: 'aws', here: '3.9', ...requires('<=3.12.4') })).runtime).toBe(
      'python3.12',
    );
  });

  test('that the app forbids is an error that says what can be done', () => {
    expect(() => chooseRuntime(wish({ here: '3.12', ...requires('>=3.11') }))).toThrow(
      expect.objectContaining({
        code: 'TARGET_PYTHON',
        message: 'tencent has no Python that the app may run on.',
        expected: 'requires-python >=3.11 of /shop/pyproject.toml',
        got: 'python3.9, python3.10 in the cloud',
        fix: 'a Python of your own: `runtime: custom` with `interpreter: /opt/…/python3` from a layer; or widen requires-python, if the app runs on more than it says',
      }),
    );
    expect(() => chooseRuntime(wish({ given: 'Python3.9', ...requires('>=3.10') }))).toThrow(
      expect.objectContaining({
        code: 'TARGET_PYTHON',
        message: 'The app may not run on Python3.9.',
        fix: expect.stringMatching(/^`runtime: python3\.10`, which the app allows; or a Python of your own/),
      }),
    );
    expect(chooseRuntime(wish({ given: 'custom', ...requires('>=3.11') })).runtime).toBe('custom');
  });

  test.each(['ruby3.2', 'python', 'nodejs20'])('%s is no runtime of a Python app', (given) => {
    expect(() => chooseRuntime(wish({ given }))).toThrow(
      expect.objectContaining({ code: 'TARGET_RUNTIME', got: given }),
    );
  });
});

describe('the type', () => {
  test.each([
    ['a web app on aws', python(), aws, 'event', 'ropeway_handler.handler'],
    ['a web app on tencent', python(), tencent, 'web', 'scf_bootstrap'],
    [
      'the article’s way',
      python(),
      { ...tencent, type: 'event' as const },
      'event',
      'ropeway_handler.main_handler',
    ],
    [
      'a bare handler',
      python({ interface: 'handler', from: { module: 'index', attribute: 'main', factory: false } }),
      tencent,
      'event',
      'index.main',
    ],
    [
      'a bare handler of Node',
      node({ interface: 'handler', file: 'src/index.mjs', attribute: 'run' }),
      aws,
      'event',
      'src/index.run',
    ],
    ['a command', command, tencent, 'web', 'scf_bootstrap'],
    ['a command on aws', command, aws, 'web', 'run.sh'],
  ])('%s', (_, entry, options, type, handler) => {
    expect(cloudStart(entry, options, 'x64')).toMatchObject({ type, handler });
  });

  test.each([
    ['a bare handler that listens', python({ interface: 'handler' }), { ...tencent, type: 'web' as const }],
    ['a command that is called with events', command, { ...tencent, type: 'event' as const }],
    ['a server on aws', python(), { ...aws, type: 'web' as const }],
  ])('%s is refused', (_, entry, options) => {
    expect(() => typeOf(entry, options)).toThrow(expect.objectContaining({ code: 'TARGET_TYPE' }));
  });

  test('a server comes from the package: gunicorn for WSGI, uvicorn for ASGI, none for events', () => {
    expect(serverRequirements(python(), tencent)).toEqual(['gunicorn']);
    expect(serverRequirements(python({ interface: 'asgi' }), tencent)).toEqual(['uvicorn']);
    expect(serverRequirements(python(), aws)).toEqual([]);
    expect(serverRequirements(node(), tencent)).toEqual([]);
  });
});

describe('scf_bootstrap', () => {
  test('is at the root, for bash, with an absolute interpreter, and may be run', () => {
    const files = functionFiles(python(), tencent, []);
    const bootstrap = files.find(({ path }) => path === 'scf_bootstrap')!;
    expect(bootstrap.executable).toBe(true);
    const text = textOf(files, 'scf_bootstrap');
    expect(text).toMatch(/^#!\/bin\/bash\n/);
    expect(text).not.toContain('\r');
    expect(text).toContain('exec /var/lang/python310/bin/python3.10 -m gunicorn --bind "0.0.0.0:$PORT"');
    expect(text).toContain("'app:app'");
  });

  test('of the app’s own is kept', () => {
    const own: PackFile = {
      path: 'scf_bootstrap',
      source: Buffer.from('#!/bin/bash\n'),
      size: 12,
      executable: true,
    };
    expect(functionFiles(command, tencent, [own])).toEqual([]);
  });

  test.each([
    [
      'a factory of WSGI',
      python({ from: { module: 'shop', attribute: 'make', factory: true } }),
      "'shop:make()'",
    ],
    [
      'a factory of ASGI',
      python({ interface: 'asgi', from: { module: 'shop', attribute: 'make', factory: true } }),
      "--factory 'shop:make'",
    ],
    ['an app that its script makes', python({ from: { script: 'run.py' } }), "'ropeway_app:app'"],
    [
      'a Node app',
      node(),
      'exec /var/lang/node20/bin/node --require "$HERE/_ropeway/listen-on-port.cjs" "$HERE"/\'server.js\'',
    ],
  ])('%s', (_, entry, expected) => {
    const runtime = entry.runtime === 'node' ? 'nodejs20' : 'python3.10';
    expect(textOf(functionFiles(entry, { ...tencent, runtime }, []), 'scf_bootstrap')).toContain(expected);
  });

  test('gives any file’s name and any variable to the program as it is', () => {
    const folder = mkdtempSync(join(tmpdir(), 'ropeway-bootstrap-'));
    const shown = join(folder, 'show.sh');
    writeFileSync(shown, '#!/bin/bash\nprintf "%s\\0" "${@: -1}" "$OWN"\n', { mode: 0o755 });
    try {
      const texts = fc.string({ unit: 'grapheme', minLength: 1 }).filter((text) => !/[\0\r\n]/.test(text));
      fc.assert(
        fc.property(texts, texts, (file, value) => {
          const entry = node({ file });
          const script = textOf(
            functionFiles(entry, { ...tencent, runtime: 'custom', interpreter: shown }, []),
            'scf_bootstrap',
          );
          const withVariable = textOf(
            functionFiles(python({ env: { OWN: value } }), { ...tencent, interpreter: shown }, []),
            'scf_bootstrap',
          );
          const run = (text: string): string[] =>
            execFileSync('bash', ['-c', text, join(folder, 'scf_bootstrap')])
              .toString('utf8')
              .split('\0');
          expect(run(script)[0]).toBe(`${folder}/${file}`);
          expect(run(withVariable)[1]).toBe(value);
        }),
        { numRuns: 25 },
      );
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe('requires-python', () => {
  test('is read as pip reads it', async () => {
    const version = fc.oneof(
      fc.tuple(fc.constant(3), fc.integer({ min: 7, max: 13 })),
      fc.tuple(fc.constant(3), fc.integer({ min: 7, max: 13 }), fc.integer({ min: 0, max: 5 })),
    );
    const clause = fc.oneof(
      fc
        .tuple(fc.constantFrom('>=', '<=', '<', '>', '==', '!=', '~='), version)
        .map(([operator, parts]) => operator + parts.join('.')),
      fc
        .tuple(fc.constantFrom('==', '!='), version)
        .map(([operator, [major, minor]]) => `${operator}${major}.${minor}.*`),
    );
    const specifiers = fc.sample(
      fc.array(clause, { minLength: 1, maxLength: 3 }).map((clauses) => clauses.join(', ')),
      300,
    );
    const script = `import json, sys
from pip._vendor.packaging.specifiers import SpecifierSet
def allowed(text, minor):
    told = SpecifierSet(text)
    return any(told.contains(f"3.{minor}.{patch}") for patch in range(100))
print(json.dumps([[allowed(text, minor) for minor in range(7, 15)] for text in json.load(sys.stdin)]))`;
    const told = JSON.parse(
      execFileSync(await testPython(), ['-c', script], { input: JSON.stringify(specifiers) }).toString(),
    ) as boolean[][];
    const minors = [7, 8, 9, 10, 11, 12, 13, 14];
    expect(specifiers.map((text) => [text, minors.map((minor) => allowsPython(text, `3.${minor}`))])).toEqual(
      specifiers.map((text, index) => [text, told[index]]),
    );
  });

  test.each([
    ['^3.10', [false, true, true]],
    ['~3.10', [false, true, false]],
    ['3.9.* || >=3.11', [true, false, true]],
    ['*', [true, true, true]],
    ['what is this', [true, true, true]],
    ['>=3.11.0rc1', [false, false, true]],
  ])('%s', (specifier, expected) => {
    expect(['3.9', '3.10', '3.11'].map((python) => allowsPython(specifier, python))).toEqual(expected);
  });
});

describe('a handler file', () => {
  const nodeOnAws: CloudOptions = { cloud: 'aws', runtime: 'nodejs20', stream: true };

  test('of Node on AWS answers part by part where that is wished', () => {
    expect(cloudStart(node(), nodeOnAws, 'x64').handler).toBe('ropeway_handler.stream_handler');
    const files = functionFiles(node(), nodeOnAws, []);
    expect(textOf(files, 'ropeway_handler.mjs')).toMatch(/^export const stream_handler = /m);
    expect(files.map(({ path }) => path)).toContain('_ropeway/runtimes/node/lambda-stream.js');
  });

  test.each([
    ['without the wish', node(), { ...nodeOnAws, stream: false }, 'ropeway_handler.handler'],
    ['of Python, whose runtimes cannot', python(), { ...aws, stream: true }, 'ropeway_handler.handler'],
    [
      'on Tencent Cloud',
      node(),
      { cloud: 'tencent' as const, runtime: 'nodejs20', type: 'event' as const, stream: true },
      'ropeway_handler.main_handler',
    ],
  ])('answers whole %s', (_, entry, options, handler) => {
    expect(cloudStart(entry, options, 'x64').handler).toBe(handler);
    const [name] = entry.runtime === 'node' ? ['ropeway_handler.mjs'] : ['ropeway_handler.py'];
    expect(textOf(functionFiles(entry, options, []), name)).not.toContain('stream');
  });

  test('says of the app what Python reads as the same', async () => {
    const program = await testPython();
    const env = fc.dictionary(fc.stringMatching(/^[A-Z_]{1,8}$/), fc.string({ unit: 'grapheme' }), {
      maxKeys: 4,
    });
    const all = fc.sample(env, 40);
    const literals = all.map((one) => {
      const text = textOf(pythonHandler(python({ env: one })), 'ropeway_handler.py');
      return /make\((.*), ROOT\)/s.exec(text)![1]!;
    });
    const script =
      'import ast, json, sys\nprint(json.dumps([ast.literal_eval(one)["env"] for one in json.load(sys.stdin)]))';
    const read = execFileSync(program, ['-c', script], { input: JSON.stringify(literals) });
    expect(JSON.parse(read.toString('utf8'))).toEqual(all);
  });
});
