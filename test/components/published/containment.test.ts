import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterEach, describe, expect, test } from 'vitest';

import { describeError } from '../../../src/lib/errors.ts';
import { isAlive } from '../../../src/lib/processes.ts';
import { root } from '../../support/root.ts';
import { installPublished } from './install.ts';
import { createProject, errorOf, type Project } from './project.ts';

let project: Project;

afterEach(() => project.remove());

/** A component with these methods, and `default`. */
function component(methods: string, before = ''): string {
  project = createProject({
    'c/serverless.js': `
      const { Component } = require('@serverless/core');
      ${before}
      module.exports = class extends Component { async default() {} ${methods} };`,
  });
  return join(project.root, 'c');
}

describe('a component that ends its process', () => {
  test('is an error with what it printed', async () => {
    const folder = component(
      `exits() { console.log('no account'); console.error('giving up'); process.exit(-1); }`,
    );
    const error = await errorOf(project.call(folder, 'exits'));
    expect(describeError(error)).toBe(
      [
        'Template.shop.Thing ended its process (exit code 255) before it was done. [PUBLISHED_EXITED]',
        '  It printed:',
        '  no account',
        '  giving up',
        '  to mend:  see what it printed; what it had saved by then is kept, so run the command again',
      ].join('\n'),
    );
    expect(error.exitCode).toBe(2);
    expect(project.said('warn')).toEqual(['giving up']);
  });

  test('with success in its exit code too', async () => {
    const folder = component(`exits() { process.exit(0); }`);
    expect(await errorOf(project.call(folder, 'exits'))).toMatchObject({
      message: 'Template.shop.Thing ended its process (exit code 0) before it was done.',
      detail: 'It printed nothing.',
    });
  });
});

describe('a component that fails', () => {
  test.each([
    ['an error', `throw new Error('no such region');`, 'no such region', undefined],
    ['a text', `throw 'Function hello update failed';`, 'Function hello update failed', undefined],
    ['nothing', `throw undefined;`, 'undefined', undefined],
    ['an object', `throw { StatusCode: 3 };`, '{ StatusCode: 3 }', undefined],
    [
      'an error of a cloud',
      `throw Object.assign(new Error('quota'), { code: 'LimitExceeded', requestId: 'r-1' });`,
      'quota',
      'code: LimitExceeded\nrequest: r-1',
    ],
    [
      'an error in an object',
      `throw { error: { Code: 'X', Message: 'bucket is there' } };`,
      'bucket is there',
      undefined,
    ],
    ['an error with a cause', `throw new Error('a', { cause: new Error('b') });`, 'a: b', undefined],
    [
      'outside of its call',
      `setTimeout(() => { throw new Error('late'); }); await new Promise(() => {});`,
      'late',
      undefined,
    ],
    ['where nobody waits', `Promise.reject(new Error('loose')); return 1;`, 'loose', undefined],
    [
      'where only nobody waits',
      `Promise.reject(new Error('loose')); await new Promise(() => {});`,
      'loose',
      undefined,
    ],
  ])('by throwing %s', async (_what, body, message, detail) => {
    const folder = component(`async fails() { ${body} }`);
    const error = await errorOf(project.call(folder, 'fails'));
    expect(error).toMatchObject({
      code: 'PUBLISHED_FAILED',
      message: `Template.shop.Thing: ${message}`,
      detail,
    });
    expect(describeError(error)).not.toContain('    at ');
  });

  test('what nobody waits for does not tear its own work', async () => {
    const folder = component(`async fails() {
      Promise.reject(new Error('loose'));
      await new Promise((resolve) => setTimeout(resolve, 50));
      this.state = { after: true };
      await this.save();
    }`);
    expect((await errorOf(project.call(folder, 'fails'))).message).toBe('Template.shop.Thing: loose');
    expect(project.states.get('Template.shop.Thing')).toEqual({ after: true });
    expect(project.said('warn')).toEqual(['Failed, and nobody waited for it: loose']);
  });

  test('by never finishing', async () => {
    const folder = component(`async hangs() { await new Promise(() => {}); }`);
    expect(describeError(await errorOf(project.call(folder, 'hangs')))).toBe(
      [
        'Template.shop.Thing never finished. It waits for something that cannot happen any more. [PUBLISHED_UNFINISHED]',
        '  to mend:  look for a promise in the component that nobody resolves',
      ].join('\n'),
    );
  });

  test('by what it returns', async () => {
    const folder = component(`async returns() { const a = {}; a.a = a; return a; }`);
    const error = await errorOf(project.call(folder, 'returns'));
    expect(error.code).toBe('OUTPUTS_NOT_JSON');
    expect(error.message).toContain('Template.shop.Thing returned what cannot be written as JSON: ');
  });

  test('by not loading', async () => {
    const folder = component('', `require('not-installed');`);
    expect(await errorOf(project.call(folder))).toMatchObject({
      code: 'PUBLISHED_NOT_LOADED',
      message: "Template.shop.Thing does not load: Cannot find module 'not-installed'",
    });
  });

  test('by being taken for an ES module', async () => {
    const folder = component('');
    writeFileSync(join(project.root, 'package.json'), '{"type":"module"}');
    const error = await errorOf(project.call(folder));
    expect(error).toMatchObject({
      code: 'PUBLISHED_NOT_LOADED',
      fix: 'put a package.json with {"type": "commonjs"} into its folder',
    });
    expect(error.message).not.toContain(project.root);
  });

  test('by not being JavaScript', async () => {
    const folder = component('', 'const = 1;');
    const error = await errorOf(project.call(folder));
    expect(error.code).toBe('PUBLISHED_NOT_LOADED');
    expect(error.message).toMatch(/does not load: .*serverless\.js:3: Unexpected token/);
  });

  test.each(['module.exports = {};', 'module.exports = class {};', ''])(
    'by not being a component: %s',
    async (source) => {
      project = createProject({ 'c/serverless.js': source });
      expect(describeError(await errorOf(project.call(join(project.root, 'c'))))).toBe(
        [
          'Template.shop.Thing is no Serverless Component 1.x. [NOT_A_COMPONENT]',
          "  expected: module.exports = class extends require('@serverless/core').Component",
          '  got:      What it exports is not a class that extends Component of @serverless/core.',
        ].join('\n'),
      );
    },
  );

  test('by having no default', async () => {
    project = createProject({
      'c/serverless.js': `module.exports = class extends require('@serverless/core').Component {};`,
    });
    expect((await errorOf(project.call(join(project.root, 'c')))).message).toBe(
      'Template.shop.Thing: Component Template.shop.Thing has no method "default".',
    );
  });
});

test('a component without credentials does not ask anybody to log in', { timeout: 300_000 }, async () => {
  const cos = await installPublished('@serverless/tencent-cos@1.2.15');
  project = createProject();
  for (const credentials of [{}, { tencent: { AppId: '1' } }, { tencent: { SecretId: 'abcdef' } }]) {
    const error = await errorOf(
      project.call(cos, 'default', { bucket: 'b' }, { credentials: credentials as never }),
    );
    expect(describeError(error)).toBe(
      [
        'Template.shop.Thing needs credentials of Tencent Cloud. [CREDENTIALS_NEEDED]',
        '  expected: SecretId and SecretKey',
        '  to mend:  set TENCENT_SECRET_ID and TENCENT_SECRET_KEY, in .env or in the environment',
      ].join('\n'),
    );
  }
  expect(project.logs).toEqual([]);
});

test('nor does one that loads it later', { timeout: 300_000 }, async () => {
  const folder = component(`async loads() { await this.load('@serverless/tencent-cos'); }`);
  const installed = await installPublished('@serverless/tencent-cos@1.2.15');
  mkdirSync(join(project.root, 'node_modules', '@serverless'), { recursive: true });
  symlinkSync(installed, join(project.root, 'node_modules', '@serverless', 'tencent-cos'));
  expect((await errorOf(project.call(folder, 'loads'))).code).toBe('CREDENTIALS_NEEDED');
});

test('secrets are in no line and in no error', async () => {
  const credentials = {
    tencent: {
      AppId: '1250000000',
      SecretId: 'AKIDsecretid',
      SecretKey: 'se+cret/key="1"',
      token: 'line one\nline two',
    },
  };
  const folder = component(`async prints() {
    const { SecretKey, token, AppId, SecretId } = this.context.credentials.tencent;
    console.log(this.context.credentials);
    console.error(JSON.stringify(this.context.credentials));
    process.stdout.write('half ' + SecretKey.slice(0, 5));
    await new Promise((resolve) => setTimeout(resolve, 50));
    process.stdout.write(SecretKey.slice(5) + ' whole ' + AppId + '\\n');
    this.context.debug(encodeURIComponent(SecretKey));
    this.context.log(Buffer.from(SecretKey).toString('base64'));
    this.context.status({ token });
    throw new Error('rejected ' + SecretId + ' with ' + SecretKey);
  }`);
  const error = await errorOf(project.call(folder, 'prints', {}, { credentials }));
  expect(error.message).toBe('Template.shop.Thing: rejected *** with ***');
  const all = project.logs.map(({ text }) => text).join('\n');
  for (const secret of [
    'AKIDsecretid',
    'se+cret',
    'cret/key',
    'line one',
    'line two',
    'se%2Bcret',
    'c2UrY3JldC',
  ]) {
    expect(all).not.toContain(secret);
  }
  expect(all).toContain('half *** whole 1250000000');
});

test('the environment is its own', async () => {
  process.env['ROPEWAY_TEST_SECRET'] = 'ours';
  try {
    const folder = component(`async env() {
      require('fs').writeFileSync(require('path').join(require('os').homedir(), '.serverlessrc'), 'x');
      return process.env;
    }`);
    const env = (await project.call(folder, 'env')) as Record<string, string>;
    expect(env['PATH']).toBe(process.env['PATH']);
    expect(Object.keys(env)).not.toContain('ROPEWAY_TEST_SECRET');
    expect(env['HOME']).not.toBe(process.env['HOME']);
    expect(existsSync(env['HOME']!)).toBe(false);
  } finally {
    delete process.env['ROPEWAY_TEST_SECRET'];
  }
});

// What the component starts prints its pid and ignores what can be ignored.
const STUBBORN = `const grandchild = require('child_process').spawn(process.execPath, ['-e', 'process.on("SIGTERM", () => {}); setInterval(() => {}, 1000); console.log("grandchild " + process.pid)'], { stdio: 'inherit' });`;

describe('a component that does not end', () => {
  test.each([
    ['waits', ''],
    ['ignores SIGTERM', `process.on('SIGTERM', () => {});`],
    ['is busy', `setTimeout(() => { for (;;); }, 300);`],
  ])('%s: is ended by the signal, with all that it started', async (_how, before) => {
    const folder = component(`async hangs() {
      ${before}
      ${STUBBORN}
      console.log('component ' + process.pid);
      await new Promise((resolve) => setTimeout(resolve, 1e9));
    }`);
    const controller = new AbortController();
    const pids: number[] = [];
    const call = project.call(
      folder,
      'hangs',
      {},
      {
        signal: controller.signal,
        onLog({ text }) {
          pids.push(Number(/(?:component|grandchild) (\d+)/.exec(text)?.[1]));
          if (pids.length === 2) setTimeout(() => controller.abort(), 400);
        },
      },
    );
    expect(describeError(await errorOf(call))).toBe(
      [
        'Template.shop.Thing was stopped before it was done. [PUBLISHED_ABORTED]',
        '  to mend:  what it had saved by then is kept: run the command again to finish',
      ].join('\n'),
    );
    expect(pids).toHaveLength(2);
    await untilDead(pids);
  });

  test('is not started when the signal has come before', async () => {
    const folder = component(`async prints() { console.log('started'); }`);
    const error = await errorOf(project.call(folder, 'prints', {}, { signal: AbortSignal.abort() }));
    expect(error.code).toBe('PUBLISHED_ABORTED');
    expect(project.logs).toEqual([]);
  });

  test.each([
    ['waits', ''],
    ['is busy', `setTimeout(() => { for (;;); }, 300);`],
  ])('%s: ends with its parent, however that ends', async (_how, before) => {
    const folder = component(`async hangs() {
      ${before}
      ${STUBBORN}
      console.log('component ' + process.pid);
      console.log('folder ' + process.env.HOME);
      await new Promise((resolve) => setTimeout(resolve, 1e9));
    }`);
    const parent = spawn(
      process.execPath,
      [
        join(root, 'test/fixtures/published/parent.mjs'),
        join(root, 'dist/components/published/host.js'),
        folder,
        'hangs',
      ],
      { stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, FORCE_COLOR: undefined } },
    );
    let printed = '';
    for await (const piece of parent.stdout) {
      printed += String(piece);
      if ([/component \d+/, /grandchild \d+/, /folder .+\n/].every((one) => one.test(printed))) break;
    }
    // Busy by now.
    await new Promise((resolve) => void setTimeout(resolve, 500));
    parent.kill('SIGKILL');
    await untilDead([...printed.matchAll(/(?:component|grandchild) (\d+)/g)].map(([, pid]) => Number(pid)));
    const home = /folder (.+)\n/.exec(printed)![1]!;
    await until(() => !existsSync(join(home, '..')));
  });

  test('what it leaves behind does not outlive it', async () => {
    const folder = component(`async leaves() { ${STUBBORN} return grandchild.pid; }`);
    await untilDead([(await project.call(folder, 'leaves')) as number]);
  });

  test('a timer or a server that it forgot does not hold its end', async () => {
    const folder = component(`async forgets() {
      setInterval(() => {}, 1000);
      await new Promise((resolve) => require('http').createServer().listen(0, '127.0.0.1', resolve));
      return 'done';
    }`);
    expect(await project.call(folder, 'forgets')).toBe('done');
  });
});

test('a project that is not there', async () => {
  project = createProject({ 'c/serverless.js': '' });
  const missing = join(project.root, 'missing');
  expect(
    await errorOf(project.call(join(project.root, 'c'), 'default', {}, { root: missing })),
  ).toMatchObject({
    code: 'NOT_FOUND',
    message: `There is no folder ${missing}.`,
  });
});

async function untilDead(pids: number[]): Promise<void> {
  await until(() => !pids.some(isRunning));
}

/** One whose parent has not asked for its end yet is listed, but has no program any more. */
function isRunning(pid: number): boolean {
  return isAlive(pid) && (!existsSync('/proc') || existsSync(`/proc/${pid}/exe`));
}

async function until(is: () => boolean): Promise<void> {
  while (!is()) await new Promise((resolve) => void setTimeout(resolve, 20));
}
