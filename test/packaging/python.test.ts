import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { buildPackage } from '../../src/packaging/build.ts';
import { askInterpreter, interpreterFor } from '../../src/packaging/python/interpreter.ts';
import { sourceDigest } from '../../src/packaging/source-digest.ts';
import { targetOf } from '../../src/packaging/targets.ts';
import type { PackageOptions, PythonRequirements, Target } from '../../src/packaging/types.ts';
import { unpackZip } from '../../src/packaging/unpack.ts';
import { testPython } from '../support/python.ts';
import { contents, errorOf, folderWith, makeSdist, makeWheel, pythonOptions, write } from './support.ts';

let python: string;
beforeAll(async () => {
  python = await testPython();
});

beforeEach(() => {
  process.env['XDG_CACHE_HOME'] = folderWith();
});

/** Another Python than that of the tests, so that nothing can be installed for it as for this machine. */
const AWS: Target = { ...targetOf({ name: 'aws', runtime: 'python3.9' }) };

function requirements(dir: string, text: string): PythonRequirements {
  write(dir, { 'requirements.txt': text });
  const file = join(dir, 'requirements.txt');
  return { file, install: ['-r', file] };
}

interface App {
  dir: string;
  house: string;
  options(lines: string[], more?: Partial<PackageOptions>): ReturnType<typeof pythonOptions>;
}

/** An app, and a folder of wheels that all is installed from. */
function app(files: Record<string, string> = { 'app.py': 'import one' }): App {
  const dir = folderWith(files);
  const house = folderWith();
  return {
    dir,
    house,
    options: (lines, more = {}) => {
      const text = ['--no-index', `--find-links ${house}`, ...lines, ''].join('\n');
      return pythonOptions(dir, python, { requirements: requirements(dir, text), ...more });
    },
  };
}

describe('a package of a Python app', () => {
  it('has its files, compiled, and its requirements as a layer', async () => {
    const { house, options, dir } = app({
      'app.py': 'import one',
      'shop/cart.py': 'x = {"a", "b"}',
      'bad.py': 'x = (',
    });
    await makeWheel(house, 'one', '1.0', {
      requires: ['two'],
      files: { 'one/__init__.py': '', 'one/x.pyi': '' },
    });
    await makeWheel(house, 'two', '2.0');
    const { code, layer, entry } = await buildPackage(options(['one']));
    const { cacheTag } = askInterpreter(python);
    expect(Object.keys(await contents(code.file)).toSorted()).toEqual([
      `__pycache__/app.${cacheTag}.pyc`,
      'app.py',
      'bad.py',
      'requirements.txt',
      `shop/__pycache__/cart.${cacheTag}.pyc`,
      'shop/cart.py',
    ]);
    expect(Object.keys(await contents(layer!.file)).toSorted()).toEqual([
      `python/__pycache__/two.${cacheTag}.pyc`,
      'python/one-1.0.dist-info/INSTALLER',
      'python/one-1.0.dist-info/METADATA',
      'python/one-1.0.dist-info/RECORD',
      'python/one-1.0.dist-info/REQUESTED',
      'python/one-1.0.dist-info/WHEEL',
      'python/one/__init__.py',
      `python/one/__pycache__/__init__.${cacheTag}.pyc`,
      'python/two-2.0.dist-info/INSTALLER',
      'python/two-2.0.dist-info/METADATA',
      'python/two-2.0.dist-info/RECORD',
      'python/two-2.0.dist-info/WHEEL',
      'python/two.py',
    ]);
    expect(entry).toEqual({
      runtime: 'python',
      interface: 'wsgi',
      root: '.',
      from: { module: 'app', attribute: 'app', factory: false },
      env: {},
    });
    expect(dir).not.toBe('');
  });

  it('is imported from its .pyc, with the source where it is now in tracebacks', async () => {
    const { house, options } = app({ 'app.py': 'import one\none.fail()\n' });
    await makeWheel(house, 'one', '1.0', {
      files: { 'one.py': 'def fail():\n    raise ValueError("here")\n' },
    });
    const { layer } = await buildPackage(options(['one']));
    const folder = folderWith();
    await unpackZip(layer!.file, folder);
    // What is never checked against its source is what runs, whatever becomes of the source.
    writeFileSync(join(folder, 'python/one.py'), '# line one\nraise SystemExit("the source was read")\n');
    const script = `import sys; sys.path.insert(0, ${JSON.stringify(join(folder, 'python'))})
import one
try:
    one.fail()
except ValueError as error:
    print(error.__traceback__.tb_next.tb_frame.f_code.co_filename, one.__cached__)`;
    const printed = execFileSync(python, ['-S', '-c', script], { encoding: 'utf8' }).trim();
    const { cacheTag } = askInterpreter(python);
    expect(printed).toBe(`${folder}/python/one.py ${folder}/python/__pycache__/one.${cacheTag}.pyc`);
  });

  it('has no layer when nothing is required', async () => {
    const { options, dir } = app();
    expect((await buildPackage(options(['# nothing']))).layer).toBeUndefined();
    expect((await buildPackage(pythonOptions(dir, python))).layer).toBeUndefined();
  });

  it('takes its layer from the cache when the requirements are the same', async () => {
    const { dir, house, options } = app();
    await makeWheel(house, 'one', '1.0');
    const first = options(['one']);
    const made = await buildPackage(first);
    expect(first.lines.length).toBeGreaterThan(0);
    write(dir, { 'app.py': 'import one # changed' });
    const second = options(['one']);
    const again = await buildPackage(second);
    expect(again.source).not.toBe(made.source);
    expect(again.layer).toEqual({ ...made.layer, file: again.layer!.file });
    expect(second.lines).toEqual([]);
  });

  it('installs anew when a requirement, an included file or a folder that is installed from changes', async () => {
    const { dir, options } = app({
      'app.py': '',
      'more.txt': '',
      'lib/pyproject.toml': '',
      'lib/a.py': '',
    });
    const digests: string[] = [];
    const note = async (lines: string[]): Promise<void> =>
      void digests.push(await sourceDigest(options(lines)));
    await note(['-r more.txt', '-e ./lib']);
    write(dir, { '.ropeway/x': '', 'lib/__pycache__/a.pyc': '' });
    await note(['-r more.txt', '-e ./lib']);
    expect(digests[0]).toBe(digests[1]);
    write(dir, { 'more.txt': 'one' });
    await note(['-r more.txt', '-e ./lib']);
    write(dir, { 'lib/a.py': 'changed' });
    await note(['-r more.txt', '-e ./lib']);
    await note(['-r more.txt', '-e ./lib', 'two']);
    expect(new Set(digests).size).toBe(4);
  });

  it('has no notes of the machine, no programs, and a list of the files that are there', async () => {
    const { house, options } = app();
    await makeWheel(house, 'one', '1.0', {
      files: {
        'one/__init__.py': '',
        'one/tests/test_one.py': '',
        'one-1.0.data/scripts/tool': '#!python\n',
        'one-1.0.data/data/share/one.txt': '',
      },
    });
    const { layer } = await buildPackage(options([`one @ file://${house}/one-1.0-py3-none-any.whl`]));
    const packed = await contents(layer!.file);
    expect(Object.keys(packed).filter((path) => /direct_url|bin\/|tests/.test(path))).toEqual([]);
    const listed = packed['python/one-1.0.dist-info/RECORD']!.trim()
      .split('\n')
      .map((row) => row.split(',')[0]);
    expect(listed).toContain('one/__init__.py');
    for (const path of listed) expect(packed).toHaveProperty([`python/${path}`]);
  });
});

describe('for another machine', () => {
  it('takes the wheels of that machine, and what its Python needs', async () => {
    const { house, options } = app();
    await makeWheel(house, 'one', '1.0', {
      tag: 'cp39-cp39-manylinux_2_28_x86_64.manylinux_2_34_x86_64',
      requires: [
        'old; python_version < "3.10"',
        'new; python_version >= "3.10"',
        'win; sys_platform == "win32"',
      ],
      files: { 'one.py': '' },
    });
    await makeWheel(house, 'old', '1.0');
    const { layer } = await buildPackage(options(['one'], { target: AWS }));
    const packed = Object.keys(await contents(layer!.file));
    expect(packed.filter((path) => /^python\/\w+\.py$/.test(path)).toSorted()).toEqual([
      'python/old.py',
      'python/one.py',
    ]);
  });

  it('builds packages without wheels, as long as they are pure Python', async () => {
    const { house, options } = app();
    makeSdist(house, 'pure', '1.0', 'py3-none-any');
    makeSdist(house, 'tagged', '1.0', 'cp311-none-any');
    const { layer } = await buildPackage(options(['pure', 'tagged'], { target: AWS }));
    expect(await contents(layer!.file)).toMatchObject({
      'python/pure.py': 'built = True\n',
      'python/tagged.py': 'built = True\n',
    });
  });

  it('refuses a package that is for newer Pythons than the target has, though one could be built here', async () => {
    const { house, options } = app();
    makeSdist(house, 'newer', '1.0', 'py3-none-any', '>=3.10');
    const error = await errorOf(buildPackage(options(['newer'], { target: AWS })));
    expect(error).toMatchObject({
      code: 'PYTHON_TOO_OLD',
      message: 'newer 1.0 is not for Python 3.9, which aws has.',
      expected: 'Python >=3.10',
    });
  });

  it('names every package that has no wheel for it', async () => {
    const { house, options } = app();
    makeSdist(house, 'native', '1.0', 'cp311-cp311-linux_x86_64');
    makeSdist(house, 'other', '2.0', 'cp311-cp311-linux_x86_64');
    makeSdist(house, 'pure', '1.0', 'py3-none-any');
    const error = await errorOf(buildPackage(options(['native', 'pure', 'other'], { target: AWS })));
    expect(error).toMatchObject({
      code: 'NO_WHEEL',
      message: 'native 1.0, other 2.0 have no wheel for aws, and are not pure Python.',
      expected: 'a wheel for Python 3.9 and manylinux_2_34_x86_64 or older',
      fix: 'ask for a version that has one, or replace the package; `ropeway build` on such a machine with Python 3.9 builds it from source',
    });
    expect(error.got).toMatch(/^only a source, or wheels for other machines \(.*requirements\.txt\)$/);
  });

  it('is only compiled by a Python of the same version', async () => {
    const { options, house } = app();
    await makeWheel(house, 'one', '1.0');
    const { PATH } = process.env;
    process.env['PATH'] = '/usr/bin:/bin';
    try {
      const wanted = options(['one'], { target: { ...AWS, python: '3.77' } });
      const { code, layer } = await buildPackage(wanted);
      expect(Object.keys(await contents(code.file))).toEqual(['app.py', 'requirements.txt']);
      expect(Object.keys(await contents(layer!.file)).some((path) => path.endsWith('.pyc'))).toBe(false);
      expect(wanted.notices).toEqual([
        `not compiled ahead: aws has Python 3.77, and ${python} is another; the first start takes longer there (a python3.77 on the PATH or in pyenv's folder would do it)`,
      ]);
    } finally {
      process.env['PATH'] = PATH;
    }
  });

  it('compiles with a Python of that version on the PATH', () => {
    const own = askInterpreter(python);
    const folder = folderWith({
      'python3.77':
        '#!/bin/sh\necho \'{"version": [3, 77, 1], "implementation": "cpython", "cacheTag": "cpython-377"}\'\n',
    });
    execFileSync('chmod', ['+x', join(folder, 'python3.77')]);
    const { PATH } = process.env;
    process.env['PATH'] = `${folder}:${PATH}`;
    try {
      expect(interpreterFor({ ...AWS, python: '3.77' }, own)?.program).toBe(join(folder, 'python3.77'));
      expect(interpreterFor({ ...AWS, python: '3.78' }, own)).toBeUndefined();
      expect(interpreterFor({ ...AWS, python: own.version.slice(0, 2).join('.') }, own)).toBe(own);
    } finally {
      process.env['PATH'] = PATH;
    }
  });

  it('is Linux', async () => {
    const { options } = app();
    const error = await errorOf(buildPackage(options(['one'], { target: { ...AWS, platform: 'win32' } })));
    expect(error).toMatchObject({
      code: 'NO_SUCH_TARGET',
      message: 'Python packages cannot be installed here for aws.',
      got: 'win32',
    });
  });
});

describe('a Python without pip', () => {
  /** Stands for uv: notes its arguments, and installs a package with this tag. */
  function fakeUv(tag: string): string {
    const folder = folderWith({
      uv: `#!/bin/sh
echo "$@" > "$(dirname "$0")/arguments"
while [ "$1" != --target ]; do shift; done
mkdir -p "$2/one-1.0.dist-info" && echo "Tag: ${tag}" > "$2/one-1.0.dist-info/WHEEL"
echo > "$2/one.py"
echo > "$2/.lock"
`,
    });
    execFileSync('chmod', ['+x', join(folder, 'uv')]);
    return folder;
  }

  async function buildWithUv(tag: string): Promise<{ uv: string; paths: string[] }> {
    const { options, dir } = app();
    const bare = join(dir, '.venv');
    execFileSync(python, ['-m', 'venv', '--without-pip', bare]);
    const uv = fakeUv(tag);
    const { PATH } = process.env;
    process.env['PATH'] = `${uv}:/usr/bin:/bin`;
    try {
      const wanted = options(['one'], {
        interpreter: join(bare, 'bin/python'),
        target: { ...AWS, python: '3.77' },
      });
      const { layer } = await buildPackage(wanted);
      return { uv, paths: Object.keys(await contents(layer!.file)).toSorted() };
    } finally {
      process.env['PATH'] = PATH;
    }
  }

  it('has its packages installed by uv, for the target', async () => {
    const { uv, paths } = await buildWithUv('cp377-cp377-manylinux_2_17_x86_64');
    expect(paths).toEqual(['python/one-1.0.dist-info/WHEEL', 'python/one.py']);
    expect(readFileSync(join(uv, 'arguments'), 'utf8')).toMatch(
      /^pip install --no-progress --link-mode copy --python \S+ --python-platform x86_64-manylinux_2_34 --python-version 3\.77 --target \S+ -r \S+\n$/,
    );
  });

  it('has none that uv has compiled here', async () => {
    const error = await errorOf(buildWithUv('cp311-cp311-linux_x86_64'));
    expect(error.message).toBe('one 1.0 has no wheel for aws, and is not pure Python.');
  });
});

describe('what is refused', () => {
  it('requirements that cannot be installed', async () => {
    const error = await errorOf(buildPackage(app().options(['nowhere-to-be-found'])));
    expect(error).toMatchObject({
      code: 'INSTALL_FAILED',
      fix: 'mend what the output above says, then run the command again',
    });
    expect(error.message).toMatch(
      /^The packages that .*requirements\.txt names cannot be installed \(exit code 1\)\.$/,
    );
    expect(error.detail).toContain('No matching distribution found for nowhere-to-be-found');
    const elsewhere = await errorOf(buildPackage(app().options(['nowhere-to-be-found'], { target: AWS })));
    expect(elsewhere.code).toBe('INSTALL_FAILED');
    expect(elsewhere.detail).toContain('No matching distribution found for nowhere-to-be-found');
  });

  it('requirements that cannot be read', async () => {
    const { options, dir } = app();
    const error = await errorOf(buildPackage(options(['-r gone.txt'])));
    expect(error).toMatchObject({
      code: 'REQUIREMENTS_UNREADABLE',
      got: `${dir}/gone.txt, which ${dir}/requirements.txt includes`,
    });
    expect(error.message).toMatch(/^The requirements of the app cannot be read: ENOENT/);
  });

  it('an interpreter that is none, or is not said', async () => {
    const dir = folderWith({ 'app.py': '' });
    const broken = await errorOf(buildPackage(pythonOptions(dir, join(dir, 'no-python'))));
    expect(broken).toMatchObject({
      code: 'PYTHON_BROKEN',
      message: `${dir}/no-python cannot say what it is.`,
      expected: 'Python 3.8 or newer',
      fix: 'recreate the virtual environment, or install a newer Python',
    });
    const { interpreter: _, ...without } = pythonOptions(dir, '');
    expect(await errorOf(buildPackage(without))).toMatchObject({
      code: 'INTERPRETER_MISSING',
      message: 'A Python app is packed with its Python, and nobody says which that is.',
    });
  });

  it('a Python without pip, when uv is not there either', async () => {
    const { options, dir } = app();
    const bare = join(dir, '.venv');
    execFileSync(python, ['-m', 'venv', '--without-pip', bare]);
    const { PATH } = process.env;
    process.env['PATH'] = '/usr/bin:/bin';
    try {
      const error = await errorOf(buildPackage(options(['one'], { interpreter: join(bare, 'bin/python') })));
      expect(error).toMatchObject({
        code: 'PIP_MISSING',
        message: `${bare}/bin/python has no pip, and uv is not on the PATH: nothing can install packages.`,
        fix: `${bare}/bin/python -m ensurepip, or install uv`,
      });
    } finally {
      process.env['PATH'] = PATH;
    }
  });
});
