import { ApiGatewayV2 } from '@aws-sdk/client-apigatewayv2';
import { Lambda, waitUntilFunctionActiveV2 } from '@aws-sdk/client-lambda';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';

import { zipOf } from '../../../support/zip.ts';
import { startTestEmulator, type TestEmulator } from '../start.ts';

const APP = `
import json
def handler(event, context):
    return {"statusCode": 200, "headers": {"content-type": "application/json"}, "body": json.dumps(event)}
`;
const FUNCTION = 'arn:aws:lambda:us-east-1:000000000000:function:echo';

let emulator: TestEmulator;
let gateway: ApiGatewayV2;
let lambda: Lambda;
let ApiId = '';
let endpoint = '';

beforeAll(async () => {
  emulator = await startTestEmulator();
  connect();
  await lambda.createFunction({
    FunctionName: 'echo',
    Runtime: 'python3.12',
    Handler: 'app.handler',
    Role: 'arn:aws:iam::000000000000:role/any',
    Code: { ZipFile: await zipOf({ 'app.py': APP }) },
  });
  await waitUntilFunctionActiveV2({ client: lambda, maxWaitTime: 10 }, { FunctionName: 'echo' });
});
afterAll(() => emulator.close());

beforeEach(async () => {
  const api = await gateway.createApi({ Name: 'shop', ProtocolType: 'HTTP', Tags: { a: 'b' } });
  ApiId = api.ApiId!;
  endpoint = api.ApiEndpoint!;
});

function connect(): void {
  gateway = new ApiGatewayV2({ ...emulator.client, maxAttempts: 1 });
  lambda = new Lambda(emulator.client);
}

async function permit(source: string): Promise<void> {
  await lambda.addPermission({
    FunctionName: 'echo',
    StatementId: `api-${ApiId}-${source.replaceAll(/\W/g, '')}`,
    Action: 'lambda:InvokeFunction',
    Principal: 'apigateway.amazonaws.com',
    SourceArn: `arn:aws:execute-api:us-east-1:000000000000:${ApiId}/${source}`,
  });
}

async function integrate(PayloadFormatVersion = '2.0'): Promise<string> {
  const { IntegrationId } = await gateway.createIntegration({
    ApiId,
    IntegrationType: 'AWS_PROXY',
    IntegrationUri: FUNCTION,
    PayloadFormatVersion,
  });
  return `integrations/${IntegrationId}`;
}

/** An API with these routes, served at once. */
async function serve(keys: string[], stage = '$default', version = '2.0'): Promise<void> {
  const Target = await integrate(version);
  for (const RouteKey of keys) await gateway.createRoute({ ApiId, RouteKey, Target });
  await gateway.createStage({ ApiId, StageName: stage, AutoDeploy: true, StageVariables: { color: 'red' } });
  await permit('*');
}

interface Seen {
  status: number;
  body: Record<string, unknown> & { requestContext: Record<string, unknown> };
}

async function ask(path: string, more: RequestInit = {}): Promise<Seen> {
  const answer = await fetch(endpoint + path, more);
  return { status: answer.status, body: (await answer.json()) as Seen['body'] };
}

test('requests become events of the format that the integration asks for', async () => {
  await serve(['GET /users/{id}', '$default']);
  const { status, body } = await ask('/users/a%20b?x=1');
  expect(status).toBe(200);
  expect(body).toMatchObject({
    version: '2.0',
    routeKey: 'GET /users/{id}',
    rawQueryString: 'x=1',
    pathParameters: { id: 'a b' },
    stageVariables: { color: 'red' },
    requestContext: {
      apiId: ApiId,
      stage: '$default',
      routeKey: 'GET /users/{id}',
      accountId: '000000000000',
    },
  });
  const other = await ask('/else', { method: 'POST', body: 'text' });
  expect(other.body).toMatchObject({ routeKey: '$default', body: 'text', rawPath: '/else' });
  expect(other.body).not.toHaveProperty('pathParameters');
});

test('payload 1.0', async () => {
  await serve(['ANY /{proxy+}'], '$default', '1.0');
  const { body } = await ask('/a/b?x=1&x=2');
  expect(body).toMatchObject({
    version: '1.0',
    resource: '/{proxy+}',
    path: '/a/b',
    httpMethod: 'GET',
    multiValueQueryStringParameters: { x: ['1', '2'] },
    pathParameters: { proxy: 'a/b' },
    stageVariables: { color: 'red' },
    requestContext: { apiId: ApiId, resourcePath: '/{proxy+}', stage: '$default' },
  });
  expect(await ask('/')).toEqual({ status: 404, body: { message: 'Not Found' } });
});

test('a named stage is the first segment of its paths', async () => {
  await serve(['GET /x'], 'dev');
  expect((await ask('/dev/x')).body).toMatchObject({ rawPath: '/dev/x', requestContext: { stage: 'dev' } });
  expect(await ask('/x')).toEqual({ status: 404, body: { message: 'Not Found' } });
});

test('without a permission the function is not called', async () => {
  const Target = await integrate();
  await gateway.createRoute({ ApiId, RouteKey: 'GET /users/{id}', Target });
  await gateway.createRoute({ ApiId, RouteKey: 'GET /other', Target });
  await gateway.createStage({ ApiId, StageName: '$default', AutoDeploy: true });
  expect(await ask('/users/1')).toEqual({ status: 500, body: { message: 'Internal Server Error' } });
  await permit('*/GET/users/*');
  expect((await ask('/users/1')).status).toBe(200);
  expect((await ask('/other')).status).toBe(500);
});

test('a stage without AutoDeploy serves what was deployed', async () => {
  const Target = await integrate();
  await permit('*');
  await gateway.createStage({ ApiId, StageName: '$default' });
  await gateway.createRoute({ ApiId, RouteKey: 'GET /one', Target });
  expect((await ask('/one')).status).toBe(404);
  const { DeploymentId } = await gateway.createDeployment({ ApiId, StageName: '$default' });
  expect((await ask('/one')).status).toBe(200);
  await gateway.createRoute({ ApiId, RouteKey: 'GET /two', Target });
  expect((await ask('/two')).status).toBe(404);
  await expect(gateway.deleteDeployment({ ApiId, DeploymentId })).rejects.toMatchObject({
    name: 'BadRequestException',
  });
  await gateway.updateStage({ ApiId, StageName: '$default', AutoDeploy: true });
  expect((await ask('/two')).status).toBe(200);
  expect((await gateway.getDeployments({ ApiId })).Items).toHaveLength(1);
});

test('quick create', async () => {
  const api = await gateway.createApi({ Name: 'quick', ProtocolType: 'HTTP', Target: FUNCTION });
  [ApiId, endpoint] = [api.ApiId!, api.ApiEndpoint!];
  await permit('*');
  expect((await ask('/any')).body).toMatchObject({ routeKey: '$default' });
  expect((await gateway.getStages({ ApiId })).Items).toMatchObject([
    { StageName: '$default', AutoDeploy: true },
  ]);
});

test('CORS is of the API, and can be taken away', async () => {
  await serve(['GET /x']);
  const CorsConfiguration = { AllowOrigins: ['https://a.example'], AllowMethods: ['GET'], MaxAge: 5 };
  await gateway.updateApi({ ApiId, CorsConfiguration });
  expect((await gateway.getApi({ ApiId })).CorsConfiguration).toEqual(CorsConfiguration);
  const headers = { origin: 'https://a.example', 'access-control-request-method': 'GET' };
  const preflight = await fetch(`${endpoint}/x`, { method: 'OPTIONS', headers });
  expect(preflight.headers.get('access-control-allow-origin')).toBe('https://a.example');
  const { headers: seen } = await fetch(`${endpoint}/x`, { headers: { origin: 'https://a.example' } });
  expect(seen.get('access-control-allow-origin')).toBe('https://a.example');
  await gateway.deleteCorsConfiguration({ ApiId });
  expect((await gateway.getApi({ ApiId })).CorsConfiguration).toBeUndefined();
  await expect(
    gateway.updateApi({ ApiId, CorsConfiguration: { AllowOrigins: ['*'], AllowCredentials: true } }),
  ).rejects.toMatchObject({ name: 'BadRequestException' });
});

describe('what is refused', () => {
  test('a second route with the same key, and a target that is not there', async () => {
    const Target = await integrate();
    const { RouteId } = await gateway.createRoute({ ApiId, RouteKey: 'GET /x', Target });
    await gateway.updateRoute({ ApiId, RouteId, RouteKey: 'GET /x', Target });
    await expect(gateway.createRoute({ ApiId, RouteKey: 'GET /x', Target })).rejects.toMatchObject({
      name: 'ConflictException',
    });
    await expect(
      gateway.createRoute({ ApiId, RouteKey: 'GET /y', Target: 'integrations/none' }),
    ).rejects.toMatchObject({ name: 'NotFoundException' });
    const IntegrationId = Target.split('/')[1]!;
    await expect(gateway.deleteIntegration({ ApiId, IntegrationId })).rejects.toMatchObject({
      name: 'ConflictException',
    });
    await gateway.deleteRoute({ ApiId, RouteId });
    await gateway.deleteIntegration({ ApiId, IntegrationId });
    await expect(gateway.deleteRoute({ ApiId, RouteId })).rejects.toMatchObject({
      name: 'NotFoundException',
    });
  });

  test('a second stage, and what does not exist', async () => {
    await gateway.createStage({ ApiId, StageName: 'dev' });
    await expect(gateway.createStage({ ApiId, StageName: 'dev' })).rejects.toMatchObject({
      name: 'ConflictException',
    });
    await gateway.deleteStage({ ApiId, StageName: 'dev' });
    await expect(gateway.deleteStage({ ApiId, StageName: 'dev' })).rejects.toMatchObject({
      name: 'NotFoundException',
    });
    await expect(gateway.getApi({ ApiId: 'none' })).rejects.toMatchObject({ name: 'NotFoundException' });
    await expect(gateway.createApi({ Name: 'x', ProtocolType: 'WEBSOCKET' })).rejects.toMatchObject({
      name: 'BadRequestException',
    });
  });

  test.each([
    ['another type', { IntegrationType: 'HTTP_PROXY', PayloadFormatVersion: '1.0' }],
    ['no format', { PayloadFormatVersion: undefined }],
    ['a format that is none', { PayloadFormatVersion: '3.0' }],
    ['more time than there is', { TimeoutInMillis: 30_001 }],
    ['an address that is no function', { IntegrationUri: 'https://a.example' }],
  ] as const)('an integration with %s', async (_, wrong) => {
    const good = {
      ApiId,
      IntegrationType: 'AWS_PROXY',
      IntegrationUri: FUNCTION,
      PayloadFormatVersion: '2.0',
    } as const;
    await expect(gateway.createIntegration({ ...good, ...wrong })).rejects.toMatchObject({
      name: 'BadRequestException',
    });
  });
});

test('tags, and lists in pages', async () => {
  const ResourceArn = `arn:aws:apigateway:us-east-1::/apis/${ApiId}`;
  await gateway.tagResource({ ResourceArn, Tags: { c: 'd' } });
  await gateway.untagResource({ ResourceArn, TagKeys: ['a'] });
  expect((await gateway.getTags({ ResourceArn })).Tags).toEqual({ c: 'd' });
  expect((await gateway.getApi({ ApiId })).Tags).toEqual({ c: 'd' });
  const Target = await integrate();
  const keys = ['GET /1', 'GET /2', 'GET /3'];
  for (const RouteKey of keys) await gateway.createRoute({ ApiId, RouteKey, Target });
  const first = await gateway.getRoutes({ ApiId, MaxResults: '2' });
  const second = await gateway.getRoutes({ ApiId, MaxResults: '2', NextToken: first.NextToken });
  expect([...first.Items!, ...second.Items!].map(({ RouteKey }) => RouteKey)).toEqual(keys);
  expect(second.NextToken).toBeUndefined();
});

test('its address stays over a restart, and ends with it', async () => {
  await serve(['$default']);
  emulator = await emulator.restart();
  connect();
  expect((await gateway.getApi({ ApiId })).ApiEndpoint).toBe(endpoint);
  expect((await ask('/still')).body).toMatchObject({ rawPath: '/still' });
  await gateway.deleteApi({ ApiId });
  await expect(fetch(endpoint)).rejects.toThrow('fetch failed');
  expect((await gateway.getApis({})).Items!.map((api) => api.ApiId)).not.toContain(ApiId);
});
