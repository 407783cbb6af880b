import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { describeError } from '../../../src/lib/errors.ts';
import { CloudError } from '../../support/recorded-cloud/actions.ts';
import { CREDENTIALS, type RecordedCloud, startRecordedCloud } from '../../support/recorded-cloud.ts';
import { installPublished } from './install.ts';
import { createProject, errorOf, type Project } from './project.ts';

// The published packages as they are, against a stand-in for the cloud that remembers what it was told.

const INSTALL_MS = 300_000;

let cloud: RecordedCloud;
let project: Project;

beforeEach(async () => {
  cloud = await startRecordedCloud();
  project = createProject({
    'app/index.js': 'exports.main_handler = async () => "hello";\n',
    'app/secret.txt': 'not to be packed',
    'extra/more.js': 'exports.more = 1;\n',
    'site/index.html': '<h1>hello</h1>\n',
    'site/css/style.css': 'h1 { color: red }\n',
  });
});

afterEach(async () => {
  expect(cloud.wrong).toEqual([]);
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

describe.each(['2.1.4', '3.0.9'])('@serverless/tencent-scf %s', (version) => {
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

  test('deploys, deploys again, removes', { timeout: INSTALL_MS }, async () => {
    const scf = await installPublished(`@serverless/tencent-scf@${version}`);

    const first = await call(scf, 'default', inputs());
    expect(first).toMatchObject({ Name: 'hello', Runtime: 'Nodejs8.9', Handler: 'index.main_handler' });
    expect(cloud.functions.get('hello')!.params).toMatchObject({
      Environment: { Variables: [{ Key: 'STAGE', Value: 'dev' }] },
      MemorySize: '128',
    });
    expect(cloud.functions.get('hello')!.triggers).toHaveLength(1);
    expect([...cloud.services.values()]).toMatchObject([
      { released: true, params: { serviceName: 'hello_gateway', protocol: 'http' } },
    ]);
    const [api] = cloud.services.values().next().value!.apis.values();
    expect(api).toMatchObject({ serviceScfFunctionName: 'hello', serviceScfIsIntegratedResponse: 'TRUE' });
    expect(namesInPackage()).toEqual(['index.js', 'more.js']);
    expect(project.states.get('Template.shop.Thing')).toMatchObject({ deployed: { Name: 'hello' } });
    expect([...project.states.keys()]).toContain('Template.shop.Thing.hello_gateway');

    cloud.calls.length = 0;
    await call(scf, 'default', inputs());
    expect(cloud.calls).toContain('scf UpdateFunctionConfiguration');
    expect(cloud.calls).not.toContain('scf CreateFunction');
    expect(cloud.calls).not.toContain('apigateway CreateService');
    expect(cloud.calls).not.toContain('apigateway CreateApi');
    expect(cloud.functions.size).toBe(1);
    expect(cloud.services.size).toBe(1);

    await call(scf, 'remove');
    expect(cloud.functions.size).toBe(0);
    expect(cloud.services.size).toBe(0);
    expect(project.states.get('Template.shop.Thing')).toEqual({});
  });
});

test(
  'an unchanged function of tencent-scf 2.1.4 is not uploaded again',
  { timeout: INSTALL_MS },
  async () => {
    const scf = await installPublished('@serverless/tencent-scf@2.1.4');
    const inputs = { name: 'plain', codeUri: './app', handler: 'index.main_handler', runtime: 'Nodejs8.9' };
    await call(scf, 'default', { ...inputs });
    expect(cloud.calls).toContain('scf CreateFunction');
    cloud.calls.length = 0;
    await call(scf, 'default', { ...inputs });
    expect(cloud.calls.filter((one) => one.startsWith('cos PUT'))).toEqual([]);
    expect(cloud.calls).not.toContain('scf UpdateFunctionCode');
  },
);

test(
  'what tencent-scf 3.0.9 sends last, and does not wait for, arrives',
  { timeout: INSTALL_MS },
  async () => {
    const scf = await installPublished('@serverless/tencent-scf@3.0.9');
    const inputs = { name: 'plain', codeUri: './app', handler: 'index.main_handler', runtime: 'Nodejs8.9' };
    await call(scf, 'default', { ...inputs, memorySize: 128 });
    await call(scf, 'default', { ...inputs, memorySize: 256 });
    expect(cloud.functions.get('plain')!.params).toMatchObject({ MemorySize: '256' });
  },
);

test('what the cloud says against it is the error', { timeout: INSTALL_MS }, async () => {
  const scf = await installPublished('@serverless/tencent-scf@2.1.4');
  cloud.before = (called) => {
    if (called === 'scf CreateFunction')
      throw new CloudError('LimitExceeded.Function', 'Too many functions.');
  };
  const inputs = { name: 'plain', codeUri: './app', handler: 'index.main_handler', runtime: 'Nodejs8.9' };
  expect(describeError(await errorOf(call(scf, 'default', inputs)))).toBe(
    [
      'Template.shop.Thing: Too many functions. [PUBLISHED_FAILED]',
      '  code: LimitExceeded.Function',
      '  request: request-1',
    ].join('\n'),
  );
  expect(project.states.size).toBe(0);
});

test('keys that the cloud does not know end the component, not us', { timeout: INSTALL_MS }, async () => {
  const cos = await installPublished('@serverless/tencent-cos@1.2.15');
  cloud.before = () => {
    throw new CloudError('AuthFailure.SecretIdNotFound', `${CREDENTIALS.SecretId} is not found.`);
  };
  const error = await errorOf(call(cos, 'default', { bucket: 'shop', region: 'ap-guangzhou' }));
  expect(error).toMatchObject({
    code: 'PUBLISHED_EXITED',
    message: 'Template.shop.Thing ended its process (exit code 255) before it was done.',
  });
  expect(error.detail).toContain('AuthFailure.SecretIdNotFound');
  expect(describeError(error)).not.toContain(CREDENTIALS.SecretId);
});

test.each(['2.0.0', '2.1.6'])(
  '@serverless/tencent-apigateway %s deploys, deploys again, removes',
  { timeout: INSTALL_MS },
  async (version) => {
    const gateway = await installPublished(`@serverless/tencent-apigateway@${version}`);
    const inputs = () => ({
      region: 'ap-beijing',
      protocols: ['http', 'https'],
      serviceName: 'shop',
      environment: 'release',
      endpoints: [
        { path: '/', method: 'GET', function: { functionName: 'hello', isIntegratedResponse: true } },
        { path: '/users', method: 'POST', function: { functionName: 'hello' } },
      ],
    });
    const outputs = (await call(gateway, 'default', inputs())) as { serviceId: string; subDomain: string };
    const service = cloud.services.get(outputs.serviceId)!;
    expect(outputs.subDomain).toBe(`${outputs.serviceId}-1250000000.gz.apigw.tencentcs.com`);
    expect(service.params).toMatchObject({ protocol: 'http&https', exclusiveSetName: 'APIGW_FOR_SCF_SET1' });
    expect([...service.apis.values()].map((api) => api['requestConfig'])).toEqual([
      { path: '/', method: 'GET' },
      { path: '/users', method: 'POST' },
    ]);

    cloud.calls.length = 0;
    expect(await call(gateway, 'default', inputs())).toMatchObject({ serviceId: outputs.serviceId });
    expect(cloud.calls).not.toContain('apigateway CreateService');
    expect(service.apis.size).toBe(2);

    await call(gateway, 'remove');
    expect(cloud.services.size).toBe(0);
    expect(project.states.get('Template.shop.Thing')).toEqual({});
  },
);

test('@serverless/tencent-cos 1.2.15 deploys, uploads, removes', { timeout: INSTALL_MS }, async () => {
  const cos = await installPublished('@serverless/tencent-cos@1.2.15');
  const inputs = () => ({
    bucket: 'shop',
    region: 'ap-guangzhou',
    acl: { permissions: 'public-read' },
    tags: [{ key: 'team', value: 'web' }],
  });
  await call(cos, 'default', inputs());
  const bucket = cloud.buckets.get('shop-1250000000')!;
  expect(bucket.settings.get('acl')).toBe('public-read');
  expect(bucket.settings.get('tagging')).toContain('<Key>team</Key>');

  await call(cos, 'default', inputs());
  expect(cloud.calls.filter((one) => one === 'cos PUT shop-1250000000')).toHaveLength(1);

  await call(cos, 'upload', { dir: './site' });
  expect([...bucket.objects.keys()].toSorted()).toEqual(['css/style.css', 'index.html']);
  expect(bucket.objects.get('index.html')!.toString()).toBe('<h1>hello</h1>\n');

  await call(cos, 'remove');
  expect(cloud.buckets.size).toBe(0);
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
  const [[name, bucket]] = [...cloud.buckets] as [
    [string, { objects: Map<string, Buffer>; settings: Map<string, string> }],
  ];
  expect(name).toMatch(/^r[0-9a-f]{7}-[0-9a-z]{7}-1250000000$/);
  expect(first.url).toBe(`http://${name}.cos-website.ap-guangzhou.myqcloud.com`);
  expect(bucket.settings.get('website')).toContain('<Suffix>index.html</Suffix>');
  expect([...bucket.objects.keys()].toSorted()).toEqual(['css/style.css', 'index.html']);
  expect(readFileSync(join(project.root, 'env.js'), 'utf8')).toContain('window.env.API');
  expect([...cloud.hosts.keys()]).toEqual(['www.example.com']);

  expect(await call(website, 'default', inputs())).toMatchObject({ url: first.url });
  expect(cloud.buckets.size).toBe(1);

  await call(website, 'remove');
  expect(cloud.buckets.size).toBe(0);
  expect(cloud.hosts.size).toBe(0);
});

test('@serverless/tencent-layer 0.1.7 publishes, keeps, removes', { timeout: INSTALL_MS }, async () => {
  const layer = await installPublished('@serverless/tencent-layer@0.1.7');
  const inputs = () => ({ region: 'ap-guangzhou', name: 'deps', src: './extra', runtimes: ['Nodejs8.9'] });
  expect(await call(layer, 'default', inputs())).toMatchObject({ name: 'deps', version: 1 });
  expect(cloud.layers.get('deps:1')).toMatchObject({ CompatibleRuntimes: ['Nodejs8.9'] });
  expect(await call(layer, 'default', inputs())).toMatchObject({ version: 1 });
  await call(layer, 'remove');
  expect(cloud.layers.size).toBe(0);
  expect(project.states.get('Template.shop.Thing')).toEqual({});
});

/** File names in the package that was uploaded last. */
function namesInPackage(): string[] {
  const objects = [...cloud.buckets.values()].flatMap((bucket) => [...bucket.objects.values()]);
  const zip = objects.at(-1)!;
  const names: string[] = [];
  // Entries of the central directory: signature, 42 bytes with the name's length at 28, the name.
  for (let at = zip.indexOf('PK\x01\x02'); at !== -1; at = zip.indexOf('PK\x01\x02', at + 1)) {
    names.push(zip.toString('utf8', at + 46, at + 46 + zip.readUInt16LE(at + 28)));
  }
  return names.toSorted();
}
