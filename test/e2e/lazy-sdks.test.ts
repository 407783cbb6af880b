import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { afterEach, expect, test } from 'vitest';

import { appFolder, ropeway, type Running, startDev } from '../support/command.ts';
import { root } from '../support/root.ts';

const REGISTER = join(root, 'test', 'support', 'imports', 'register.mjs');
const SDK = /node_modules\/(@aws-sdk|@smithy|tencentcloud-sdk|cos-nodejs-sdk|fast-xml-parser)/;

let app: ReturnType<typeof appFolder> | undefined;
let dev: Running | undefined;
let written: string | undefined;

afterEach(async () => {
  if (dev !== undefined && dev.child.exitCode === null) await dev.interrupt();
  dev = undefined;
  app?.remove();
  if (written !== undefined) rmSync(written, { force: true });
});

function open(files: Record<string, string>): { env: NodeJS.ProcessEnv; imported(): string[] } {
  app = appFolder(files);
  const log = join(app.dir, '..', `${app.dir.split('/').at(-1)}.imports`);
  written = log;
  return {
    env: { NODE_OPTIONS: `--import ${REGISTER}`, IMPORTS_LOG: log },
    imported: () => (existsSync(log) ? readFileSync(log, 'utf8').split('\n') : []),
  };
}

test('a program that imports an SDK is seen to', () => {
  const { env, imported } = open({ 'program.mjs': '' });
  execFileSync(process.execPath, ['-e', "import('@aws-sdk/client-sts')"], {
    cwd: root,
    env: { ...process.env, ...env },
  });
  expect(imported().filter((one) => SDK.test(one))).not.toEqual([]);
});

test.each([['--version'], ['--help'], ['deploy', '--help']])(
  'ropeway %s %s loads no cloud’s SDK',
  async (...args) => {
    const { env, imported } = open({});
    expect((await ropeway(args, app!.dir, env)).code).toBe(0);
    expect(imported().some((one) => one.endsWith('/dist/cli/main.js'))).toBe(true);
    expect(imported().filter((one) => SDK.test(one))).toEqual([]);
  },
);

test('ropeway dev loads none, from its start to its first answer', async () => {
  const source = "require('node:http').createServer((_, response) => response.end('x')).listen(3000);\n";
  const { env, imported } = open({ 'server.js': source, 'package.json': '{}' });
  dev = await startDev(app!.dir, [], env);
  expect((await dev.get('/')).text).toBe('x');
  expect(imported().some((one) => one.endsWith('/platform/platform.js'))).toBe(true);
  expect(imported().filter((one) => SDK.test(one))).toEqual([]);
});
