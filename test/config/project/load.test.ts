import { readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { describe, expect, it } from 'vitest';

import { loadProject } from '../../../src/config/project/load.ts';
import { componentOf, projectOf, told } from '../support.ts';

const fixtures = join(dirname(dirname(fileURLToPath(import.meta.url))), 'fixtures');

describe('the files of old components', () => {
  const common = {
    code: './src',
    functionConf: {
      timeout: 10,
      environment: { variables: { TEST: 'value', Version: 3 } },
      vpcConfig: { subnetId: '', vpcId: '' },
    },
    apigatewayConf: { protocols: ['http'], environment: 'release' },
  };

  it('Flask', async () => {
    const project = await loadProject(join(fixtures, 'flask'), { stage: 'dev', env: {} });
    expect(project).toMatchObject({ name: 'flask', stage: 'dev', values: {} });
    expect(project!.file).toBe(join(fixtures, 'flask', 'serverless.yml'));
    expect(project!.components).toHaveLength(1);
    const [entry] = project!.components;
    expect(entry).toMatchObject({ alias: 'MyFlask', component: '@gosls/tencent-flask', dependsOn: [] });
    expect(entry!.inputs).toEqual({
      ...common,
      region: 'ap-beijing',
      functionName: 'MyFlask',
      functionConf: { ...common.functionConf, memorySize: 64 },
    });
    expect(entry!.where(['functionConf', 'vpcConfig', 'subnetId'])).toBe('serverless.yml:16:9');
    expect(entry!.where(['apigatewayConf', 'protocols', 0])).toBe('serverless.yml:20:11');
    expect(entry!.where(['apigatewayConf', 'usagePlan', 'x'])).toBe('serverless.yml:18:5');
    expect(entry!.where([])).toBe('serverless.yml:4:3');
  });

  it('Django', async () => {
    const project = await loadProject(join(fixtures, 'django'), { stage: 'dev', env: {} });
    expect(project!.components.map(({ component }) => component)).toEqual(['@serverless/tencent-django']);
    expect(project!.components[0]!.inputs).toEqual({
      ...common,
      region: 'ap-guangzhou',
      functionName: 'MyDjango',
      djangoProjectName: 'mydjango',
      functionConf: { ...common.functionConf, memorySize: 256 },
    });
  });

  it('whatever way their lines end, and with a mark of their encoding', async () => {
    const text = readFileSync(join(fixtures, 'flask', 'serverless.yml'), 'utf8');
    const entry = await componentOf(`\uFEFF${text.replaceAll('\n', '\r\n')}`, 'MyFlask');
    expect(entry.inputs).toMatchObject({ functionConf: { memorySize: 64 } });
    expect(entry.where(['region'])).toBe('serverless.yml:5:5');
  });
});

describe('a project', () => {
  it('nothing of the kind in the folder is none', async () => {
    expect(await projectOf({ 'app.py': '' })).toBeUndefined();
  });

  it('of several components: inputs, what they depend on, hooks, values', async () => {
    const text = [
      'name: shop-${stage}',
      'sizes: { memory: 512, key: "${env.KEY}" }',
      'gateway:',
      '  component: gateway',
      '  inputs:',
      '    routes: [{ path: /, function: "${api.name}" }]',
      '    label: ${name}',
      'api:',
      '  component: ./components/Api',
      '  dependsOn: [files, files]',
      '  hooks: { before: "make ${stage}", after: [a, "echo $HOME"] }',
      '  inputs: { memory: "${sizes.memory}", key: "x${sizes.key}", bucket: "${files}", deep: [["${env:KEY}"]] }',
      'files: { component: npm:@x/files }',
    ].join('\n');
    const project = await projectOf(text, { stage: 'prod', env: { KEY: 'k' } });
    expect(project).toMatchObject({
      name: 'shop-prod',
      stage: 'prod',
      values: { name: 'shop-prod', sizes: { memory: 512, key: 'k' } },
    });
    const [gateway, api, files] = project!.components;
    expect(gateway).toMatchObject({
      alias: 'gateway',
      inputs: { routes: [{ path: '/', function: '${api.name}' }], label: 'shop-prod' },
      dependsOn: ['api'],
      unresolved: [['routes', 0, 'function']],
      hooks: { before: [], after: [] },
    });
    expect(api).toMatchObject({
      component: './components/Api',
      inputs: { memory: 512, key: 'xk', bucket: '${files}', deep: [['k']] },
      dependsOn: ['files'],
      hooks: { before: ['make prod'], after: ['a', 'echo $HOME'] },
    });
    expect([...api!.secret]).toEqual(['key', 'deep.0.0']);
    expect(files).toMatchObject({ component: 'npm:@x/files', inputs: {}, dependsOn: [] });
    expect(files!.where(['x'])).toBe('serverless.yml:13:1');
  });

  it.each([
    ['name: a\napp: b\n', 'a'],
    ['app: b\nservice: c\n', 'b'],
    ['service: c\n', 'c'],
    ['name: 5\n', '5'],
    ['name: [a]\nservice: c\n', 'c'],
  ])('is called by its file: %j', async (text, name) => {
    expect((await projectOf(`${text}x: { component: web }\n`))!.name).toBe(name);
  });

  it('else by its folder', async () => {
    const project = await projectOf('x: { component: web }\n');
    expect(project!.name).toBe(basename(project!.dir));
  });

  it.each([
    ['serverless.yaml', 'a: { component: web }'],
    ['serverless.json', '{"a": {"component": "web"}}'],
    ['ropeway.yml', 'a: { component: web }'],
    ['ropeway.yaml', 'a: &x { component: web }\nb: *x'],
  ])('%s', async (name, text) => {
    const project = await projectOf({ [name]: text });
    expect(project!.components[0]).toMatchObject({ alias: 'a', component: 'web' });
    expect(project!.file).toBe(join(project!.dir, name));
  });

  it('of one component at the top', async () => {
    const text =
      'org: acme\napp: shop\nname: api-${stage}\nstage: prod\ncomponent: http\ninputs:\n  src: ./src\n  n: ${app}-${stage}\n';
    const project = await projectOf(text);
    expect(project).toMatchObject({ name: 'api-prod', stage: 'prod', values: { org: 'acme', app: 'shop' } });
    expect(project!.components).toHaveLength(1);
    const [entry] = project!.components;
    expect(entry).toMatchObject({
      alias: 'api-prod',
      component: 'http',
      inputs: { src: './src', n: 'shop-prod' },
    });
    expect(entry!.where(['n'])).toBe('serverless.yml:8:3');
  });

  it.each([
    ['http', 'http'],
    ['"@serverless/tencent-flask@1.2.0"', 'tencent-flask'],
    ['./components/Foo/', 'Foo'],
    ['./foo.js', 'foo'],
    ['npm:bar', 'bar'],
  ])('without a name is called as its component: %s', async (component, alias) => {
    expect((await projectOf(`component: ${component}\n`))!.components[0]!.alias).toBe(alias);
  });

  it.each([
    ['stage: test', undefined, 'test'],
    ['stage: test', 'prod', 'prod'],
    ["stage: ${opt:stage, 'qa'}", undefined, 'qa'],
    ["stage: ${opt:stage, 'qa'}", 'prod', 'prod'],
    ['stage: ${stage}', undefined, 'dev'],
    ['other: 1', undefined, 'dev'],
  ])('%s, asked for %s, is in the stage %s', async (line, stage, is) => {
    const project = await projectOf(`${line}\nx: { component: web, inputs: { s: "\${stage}" } }\n`, {
      ...(stage === undefined ? {} : { stage }),
    });
    expect(project!.stage).toBe(is);
    expect(project!.components[0]!.inputs).toEqual({ s: is });
  });
});

describe('a ropeway.yml of settings', () => {
  it('is one component `web`', async () => {
    const text =
      'memory: 256\nenv:\n  A: ${env.A}\n  B: 1\nstages:\n  prod:\n    memory: 512\n    env: { B: "${env.B}" }\n';
    const project = await projectOf({ 'ropeway.yml': text }, { stage: 'prod', env: { A: 'a', B: 'b' } });
    const name = basename(project!.dir);
    expect(project).toMatchObject({ name, stage: 'prod', values: {} });
    expect(project!.components).toHaveLength(1);
    const [entry] = project!.components;
    expect(entry).toMatchObject({
      alias: name,
      component: 'web',
      inputs: { src: '.', memory: 512, env: { A: 'a', B: 'b' } },
      dependsOn: [],
      hooks: { before: [], after: [] },
    });
    expect([...entry!.secret]).toEqual(['env.A', 'env.B']);
    expect(entry!.where(['memory'])).toBe('ropeway.yml:7:5');
    expect(entry!.where(['env', 'A'])).toBe('ropeway.yml:3:3');
    expect(entry!.where(['env', 'B'])).toBe('ropeway.yml:8:12');
    expect(entry!.where(['src'])).toBe('ropeway.yml:1:1');
  });

  it('may be empty, and may name the app', async () => {
    const empty = await projectOf({ 'ropeway.yml': '' });
    expect(empty!.components[0]).toMatchObject({ alias: empty!.name, inputs: { src: '.' } });
    const named = await projectOf({ 'ropeway.yml': 'name: shop' });
    expect(named).toMatchObject({ name: 'shop', components: [{ alias: 'shop', inputs: { name: 'shop' } }] });
  });

  it('is refused as it is for `dev`', async () => {
    expect(await told(() => projectOf({ 'ropeway.yml': 'memroy: 5\n' }))).toContain(
      'ropeway.yml:1:1: there is no setting `memroy`. [CONFIG]',
    );
    expect(await told(() => projectOf({ 'ropeway.yml': 'app: &a x\nname: *a\n' }))).toContain(
      'ropeway.yml:2:7: aliases (*name) are not supported [CONFIG]',
    );
  });
});

describe('several files', () => {
  it.each([
    [['serverless.yml', 'serverless.json'], 'serverless.yml and serverless.json', 'serverless.yml'],
    [['serverless.yml', 'ropeway.yml'], 'ropeway.yml and serverless.yml', 'ropeway.yml'],
    [['serverless.js', 'serverless.yaml'], 'serverless.yaml and serverless.js', 'serverless.yaml'],
  ])('%j are refused', async (names, both, keep) => {
    const files = Object.fromEntries(names.map((name) => [name, '{"a": {"component": "web"}}']));
    expect(await told(() => projectOf(files))).toBe(
      `There are both ${both}. [CONFIG]\n  to mend:  keep one of them: ${keep}`,
    );
  });

  it('the file of another tool is left alone beside ours', async () => {
    const project = await projectOf({ 'serverless.yml': 'service: x\nfunctions: {}\n', 'ropeway.yml': '' });
    expect(basename(project!.file)).toBe('ropeway.yml');
  });

  it('one that cannot be read is not taken for that of another tool', async () => {
    expect(await told(() => projectOf({ 'serverless.yml': 'functions: [', 'ropeway.yml': '' }))).toContain(
      'There are both ropeway.yml and serverless.yml. [CONFIG]',
    );
  });
});
