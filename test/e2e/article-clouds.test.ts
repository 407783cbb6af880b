import { cpSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';

import { deployProject, type DeployProject } from '../support/deploy.ts';
import { emulatingServe, type EmulatingServe } from '../support/emulators.ts';
import { leftovers } from '../support/leftovers.ts';
import { findPython } from '../support/pythons.ts';
import { testPythonEnv } from '../support/python.ts';
import { root } from '../support/root.ts';

const FLASK_APP = `from flask import Flask, request
app = Flask(__name__)

@app.route('/hello/<name>')
def hello(name):
    return 'Hello ' + name

@app.route('/hello', methods=['POST'])
def posted():
    return 'Hello ' + request.form['name']
`;

let serve: EmulatingServe;
let env: NodeJS.ProcessEnv;
let project: DeployProject | undefined;

beforeAll(async () => {
  env = await testPythonEnv();
  serve = await emulatingServe(['tencent']);
}, 300_000);
afterEach(async () => {
  await project?.end();
  project = undefined;
});
afterAll(async () => {
  expect(await serve.end()).toBe(0);
});

const fixture = (name: string): string =>
  readFileSync(join(root, 'test', 'config', 'fixtures', name, 'serverless.yml'), 'utf8');
const open = (files: Record<string, string>): DeployProject => {
  project = deployProject(files, { ...env, ...serve.env('tencent') });
  return project;
};

/** SCF's newest Python; native packages are for one version. */
describe.skipIf(findPython(['3.10']) === undefined)(
  'the article’s files, verbatim, on the emulated Tencent Cloud',
  () => {
    test('Flask: deployed, called, removed', async () => {
      const { run, lines } = open({
        'serverless.yml': fixture('flask'),
        'src/app.py': FLASK_APP,
        'src/requirements.txt': 'Flask==3.1.3\n',
      });
      const deployed = await lines('deploy', '--target', 'tencent');
      expect(deployed.at(-1), JSON.stringify(deployed)).toMatchObject({ type: 'finished', ok: true });
      const [outputs] = Object.values(
        deployed.at(-1)!['outputs'] as Record<string, { url: string; region: string }>,
      );
      expect(outputs!.region).toBe('ap-beijing');
      const { url } = outputs!;
      expect(await (await fetch(`${url}hello/Ada`)).text()).toBe('Hello Ada');
      const posted = await fetch(`${url}hello`, {
        method: 'POST',
        body: new URLSearchParams({ name: 'Grace' }),
      });
      expect(await posted.text()).toBe('Hello Grace');
      expect((await run('remove', '--target', 'tencent', '--yes')).code).toBe(0);
      expect((await leftovers('tencent', serve.env('tencent'), 'ap-beijing'))['functions']).toEqual([]);
    }, 240_000);

    test('Django: deployed, called, removed', async () => {
      const { dir, run, lines } = open({ 'serverless.yml': fixture('django') });
      cpSync(join(root, 'examples', 'django'), join(dir, 'src'), {
        recursive: true,
        filter: (path) => !/\.ropeway|\.venv|__pycache__/.test(path),
      });
      const deployed = await lines('deploy', '--target', 'tencent');
      expect(deployed.at(-1), JSON.stringify(deployed)).toMatchObject({ type: 'finished', ok: true });
      const [outputs] = Object.values(deployed.at(-1)!['outputs'] as Record<string, { url: string }>);
      const answer = await fetch(`${outputs!.url}hello`, {
        method: 'POST',
        body: new URLSearchParams({ name: 'Ada' }),
      });
      expect([answer.status, await answer.text()]).toEqual([200, expect.stringContaining('Ada')]);
      expect((await run('remove', '--target', 'tencent', '--yes')).code).toBe(0);
      expect((await leftovers('tencent', serve.env('tencent')))['functions']).toEqual([]);
    }, 240_000);
  },
);

test('several regions have a function each; one that is taken off the list loses its own', async () => {
  const config = (regions: string): string =>
    `api:\n  component: web\n  inputs:\n    src: .\n    region: ${regions}\n`;
  const source = "require('node:http').createServer((_, response) => response.end('x')).listen(3000);\n";
  const { write, lines, run } = open({
    'serverless.yml': config('[ap-beijing, ap-shanghai]'),
    'server.js': source,
    'package.json': '{"scripts": {"start": "node server.js"}}',
  });
  const names = async (region: string): Promise<string[]> =>
    (await leftovers('tencent', serve.env('tencent'), region))['functions']!;
  const deployed = (await lines('deploy', '--target', 'tencent')).at(-1)!;
  expect(deployed).toMatchObject({ ok: true });
  const { urls } = (deployed['outputs'] as { api: { urls: Record<string, string> } }).api;
  for (const url of Object.values(urls)) expect(await (await fetch(url)).text()).toBe('x');
  expect([await names('ap-beijing'), await names('ap-shanghai')].map((all) => all.length)).toEqual([1, 1]);
  write('serverless.yml', config('ap-shanghai'));
  expect((await lines('deploy', '--target', 'tencent')).at(-1)).toMatchObject({ ok: true });
  expect([await names('ap-beijing'), await names('ap-shanghai')].map((all) => all.length)).toEqual([0, 1]);
  expect((await run('remove', '--target', 'tencent', '--yes')).code).toBe(0);
  expect(await names('ap-shanghai')).toEqual([]);
}, 240_000);

test('without keys it says where they are looked for, and nothing is written down', async () => {
  project = deployProject(
    { 'server.js': '', 'package.json': '{"scripts": {"start": "node server.js"}}' },
    { HOME: '/nowhere' },
  );
  const { code, stderr, stdout } = await project.run('deploy', '--target', 'tencent');
  expect(code).toBe(2);
  expect(stdout + stderr).toMatch(/REGION_MISSING|CREDENTIALS_MISSING/);
});
