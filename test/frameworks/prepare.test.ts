import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterEach, describe, expect, it } from 'vitest';

import { planPreparation, runPreparation } from '../../src/frameworks/prepare.ts';
import { pep440, readRequirements } from '../../src/frameworks/preparation/requirements.ts';
import type { DetectedApp } from '../../src/frameworks/types.ts';
import { appFolder } from '../support/command.ts';

let folder: ReturnType<typeof appFolder> | undefined;
afterEach(() => folder?.remove());

function files(content: Record<string, string>): string {
  folder = appFolder(content);
  return folder.dir;
}

function pythonApp(root: string, framework = 'wsgi'): DetectedApp {
  return {
    framework,
    title: 'WSGI app',
    selector: 'app:app',
    evidence: [],
    entry: {
      runtime: 'python',
      interface: 'wsgi',
      root,
      from: { module: 'app', attribute: 'app', factory: false },
      env: {},
    },
  };
}

function nodeApp(root: string, file = 'app.js'): DetectedApp {
  return {
    framework: 'node',
    title: 'Node',
    selector: file,
    evidence: [],
    entry: { runtime: 'node', interface: 'listener', root, file: join(root, file), nodeOptions: [] },
  };
}

describe('a Python app', () => {
  it('that lacks nothing needs nothing', async () => {
    const dir = files({
      'requirements.txt': 'pip>=1.0  # always there\npywin32; sys_platform == "win32"\n\n--index-url x\n',
    });
    const preparation = await planPreparation(dir, pythonApp(dir));
    expect(preparation.steps).toEqual([]);
    expect(existsSync(preparation.interpreter!)).toBe(true);
  });

  it('gets a virtual environment of its own with its requirements', async () => {
    const dir = files({
      'requirements.txt': '-r more.txt\n',
      'more.txt': 'ropeway-test-package==1.2\n--find-links=./wheels\n--no-index\n',
    });
    // A wheel by hand: nothing is downloaded.
    const wheel = join(dir, 'wheels', 'ropeway_test_package-1.2-py3-none-any.whl');
    await makeWheel(wheel);
    const app = pythonApp(dir);
    const preparation = await planPreparation(dir, app);
    expect(preparation.steps.map(({ title }) => title)).toEqual([
      'create a virtual environment in .ropeway/venv',
      'install the requirements of requirements.txt',
    ]);
    expect(preparation.steps[1]!.why).toBe(
      'not installed, but named in requirements.txt: ropeway-test-package',
    );
    const titles: string[] = [];
    const lines: string[] = [];
    await runPreparation(preparation, {
      onStep: ({ title }) => titles.push(title),
      onLine: (line) => lines.push(line),
    });
    expect(titles).toHaveLength(2);
    expect(lines.join('\n')).toContain('ropeway-test-package');
    expect(readFileSync(join(dir, '.ropeway', '.gitignore'), 'utf8')).toBe('*\n');
    const again = await planPreparation(dir, app);
    expect(again).toEqual({ interpreter: preparation.interpreter, steps: [], notes: [] });
  });

  it('says which command failed and how', async () => {
    const dir = files({ 'requirements.txt': 'ropeway-no-such-package==9\n--no-index\n' });
    const preparation = await planPreparation(dir, pythonApp(dir));
    const failure = runPreparation(preparation, { onStep: () => undefined, onLine: () => undefined });
    await expect(failure).rejects.toMatchObject({
      code: 'PREPARATION_FAILED',
      message: expect.stringContaining('install the requirements of requirements.txt') as string,
      detail: expect.stringContaining(
        'No matching distribution found for ropeway-no-such-package==9',
      ) as string,
    });
  });

  it('without any file of requirements: the missing framework is named with the command that mends it', async () => {
    const dir = files({ 'app.py': '' });
    await expect(planPreparation(dir, pythonApp(dir, 'pyramid'))).rejects.toMatchObject({
      code: 'MISSING_DEPENDENCY',
      message: expect.stringContaining('needs pyramid') as string,
      fix: expect.stringContaining('.venv/bin/pip install pyramid') as string,
    });
  });
});

describe('requirements are read from', () => {
  it.each([
    [
      'requirements.txt',
      'Flask>=2 ; python_version > "3"\n# no\n-e .\n./local\nhttps://x/y.whl\nred\\\n==1 --hash=sha256:x\n',
      ['Flask>=2 ; python_version > "3"', 'red ==1'],
    ],
    [
      'uv.lock',
      '[[package]]\nname = "me"\nversion = "1"\nsource = { editable = "." }\n[[package]]\nname = "flask"\nversion = "3.1"\n',
      ['flask==3.1'],
    ],
    [
      'poetry.lock',
      '[[package]]\nname = "flask"\nversion = "3.1"\ngroups = ["main"]\n[[package]]\nname = "pytest"\nversion = "8"\ngroups = ["dev"]\n',
      ['flask==3.1'],
    ],
    [
      'Pipfile.lock',
      '{"default": {"flask": {"version": "==3.1", "extras": ["async"], "markers": "python_version > \'3\'"}}}',
      ["flask[async]==3.1; python_version > '3'"],
    ],
    ['pyproject.toml', '[project]\ndependencies = ["flask>=3", "jieba"]\n', ['flask>=3', 'jieba']],
    [
      'pyproject.toml',
      '[tool.poetry.dependencies]\npython = "^3.8"\nflask = "^3.0"\ncelery = { version = "~5.2.1", extras = ["redis"] }\nx = { version = "*", optional = true }\n',
      ['flask>=3.0,<4', 'celery[redis]>=5.2.1,<5.3'],
    ],
    ['Pipfile', '[packages]\nflask = "*"\njieba = "==0.42"\n', ['flask', 'jieba==0.42']],
  ])('%s', (name, text, specifiers) => {
    const dir = files({ [name]: text });
    expect(readRequirements([dir])?.specifiers.map((one) => one.replaceAll(/\s+/g, ' '))).toEqual(specifiers);
  });

  it('nothing that cannot be parsed', () => {
    const dir = files({ 'pyproject.toml': '[project\n', 'Pipfile.lock': '{' });
    expect(readRequirements([dir])).toBeUndefined();
  });

  it.each([
    ['^1.2.3', '>=1.2.3,<2'],
    ['^0.2.3', '>=0.2.3,<0.3'],
    ['^0.0.3', '>=0.0.3,<0.0.4'],
    ['~1.2', '>=1.2,<1.3'],
    ['~1', '>=1,<2'],
    ['1.5', '==1.5'],
    ['>=2,<3', '>=2,<3'],
    ['*', ''],
  ])('ranges: %s is %s', (range, expected) => {
    expect(pep440(range)).toBe(expected);
  });
});

describe('a Node app', () => {
  it('with its packages in node_modules, here or above, needs nothing', async () => {
    const dir = files({
      'package.json': '{"dependencies":{"a":"1","@s/b":"1"}}',
      'node_modules/a/package.json': '{}',
      'app/package.json': '{"dependencies":{"a":"1"}}',
    });
    mkdirSync(join(dir, 'node_modules', '@s', 'b'), { recursive: true });
    expect((await planPreparation(dir, nodeApp(dir))).steps).toEqual([]);
    expect((await planPreparation(join(dir, 'app'), nodeApp(join(dir, 'app')))).steps).toEqual([]);
  });

  it.each([
    [{}, ['npm', 'install']],
    [{ 'package-lock.json': '{}' }, ['npm', 'ci']],
  ])('without them is installed by its lock file: %j', async (lock, command) => {
    const dir = files({ 'package.json': '{"dependencies":{"express":"5"}}', ...lock });
    const { steps } = await planPreparation(dir, nodeApp(dir));
    expect(steps).toEqual([
      {
        title: command.join(' '),
        why: 'not installed, but named in package.json: express',
        command,
        cwd: dir,
      },
    ]);
  });

  it('is built when its output is missing', async () => {
    const dir = files({ 'package.json': '{"scripts":{"build":"mkdir dist && echo > dist/index.js"}}' });
    const app: DetectedApp = { ...nodeApp(dir, 'dist/index.js'), build: 'npm run build' };
    const preparation = await planPreparation(dir, app);
    expect(preparation.steps.map(({ title }) => title)).toEqual(['npm run build']);
    await runPreparation(preparation, { onStep: () => undefined, onLine: () => undefined });
    expect((await planPreparation(dir, app)).steps).toEqual([]);
  });
});

/** The smallest wheel: one module and its metadata, made by Python's own zip library. */
async function makeWheel(path: string): Promise<void> {
  const { spawnSync } = await import('node:child_process');
  const script = `
import os, sys, zipfile
os.makedirs(os.path.dirname(sys.argv[1]))
with zipfile.ZipFile(sys.argv[1], "w") as wheel:
    info = "ropeway_test_package-1.2.dist-info/"
    wheel.writestr("ropeway_test_package.py", "")
    wheel.writestr(info + "METADATA", "Metadata-Version: 2.1\\nName: ropeway-test-package\\nVersion: 1.2\\n")
    wheel.writestr(info + "WHEEL", "Wheel-Version: 1.0\\nGenerator: test\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
    wheel.writestr(info + "RECORD", "")
`;
  const { status, stderr } = spawnSync('python3', ['-c', script, path], { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
}
