import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { planPreparation, runPreparation } from '../../src/frameworks/prepare.ts';
import type { DetectedApp } from '../../src/frameworks/types.ts';
import { appFolder } from '../support/command.ts';

let folder: ReturnType<typeof appFolder> | undefined;
beforeEach(() => {
  vi.stubEnv('VIRTUAL_ENV', '');
});
afterEach(() => {
  folder?.remove();
  vi.unstubAllEnvs();
});

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
    makeWheel(wheel);
    const app = pythonApp(dir);
    const preparation = await planPreparation(dir, app);
    expect(preparation.steps.map(({ title }) => title)).toEqual([
      'create a virtual environment in .ropeway/venv',
      'install the requirements of requirements.txt',
    ]);
    expect(preparation.steps[1]!.why).toBe(
      'not installed, but named in requirements.txt: ropeway-test-package',
    );
    expect(existsSync(join(dir, '.ropeway'))).toBe(false);
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

  it('that lacks only a framework that its requirements do not name is told so', async () => {
    const dir = files({ 'requirements.txt': 'pip\n' });
    await expect(planPreparation(dir, pythonApp(dir, 'pyramid'))).rejects.toMatchObject({
      code: 'MISSING_DEPENDENCY',
      message: 'The app needs pyramid, which is not installed and not named in requirements.txt.',
    });
  });

  it('with the framework in its own folder lacks nothing', async () => {
    const dir = files({ 'bottle.py': '' });
    expect((await planPreparation(dir, pythonApp(dir, 'bottle'))).steps).toEqual([]);
  });

  it('gets what it lacks in its own environment: a folder as a package', async () => {
    const dir = files({
      'service/requirements.txt': '-e ./pkg\n',
      'service/pkg/ropeway_test_package.py': '',
      'service/pkg/pyproject.toml':
        '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n',
      'service/pkg/backend.py': BUILD_BACKEND,
    });
    const root = join(dir, 'service');
    const own = makeEnvironment(join(root, '.venv'), []);
    const preparation = await planPreparation(dir, pythonApp(root));
    expect(preparation.interpreter).toBe(own);
    expect(preparation.steps).toMatchObject([
      {
        title: 'install the requirements of service/requirements.txt',
        why: 'not installed, but named in requirements.txt: -e ./pkg',
        command: [
          own,
          '-m',
          'pip',
          'install',
          '--disable-pip-version-check',
          '--no-input',
          '-r',
          join(root, 'requirements.txt'),
        ],
        cwd: root,
      },
    ]);
    await runPreparation(preparation, { onStep: () => undefined, onLine: () => undefined });
    expect((await planPreparation(dir, pythonApp(root))).steps).toEqual([]);
  });

  it('in an environment without pip gets pip first', async () => {
    const dir = files({
      'requirements.txt': 'ropeway-test-package; python_version >= "3.0"\nno; sys_platform == "none"\n',
    });
    const own = makeEnvironment(join(dir, 'venv'));
    const path = process.env['PATH']!.split(':').filter((one) => !existsSync(join(one, 'uv')));
    vi.stubEnv('PATH', path.join(':'));
    const { steps } = await planPreparation(dir, pythonApp(dir));
    expect(steps.map(({ command }) => command.slice(0, 3))).toEqual([
      [own, '-m', 'ensurepip'],
      [own, '-m', 'pip'],
    ]);
    expect(steps[1]!.why).toBe('not installed, but named in requirements.txt: ropeway-test-package');
    folder!.write('bin/uv', '#!/bin/sh\n');
    vi.stubEnv('PATH', [...path, join(dir, 'bin')].join(':'));
    expect((await planPreparation(dir, pythonApp(dir))).steps).toMatchObject([
      { command: ['uv', 'pip', 'install', '--python', own, '-r', join(dir, 'requirements.txt')] },
    ]);
  });

  it('takes the active environment before the one made earlier, and its own before both', async () => {
    const dir = files({});
    const made = makeEnvironment(join(dir, '.ropeway', 'venv'));
    const choice = async (): Promise<string | undefined> =>
      (await planPreparation(dir, pythonApp(dir))).interpreter;
    expect(await choice()).toBe(made);
    const active = makeEnvironment(join(dir, 'active'));
    vi.stubEnv('VIRTUAL_ENV', join(dir, 'active'));
    expect(await choice()).toBe(active);
    const own = makeEnvironment(join(dir, 'env'));
    expect(await choice()).toBe(own);
  });

  it.each([
    ['echo \'{"version": [2, 7]}\'', { code: 'PYTHON_TOO_OLD', got: 'Python 2.7' }],
    ['echo "no module" >&2; exit 1', { code: 'PYTHON_BROKEN', detail: 'no module' }],
    ['echo hello', { code: 'PYTHON_BROKEN', detail: 'hello' }],
  ])('with a Python that says %s is refused', async (script, error) => {
    const dir = files({ '.venv/bin/python': `#!/bin/sh\n${script}\n` });
    chmodSync(join(dir, '.venv/bin/python'), 0o755);
    await expect(planPreparation(dir, pythonApp(dir))).rejects.toMatchObject(error);
  });

  it('without any Python is refused', async () => {
    const dir = files({});
    vi.stubEnv('PATH', dir);
    await expect(planPreparation(dir, pythonApp(dir))).rejects.toMatchObject({ code: 'PYTHON_NOT_FOUND' });
  });
});

/** A virtual environment, without pip because that is made in no time. Returns its interpreter. */
function makeEnvironment(path: string, options = ['--without-pip']): string {
  const { status, stderr } = spawnSync('python3', ['-m', 'venv', ...options, path], { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  return join(path, 'bin', 'python');
}

/** Builds a package with Python alone: nothing is downloaded for it. */
const BUILD_BACKEND = `
import os, zipfile

def build_wheel(folder, config_settings=None, metadata_directory=None):
    return write(folder, "ropeway_test_package.py", "")

def build_editable(folder, config_settings=None, metadata_directory=None):
    return write(folder, "ropeway_test_package.pth", os.getcwd())

def write(folder, name, text):
    wheel = "ropeway_test_package-1.2-py3-none-any.whl"
    info = "ropeway_test_package-1.2.dist-info/"
    with zipfile.ZipFile(os.path.join(folder, wheel), "w") as archive:
        archive.writestr(name, text)
        archive.writestr(info + "METADATA", "Metadata-Version: 2.1\\nName: ropeway-test-package\\nVersion: 1.2\\n")
        archive.writestr(info + "WHEEL", "Wheel-Version: 1.0\\nGenerator: test\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
        archive.writestr(info + "RECORD", "")
    return wheel
`;

/** The smallest wheel: one module and its metadata, made by Python's own zip library. */
function makeWheel(path: string): void {
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
