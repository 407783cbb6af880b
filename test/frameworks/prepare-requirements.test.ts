import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';

import { reached } from '../../src/frameworks/preparation/lock-walk.ts';
import { readRequirements } from '../../src/frameworks/preparation/requirements.ts';
import { readPoetryLock } from '../../src/frameworks/preparation/poetry-lock.ts';
import { readRequirementsTxt } from '../../src/frameworks/preparation/requirements-txt.ts';
import { pep440 } from '../../src/frameworks/preparation/tables.ts';
import { readUvLock } from '../../src/frameworks/preparation/uv-lock.ts';
import { appFolder } from '../support/command.ts';

let folder: ReturnType<typeof appFolder> | undefined;
afterEach(() => folder?.remove());

function files(content: Record<string, string>): string {
  folder = appFolder(content);
  return folder.dir;
}

const UV_LOCK = `
[[package]]
name = "me"
version = "1"
source = { editable = "." }
dependencies = [
  { name = "flask", extra = ["async"] },
  { name = "pywin32", marker = "sys_platform == 'win32'" },
  { name = "tool" },
]
[package.dev-dependencies]
dev = [{ name = "pytest" }]
[[package]]
name = "flask"
version = "3.1"
dependencies = [{ name = "click" }]
[package.optional-dependencies]
async = [{ name = "asgiref" }]
[[package]]
name = "click"
version = "8"
dependencies = [{ name = "colorama", marker = "sys_platform == 'win32'" }]
[[package]]
name = "colorama"
version = "0.4"
[[package]]
name = "asgiref"
version = "3"
[[package]]
name = "pywin32"
version = "306"
dependencies = [{ name = "x86", marker = "platform_machine == 'x86'" }]
[[package]]
name = "x86"
version = "1"
[[package]]
name = "tool"
version = "2"
source = { git = "https://host.test/tool?rev=main#abc" }
[[package]]
name = "pytest"
version = "8"
`;

const OLD_POETRY = `
[[package]]
name = "Flask"
version = "3.1"
[package.dependencies]
click = ">=8"
colorama = {version = "*", markers = "sys_platform == 'win32'"}
[[package]]
name = "click"
version = "8"
[[package]]
name = "colorama"
version = "0.4"
[[package]]
name = "pytest"
version = "8"
`;

describe('requirements are read from', () => {
  it.each<[string, string, string[]]>([
    [
      'requirements.txt',
      '\uFEFFFlask>=2 ; python_version > "3"\n# no\nred\\\n==1 --hash=sha256:x\nname @ https://x/y.zip\n-c c.txt\n--index-url x\n${X}\n',
      ['Flask>=2 ; python_version > "3"', 'red ==1', 'name @ https://x/y.zip'],
    ],
    [
      'uv.lock',
      UV_LOCK,
      [
        'asgiref==3',
        'click==8',
        "colorama==0.4 ; sys_platform == 'win32'",
        'flask==3.1',
        "pywin32==306 ; sys_platform == 'win32'",
        'tool @ git+https://host.test/tool@abc',
        "x86==1 ; (platform_machine == 'x86') and (sys_platform == 'win32')",
      ],
    ],
    [
      'poetry.lock',
      '[[package]]\nname = "flask"\nversion = "3.1"\ngroups = ["main"]\nmarkers = "python_version > \'3\'"\n[[package]]\nname = "pytest"\nversion = "8"\ngroups = ["dev"]\n',
      ["flask==3.1 ; python_version > '3'"],
    ],
    [
      'Pipfile.lock',
      '{"default": {"flask": {"version": "==3.1", "extras": ["async"], "markers": "python_version > \'3\'"}, "g": {"git": "https://h/g.git", "ref": "abc"}}}',
      ["flask[async]==3.1 ; python_version > '3'", 'g @ git+https://h/g.git@abc'],
    ],
    ['pyproject.toml', '[project]\ndependencies = ["flask>=3", "jieba"]\n', ['flask>=3', 'jieba']],
    [
      'pyproject.toml',
      '[tool.poetry.dependencies]\npython = "^3.8"\nflask = "^3.0"\ncelery = { version = "~5.2.1", extras = ["redis"] }\nx = { version = "*", optional = true }\ny = [{ version = "1.0", python = "<3.9" }, { version = "2.0", markers = "python_version >= \'3.9\'" }]\n',
      [
        'celery[redis]>=5.2.1,<5.3',
        'flask>=3.0,<4',
        'y==1.0 ; python_version < "3.9"',
        "y==2.0 ; python_version >= '3.9'",
      ],
    ],
    ['Pipfile', '[packages]\nflask = "*"\njieba = "==0.42"\n', ['flask', 'jieba==0.42']],
  ])('%s', async (name, text, specifiers) => {
    const dir = files({ [name]: text });
    const found = await readRequirements([dir]);
    expect(found?.specifiers.map((one) => one.replaceAll(/\s+/g, ' ')).toSorted()).toEqual(
      specifiers.toSorted(),
    );
  });

  it('an older poetry.lock, beginning at what pyproject.toml names', async () => {
    const dir = files({
      'poetry.lock': OLD_POETRY,
      'pyproject.toml': '[tool.poetry.dependencies]\npython = "^3.8"\nflask = "^3"\n',
    });
    expect((await readRequirements([dir]))?.specifiers.toSorted()).toEqual([
      'Flask==3.1',
      'click==8',
      "colorama==0.4 ; sys_platform == 'win32'",
    ]);
  });

  it('the file that says it most exactly, the first folder first', async () => {
    const dir = files({
      Pipfile: '[packages]\na = "*"\n',
      'pyproject.toml': '[project]\ndependencies = ["b"]\n',
      'Pipfile.lock': '{"default": {"c": {"version": "==1"}}}',
      'sub/requirements.txt': 'd\n',
    });
    expect((await readRequirements([dir, join(dir, 'sub')]))?.specifiers).toEqual(['c==1']);
    expect((await readRequirements([join(dir, 'sub'), dir]))?.specifiers).toEqual(['d']);
  });

  it('nothing that cannot be parsed', async () => {
    const dir = files({
      'pyproject.toml': '[project\n',
      'Pipfile.lock': '{',
      'uv.lock': 'x',
      'requirements.txt': '\n',
    });
    expect(await readRequirements([dir])).toBeUndefined();
  });

  it('included files, each once', async () => {
    const dir = files({
      'requirements.txt': '-r sub/more.txt\n--requirement=none.txt\na\n',
      'sub/more.txt': '-r ../requirements.txt\nb # why\n-rlast.txt\n',
      'sub/last.txt': 'c\n',
    });
    expect((await readRequirements([dir]))?.specifiers).toEqual(['b', 'c', 'a']);
  });

  it.each<[string, string, string?]>([
    ['./pkg', 'pkg'],
    ['-e ./pkg[extra]', 'pkg'],
    ['--editable=.', ''],
    ['-e pkg', 'pkg'],
    ['wheels/my_name-1.0-py3-none-any.whl', 'wheels/my_name-1.0-py3-none-any.whl', 'my_name'],
    ['-e git+https://host.test/o/n.git@v1#egg=n', 'https://host.test/o/n.git', 'n'],
    ['git+ssh://git@host.test/o/n.git', 'ssh://git@host.test/o/n.git'],
    ['https://host.test/a_b-2-py3-none-any.whl#sha256=0', 'https://host.test/a_b-2-py3-none-any.whl', 'a_b'],
  ])('places: %s', async (line, where, name) => {
    const dir = files({ 'requirements.txt': `${line}\n` });
    const url = where.includes('://') ? where : pathToFileURL(join(dir, where)).href.replace(/\/$/, '');
    const found = await readRequirements([dir]);
    expect(found?.specifiers).toEqual([]);
    expect(found?.places).toEqual([{ shown: line, url, ...(name === undefined ? {} : { name }) }]);
  });
});

describe('ranges of Poetry', () => {
  it.each([
    ['^1.2.3', '>=1.2.3,<2'],
    ['^0.2.3', '>=0.2.3,<0.3'],
    ['^0.0.3', '>=0.0.3,<0.0.4'],
    ['^0', '>=0,<1'],
    ['~1.2', '>=1.2,<1.3'],
    ['~1', '>=1,<2'],
    ['~=1.2', '~=1.2'],
    ['1.5', '==1.5'],
    ['1.*', '==1.*'],
    ['>=2,<3', '>=2,<3'],
    ['^1 || ^2', ''],
    ['*', ''],
  ])('%s is %s', (range, expected) => {
    expect(pep440(range)).toBe(expected);
  });
});

const NAME = fc.stringMatching(/^[a-z][a-z0-9]{0,8}$/);
const VERSION = fc.stringMatching(/^[1-9]\.[0-9]{1,2}$/);
const PINS = fc.dictionary(NAME, VERSION, { minKeys: 1, maxKeys: 8, noNullPrototype: true });

function lockOf(pins: Record<string, string>, more = ''): string {
  return Object.entries(pins)
    .map(([name, version]) => `[[package]]\nname = "${name}"\nversion = "${version}"\n${more}`)
    .join('\n');
}

function exactly(pins: Record<string, string>): string[] {
  return Object.entries(pins)
    .map(([name, version]) => `${name}==${version}`)
    .toSorted();
}

describe('whatever is locked', () => {
  it('is pinned to what uv.lock says', () => {
    fc.assert(
      fc.property(PINS, (pins) => {
        expect(readUvLock('/a/uv.lock', lockOf(pins)).specifiers.toSorted()).toEqual(exactly(pins));
      }),
    );
  });

  it('is pinned to what poetry.lock says', () => {
    fc.assert(
      fc.property(PINS, (pins) => {
        const text = lockOf(pins, 'groups = ["main"]\n');
        expect(readPoetryLock('/a/poetry.lock', text).specifiers.toSorted()).toEqual(exactly(pins));
      }),
    );
  });

  it('is read from lines among comments, options and blank lines', () => {
    const noise = fc.constantFrom('', '# x', '--pre', '   ', '-i https://host.test/simple');
    fc.assert(
      fc.property(PINS, fc.array(noise, { maxLength: 5 }), (pins, noises) => {
        const lines = exactly(pins).flatMap((line, index) => [noises[index] ?? '', `${line}  # why`]);
        expect(readRequirementsTxt('/a/requirements.txt', lines.join('\r\n')).specifiers).toEqual(
          exactly(pins),
        );
      }),
    );
  });

  it('is found along every way, in circles too, always needed when one way is always open', () => {
    const graph = fc.array(
      fc.record({
        from: fc.nat(6),
        to: fc.nat(6),
        marker: fc.option(fc.constantFrom('a', 'b', 'c'), { nil: undefined }),
      }),
      { maxLength: 30 },
    );
    fc.assert(
      fc.property(graph, (edges) => {
        const needs = (at: number): { name: string; marker?: string }[] =>
          edges
            .filter(({ from }) => from === at)
            .map(({ to, marker }) => ({ name: `${to}`, ...(marker === undefined ? {} : { marker }) }));
        const found = reached([{ name: '0' }], ({ name }) => [
          { package: Number(name), needs: needs(Number(name)) },
        ]);
        const all = closure(edges);
        const always = closure(edges.filter(({ marker }) => marker === undefined));
        expect(new Set(found.keys())).toEqual(all);
        for (const at of always) expect(found.get(at)).toBe('');
      }),
    );
  });
});

function closure(edges: { from: number; to: number }[]): Set<number> {
  const seen = new Set([0]);
  for (const at of seen) {
    for (const { from, to } of edges) if (from === at) seen.add(to);
  }
  return seen;
}
