import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { afterEach, beforeEach, expect, test } from 'vitest';

import type { JsonObject, JsonValue } from '../../../../src/events/types.ts';
import { root } from '../../../support/root.ts';
import { run } from '../../../support/run.ts';
import { CREDENTIALS, startTencentCloud, type TencentCloud } from '../../../support/tencent-cloud.ts';
import { zipOf } from '../../../support/zip.ts';

// The modules by which the components of 2021 and later deploy, as they are.

const REGION = 'ap-guangzhou';
const BUCKET = { Bucket: 'code-1250000000', Region: REGION };

let cloud: TencentCloud;
let folder: string;

beforeEach(async () => {
  cloud = await startTencentCloud();
  folder = mkdtempSync(join(tmpdir(), 'ropeway-toolkit-'));
});

afterEach(async () => {
  expect(cloud.emulator.notices.filter((notice) => !notice.startsWith('Node'))).toEqual([]);
  rmSync(folder, { recursive: true, force: true });
  await cloud.close();
});

type Step = [module: string, method: string, ...args: JsonValue[]];

/** What each of these calls resolves with, one after the other; `$0.serviceId` in an argument is what the first has there. */
async function steps(...wanted: Step[]): Promise<JsonObject[]> {
  const job = {
    redirect: cloud.redirect,
    credentials: CREDENTIALS,
    dist: join(root, 'dist'),
    steps: wanted.map(([module, method, ...args]) => ({ module, region: REGION, method, args })),
  };
  const program = join(root, 'test', 'emulators', 'tencent', 'interop', 'toolkit.mjs');
  return JSON.parse(await run(process.execPath, [program, JSON.stringify(job)])) as JsonObject[];
}

async function upload(Key: string, text: string): Promise<void> {
  const code = `exports.main_handler = async (event) => ({ statusCode: 200, headers: {}, body: '${text} ' + event.path });\n`;
  await cloud.cos.putBucket(BUCKET).catch(() => undefined);
  await cloud.cos.putObject({ ...BUCKET, Key, Body: await zipOf({ 'index.js': code }) });
}

async function read(url: unknown): Promise<string> {
  const response = await fetch(String(url));
  return `${response.status} ${await response.text()}`;
}

test(
  'Scf: deploys with all its triggers, answers, deploys again, removes',
  { timeout: 120_000 },
  async () => {
    await upload('one.zip', 'one');
    await upload('two.zip', 'two');
    const inputs = (object: string): JsonObject => ({
      name: 'hello',
      code: { bucket: BUCKET.Bucket, object },
      handler: 'index.main_handler',
      runtime: 'Nodejs18.15',
      region: REGION,
      timeout: 10,
      memorySize: 128,
      environment: { variables: { A: 'b' } },
      tags: { team: 'web', stage: 'dev' },
      events: [
        { timer: { name: 'tick', parameters: { cronExpression: '0 */5 * * * * *', enable: true } } },
        {
          apigw: {
            name: 'gateway',
            parameters: {
              serviceName: 'hello',
              protocols: ['http'],
              environment: 'release',
              endpoints: [{ path: '/', method: 'ANY', function: { isIntegratedResponse: true } }],
            },
          },
        },
      ],
    });
    const [first] = await steps(['Scf', 'deploy', inputs('one.zip')]);
    expect(first).toMatchObject({
      FunctionName: 'hello',
      Status: 'Active',
      Tags: expect.arrayContaining([{ Key: 'team', Value: 'web' }]),
    });
    const [timer, gateway] = first!['Triggers'] as JsonObject[];
    expect(timer).toMatchObject({ TriggerName: 'tick' });
    const { subDomain, environment, serviceId } = gateway as {
      subDomain: string;
      environment: string;
      serviceId: string;
    };
    expect(await read(`http://${subDomain}/${environment}/users`)).toBe('200 one /users');
    expect(await cloud.api('scf', 'GetFunction', { FunctionName: 'hello' })).toMatchObject({
      Tags: expect.arrayContaining([{ Key: 'stage', Value: 'dev' }]),
      Environment: { Variables: [{ Key: 'A', Value: 'b' }] },
    });

    const again = inputs('two.zip');
    again['tags'] = { team: 'shop' };
    const events = again['events'] as JsonObject[];
    const apigw = events[1]!['apigw'] as { parameters: JsonObject };
    Object.assign(apigw.parameters, { serviceId, oldState: gateway! });
    const [second, invoked] = await steps(
      ['Scf', 'deploy', again],
      ['Scf', 'invoke', { functionName: 'hello', clientContext: { path: '/direct' } }],
    );
    expect(second!['Tags']).toEqual([{ Key: 'team', Value: 'shop' }]);
    expect(await read(`http://${subDomain}/${environment}/users`)).toBe('200 two /users');
    expect(invoked).toMatchObject({
      Result: { InvokeResult: 0, RetMsg: expect.stringContaining('two /direct') },
    });
    expect(cloud.calls.filter((call) => call === 'scf CreateFunction')).toHaveLength(1);
    expect(cloud.calls.filter((call) => call === 'apigateway CreateService')).toHaveLength(1);

    const triggers = (second!['Triggers'] as JsonObject[]).map((one) => ({ ...one, created: true }));
    await steps(['Scf', 'remove', { functionName: 'hello', Triggers: triggers }]);
    await expect(cloud.api('scf', 'GetFunction', { FunctionName: 'hello' })).rejects.toMatchObject({
      code: 'ResourceNotFound.Function',
    });
    expect(await read(`http://${subDomain}/${environment}/users`)).toMatch(/^404 /);
  },
);

test('Scf: a function URL, versions and an alias', { timeout: 120_000 }, async () => {
  await upload('one.zip', 'one');
  const inputs = {
    name: 'hello',
    code: { bucket: BUCKET.Bucket, object: 'one.zip' },
    handler: 'index.main_handler',
    runtime: 'Nodejs18.15',
    region: REGION,
    publish: true,
    traffic: 0.5,
    events: [
      {
        http: {
          name: 'url',
          parameters: { qualifier: '$DEFAULT', netConfig: { enableExtranet: true, enableIntranet: false } },
        },
      },
    ],
  };
  const [deployed] = await steps(['Scf', 'deploy', inputs]);
  expect(deployed).toMatchObject({ LastVersion: '1', Traffic: 0.5 });
  const { Triggers } = await cloud.api('scf', 'ListTriggers', { FunctionName: 'hello' });
  const [{ TriggerDesc }] = Triggers as [{ TriggerDesc: string }];
  const { NetConfig } = JSON.parse(TriggerDesc) as { NetConfig: { ExtranetUrl: string } };
  expect(await read(`${NetConfig.ExtranetUrl}/users`)).toBe('200 one /users');
  await steps(['Scf', 'remove', { functionName: 'hello' }]);
  await expect(fetch(NetConfig.ExtranetUrl)).rejects.toThrow();
});

test('Apigw: usage plans, keys, domains and apps', { timeout: 120_000 }, async () => {
  const inputs = (more: JsonObject = {}): JsonObject => ({
    region: REGION,
    protocols: ['http', 'https'],
    serviceName: 'shop',
    environment: 'release',
    netTypes: ['OUTER'],
    endpoints: [
      {
        path: '/mock',
        method: 'GET',
        serviceType: 'MOCK',
        serviceMockReturnMessage: 'mocked',
        enableCORS: true,
      },
      {
        path: '/shut',
        method: 'POST',
        protocol: 'HTTP',
        serviceType: 'MOCK',
        serviceMockReturnMessage: 'secret',
        usagePlan: { usagePlanName: 'plan', usagePlanDesc: 'x', maxRequestNum: 100 },
        auth: { secretName: 'key' },
      },
      {
        path: '/app',
        method: 'GET',
        serviceType: 'MOCK',
        serviceMockReturnMessage: 'app',
        authType: 'APP',
        app: { name: 'app', description: 'x' },
      },
    ],
    customDomains: [
      {
        domain: 'api.example.com',
        isDefaultMapping: false,
        pathMappingSet: [{ path: '/', environment: 'release' }],
        protocols: ['http'],
      },
    ],
    tags: [{ key: 'team', value: 'web' }],
    ...more,
  });
  const [first] = await steps(['Apigw', 'deploy', inputs()]);
  expect(first).toMatchObject({
    created: true,
    serviceName: 'shop',
    protocols: 'http&https',
    apiList: [
      { path: '/mock', authType: 'NONE' },
      { path: '/shut', usagePlan: { created: true, secrets: { created: true } } },
      { path: '/app', app: { name: 'app' } },
    ],
    customDomains: [{ isBinded: true, subDomain: 'api.example.com' }],
    tags: [{ key: 'team', value: 'web' }],
  });
  const url = `http://${String(first!['subDomain'])}/release`;
  expect(await read(`${url}/mock`)).toBe('200 mocked');
  expect((await fetch(`${url}/shut`, { method: 'POST' })).status).toBe(401);

  const serviceId = String(first!['serviceId']);
  const [second] = await steps([
    'Apigw',
    'deploy',
    inputs({ serviceId, oldState: first!, protocols: ['http'] }),
  ]);
  expect(second).toMatchObject({ serviceId, subDomain: first!['subDomain'] });
  expect(cloud.calls.filter((call) => call === 'apigateway CreateService')).toHaveLength(1);
  expect(await cloud.api('apigateway', 'DescribeService', { ServiceId: serviceId })).toMatchObject({
    Protocol: 'http',
    Tags: [{ Key: 'team', Value: 'web' }],
    ApiTotalCount: 3,
  });

  await steps(['Apigw', 'remove', second!]);
  await expect(cloud.api('apigateway', 'DescribeService', { ServiceId: serviceId })).rejects.toMatchObject({
    code: 'ResourceNotFound.InvalidService',
  });
  await expect(fetch(url)).rejects.toThrow();
});

test('Cos: buckets, folders, websites', async () => {
  const files = { 'site/index.html': 'home', 'site/a b/日本.txt': 'x', 'site/error.html': 'oops' };
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  const src = join(folder, 'site');
  const bucket = 'site-1250000000';
  const [, host, address] = await steps(
    [
      'Cos',
      'deploy',
      {
        bucket,
        src,
        acl: { permissions: 'public-read' },
        tags: [{ key: 'a', value: 'b' }],
        cors: [{ allowedMethods: ['GET'], allowedOrigins: ['*'], allowedHeaders: ['*'], maxAgeSeconds: 5 }],
        lifecycle: [{ id: 'x', status: 'Enabled', filter: { prefix: 'tmp' }, expiration: { days: '1' } }],
      },
    ],
    [
      'Cos',
      'website',
      { bucket, code: { src, index: 'index.html', error: 'error.html' }, replace: true, keyPrefix: '/' },
    ],
    ['Cos', 'getObjectUrl', { bucket, object: 'a b/日本.txt' }],
  );
  expect(host).toBe(`${bucket}.cos-website.${REGION}.myqcloud.com`);
  const listed = await cloud.cos.getBucket({ Bucket: bucket, Region: REGION });
  expect(listed.Contents.map(({ Key }) => Key)).toEqual(['a b/日本.txt', 'error.html', 'index.html']);
  const { headers } = await cloud.cos.getBucketWebsite({ Bucket: bucket, Region: REGION });
  expect(await read(`${String(headers!['x-ropeway-website'])}/`)).toBe('200 home');
  expect(String(address)).toContain('q-signature=');
  await steps(['Cos', 'remove', { bucket }]);
  expect((await cloud.cos.getService({})).Buckets).toEqual([]);
});

test('Cam, Account, Tag, Layer, Cls', async () => {
  await upload('layer.zip', 'layer');
  const trust = JSON.stringify({ version: '2.0', statement: [] });
  const tagged = { resourceId: 'x', serviceType: 'cvm', resourcePrefix: 'instance' };
  const answers = await steps(
    ['Cam', 'GetUserAppId'],
    ['Cam', 'CreateRole', 'QCS_SCFExcuteRole', trust],
    ['Cam', 'AttachRolePolicyByName', '$1.RoleId', 'QcloudAccessForScfRole'],
    ['Cam', 'ListRolePoliciesByRoleId', '$1.RoleId', 1, 10],
    ['Cam', 'CheckSCFExcuteRole'],
    ['Cam', 'GetRole', 'QCS_SCFExcuteRole'],
    ['Cam', 'DeleteRole', 'QCS_SCFExcuteRole'],
    ['Cam', 'isRoleExist', 'QCS_SCFExcuteRole'],
    ['Account', 'get'],
    ['Tag', 'deployResourceTags', { ...tagged, tags: [{ TagKey: 'a', TagValue: '1' }] }],
    ['Tag', 'deployResourceTags', { ...tagged, tags: [{ TagKey: 'b', TagValue: '2' }] }],
    ['Tag', 'getResourceTags', tagged],
    [
      'Layer',
      'deploy',
      { name: 'deps', bucket: BUCKET.Bucket, object: 'layer.zip', runtimes: ['Nodejs18.15'] },
    ],
    ['Layer', 'remove', { name: 'deps', version: 1 }],
    ['Layer', 'getLayerDetail', 'deps', 1],
    ['Cls', 'deploy', { name: 'logs', topic: 'hello', period: 7 }],
    ['Cls', 'deploy', { name: 'logs', topic: 'hello', period: 7 }],
    ['Cls', 'remove', { logsetId: '$15.logsetId', topicId: '$15.topicId' }],
  );
  expect(answers[0]).toMatchObject({ AppId: 1250000000, OwnerUin: '100000000001' });
  expect(answers[3]).toMatchObject({ TotalNum: 1, List: [{ PolicyName: 'QcloudAccessForScfRole' }] });
  expect(answers[4]).toBe(true);
  expect(answers[5]).toMatchObject({ RoleInfo: { RoleName: 'QCS_SCFExcuteRole', PolicyDocument: trust } });
  expect(answers[7]).toBe(false);
  expect(answers[8]).toMatchObject({ appId: 1250000000, ownerUin: '100000000001' });
  expect(answers[11]).toMatchObject([{ TagKey: 'b', TagValue: '2' }]);
  expect(answers[12]).toMatchObject({ name: 'deps', version: 1 });
  expect(answers[14]).toBeNull();
  expect(answers[16]).toMatchObject({ logsetId: answers[15]!['logsetId'], topicId: answers[15]!['topicId'] });
});
