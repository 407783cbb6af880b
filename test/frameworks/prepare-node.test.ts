import { chmodSync, mkdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';

import { afterEach, describe, expect, it, vi } from 'vitest';

import { planPreparation, runPreparation } from '../../src/frameworks/prepare.ts';
import type { DetectedApp } from '../../src/frameworks/types.ts';
import { appFolder } from '../support/command.ts';

let folder: ReturnType<typeof appFolder> | undefined;
afterEach(() => {
  folder?.remove();
  vi.unstubAllEnvs();
});

function files(content: Record<string, string>): string {
  folder = appFolder(content);
  return folder.dir;
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

/** Only what can be found counts: a folder with these programs goes in front of PATH. */
function withPrograms(dir: string, names: string[]): void {
  const bin = join(dir, 'bin-of-test');
  for (const name of names) {
    folder!.write(`bin-of-test/${name}`, '#!/bin/sh\nexit 0\n');
    chmodSync(join(bin, name), 0o755);
  }
  vi.stubEnv('PATH', `${bin}${delimiter}${process.env['PATH']}`);
}

const silent = { onStep: () => undefined, onLine: () => undefined };
const NEEDS_EXPRESS = '{"dependencies":{"express":"5"}}';
const LOCK = '{"packages":{"":{"dependencies":{"express":"5"}},"node_modules/express":{}}}';

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

  it.each<Record<string, string>>([
    {},
    { 'package.json': '{' },
    { 'package.json': 'null' },
    { 'package.json': '{"devDependencies":{"jest":"1"}}' },
    { 'package.json': '{"dependencies":{"fsevents":"2"},"optionalDependencies":{"fsevents":"2"}}' },
    { 'package.json': NEEDS_EXPRESS, '.pnp.cjs': '' },
  ])('that needs nothing to be installed: %j', async (content) => {
    const dir = files(content);
    expect(await planPreparation(dir, nodeApp(dir))).toEqual({ steps: [], notes: [] });
  });

  it.each<[Record<string, string>, string]>([
    [{}, 'npm install'],
    [{ 'package-lock.json': LOCK }, 'npm ci'],
    [{ 'npm-shrinkwrap.json': LOCK }, 'npm ci'],
    [{ 'package-lock.json': '{"dependencies":{"express":{"version":"5"}}}' }, 'npm ci'],
    [{ 'package-lock.json': LOCK.replace('"5"', '"4"') }, 'npm install'],
    [{ 'package-lock.json': '{' }, 'npm install'],
    [{ 'pnpm-lock.yaml': '' }, 'pnpm install --frozen-lockfile'],
    [{ 'yarn.lock': '' }, 'yarn install'],
  ])('is installed by its lock file: %j', async (lock, command) => {
    const dir = files({ 'package.json': NEEDS_EXPRESS, ...lock });
    withPrograms(dir, ['npm', 'pnpm', 'yarn']);
    const { steps } = await planPreparation(dir, nodeApp(dir));
    expect(steps).toEqual([
      {
        title: command,
        why: 'not installed, but named in package.json: express',
        command: command.split(' '),
        cwd: dir,
      },
    ]);
  });

  it('is installed by npm when the program of its lock file is not there', async () => {
    const dir = files({ 'package.json': NEEDS_EXPRESS, 'pnpm-lock.yaml': '' });
    vi.stubEnv('PATH', join(dir, 'nowhere'));
    const { steps } = await planPreparation(dir, nodeApp(dir));
    expect(steps.map(({ title }) => title)).toEqual(['npm install']);
    await expect(runPreparation({ steps, notes: [] }, silent)).rejects.toMatchObject({
      code: 'PREPARATION_FAILED',
      message: 'This step could not be started: npm install',
      fix: 'install npm or put it on the PATH, then run the command again',
    });
  });

  it('that is part of a workspace is installed from its root', async () => {
    const dir = files({
      'package.json': '{"workspaces":["apps/*"]}',
      'package-lock.json': '{"packages":{"":{}}}',
      'apps/web/package.json': NEEDS_EXPRESS,
    });
    const root = join(dir, 'apps', 'web');
    withPrograms(dir, ['npm']);
    const { steps } = await planPreparation(dir, nodeApp(root));
    expect(steps).toMatchObject([{ title: 'npm ci', cwd: dir }]);
  });

  it('started by a command has packages too', async () => {
    const dir = files({ 'package.json': NEEDS_EXPRESS });
    const app: DetectedApp = {
      ...nodeApp(dir),
      entry: { runtime: 'command', root: dir, command: 'node app.js' },
    };
    expect((await planPreparation(dir, app)).steps).toMatchObject([{ title: 'npm install' }]);
  });

  it('is built when its output is missing', async () => {
    const dir = files({ 'package.json': '{"scripts":{"build":"mkdir dist && echo > dist/index.js"}}' });
    const app: DetectedApp = { ...nodeApp(dir, 'dist/index.js'), build: 'npm run build' };
    const preparation = await planPreparation(dir, app);
    expect(preparation.steps.map(({ title }) => title)).toEqual(['npm run build']);
    await runPreparation(preparation, silent);
    expect((await planPreparation(dir, app)).steps).toEqual([]);
  });

  it('gets the tools of its build first, in production too', async () => {
    const dir = files({ 'package.json': '{"devDependencies":{"typescript":"5"}}' });
    vi.stubEnv('NODE_ENV', 'production');
    const app: DetectedApp = { ...nodeApp(dir, 'dist/index.js'), build: 'npm run build' };
    expect((await planPreparation(dir, app)).steps).toMatchObject([
      { title: 'npm install', env: { NODE_ENV: 'development' } },
      { title: 'npm run build', cwd: dir },
    ]);
  });
});

describe('a step', () => {
  it('gives every line of both streams, also the last without an end, and its environment', async () => {
    const lines: string[] = [];
    const command = ['/bin/sh', '-c', 'printf "é1\\r\\n$WORD"; printf e1 >&2'];
    await runPreparation(
      { steps: [{ title: 't', why: 'w', command, cwd: '/', env: { WORD: 'o2' } }], notes: [] },
      { onStep: () => undefined, onLine: (line) => lines.push(line) },
    );
    expect(lines.toSorted()).toEqual(['e1', 'o2', 'é1']);
  });

  it('that fails ends the preparation with the command, its exit code and its last 20 lines', async () => {
    const command = [
      '/bin/sh',
      '-c',
      'i=0; while [ $i -lt 30 ]; do i=$((i+1)); echo "line $i"; done; exit 3',
    ];
    const step = { title: 'count', why: 'w', command, cwd: '/' };
    const never = { title: 'never', why: 'w', command: ['false'], cwd: '/' };
    const begun: string[] = [];
    const failure = runPreparation(
      { steps: [step, never], notes: [] },
      { onStep: ({ title }) => begun.push(title), onLine: () => undefined },
    );
    const last = Array.from({ length: 20 }, (_, index) => `line ${index + 11}`);
    await expect(failure).rejects.toMatchObject({
      code: 'PREPARATION_FAILED',
      message: 'This step failed (exit code 3): count',
      detail: [`$ ${command.join(' ')}`, ...last].join('\n'),
      fix: 'mend what the output above says, then run the command again',
    });
    expect(begun).toEqual(['count']);
  });

  it('that is killed says by what', async () => {
    const step = { title: 'end', why: 'w', command: ['/bin/sh', '-c', 'kill -TERM $$'], cwd: '/' };
    await expect(runPreparation({ steps: [step], notes: [] }, silent)).rejects.toMatchObject({
      message: 'This step failed (ended by SIGTERM): end',
    });
  });
});
