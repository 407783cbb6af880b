import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as nextTurn } from 'node:timers/promises';

import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import type { JsonObject } from '../../../src/events/types.ts';
import { describeError } from '../../../src/lib/errors.ts';
import { CREDENTIALS, startTencentCloud, type TencentCloud } from '../../support/tencent-cloud.ts';
import { zipOf } from '../../support/zip.ts';
import { installPublished } from './install.ts';
import { createProject, errorOf, type Project } from './project.ts';

// The published packages as they are, against the emulator of their cloud.

const INSTALL_MS = 300_000;

let cloud: TencentCloud;
let project: Project;

beforeEach(async () => {
  cloud = await startTencentCloud();
  project = createProject({
    'app/index.js': HELLO,
    'app/secret.txt': 'not to be packed',
    'extra/more.js': 'exports.more = 1;\n',
    'site/index.html': '<h1>hello</h1>\n',
    'site/css/style.css': 'h1 { color: red }\n',
  });
});

const HELLO = `
exports.main_handler = async (event) => ({
  statusCode: 200,
  headers: { 'content-type': 'text/plain' },
  body: event.httpMethod + ' ' + event.path + ' ' + process.env.STAGE,
});
`;

afterEach(async () => {
  expect(cloud.emulator.notices.filter((notice) => !notice.startsWith('Node'))).toEqual([]);
  for (const { text } of project.logs) expect(text).not.toContain(CREDENTIALS.SecretKey);
  project.remove();
  await cloud.close();
});

function call(folder: string, method: string, inputs: unknown = {}): Promise<unknown> {
  return project.call(folder, method, inputs, {
    credentials: { tencent: { ...CREDENTIALS } },
    redirect: cloud.redirect,
  });
}

/** What a function is, or the code of the error. */
async function functionOf(name: string, region = 'ap-guangzhou'): Promise<JsonObject> {
  return cloud
    .api('scf', 'GetFunction', { FunctionName: name }, region)
    .catch((error: { code?: string }) => ({
      code: error.code ?? String(error),
    }));
}

async function services(region = 'ap-guangzhou'): Promise<JsonObject[]> {
  const { Result } = await cloud.api('apigateway', 'DescribeServicesStatus', {}, region);
  return (Result as { ServiceSet: JsonObject[] }).ServiceSet;
}

async function buckets(): Promise<string[]> {
  return (await cloud.cos.getService({})).Buckets.map(({ Name }) => Name);
}

async function keysIn(Bucket: string, Region = 'ap-guangzhou'): Promise<string[]> {
  return (await cloud.cos.getBucket({ Bucket, Region })).Contents.map(({ Key }) => Key);
}

/** What is written at an address, with its status. */
async function read(url: string, init: RequestInit = {}): Promise<string> {
  const response = await fetch(url, init);
  return `${response.status} ${await response.text()}`;
}

describe.each(['2.0.3', '2.1.4', '3.0.9'])('@serverless/tencent-scf %s', (version) => {
  const inputs = () => ({
    name: 'hello',
    codeUri: './app',
    handler: 'index.main_handler',
    runtime: 'Nodejs8.9',
    region: 'ap-guangzhou',
    memorySize: 128,
    timeout: 10,
    include: ['./extra'],
    exclude: ['secret.txt'],
    environment: { variables: { STAGE: 'dev' } },
    events: [
      { timer: { name: 'tick', parameters: { cronExpression: '*/5 * * * *', enable: true } } },
      {
        apigw: {
          name: 'hello_gateway',
          parameters: {
            protocols: ['http'],
            environment: 'release',
            endpoints: [{ path: '/', method: 'GET', function: { isIntegratedResponse: true } }],
          },
        },
      },
    ],
  });

  test('deploys, answers, deploys again, removes', { timeout: INSTALL_MS }, async () => {
    const scf = await installPublished(`@serverless/tencent-scf@${version}`);

    const first = await call(scf, 'default', inputs());
    expect(first).toMatchObject({ Name: 'hello', Runtime: 'Nodejs8.9', Handler: 'index.main_handler' });
    expect(await functionOf('hello')).toMatchObject({
      Environment: { Variables: [{ Key: 'STAGE', Value: 'dev' }] },
      MemorySize: 128,
      Triggers: [{ TriggerName: 'tick', Type: 'timer' }],
    });
    const [service] = await services();
    expect(service).toMatchObject({
      ServiceName: 'hello_gateway',
      Protocol: 'http',
      AvailableEnvironments: ['release'],
    });
    const url = `http://${String(service!['OuterSubDomain'])}/release`;
    expect(await read(`${url}/`)).toBe('200 GET / dev');
    expect(await read(`${url}/users`, { method: 'POST' })).toMatch(/^404 /);
    expect(await namesInPackage()).toEqual(['index.js', 'more.js']);
    expect(project.states.get('Template.shop.Thing')).toMatchObject({ deployed: { Name: 'hello' } });
    expect([...project.states.keys()]).toContain('Template.shop.Thing.hello_gateway');

    cloud.calls.length = 0;
    const changed = inputs();
    changed.environment.variables.STAGE = 'test';
    await call(scf, 'default', changed);
    expect(cloud.calls).toContain('scf UpdateFunctionConfiguration');
    expect(cloud.calls).not.toContain('scf CreateFunction');
    expect(cloud.calls).not.toContain('apigateway CreateService');
    expect(cloud.calls).not.toContain('apigateway CreateApi');
    expect(await services()).toHaveLength(1);
    expect(await read(`${url}/`)).toBe('200 GET / test');

    await call(scf, 'remove');
    expect(await functionOf('hello')).toEqual({ code: 'ResourceNotFound.Function' });
    expect(await services()).toEqual([]);
    await expect(fetch(url)).rejects.toThrow();
    expect(project.states.get('Template.shop.Thing')).toEqual({});
  });
});

const PLAIN = { name: 'plain', codeUri: './app', handler: 'index.main_handler', runtime: 'Nodejs8.9' };

test(
  'an unchanged function of tencent-scf 2.1.4 is not uploaded again',
  { timeout: INSTALL_MS },
  async () => {
    const scf = await installPublished('@serverless/tencent-scf@2.1.4');
    await call(scf, 'default', { ...PLAIN });
    expect(cloud.calls).toContain('scf CreateFunction');
    cloud.calls.length = 0;
    await call(scf, 'default', { ...PLAIN });
    expect(cloud.calls.filter((one) => one.startsWith('cos PUT'))).toEqual([]);
    expect(cloud.calls).not.toContain('scf UpdateFunctionCode');
  },
);

test(
  'what tencent-scf 3.0.9 sends last, and does not wait for, arrives',
  { timeout: INSTALL_MS },
  async () => {
    const scf = await installPublished('@serverless/tencent-scf@3.0.9');
    await call(scf, 'default', { ...PLAIN, memorySize: 128 });
    await call(scf, 'default', { ...PLAIN, memorySize: 256 });
    expect(await functionOf('plain')).toMatchObject({ MemorySize: 256 });
  },
);

test('what the cloud says against it is the error', { timeout: INSTALL_MS }, async () => {
  const scf = await installPublished('@serverless/tencent-scf@2.1.4');
  cloud.emulator.faults.add({
    operation: 'CreateFunction',
    error: { status: 200, code: 'LimitExceeded.Function', message: 'Too many functions.' },
  });
  expect(describeError(await errorOf(call(scf, 'default', { ...PLAIN })))).toMatch(
    /^Template\.shop\.Thing: Too many functions\. \[PUBLISHED_FAILED\]\n {2}code: LimitExceeded\.Function\n {2}request: [0-9a-f-]{36}$/,
  );
  expect(project.states.size).toBe(0);
});

test('keys that the cloud does not know end the component, not us', { timeout: INSTALL_MS }, async () => {
  const cos = await installPublished('@serverless/tencent-cos@1.2.15');
  const nobody = { SecretId: 'AKIDnobody0000000001', SecretKey: 'x' };
  const error = await errorOf(
    project.call(
      cos,
      'default',
      { bucket: 'shop', region: 'ap-guangzhou' },
      {
        credentials: { tencent: nobody },
        redirect: cloud.redirect,
      },
    ),
  );
  expect(error).toMatchObject({
    code: 'PUBLISHED_EXITED',
    message: 'Template.shop.Thing ended its process (exit code 255) before it was done.',
  });
  expect(error.detail).toContain('AuthFailure.SecretIdNotFound');
  expect(describeError(error)).not.toContain(nobody.SecretId);
});

describe.each(['2.0.0', '2.1.6'])('@serverless/tencent-apigateway %s', (version) => {
  const endpoints = [
    { path: '/', method: 'GET', function: { functionName: 'hello', isIntegratedResponse: true } },
    { path: '/users', method: 'POST', function: { functionName: 'hello' } },
  ];
  const inputs = () => ({
    region: 'ap-beijing',
    protocols: ['http', 'https'],
    serviceName: 'shop',
    environment: 'release',
    endpoints: structuredClone(endpoints),
  });

  test('deploys, answers, deploys again, removes', { timeout: INSTALL_MS }, async () => {
    const gateway = await installPublished(`@serverless/tencent-apigateway@${version}`);
    await createHello('ap-beijing');
    const outputs = (await call(gateway, 'default', inputs())) as { serviceId: string; subDomain: string };
    expect(outputs.subDomain).toMatch(/^127\.0\.0\.1:\d+$/);
    expect(await services('ap-beijing')).toMatchObject([
      { ServiceId: outputs.serviceId, Protocol: 'http&https', ExclusiveSetName: 'APIGW_FOR_SCF_SET1' },
    ]);
    const url = `http://${outputs.subDomain}/release`;
    expect(await read(`${url}/?a=1`)).toBe('200 GET / undefined');
    const users = await fetch(`${url}/users`, { method: 'POST', body: 'x' });
    expect(await users.json()).toMatchObject({ statusCode: 200, body: 'POST /users undefined' });

    cloud.calls.length = 0;
    expect(await call(gateway, 'default', inputs())).toMatchObject({ serviceId: outputs.serviceId });
    expect(cloud.calls).not.toContain('apigateway CreateService');
    expect(cloud.calls).not.toContain('apigateway CreateApi');

    await call(gateway, 'remove');
    expect(await services('ap-beijing')).toEqual([]);
    expect(project.states.get('Template.shop.Thing')).toEqual({});
  });

  test('with keys and pages of other origins', { timeout: INSTALL_MS }, async () => {
    const gateway = await installPublished(`@serverless/tencent-apigateway@${version}`);
    await createHello('ap-beijing');
    const secured = () => ({
      ...inputs(),
      endpoints: [
        { ...endpoints[0]!, enableCORS: true },
        {
          path: '/shut',
          method: 'GET',
          function: { functionName: 'hello', isIntegratedResponse: true },
          usagePlan: { usagePlanName: 'plan', usagePlanDesc: 'x', maxRequestNum: 1000 },
          auth: { secretName: 'key' },
        },
      ],
    });
    const { subDomain, apis } = (await call(gateway, 'default', secured())) as {
      subDomain: string;
      apis: { usagePlanId?: string }[];
    };
    const open = await fetch(`http://${subDomain}/release/`, { headers: { origin: 'https://a.example' } });
    expect(open.headers.get('access-control-allow-origin')).toBe('*');
    expect(await read(`http://${subDomain}/release/shut`)).toMatch(/^401 /);
    expect(apis[1]!.usagePlanId).toMatch(/^usagePlan-/);
    expect(await call(gateway, 'default', secured())).toMatchObject({
      apis: [{}, { usagePlanId: apis[1]!.usagePlanId }],
    });
    await call(gateway, 'remove');
    expect(await services('ap-beijing')).toEqual([]);
    // With each deployment it makes a new key, and forgets the one before.
    const keys = await cloud.api('apigateway', 'DescribeApiKeysStatus', {});
    expect(keys).toMatchObject({ Result: { TotalCount: 1 } });
  });
});

/** The function that gateways lead to, made by nobody's component. */
async function createHello(region: string): Promise<void> {
  const zip = await zipOf({ 'index.js': HELLO });
  const made = { FunctionName: 'hello', Handler: 'index.main_handler', Runtime: 'Nodejs18.15' };
  await cloud.api('scf', 'CreateFunction', { ...made, Code: { ZipFile: zip.toString('base64') } }, region);
  while ((await functionOf('hello', region))['Status'] !== 'Active') await nextTurn(20);
}

test('@serverless/tencent-cos 1.2.15 deploys, uploads, removes', { timeout: INSTALL_MS }, async () => {
  const cos = await installPublished('@serverless/tencent-cos@1.2.15');
  const inputs = () => ({
    bucket: 'shop',
    region: 'ap-guangzhou',
    acl: { permissions: 'public-read' },
    tags: [{ key: 'team', value: 'web' }],
  });
  await call(cos, 'default', inputs());
  const bucket = { Bucket: 'shop-1250000000', Region: 'ap-guangzhou' };
  expect((await cloud.cos.getBucketAcl(bucket)).ACL).toBe('public-read');
  expect((await cloud.cos.getBucketTagging(bucket)).Tags).toEqual([{ Key: 'team', Value: 'web' }]);

  await call(cos, 'default', inputs());
  expect(cloud.calls.filter((one) => one === 'cos PUT shop-1250000000')).toHaveLength(1);

  await call(cos, 'upload', { dir: './site' });
  expect(await keysIn('shop-1250000000')).toEqual(['css/style.css', 'index.html']);
  expect(await read(`${cloud.emulator.url}/shop-1250000000/index.html`)).toBe('200 <h1>hello</h1>\n');

  await call(cos, 'remove');
  expect(await buckets()).toEqual([]);
  expect(project.states.get('Template.shop.Thing')).toEqual({});
});

test('@serverless/tencent-website 1.2.24 with a CDN in front', { timeout: INSTALL_MS }, async () => {
  const website = await installPublished('@serverless/tencent-website@1.2.24');
  const inputs = () => ({
    code: { src: './site', index: 'index.html', error: 'index.html' },
    region: 'ap-guangzhou',
    env: { API: 'https://api.example.com' },
    hosts: [{ host: 'www.example.com', fullUrl: 'on' }],
  });
  const first = (await call(website, 'default', inputs())) as { url: string };
  const [name] = await buckets();
  expect(name).toMatch(/^r[0-9a-f]{7}-[0-9a-z]{7}-1250000000$/);
  expect(first.url).toBe(`http://${name}.cos-website.ap-guangzhou.myqcloud.com`);
  expect(await keysIn(name!)).toEqual(['css/style.css', 'index.html']);
  const { headers } = await cloud.cos.getBucketWebsite({ Bucket: name!, Region: 'ap-guangzhou' });
  const url = String(headers!['x-ropeway-website']);
  const page = await fetch(url);
  expect([page.status, page.headers.get('content-type'), await page.text()]).toEqual([
    200,
    expect.stringContaining('text/html'),
    '<h1>hello</h1>\n',
  ]);
  expect(await read(`${url}/gone`)).toBe('404 <h1>hello</h1>\n');
  expect(readFileSync(join(project.root, 'env.js'), 'utf8')).toContain('window.env.API');

  expect(await call(website, 'default', inputs())).toMatchObject({ url: first.url });
  expect(await buckets()).toHaveLength(1);
  expect(cloud.calls.filter((one) => one === 'cdn AddCdnHost')).toHaveLength(1);

  await call(website, 'remove');
  expect(await buckets()).toEqual([]);
  expect(cloud.calls.at(-1)).toBe('cdn DeleteCdnHost');
  await expect(fetch(url)).rejects.toThrow();
});

test(
  '@serverless/tencent-cdn 0.1.5 puts a host online, and takes it off',
  { timeout: INSTALL_MS },
  async () => {
    const cdn = await installPublished('@serverless/tencent-cdn@0.1.5');
    const inputs = () => ({
      host: 'www.example.com',
      hostType: 'cname',
      origin: 'origin.example.com',
      fullUrl: 'on',
    });
    const first = await call(cdn, 'default', inputs());
    expect(first).toMatchObject({ host: 'www.example.com', hostId: 1, https: false });
    expect(await call(cdn, 'default', inputs())).toMatchObject({ hostId: 1 });
    expect(cloud.calls.filter((one) => one === 'cdn AddCdnHost')).toHaveLength(1);
    await call(cdn, 'remove');
    expect(cloud.calls.slice(-1)).toEqual(['cdn DeleteCdnHost']);
    expect(project.states.get('Template.shop.Thing')).toEqual({});
  },
);

test('@serverless/tencent-layer 0.1.7 publishes, keeps, removes', { timeout: INSTALL_MS }, async () => {
  const layer = await installPublished('@serverless/tencent-layer@0.1.7');
  const inputs = () => ({ region: 'ap-guangzhou', name: 'deps', src: './extra', runtimes: ['Nodejs8.9'] });
  expect(await call(layer, 'default', inputs())).toMatchObject({ name: 'deps', version: 1 });
  const published = (): Promise<JsonObject> => cloud.api('scf', 'ListLayerVersions', { LayerName: 'deps' });
  expect(await published()).toMatchObject({ LayerVersions: [{ CompatibleRuntimes: ['Nodejs8.9'] }] });
  expect(await call(layer, 'default', inputs())).toMatchObject({ version: 1 });
  await call(layer, 'remove');
  await expect(published()).rejects.toMatchObject({ code: 'ResourceNotFound.Layer' });
  expect(project.states.get('Template.shop.Thing')).toEqual({});
});

/** File names in the package of the function, as the cloud gives it back. */
async function namesInPackage(): Promise<string[]> {
  const { Url } = await cloud.api('scf', 'GetFunctionAddress', { FunctionName: 'hello' });
  const zip = Buffer.from(await (await fetch(String(Url))).arrayBuffer());
  const names: string[] = [];
  // Entries of the central directory: signature, 42 bytes with the name's length at 28, the name.
  for (let at = zip.indexOf('PK\x01\x02'); at !== -1; at = zip.indexOf('PK\x01\x02', at + 1)) {
    names.push(zip.toString('utf8', at + 46, at + 46 + zip.readUInt16LE(at + 28)));
  }
  return names.toSorted();
}
