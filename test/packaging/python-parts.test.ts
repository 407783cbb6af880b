import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { walk } from '../../src/packaging/files/walk.ts';
import type { Interpreter } from '../../src/packaging/python/interpreter.ts';
import { runsThere, wheelTarget } from '../../src/packaging/python/platforms.ts';
import { keptRows } from '../../src/packaging/python/record.ts';
import { requirementLines } from '../../src/packaging/python/requirement-lines.ts';
import { importedTests, namedTests, slimmed } from '../../src/packaging/python/slim.ts';
import { forOtherMachines, wheelOf } from '../../src/packaging/python/wheels.ts';
import { targetOf } from '../../src/packaging/targets.ts';
import { folderWith } from './support.ts';

describe('requirements as lines', () => {
  it('take in what is included, make paths absolute, and install nothing as editable', () => {
    const dir = folderWith({
      'requirements.txt': [
        '\uFEFF# a comment',
        'flask==3.0 # why',
        '-r base/more.txt',
        '-e ./lib[extra]',
        '-e git+https://host/x.git#egg=x',
        './wheels/a-1.0-py3-none-any.whl ; python_version > "3.8"',
        'b @ file:///opt/b.whl',
        'c>=1 \\',
        '  --hash=sha256:00',
        '--find-links wheels',
        '--index-url https://host/simple',
        '${PRIVATE}',
      ].join('\r\n'),
      'base/more.txt': '-c limits.txt\n-r ../requirements.txt\nd\n',
      'base/limits.txt': 'e<2',
      'wheels/a.txt': '',
    });
    const file = join(dir, 'requirements.txt');
    expect(requirementLines({ file, install: ['-r', file] })).toEqual({
      lines: [
        'flask==3.0',
        `-c ${dir}/base/limits.txt`,
        'd',
        `${dir}/lib[extra]`,
        'git+https://host/x.git#egg=x',
        `${dir}/wheels/a-1.0-py3-none-any.whl ; python_version > "3.8"`,
        'b @ file:///opt/b.whl',
        'c>=1 \\',
        '  --hash=sha256:00',
        `--find-links ${dir}/wheels`,
        '--index-url https://host/simple',
        '${PRIVATE}',
      ],
      places: [`${dir}/base/limits.txt`, `${dir}/lib`, `${dir}/wheels/a-1.0-py3-none-any.whl`, '/opt/b.whl'],
    });
    expect(requirementLines({ file, install: ['a==1', 'b @ file:///opt/b'] })).toEqual({
      lines: ['a==1', 'b @ file:///opt/b'],
      places: ['/opt/b'],
    });
  });

  it('are what they were where nothing is included', () => {
    const specifier = fc.tuple(
      fc.stringMatching(/^[a-z][a-z0-9-]{0,8}[a-z]$/),
      fc.constantFrom(
        '',
        '==1.0',
        '>=2,<3',
        '[extra]==1',
        '~=1.4 ; python_version < "3.11"',
        ' @ https://host/x.whl',
      ),
    );
    const lines = fc.array(
      specifier.map((parts) => parts.join('')),
      { minLength: 1 },
    );
    const dir = folderWith();
    const file = join(dir, 'requirements.txt');
    fc.assert(
      fc.property(lines, (given) => {
        mkdirSync(dir, { recursive: true });
        writeFileSync(file, given.join('\n'));
        expect(requirementLines({ file, install: ['-r', file] })).toEqual({ lines: given, places: [] });
      }),
    );
  });
});

describe('tags of wheels', () => {
  const own: Interpreter = {
    program: 'python',
    version: [3, 11, 7],
    implementation: 'cpython',
    cacheTag: 'cpython-311',
    machine: 'x86_64',
    glibc: '2.36',
    pip: true,
  };

  it('are those up to the glibc of the target', () => {
    const tencent = wheelTarget(targetOf({ name: 'tencent' }), own);
    expect(tencent).toMatchObject({ python: '3.10', abi: 'cp310', uvPlatform: 'x86_64-manylinux_2_17' });
    expect(tencent.platforms.slice(0, 3)).toEqual([
      'manylinux_2_17_x86_64',
      'manylinux2014_x86_64',
      'manylinux_2_16_x86_64',
    ]);
    expect(tencent.platforms).toContain('manylinux1_x86_64');
    expect(tencent.platforms).not.toContain('manylinux_2_28_x86_64');
    const arm = wheelTarget(targetOf({ name: 'aws', arch: 'arm64' }), own);
    expect(arm).toMatchObject({ python: '3.13', uvPlatform: 'aarch64-manylinux_2_34' });
    expect([arm.platforms[0], ...arm.platforms.slice(-3)]).toEqual([
      'manylinux_2_34_aarch64',
      'manylinux_2_17_aarch64',
      'manylinux2014_aarch64',
      'linux_aarch64',
    ]);
  });

  it('tell packages for other machines', () => {
    const there = wheelTarget(targetOf({ name: 'tencent' }), own);
    expect(runsThere('cp310-cp310-manylinux_2_5_x86_64.manylinux1_x86_64', there)).toBe(true);
    expect(runsThere('cp310-cp310-musllinux_1_2_x86_64', there)).toBe(false);
    expect(
      forOtherMachines(
        [
          wheelOf('a-1-py3-none-any.whl'),
          wheelOf('b-2-cp310-cp310-macosx_11_0_arm64.whl'),
          { name: 'c', version: '3', tags: [] },
        ],
        there,
      ),
    ).toEqual(['b 2']);
  });
});

describe('slim packages', () => {
  function kept(files: Record<string, string>, usedTests: string[] = []): string[] {
    const folder = folderWith(files);
    const found = walk({ folder, takes: () => true, outside: () => false, onOddity: () => undefined });
    return slimmed(found, usedTests).map(({ path }) => path);
  }

  it('lose tests that nothing outside of tests names', () => {
    expect(
      kept({
        'a/__init__.py': '"""See the tests."""',
        'a/tests/test_a.py': 'from a.tests import x',
        'a/sub/tests/data/x.csv': '',
        'a/testing/__init__.py': 'x = 1',
        'a/test/client.py': '',
        'a/conftest.py': "collect_ignore = ['tests']",
      }),
    ).toEqual(['a/__init__.py', 'a/conftest.py', 'a/test/client.py', 'a/testing/__init__.py']);
  });

  it.each([
    ['a/x.py', 'from .tests import helper'],
    ['a/sub/x.py', 'from ..tests.helper import y'],
    ['a/x.py', 'from . import (\n  one,\n  tests,\n)'],
    ['b/x.py', 'from a import tests'],
    ['b/x.py', 'import a.tests.helper'],
    ['b/x.py', 'import_module("a.tests")'],
    ['a/x.py', "data = join(here, 'tests', 'data')"],
    ['a/x.py', 'data = here / "tests/data"'],
    ['a-1.0.dist-info/entry_points.txt', '[pytest11]\na = a.tests.plugin'],
  ])('keep tests that %s reaches by %j', (path, text) => {
    expect(kept({ 'a/tests/helper.py': '', [path]: text })).toContain('a/tests/helper.py');
  });

  it('keep tests that the app names, and packages called tests', () => {
    expect(kept({ 'a/tests/x.py': '', 'tests/y.py': '' }, ['a.tests'])).toEqual([
      'a/tests/x.py',
      'tests/y.py',
    ]);
    expect(namedTests(['from a.b.tests.c import d\nimport shop.tests', 'x.testsuite', 'a.b.tests'])).toEqual([
      'a.b.tests',
      'shop.tests',
    ]);
  });

  it('lose stubs, unless something reads them', () => {
    expect(kept({ 'a/x.pyi': '', 'a/x.py': '' })).toEqual(['a/x.py']);
    expect(kept({ 'a/__init__.pyi': '', 'a/__init__.py': 'lazy.attach_stub(__name__, __file__)' })).toEqual([
      'a/__init__.py',
      'a/__init__.pyi',
    ]);
  });

  it('lose programs, but not a package called bin', () => {
    expect(kept({ 'bin/tool': '', 'a.py': '' })).toEqual(['a.py']);
    expect(kept({ 'bin/__init__.py': '' })).toEqual(['bin/__init__.py']);
  });

  it('know from where a relative import imports', () => {
    expect(importedTests({ path: 'a/b/c.py', text: 'from ...tests import x' })).toEqual([]);
    expect(importedTests({ path: 'a/b/c.py', text: 'from ..tests.deep import x' })).toEqual(['a.tests']);
    expect(importedTests({ path: 'a/b/__init__.py', text: '  from . import tests' })).toEqual(['a.b.tests']);
    expect(importedTests({ path: 'a.py', text: 'from tests import x' })).toEqual([]);
  });
});

describe('lists of files', () => {
  it('keep the rows of files that there are, in order', () => {
    expect(
      keptRows('b.py,sha256=x,1\r\n"a,b.py",,\n../../bin/tool,,\ngone.py,,\n', new Set(['b.py', 'a,b.py'])),
    ).toBe('"a,b.py",,\nb.py,sha256=x,1\n');
    expect(keptRows('', new Set())).toBe('');
  });

  it('have exactly those files, whatever they are called', () => {
    const path = fc
      .string({ unit: fc.constantFrom('a', 'b', '/', '.', ',', '"', ' ') })
      .filter((text) => text !== '');
    const quote = (text: string): string => (/[",]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
    fc.assert(
      fc.property(fc.uniqueArray(path), fc.uniqueArray(path), (there, gone) => {
        const record = [...there, ...gone].map((text) => `${quote(text)},,\n`).join('');
        const rows = keptRows(record, new Set(there))
          .split('\n')
          .filter((row) => row !== '');
        const again = [...there, ...gone.filter((text) => there.includes(text))].map(
          (text) => `${quote(text)},,`,
        );
        expect(rows).toEqual(again.toSorted());
      }),
    );
  });
});
