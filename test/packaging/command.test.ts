import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { beforeAll, describe, expect, it } from 'vitest';

import { bootCheck } from '../../src/cli/apps/boot-check.ts';
import { buildPackage } from '../../src/packaging/build.ts';
import type { NodeEntry } from '../../src/runtimes/entry.ts';
import { DEFAULT_LIMITS, type FunctionSpec } from '../../src/platform/types.ts';
import { type Finished, ropeway } from '../support/command.ts';
import { testPythonEnv } from '../support/python.ts';
import { errorOf, folderWith, makeWheel, manifest, nodeOptions, write } from './support.ts';

let env: NodeJS.ProcessEnv;
beforeAll(async () => {
  env = await testPythonEnv();
});

function build(dir: string, ...args: string[]): Promise<Finished> {
  return ropeway(['build', dir, ...args], dir, { ...env, XDG_CACHE_HOME: folderWith() });
}

/** The JSON lines that it printed. */
function events({ stdout }: Finished): Record<string, unknown>[] {
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

const SERVER = `const http = require('node:http');
http.createServer((request, response) => response.end('hello')).listen(3000);`;

describe('ropeway build', () => {
  it('packs the app of a folder, starts the package, and tells where it is', async () => {
    const dir = folderWith({
      'server.js': SERVER,
      'package.json': manifest('shop', '1.0.0', { main: 'server.js' }),
    });
    const finished = await build(dir, '--size');
    expect(finished.stderr).toBe('');
    expect(finished.code).toBe(0);
    const { stdout } = finished;
    expect(stdout).toMatch(/✓ packed for local\n {2}code {3}\.ropeway\/packages\/[0-9a-f]{64}\.zip\n/);
    expect(stdout).toMatch(/\d+ B, \d+ B unpacked, sha256 [0-9a-f]{64}\n/);
    expect(stdout).toMatch(/code +packed +unpacked\n {2}server\.js +\d+ B +\d+ B\n/);
    expect(stdout).toMatch(/✓ it starts: loaded in \d+ ms, GET \/ answers 200\n$/);
    expect(readFileSync(join(dir, '.ropeway/.gitignore'), 'utf8')).toBe('*\n');
    expect(readdirSync(join(dir, '.ropeway/packages'))).toHaveLength(2);
  });

  it('packs a Python app with its requirements, for programs', async () => {
    const house = folderWith();
    await makeWheel(house, 'greeting', '1.0', { files: { 'greeting.py': "text = b'hello'\n" } });
    const dir = folderWith({
      'app.py': `import greeting

def application(environ, start_response):
    start_response('200 OK', [])
    return [greeting.text]
`,
      'requirements.txt': `--no-index\n--find-links ${house}\ngreeting\n`,
      Procfile: 'web: gunicorn app:application\n',
    });
    const out = folderWith();
    const finished = await build(dir, '--json', '--yes', '--out', out, '--size');
    expect(finished.stdout).not.toContain('"type":"error"');
    const lines = events(finished);
    const { package: packed } = lines.find(({ type }) => type === 'built') as {
      package: Record<string, unknown>;
    };
    expect(Object.keys(packed)).toEqual(['code', 'layer', 'entry', 'source']);
    expect(readdirSync(out)).toHaveLength(3);
    expect(lines.find(({ type }) => type === 'sizes')).toMatchObject({
      layer: { dependencies: [{ name: 'greeting' }] },
    });
    expect(lines.at(-1)).toMatchObject({ type: 'booted', status: 200 });
  });

  it('starts a Python app with the packages that it names, and none that happen to be installed', async () => {
    const dir = folderWith({ 'app.py': 'import flask\napp = flask.Flask(__name__)\n' });
    const finished = await build(dir);
    expect(finished.code).toBe(2);
    expect(finished.stderr).toContain('✗ The package does not start. [BOOT_FAILED]');
    expect(finished.stderr).toContain("ModuleNotFoundError: No module named 'flask'");
    expect(finished.stderr).toContain(
      "to mend:  name flask among the app's requirements, or take the file in with --include",
    );
  });

  it('packs a web function, and starts its command', async () => {
    const dir = folderWith({ 'server.js': SERVER.replace('3000', 'process.env.PORT') });
    const finished = await build(dir, '--json', '--start', 'node server.js');
    expect(events(finished).at(-1)).toMatchObject({ type: 'booted', status: 200 });
  });

  it('starts it with the environment that it is given, and no other', async () => {
    const dir = folderWith({
      'server.js': `if (process.env.SECRET !== 'x' || process.env.OTHER) throw new Error('SECRET is not set');\n${SERVER}`,
    });
    expect((await build(dir, '--app', 'server.js')).code).toBe(2);
    const finished = await ropeway(['build', dir, '--app', 'server.js', '--env', 'SECRET=x'], dir, {
      ...env,
      OTHER: 'x',
    });
    expect(finished.code).toBe(0);
  });

  it('shows why a package does not start, and keeps it', async () => {
    const dir = folderWith({
      'server.js': `const text = require('fs').readFileSync(__dirname + '/data.csv');\n${SERVER}`,
      'data.csv': '1',
      '.ropewayignore': '*.csv',
    });
    const finished = await build(dir, '--app', 'server.js');
    expect(finished.code).toBe(2);
    expect(finished.stderr).toMatch(/^✗ The package does not start\. \[BOOT_FAILED\]\n/);
    expect(finished.stderr).toContain('ENOENT: no such file or directory');
    expect(finished.stderr).toContain('data.csv');
    expect(finished.stderr).toMatch(
      /\n {2}to mend: {2}mend what the app says; variables that it needs go with --env/,
    );
    expect((await build(dir, '--app', 'server.js', '--no-boot')).code).toBe(0);
    expect((await build(dir, '--app', 'server.js', '--include', 'data.csv')).code).toBe(0);
  });

  it('leaves no temporary files behind, whether it starts or not', async () => {
    const place = folderWith();
    for (const source of [SERVER, 'throw new Error("x")']) {
      const dir = folderWith({ 'server.js': source });
      await ropeway(['build', dir, '--app', 'server.js'], dir, { ...env, TMPDIR: place });
      expect(readdirSync(join(dir, '.ropeway/packages'))).toHaveLength(2);
      expect(readdirSync(place).filter((name) => !name.startsWith('ropeway-tmp-'))).toEqual([]);
    }
  });

  it('packs all packages when those that are imported are not enough', async () => {
    const dir = folderWith({
      'server.js': `require(require('fs').readFileSync(__dirname + '/plugin.txt', 'utf8'));\n${SERVER}`,
      'package.json': manifest('shop', '1.0.0', { main: 'server.js', dependencies: { 'by-name': '1' } }),
      'node_modules/by-name/package.json': manifest('by-name', '1.0.0'),
      'node_modules/by-name/index.js': '',
      'plugin.txt': 'by-name',
    });
    const finished = await build(dir, '--node', 'traced');
    expect(finished.code).toBe(0);
    expect(finished.stdout).toContain(
      '! all packages are packed, since --node traced does not do: The package does not start.\n',
    );
    expect(finished.stdout).toContain("Cannot find module 'by-name'");
    expect(finished.stdout).toContain('✓ it starts');
  });

  it('does not start what is for another machine', async () => {
    const dir = folderWith({ 'server.js': SERVER });
    const finished = await build(dir, '--target', 'aws', '--arch', 'arm64', '--start', 'node server.js');
    expect(finished.code).toBe(0);
    expect(finished.stdout).toContain(
      '! the package was not started: it is for linux arm64, and this machine is another\n',
    );
  });

  it.each([
    [
      ['--target', 'moon'],
      "option '--target <name>' argument 'moon' is invalid. Allowed choices are local, tencent, aws.",
    ],
    [['--node', 'some'], "argument 'some' is invalid. Allowed choices are installed, traced, bundled."],
    [['--arch', 'mips'], "argument 'mips' is invalid. Allowed choices are x64, arm64."],
    [
      ['--target', 'tencent', '--arch', 'arm64'],
      '✗ tencent has no functions on this kind of processor. [TARGET_ARCH]',
    ],
    [['--out', '.'], '✗ Packages cannot be written into the folder of the app itself'],
    [['--include', 'gone'], '✗ `include` names what does not exist. [INCLUDE_MISSING]'],
    [['--env', '=x'], '✗ --env has no name of a variable. [ENV_OPTION]'],
  ])('refuses %j', async (args, message) => {
    const dir = folderWith({ 'server.js': SERVER });
    const finished = await build(dir, '--start', 'node server.js', ...args);
    expect(finished.code).toBe(2);
    expect(finished.stderr).toContain(message);
    expect(existsSync(join(dir, '.ropeway/packages'))).toBe(false);
  });

  it('refuses a folder that is not there, and one without an app', async () => {
    const dir = folderWith();
    expect((await ropeway(['build', join(dir, 'gone')])).stderr).toContain(
      'There is no such folder. [NO_FOLDER]',
    );
    expect((await build(dir)).stderr).toContain('No web app was found');
  });

  it('takes include, exclude and target from ropeway.yml', async () => {
    const shared = folderWith({ 'shared/x.js': '' });
    const dir = folderWith({
      'server.js': SERVER,
      'a.csv': '',
      'ropeway.yml': `start: node server.js\ntarget: aws\ninclude: [${join(shared, 'shared')}]\nexclude: ['*.csv']\n`,
    });
    const finished = await build(dir, '--json', '--size', '--no-boot');
    const lines = events(finished);
    expect(lines.find(({ type }) => type === 'built')).toMatchObject({ target: 'aws' });
    const { code } = lines.find(({ type }) => type === 'sizes') as { code: { parts: { name: string }[] } };
    expect(code.parts.map(({ name }) => name).toSorted()).toEqual([
      '_ropeway/',
      'ropeway.yml',
      'ropeway_handler.mjs',
      'server.js',
      'shared/',
    ]);
  });
});

describe('bootCheck', () => {
  function spec(dir: string): FunctionSpec {
    return {
      name: 'test',
      entry: nodeOptions(dir).entry,
      sourceRoot: dir,
      env: {},
      limits: DEFAULT_LIMITS,
      eventFormat: 'aws-v2',
      stage: '',
      stream: true,
      cold: 'fresh',
      spares: 1,
      warmup: [],
    };
  }

  async function boot(source: string, handler = false): Promise<unknown> {
    const dir = folderWith({ 'app.js': source });
    const options = nodeOptions(dir);
    const handlerEntry: NodeEntry = {
      runtime: 'node',
      interface: 'handler',
      root: dir,
      file: join(dir, 'app.js'),
      attribute: 'main',
      nodeOptions: [],
    };
    return bootCheck(await buildPackage(handler ? { ...options, entry: handlerEntry } : options), spec(dir));
  }

  const answering = (status: number): string =>
    `require('http').createServer((q, r) => { r.statusCode = ${status}; r.end('said'); }).listen(1)`;

  it.each([200, 302, 404, 401])('takes an answer with %i', async (status) => {
    expect(await boot(answering(status))).toMatchObject({ status });
  });

  it('refuses an answer with 503, and shows it', async () => {
    const error = await errorOf(boot(answering(503)));
    expect(error).toMatchObject({
      code: 'BOOT_FAILED',
      message: 'The package starts, but answers GET / with 503.',
      detail: 'said',
    });
  });

  it('does not ask a bare handler for a web page', async () => {
    const booted = await boot('exports.main = () => { throw new Error("no such event"); };', true);
    expect(booted).toEqual({ initMs: expect.any(Number) as number });
  });

  it("shows the app's traceback", async () => {
    const error = await errorOf(
      boot("require('http').createServer(() => { throw new Error('oops'); }).listen(1)"),
    );
    expect(error.code).toBe('BOOT_FAILED');
    expect(error.detail).toContain('oops');
    expect(error.detail).toContain('app.js:1');
  });

  it('runs the package, whatever becomes of the folder of the app', async () => {
    const dir = folderWith({ 'app.js': answering(200) });
    const packed = await buildPackage(nodeOptions(dir));
    write(dir, { 'app.js': 'throw new Error("changed")' });
    expect(await bootCheck(packed, spec(dir))).toMatchObject({ status: 200 });
  });
});
