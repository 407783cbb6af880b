import { ApiGatewayV2 } from '@aws-sdk/client-apigatewayv2';
import { IAM } from '@aws-sdk/client-iam';
import { Lambda } from '@aws-sdk/client-lambda';
import { S3 } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { openAws } from '../../src/providers/aws/aws.ts';
import { placePackage } from '../../src/providers/aws/packages.ts';
import { awsProvider } from '../../src/providers/aws/provider.ts';
import type { CloudSettings, FunctionDeployment, Provider } from '../../src/providers/types.ts';
import { startMoto } from '../support/moto.ts';
import { handlerSource, tinyPackages } from '../support/tiny-packages.ts';

const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' };
const region = 'eu-west-1';
const packages = tinyPackages();
let moto: Awaited<ReturnType<typeof startMoto>>;
let direct: { region: string; endpoint: string; credentials: typeof credentials };

beforeAll(async () => {
  moto = await startMoto();
  direct = { region, endpoint: moto.url, credentials };
});
afterAll(async () => {
  await moto?.close();
  packages.remove();
});

const options = (project = 'shop'): Parameters<typeof awsProvider>[0] => ({
  ...direct,
  signal: new AbortController().signal,
  project,
  env: {},
});
const provider = (project?: string): Provider => awsProvider(options(project));

async function deployment(
  name: string,
  answer: string,
  settings: CloudSettings = {},
  more: Partial<FunctionDeployment> = {},
): Promise<FunctionDeployment> {
  return {
    name,
    entry: { runtime: 'node', interface: 'handler', root: '.', file: 'ropeway_handler.js', nodeOptions: [] },
    code: await packages.make({ 'ropeway_handler.js': handlerSource(answer) }),
    layers: [],
    env: {},
    limits: {},
    stream: false,
    warmup: [],
    labels: { project: 'shop', stage: 'dev', component: name },
    cloud: { type: 'event', runtime: 'nodejs20', handler: 'ropeway_handler.handler', arch: 'x64', settings },
    ...more,
  };
}

describe('roles', () => {
  const policyOf = async (name: string): Promise<{ Sid: string; Effect: string; Resource: string }[]> => {
    const at = { RoleName: `ropeway-${name}-${region}`, PolicyName: 'ropeway' };
    const { PolicyDocument = '' } = await new IAM(direct).getRolePolicy(at);
    return (JSON.parse(decodeURIComponent(PolicyDocument)) as { Statement: [] }).Statement;
  };

  test('one of its own lets a function write its own log, and in a VPC have interfaces that its code cannot use', async () => {
    await provider().deployFunction(await deployment('lonely', 'one'));
    const statements = await policyOf('lonely');
    expect(statements.map(({ Sid }) => Sid)).toEqual(['Log', 'LogLines']);
    for (const { Resource } of statements) expect(Resource).toContain(':log-group:/aws/lambda/lonely');

    const vpc = { subnets: ['subnet-1'], securityGroups: ['sg-1'] };
    const second = await deployment('lonely', 'two', { vpc });
    await provider()
      .deployFunction(second)
      // moto knows no such subnet.
      .catch(() => undefined);
    expect((await policyOf('lonely')).map(({ Sid, Effect }) => `${Effect} ${Sid}`)).toEqual([
      'Allow Log',
      'Allow LogLines',
      'Allow Network',
      'Deny NetworkNotByCode',
    ]);
  });

  test('a given one is used, by name or ARN, and stays when the function goes', async () => {
    const iam = new IAM(direct);
    const trust = {
      Effect: 'Allow',
      Principal: { Service: 'lambda.amazonaws.com' },
      Action: 'sts:AssumeRole',
    };
    const { Role } = await iam.createRole({
      RoleName: 'of-the-user',
      AssumeRolePolicyDocument: JSON.stringify({ Version: '2012-10-17', Statement: [trust] }),
    });
    for (const role of ['of-the-user', Role!.Arn!]) {
      await provider().deployFunction(await deployment('given', 'one', { role }));
      const { Role: used } = await new Lambda(direct).getFunctionConfiguration({ FunctionName: 'given' });
      expect(used).toBe(Role!.Arn);
    }
    await provider().removeFunction('given');
    expect((await iam.getRole({ RoleName: 'of-the-user' })).Role!.Arn).toBe(Role!.Arn);
    await expect(iam.getRole({ RoleName: `ropeway-given-${region}` })).rejects.toMatchObject({
      name: 'NoSuchEntityException',
    });
  });

  test('one of that name that was made for something else is left alone', async () => {
    const iam = new IAM(direct);
    const RoleName = `ropeway-occupied-${region}`;
    await iam.createRole({ RoleName, AssumeRolePolicyDocument: '{}' });
    const wish = await deployment('occupied', 'one');
    await expect(provider().deployFunction(wish)).rejects.toMatchObject({ code: 'NAME_TAKEN' });
    expect(await provider().findFunction('occupied')).toBeUndefined();
    expect(await provider().removeFunction('occupied')).toBe(false);
    expect((await iam.getRole({ RoleName })).Role!.RoleName).toBe(RoleName);
  });
});

describe('functions', () => {
  test('of many versions the latest ten stay, and those that an alias names; of layers those that they use', async () => {
    const lambda = new Lambda(direct);
    for (let number = 1; number <= 12; number += 1) {
      const layers = [await packages.make({ 'nodejs/node_modules/a/index.js': `// ${number}\n` })];
      await provider().deployFunction(await deployment('many', `answer ${number}`, {}, { layers }));
      if (number === 1) await lambda.createAlias({ FunctionName: 'many', Name: 'old', FunctionVersion: '1' });
    }
    const { versions } = (await provider().findFunction('many'))!;
    expect(versions.map(({ version }) => Number(version))).toEqual([1, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
    const { LayerVersions = [] } = await lambda.listLayerVersions({ LayerName: 'ropeway-many-1' });
    expect(LayerVersions).toHaveLength(11);
    await provider().removeFunction('many');
    expect((await lambda.listLayers({})).Layers).toEqual([]);
  });

  test('go back to what was deployed when somebody has changed what is not published', async () => {
    const wish = await deployment('touched', 'one', {}, { env: { A: '1' } });
    await provider().deployFunction(wish);
    const lambda = new Lambda(direct);
    await lambda.updateFunctionConfiguration({
      FunctionName: 'touched',
      MemorySize: 1024,
      Environment: { Variables: { A: '2' } },
    });
    const { observed } = (await provider().findFunction('touched'))!;
    expect(observed).toMatchObject({ memory: '512 MB', unpublished: 'memory env' });
    expect(await provider().deployFunction(wish)).toMatchObject({ version: '1', unchanged: true });
    expect((await provider().findFunction('touched'))!.observed).toMatchObject({ unpublished: 'nothing' });
  });

  test('have an address for anybody, for those who sign, or none', async () => {
    const lambda = new Lambda(direct);
    const routes = [{ path: '/*', cors: { allowOrigins: ['https://a.example'] } }];
    const at = { FunctionName: 'guarded', Qualifier: 'live' };
    await provider().deployFunction(await deployment('guarded', 'one', {}, { routes }));
    expect(await lambda.getFunctionUrlConfig(at)).toMatchObject({
      AuthType: 'NONE',
      Cors: { AllowOrigins: ['https://a.example'] },
    });
    const { Policy = '' } = await lambda.getPolicy(at);
    expect(
      (JSON.parse(Policy) as { Statement: { Action: string }[] }).Statement.map(({ Action }) => Action),
    ).toEqual(['lambda:InvokeFunctionUrl', 'lambda:InvokeFunction']);
    await provider().deployFunction(
      await deployment('guarded', 'one', { auth: 'iam' }, { routes: [{ path: '/*' }] }),
    );
    expect(await lambda.getFunctionUrlConfig(at)).toMatchObject({ AuthType: 'AWS_IAM' });
    expect((await provider().findFunction('guarded'))!.observed).toMatchObject({
      callers: '',
      // moto does not let go of CORS.
      url: expect.stringContaining('AWS_IAM BUFFERED') as string,
    });
  });

  test('keep instances for themselves, and give them back', async () => {
    const see = async (): Promise<string> => (await provider().findFunction('kept'))!.observed!['reserved']!;
    await provider().deployFunction(await deployment('kept', 'one', { reserved: 5 }));
    expect(await see()).toBe('5');
    await provider().deployFunction(await deployment('kept', 'one', {}, { limits: { instances: 3 } }));
    expect(await see()).toBe('3');
    await provider().deployFunction(await deployment('kept', 'one'));
    expect(await see()).toBe('none');
  });

  test('have the tags that are asked for, and lose none of others', async () => {
    await provider().deployFunction(await deployment('tagged', 'one', { tags: { team: 'web' } }));
    const lambda = new Lambda(direct);
    const { Configuration } = await lambda.getFunction({ FunctionName: 'tagged' });
    const Resource = Configuration!.FunctionArn!;
    await lambda.tagResource({ Resource, Tags: { cost: '42' } });
    await provider().deployFunction(await deployment('tagged', 'one', { tags: { team: 'shop' } }));
    expect((await lambda.listTags({ Resource })).Tags).toEqual({
      team: 'shop',
      cost: '42',
      'ropeway:project': 'shop',
      'ropeway:stage': 'dev',
      'ropeway:component': 'tagged',
    });
  });
});

describe('packages that are too large for a call', () => {
  test('go over a private bucket that empties itself, once', async () => {
    const aws = openAws(options());
    const file = await packages.make({ 'large.txt': 'large' });
    const place = await placePackage(aws, file, 10);
    const Bucket = `ropeway-123456789012-${region}`;
    expect(place).toEqual({ S3Bucket: Bucket, S3Key: `packages/${file.digest}.zip` });
    const s3 = new S3({ ...direct, forcePathStyle: true });
    const first = await s3.headObject({ Bucket, Key: `packages/${file.digest}.zip` });
    expect(await placePackage(aws, file, 10)).toEqual(place);
    const again = await s3.headObject({ Bucket, Key: `packages/${file.digest}.zip` });
    expect(again.LastModified).toEqual(first.LastModified);
    expect((await s3.getPublicAccessBlock({ Bucket })).PublicAccessBlockConfiguration).toMatchObject({
      BlockPublicPolicy: true,
      RestrictPublicBuckets: true,
    });
    const { Rules = [] } = await s3.getBucketLifecycleConfiguration({ Bucket });
    expect(Rules[0]).toMatchObject({ Status: 'Enabled', Expiration: { Days: 2 } });
    expect(await placePackage(aws, file)).toEqual({ ZipFile: expect.any(Buffer) as Buffer });
    const lambda = new Lambda(direct);
    const published = await lambda.publishLayerVersion({ LayerName: 'from-s3', Content: place });
    expect(Buffer.from(published.Content!.CodeSha256!, 'base64').toString('hex')).toBe(file.digest);
    await lambda.deleteLayerVersion({ LayerName: 'from-s3', VersionNumber: 1 });
  });
});

describe('gateways', () => {
  test('that were made twice become one, and those of other projects are left alone', async () => {
    const gateway = new ApiGatewayV2(direct);
    const own = { 'ropeway:gateway': 'twin', 'ropeway:project': 'shop' };
    const other = { ...own, 'ropeway:project': 'other' };
    for (const Tags of [own, own, other, { 'made-by': 'hand' }])
      await gateway.createApi({ Name: 'twin', ProtocolType: 'HTTP', Tags });
    await provider().deployFunction(await deployment('led', 'one', {}, { routes: [] }));
    const routes = [{ path: '/led', function: 'led', cors: true }];
    await provider().deployGateway({ name: 'twin', routes, before: [] });
    const { Items = [] } = await gateway.getApis({});
    expect(new Set(Items.map(({ Tags = {} }) => Tags['ropeway:project']))).toEqual(
      new Set(['other', 'shop', undefined]),
    );
    expect(Items).toHaveLength(3);
    expect(await provider().ownerOfRoute(routes[0]!, 'twin')).toBe('led');
    expect(await provider('other').ownerOfRoute(routes[0]!, 'twin')).toBeUndefined();
    expect(await provider().removeGateway(routes)).toBe(true);
    expect((await gateway.getApis({})).Items).toHaveLength(2);
  });

  test('to a function that is not there say so', async () => {
    const routes = [{ path: '/x', function: 'nobody' }];
    await expect(provider().deployGateway({ name: 'to-nobody', routes, before: [] })).rejects.toMatchObject({
      code: 'NOT_THERE',
      message: expect.stringContaining('nobody') as string,
    });
  });

  test.each([
    ['ROUTE_NEEDS_DOMAIN', [{ path: '/*', host: 'a.example', function: 'f' }]],
    [
      'INPUTS',
      [
        { path: '/a/x', stage: 'a', function: 'f' },
        { path: '/y', function: 'f' },
      ],
    ],
  ])('that AWS cannot have are refused: %s', async (code, routes) => {
    await expect(provider().deployGateway({ name: 'no', routes, before: [] })).rejects.toMatchObject({
      code,
    });
  });
});

describe('sites', () => {
  test('have types, caching, pages and CORS, and are open to readers only', async () => {
    const site = {
      name: 'Shop_Pages',
      package: await packages.make({ 'index.html': 'home', 'app.4f2a91c0.js': '1', 'data.json': '{}' }),
      index: 'index.html',
      error: 'index.html',
      errorStatus: 200 as const,
      routes: [{ path: '/*', cors: true }],
      labels: { project: 'shop', stage: 'dev', component: 'pages' },
    };
    await provider().deploySite(site);
    const s3 = new S3({ ...direct, forcePathStyle: true });
    const { Buckets = [] } = await s3.listBuckets({});
    const Bucket = Buckets.find(({ Name = '' }) => Name.startsWith('shop-pages-'))!.Name!;
    expect(Bucket).toMatch(/^shop-pages-[0-9a-f]{8}-123456789012$/);
    const head = async (Key: string): Promise<(string | undefined)[]> => {
      const { ContentType, CacheControl } = await s3.headObject({ Bucket, Key });
      return [ContentType, CacheControl];
    };
    expect(await head('index.html')).toEqual([
      'text/html; charset=utf-8',
      'public, max-age=0, must-revalidate',
    ]);
    expect(await head('app.4f2a91c0.js')).toEqual([
      'text/javascript; charset=utf-8',
      'public, max-age=31536000, immutable',
    ]);
    expect(await s3.getBucketWebsite({ Bucket })).toMatchObject({
      IndexDocument: { Suffix: 'index.html' },
      ErrorDocument: { Key: 'index.html' },
    });
    expect((await s3.getBucketCors({ Bucket })).CORSRules![0]).toMatchObject({
      AllowedMethods: ['GET', 'HEAD'],
    });
    const { Policy = '' } = await s3.getBucketPolicy({ Bucket });
    expect((JSON.parse(Policy) as { Statement: unknown[] }).Statement).toMatchObject([
      { Effect: 'Allow', Action: 's3:GetObject' },
    ]);

    await provider().deploySite({ ...site, routes: [] });
    await expect(s3.getBucketPolicy({ Bucket })).rejects.toMatchObject({ name: 'NoSuchBucketPolicy' });
    expect((await s3.getPublicAccessBlock({ Bucket })).PublicAccessBlockConfiguration).toMatchObject({
      RestrictPublicBuckets: true,
    });
  });

  test('never take a bucket with files that somebody else has made', async () => {
    const s3 = new S3({ ...direct, forcePathStyle: true });
    const Bucket = 'precious-123456789012';
    await s3.createBucket({ Bucket, CreateBucketConfiguration: { LocationConstraint: region } });
    await s3.putObject({ Bucket, Key: 'precious.txt', Body: 'precious' });
    // Of nobody that is known: the component refuses to touch it.
    expect(await provider().findSite('precious')).toEqual({ digest: '', labels: {} });
    await s3.deleteObject({ Bucket, Key: 'precious.txt' });
    expect(await provider().findSite('precious')).toBeUndefined();
  });
});
