import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';

import { afterEach, beforeEach, expect, test } from 'vitest';

import { root } from '../../support/root.ts';
import { CREDENTIALS, startTencentCloud, type TencentCloud } from '../../support/tencent-cloud.ts';
import { installPublished } from './install.ts';
import { createProject, errorOf, type Project } from './project.ts';

// A component that people wrote on top of the published ones: test/fixtures/published/flask.

const FLASK = join(root, 'test', 'fixtures', 'published', 'flask');

const INPUTS = {
  region: 'ap-beijing',
  code: './app',
  functionConf: { timeout: 10, memorySize: 256 },
  apigatewayConf: { protocols: ['http'], environment: 'release' },
};

const ID = 'Template.FlaskComponent';

let cloud: TencentCloud;
let project: Project;

beforeEach(async () => {
  cloud = await startTencentCloud();
  project = createProject({
    'app/index.js':
      'exports.handler = async ({ path }) => ({ statusCode: 200, headers: {}, body: `hello from ${path}` });\n',
  });
});

afterEach(async () => {
  project.remove();
  await cloud.close();
});

test('with the children of this process', async () => {
  const calls: { name: string; id: string; method: string; inputs: Record<string, unknown> }[] = [];
  const options = {
    id: ID,
    provide: (name: string) => name.startsWith('@serverless/tencent-'),
    async callProvided(name: string, id: string, method: string, inputs: unknown) {
      calls.push({ name, id, method, inputs: inputs as Record<string, unknown> });
      if (name.endsWith('scf')) return { Name: calls[0]!.inputs['name'] };
      return { subDomain: 'gateway.example.com', protocols: ['http'], environment: 'release' };
    },
  };

  const outputs = (await project.call(FLASK, 'default', INPUTS, options)) as { functionName: string };
  expect(outputs).toEqual({
    functionName: expect.stringMatching(/^FlaskComponent_r[0-9a-f]{7}-[0-9a-z]{7}$/),
    url: 'http://gateway.example.com/release/',
  });
  expect(calls).toMatchObject([
    {
      name: '@serverless/tencent-scf',
      id: `${ID}.TencentCloudFunction`,
      method: 'default',
      inputs: { memorySize: 256, include: [join(FLASK, 'shim')], codeUri: './app' },
    },
    { name: '@serverless/tencent-apigateway', id: `${ID}.gateway`, method: 'default' },
  ]);
  expect(project.logs).toEqual([
    { level: 'status', text: 'Deploying function' },
    { level: 'status', text: 'Deploying gateway' },
    { level: 'log', text: 'url: http://gateway.example.com/release/' },
  ]);
  expect(project.states.get(ID)).toEqual({
    functionName: outputs.functionName,
    url: 'http://gateway.example.com/release/',
  });

  // The name is made up once.
  expect(await project.call(FLASK, 'default', INPUTS, options)).toEqual(outputs);

  calls.length = 0;
  await project.call(FLASK, 'remove', {}, options);
  expect(calls).toMatchObject([
    { id: `${ID}.TencentCloudFunction`, method: 'remove', inputs: { fromClientRemark: 'flask' } },
    { id: `${ID}.gateway`, method: 'remove' },
  ]);
  expect(project.states.get(ID)).toEqual({});
});

test('with the published children that the project has installed', { timeout: 300_000 }, async () => {
  await installChildren();
  const options = { id: ID, credentials: { tencent: { ...CREDENTIALS } }, redirect: cloud.redirect };
  const { functionName, url } = (await project.call(FLASK, 'default', INPUTS, options)) as {
    functionName: string;
    url: string;
  };
  expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/release\/$/);
  expect(await (await fetch(`${url}users`)).text()).toBe('hello from /users');
  expect(await cloud.api('scf', 'GetFunction', { FunctionName: functionName }, 'ap-beijing')).toMatchObject({
    MemorySize: 256,
    Timeout: 10,
  });
  expect([...project.states.keys()].toSorted()).toEqual([ID, `${ID}.TencentCloudFunction`, `${ID}.gateway`]);

  await project.call(FLASK, 'remove', {}, options);
  expect(await functions()).toEqual([]);
  await expect(fetch(url)).rejects.toThrow();
});

test('what its first child has saved outlives a failure of the second', { timeout: 300_000 }, async () => {
  await installChildren();
  const options = { id: ID, credentials: { tencent: { ...CREDENTIALS } }, redirect: cloud.redirect };
  const controller = new AbortController();
  cloud.before = (call) => {
    if (call === 'apigateway CreateService') controller.abort();
  };
  const error = await errorOf(
    project.call(FLASK, 'default', INPUTS, { ...options, signal: controller.signal }),
  );
  expect(error.code).toBe('PUBLISHED_ABORTED');
  const made = project.states.get(ID) as { functionName: string };
  expect(project.states.get(`${ID}.TencentCloudFunction`)).toMatchObject({
    deployed: { Name: made.functionName },
  });

  delete cloud.before;
  expect(await project.call(FLASK, 'default', INPUTS, options)).toMatchObject({
    functionName: made.functionName,
  });
  expect(await functions()).toEqual([made.functionName]);
});

async function functions(): Promise<unknown[]> {
  const { Functions } = await cloud.api('scf', 'ListFunctions', {}, 'ap-beijing');
  return (Functions as { FunctionName: string }[]).map(({ FunctionName }) => FunctionName);
}

async function installChildren(): Promise<void> {
  const scope = join(project.root, 'node_modules', '@serverless');
  mkdirSync(scope, { recursive: true });
  const children = ['@serverless/tencent-scf@2.1.4', '@serverless/tencent-apigateway@2.1.6'];
  for (const reference of children) {
    symlinkSync(await installPublished(reference), join(scope, reference.split(/[/@]/)[2]!));
  }
}
