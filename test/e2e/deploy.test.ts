import { spawn } from 'node:child_process';
import { cpSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterEach, describe, expect, test } from 'vitest';

import { commandFile } from '../support/command.ts';
import { deployProject, type DeployProject, type Line, platformPid } from '../support/deploy.ts';
import { isAlive, until } from '../support/platform.ts';
import { testPythonEnv } from '../support/python.ts';
import { control } from '../support/serve.ts';
import { root } from '../support/root.ts';

let project: DeployProject | undefined;

afterEach(async () => {
  await project?.end();
  project = undefined;
});

function open(files: Record<string, string>, env: NodeJS.ProcessEnv = {}): DeployProject {
  project = deployProject(files, env);
  return project;
}

const NODE_APP = `
const text = require('./text.json');
require('node:http').createServer((request, response) => {
  if (request.url === '/boom') throw new Error('boom');
  response.end(text + ' ' + request.method + ' ' + request.url + ' ' + (process.env.GREETING ?? ''));
}).listen(3000);
`;

const nodeFiles = (text: string): Record<string, string> => ({
  'index.js': NODE_APP,
  'text.json': JSON.stringify(text),
});

const last = (lines: Line[], type: string): Line => lines.findLast((line) => line.type === type)!;
const get = async (url: string): Promise<string> => (await fetch(url)).text();

/** Nothing of a deployment is left: no process, no folder, no state. */
async function expectNothingLeft({ dir, state }: DeployProject, pid: number, files: string[]): Promise<void> {
  await until(() => !isAlive(pid));
  expect(existsSync(state)).toBe(false);
  expect(readdirSync(dir).sort()).toEqual(files.sort());
}

const FLASK_APP = `
from flask import Flask, request

app = Flask(__name__)

@app.route('/hello/<name>')
def hello(name):
    return f'Hello {name}'

@app.route('/hello', methods=['POST'])
def hello_post():
    return 'Hello ' + request.form['name']
`;

describe('the article’s files, verbatim', () => {
  const fixture = (name: string): string =>
    readFileSync(join(root, 'test', 'config', 'fixtures', name, 'serverless.yml'), 'utf8');

  test('Flask: no verb, requests, remove', async () => {
    const { run, env } = open(
      {
        'serverless.yml': fixture('flask'),
        'src/app.py': FLASK_APP,
        'src/requirements.txt': 'Flask==3.1.3\n',
      },
      await testPythonEnv(),
    );
    const deployed = await run();
    expect(deployed).toMatchObject({ code: 0, stderr: '' });
    expect(deployed.stdout).toContain(
      '! MyFlask  API Gateway was closed in 2025: the function has an address of its own in its place, which has no stage (/release) any more',
    );
    const url = /http:\/\/127\.0\.0\.1:\d+\//.exec(deployed.stdout)![0];
    expect(await get(`${url}hello/Ada`)).toBe('Hello Ada');
    const posted = await fetch(`${url}hello`, {
      method: 'POST',
      body: new URLSearchParams({ name: 'Grace' }),
    });
    expect(await posted.text()).toBe('Hello Grace');
    const pid = (await platformPid(env['ROPEWAY_STATE']!))!;
    const removed = await run('remove', '--yes');
    expect(removed.stdout).toContain('✓ MyFlask  removed function MyFlask');
    await expectNothingLeft(project!, pid, ['serverless.yml', 'src']);
  }, 180_000);

  test('Django: no verb, requests, remove', async () => {
    const { dir, run, env } = open({ 'serverless.yml': fixture('django') }, await testPythonEnv());
    cpSync(join(root, 'examples', 'django'), join(dir, 'src'), {
      recursive: true,
      filter: (path) => !/\.ropeway|\.venv|__pycache__/.test(path),
    });
    const deployed = await run();
    expect(deployed).toMatchObject({ code: 0, stderr: '' });
    const url = /http:\/\/127\.0\.0\.1:\d+\//.exec(deployed.stdout)![0];
    const answer = await fetch(`${url}hello`, {
      method: 'POST',
      body: new URLSearchParams({ name: 'Ada' }),
    });
    expect([answer.status, await answer.text()]).toEqual([200, expect.stringContaining('Ada')]);
    const pid = (await platformPid(env['ROPEWAY_STATE']!))!;
    expect((await run('remove', '--yes')).code).toBe(0);
    await expectNothingLeft(project!, pid, ['serverless.yml', 'src']);
  }, 180_000);
});

describe('files in that style for Node', () => {
  test.each(['express', 'koa'])(
    '%s',
    async (framework) => {
      const { dir, run } = open({
        'serverless.yml': `
MyComponent:
  component: '@serverless/tencent-${framework}'
  inputs:
    region: ap-guangzhou
    functionName: my_${framework}
    code: ./src
    functionConf:
      timeout: 10
      memorySize: 512
      environment:
        variables:
          TEST: value
    apigatewayConf:
      protocols:
        - http
      environment: release
`,
      });
      cpSync(join(root, 'examples', framework), join(dir, 'src'), {
        recursive: true,
        filter: (path) => !/node_modules|\.ropeway/.test(path),
      });
      const deployed = await run();
      expect(deployed).toMatchObject({ code: 0, stderr: '' });
      const url = /http:\/\/127\.0\.0\.1:\d+\//.exec(deployed.stdout)![0];
      expect(await get(`${url}hello/Ada`)).toContain('Ada');
      expect((await run()).stdout).toContain('✓ MyComponent  unchanged');
      expect((await run('remove', '--yes')).code).toBe(0);
      expect(readdirSync(dir).sort()).toEqual(['serverless.yml', 'src']);
    },
    180_000,
  );
});

describe('one app', () => {
  test('deploys, does nothing, changes, rolls back, is invoked, removed', async () => {
    const { write, lines, run, state } = open(nodeFiles('one'));
    const first = await lines('deploy');
    expect(first.map(({ type }) => type)).toEqual(
      expect.arrayContaining(['notice', 'started', 'status', 'deployed']),
    );
    const { url } = Object.values(last(first, 'finished')['outputs'] as Record<string, { url: string }>)[0]!;
    expect(await get(`${url}a?b=c`)).toBe('one GET /a?b=c ');

    const again = await lines('deploy');
    expect(again.map(({ type }) => type)).toEqual(['started', 'unchanged', 'finished']);
    expect((await run('plan')).stdout).toContain('nothing to do');

    write('text.json', '"two"');
    const plan = last(await lines('plan'), 'plan')['components'] as {
      action: string;
      changes: { because: string[] }[];
    }[];
    expect([plan[0]!.action, plan[0]!.changes[0]!.because]).toEqual(['update', ['code']]);
    expect(await get(`${url}x`)).toContain('one');
    await lines('deploy');
    expect(await get(`${url}x`)).toContain('two');

    expect((await run('rollback')).stdout).toContain('serves version 1 (before: 2)');
    expect(await get(`${url}x`)).toContain('one');
    expect((await run('rollback', '9')).stderr).toContain('has no version 9');
    await lines('deploy');
    expect(await get(`${url}x`)).toContain('two');

    const invoked = await run('invoke', '--http', 'POST', '/hello', '-d', 'x=1');
    expect(invoked.stdout).toContain('two POST /hello');
    const failed = await run('invoke', '--http', '/boom');
    expect([failed.code, failed.stdout.includes('Error: boom')]).toEqual([1, true]);

    const pid = (await platformPid(state))!;
    expect((await run('remove')).code).toBe(2);
    expect((await run('remove', '--yes')).code).toBe(0);
    await expectNothingLeft(project!, pid, ['index.js', 'text.json']);
    expect((await run('remove', '--yes')).stdout).toContain('nothing is deployed');
  });

  test('what does not load shows its traceback, and the version before serves on', async () => {
    const { write, lines, run } = open({
      'app.py':
        "def application(environ, start_response):\n    start_response('200 OK', [])\n    return [b'good']\n",
    });
    const { url } = Object.values(
      last(await lines('deploy'), 'finished')['outputs'] as Record<string, { url: string }>,
    )[0]!;
    write('app.py', 'import nowhere\ndef application(environ, start_response): ...\n');
    const failed = await run('deploy');
    expect(failed.code).toBe(2);
    expect(failed.stdout).toContain("ModuleNotFoundError: No module named 'nowhere'");
    expect(failed.stdout).toMatch(/app\.py", line 1/);
    expect(await get(url)).toBe('good');
    expect((await run('info')).stdout).toContain('its deployment did not end');
    write(
      'app.py',
      "def application(environ, start_response):\n    start_response('200 OK', [])\n    return [b'better']\n",
    );
    expect((await run('deploy')).code).toBe(0);
    expect(await get(url)).toBe('better');
  });

  test('packages of the interpreter that are not declared are not there', async () => {
    const { run } = open(
      {
        'app.py': 'import flask\ndef application(environ, start_response): ...\n',
        'ropeway.yml': 'app: app:application\n',
      },
      await testPythonEnv(),
    );
    const failed = await run('deploy');
    expect([failed.code, failed.stdout.includes("No module named 'flask'")]).toEqual([2, true]);
  });

  test('two commands at the same time: the second is told', async () => {
    const { run, write } = open({
      ...nodeFiles('one'),
      'ropeway.yml': "app:\n  component: web\n  hooks: {before: 'sleep 3'}\n",
    });
    const first = run('deploy');
    await new Promise((resolve) => setTimeout(resolve, 1500));
    const second = await run('deploy');
    expect([second.code, second.stderr]).toEqual([
      2,
      expect.stringContaining('Another command is changing this deployment. [LOCKED]'),
    ]);
    expect((await first).code).toBe(0);
    write('x', '');
  });

  test('Ctrl-C ends it in good order, and the next one goes on', async () => {
    const { dir, env, run } = open({
      ...nodeFiles('one'),
      'ropeway.yml': "app:\n  component: web\n  hooks: {before: 'sleep 60'}\n",
    });
    const child = spawn(process.execPath, [commandFile, 'deploy'], {
      cwd: dir,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let text = '';
    child.stdout.on('data', (chunk) => (text += chunk));
    child.stderr.on('data', (chunk) => (text += chunk));
    const end = new Promise<number | null>((resolve) => child.once('close', resolve));
    await until(() => text.includes('sleep 60'));
    child.kill('SIGINT');
    expect([await end, text]).toEqual([
      2,
      expect.stringContaining('`ropeway deploy` was interrupted. [INTERRUPTED]'),
    ]);
    expect((await run('unlock')).stdout).toBe('nobody holds it\n');
    writeFileSync(join(dir, 'ropeway.yml'), 'app:\n  component: web\n');
    expect((await run('deploy')).code).toBe(0);
  });

  test('several platforms that are started at the same moment do not take each other’s port', async () => {
    const projects = Array.from({ length: 4 }, (_, index) => deployProject(nodeFiles(`number ${index}`)));
    try {
      const ran = await Promise.all(projects.map((one) => one.lines('deploy')));
      const urls = ran.map((lines) => {
        const outputs = last(lines, 'finished')['outputs'] as Record<string, { url: string }>;
        return Object.values(outputs)[0]!.url;
      });
      expect(new Set(urls).size).toBe(4);
      for (const [index, url] of urls.entries()) expect(await get(url)).toContain(`number ${index}`);
    } finally {
      await Promise.all(projects.map((one) => one.end()));
    }
  });

  test('a stage is a deployment of its own', async () => {
    const { lines, run, write } = open({
      ...nodeFiles('one'),
      'ropeway.yml': 'name: shop\nenv: {GREETING: "${env.GREETING}"}\n',
      '.env': 'GREETING=Hello',
      '.env.test': 'GREETING=Ahoy',
    });
    const live = last(await lines('deploy'), 'finished')['outputs'] as Record<string, { url: string }>;
    write('text.json', '"test"');
    const test = last(await lines('deploy', '--stage', 'test'), 'finished')['outputs'] as Record<
      string,
      { url: string; name: string }
    >;
    expect(await get(live['shop']!.url)).toBe('one GET / Hello');
    expect(await get(test['shop']!.url)).toBe('test GET / Ahoy');
    expect((await run('remove', '--stage', 'test', '--yes')).code).toBe(0);
    expect(await get(live['shop']!.url)).toBe('one GET / Hello');
  });
});

describe('several components', () => {
  const files = {
    'ropeway.yml': `
name: shop
api:
  component: express
  inputs: {src: ./api, app: index.js, env: {GREETING: Hello}}
admin:
  component: web
  inputs: {src: ./admin}
jobs:
  component: function
  inputs: {src: ./jobs, handler: index.main_handler, env: {API: '\${api.url}'}}
front:
  component: gateway
  inputs:
    stage: v1
    routes:
      - {path: '/jobs/*', methods: [POST], function: '\${jobs.name}'}
      - {path: '/*', function: '\${api.name}'}
site:
  component: static
  inputs: {src: ./site, spa: true, env: {API_URL: '\${api.url}'}}
`.replace('component: express', 'component: web'),
    'api/index.js': NODE_APP,
    'api/text.json': '"api"',
    'admin/app.py':
      "def application(environ, start_response):\n    start_response('200 OK', [])\n    return [environ['SCRIPT_NAME'].encode()]\n",
    'jobs/index.js':
      "exports.main_handler = async (event) => ({ statusCode: 200, body: 'job ' + process.env.API + ' ' + event.rawPath });\n",
    'site/index.html': '<h1>Shop</h1>',
    'site/a.txt': 'a',
  };

  test('plan, deploy, nothing to do, one change, rollback, remove', async () => {
    const { write, lines, run, state } = open(files);
    const planned = last(await lines('plan'), 'plan')['components'] as { alias: string; action: string }[];
    expect(planned.map(({ action }) => action)).toEqual(Array(5).fill('create'));
    const deployed = last(await lines('deploy'), 'finished');
    expect(deployed['ok']).toBe(true);
    const outputs = deployed['outputs'] as Record<string, { url: string; name: string }>;
    const base = new URL(outputs['api']!.url).origin;
    expect(await get(`${base}/shop-api/x`)).toBe('api GET /x Hello');
    expect(await get(`${base}/shop-admin/x`)).toBe('/shop-admin');
    expect(await get(`${base}/shop-site/`)).toBe('<h1>Shop</h1>');
    expect(await get(`${base}/shop-site/nowhere/deep`)).toBe('<h1>Shop</h1>');
    expect(await get(`${base}/shop-site/env.js`)).toContain(`window.env["API_URL"] = "${base}/shop-api/"`);
    expect(await get(`${base}/v1/x`)).toBe('api GET /x Hello');
    const job = await fetch(`${base}/v1/jobs/7`, { method: 'POST' });
    expect(await job.text()).toContain(`job ${base}/shop-api/`);

    const again = await lines('deploy');
    expect(again.filter(({ type }) => type === 'unchanged')).toHaveLength(5);
    write('api/text.json', '"new"');
    const changed = await lines('deploy');
    expect(changed.filter(({ type }) => type === 'unchanged')).toHaveLength(4);
    expect(outputs['front']!.url).toBe(`${base}/v1/jobs/`);
    expect(await get(`${base}/v1/x`)).toBe('new GET /x Hello');
    expect((await run('rollback')).stderr).toContain('Several functions are deployed from here.');
    expect((await run('rollback', '--component', 'api')).code).toBe(0);
    expect(await get(`${base}/v1/x`)).toBe('api GET /x Hello');
    expect((await run('info')).stdout).toContain('other versions: 2 of');

    const partly = await lines('remove', 'api', '--yes');
    expect((last(partly, 'removed-all')['removed'] as string[]).sort()).toEqual([
      'api',
      'front',
      'jobs',
      'site',
    ]);
    expect(await get(`${base}/shop-admin/x`)).toBe('/shop-admin');
    const pid = (await platformPid(state))!;
    expect((await run('remove', '--yes')).code).toBe(0);
    await expectNothingLeft(project!, pid, ['admin', 'api', 'jobs', 'ropeway.yml', 'site']);
  }, 120_000);

  test('a platform that was there already is left as it was', async () => {
    const own = open({ 'index.js': NODE_APP, 'text.json': '"own"' });
    await own.run('deploy');
    const other = deployProject(files, own.env);
    const ran = await other.run('deploy', '--platform', own.state);
    expect(ran).toMatchObject({ code: 0, stderr: '' });
    expect((await other.run('remove', '--yes', '--platform', own.state)).code).toBe(0);
    const socket = join(own.state, 'control.sock');
    const { functions } = (await control(socket, 'GET', '/v1/functions')).body as { functions: unknown[] };
    expect(functions).toHaveLength(1);
    await other.end();
  }, 120_000);
});
