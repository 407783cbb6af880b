import { createHmac } from 'node:crypto';
import { request } from 'node:http';

import { afterEach, beforeEach, expect, test } from 'vitest';

import type { JsonObject } from '../../../../src/events/types.ts';
import { type GatewayDesk, openDesk } from './desk.ts';

const CODE = `
exports.main_handler = async (event) => {
  if (event.path === '/plain') return { hello: 'there' };
  if (event.path === '/raise') throw new Error('no good');
  return { statusCode: 201, headers: { 'x-app': 'yes' }, body: JSON.stringify(event), isBase64Encoded: false };
};
`;

let desk: GatewayDesk;

beforeEach(async () => {
  desk = await openDesk(CODE);
});

afterEach(async () => {
  await desk.close();
});

const API = {
  ServiceType: 'SCF',
  ServiceScfFunctionName: 'hello',
  ServiceScfIsIntegratedResponse: 'true',
  ApiName: 'index',
  Protocol: 'HTTP',
};

/** A service with these APIs (`ANY /`), released. */
async function deploy(
  apis: Record<string, JsonObject>,
): Promise<{ serviceId: string; url: string; ids: string[] }> {
  const { ServiceId, OuterSubDomain } = await desk.call('CreateService', {
    ServiceName: 'shop',
    Protocol: 'http',
  });
  const serviceId = String(ServiceId);
  const ids: string[] = [];
  for (const [id, more] of Object.entries(apis)) {
    const [Method = '', Path = ''] = id.split(' ');
    const made = await desk.call('CreateApi', {
      ServiceId: serviceId,
      ...API,
      RequestConfig: { Path, Method },
      ...more,
    });
    ids.push((made['Result'] as { ApiId: string }).ApiId);
  }
  await desk.call('ReleaseService', { ServiceId: serviceId, EnvironmentName: 'release', ReleaseDesc: 'x' });
  return { serviceId, url: `http://${String(OuterSubDomain)}`, ids };
}

test('a sub-domain that really answers, with the event of the gateway', async () => {
  const { serviceId, url } = await deploy({ 'ANY /': {}, 'POST /users/{id}': {} });
  expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  const response = await fetch(`${url}/release/users/7?a=1&a=2`, { method: 'POST', body: '{"x":1}' });
  expect([response.status, response.headers.get('x-app')]).toEqual([201, 'yes']);
  expect(await response.json()).toMatchObject({
    requestContext: {
      serviceId,
      path: '/users/{id}',
      httpMethod: 'POST',
      stage: 'release',
      sourceIp: expect.any(String),
      requestId: expect.any(String),
    },
    path: '/users/7',
    httpMethod: 'POST',
    pathParameters: { id: '7' },
    queryString: { a: ['1', '2'] },
    stageVariables: { stage: 'release' },
    body: '{"x":1}',
  });
  expect(await (await fetch(`${url}/release`)).json()).toMatchObject({ path: '/', httpMethod: 'GET' });
  expect((await fetch(`${url}/users`)).status).toBe(404);
  expect((await fetch(`${url}/test/users`)).status).toBe(404);
});

test('without the integrated response all that the function returns is the body', async () => {
  const { url } = await deploy({ 'ANY /': { ServiceScfIsIntegratedResponse: 'false' } });
  const plain = await fetch(`${url}/release/plain`);
  expect([plain.status, plain.headers.get('content-type'), await plain.text()]).toEqual([
    200,
    'application/json',
    '{"hello":"there"}',
  ]);
  const whole = await fetch(`${url}/release/x`);
  expect([whole.status, await whole.json()]).toEqual([200, expect.objectContaining({ statusCode: 201 })]);
});

test('what is changed serves when it is released', async () => {
  const { serviceId, url, ids } = await deploy({ 'GET /a': {} });
  await desk.call('ModifyApi', {
    ServiceId: serviceId,
    ApiId: ids[0]!,
    ...API,
    RequestConfig: { Path: '/b', Method: 'GET' },
  });
  expect((await fetch(`${url}/release/a`)).status).toBe(201);
  expect((await fetch(`${url}/release/b`)).status).toBe(404);
  await desk.call('ReleaseService', { ServiceId: serviceId, EnvironmentName: 'release', ReleaseDesc: 'x' });
  expect((await fetch(`${url}/release/a`)).status).toBe(404);
  expect((await fetch(`${url}/release/b`)).status).toBe(201);
  await desk.call('UnReleaseService', { ServiceId: serviceId, EnvironmentName: 'release' });
  expect((await fetch(`${url}/release/b`)).status).toBe(404);
});

test('its books outlive the process, and its address stays', async () => {
  const { serviceId, url } = await deploy({ 'ANY /': {} });
  await desk.reopen();
  expect((await fetch(`${url}/release/`)).status).toBe(201);
  expect(await desk.call('DescribeService', { ServiceId: serviceId })).toMatchObject({
    ServiceName: 'shop',
    AvailableEnvironments: ['release'],
    OuterSubDomain: url.replace('http://', ''),
  });
});

test('what is in use is not removed; what is removed does not answer', async () => {
  const { serviceId, url, ids } = await deploy({ 'ANY /': {} });
  const remove = (): Promise<JsonObject> => desk.call('DeleteService', { ServiceId: serviceId });
  await expect(remove()).rejects.toMatchObject({ code: 'FailedOperation.ServiceError' });
  await desk.call('UnReleaseService', { ServiceId: serviceId, EnvironmentName: 'release' });
  await expect(remove()).rejects.toMatchObject({ code: 'FailedOperation.ServiceError' });
  await desk.call('DeleteApi', { ServiceId: serviceId, ApiId: ids[0]! });
  expect(await remove()).toEqual({ Result: true });
  await expect(remove()).rejects.toMatchObject({ code: 'ResourceNotFound.InvalidService' });
  await expect(fetch(url)).rejects.toThrow();
});

test('pages of other origins, where they may', async () => {
  const { url } = await deploy({ 'POST /open': { EnableCORS: 'true' }, 'POST /shut': {} });
  const ask = (path: string): Promise<Response> =>
    fetch(`${url}/release${path}`, {
      method: 'OPTIONS',
      headers: { origin: 'https://a.example', 'access-control-request-method': 'POST' },
    });
  expect((await ask('/open')).headers.get('access-control-allow-origin')).toBe('*');
  expect((await ask('/shut')).headers.get('access-control-allow-origin')).toBeNull();
});

test('a mock, a function that is gone, and one that raises', async () => {
  const { url } = await deploy({
    'GET /mock': { ServiceType: 'MOCK', ServiceMockReturnMessage: 'mocked' },
    'GET /gone': { ServiceScfFunctionName: 'gone' },
    'GET /raise': {},
    'GET /http': { ServiceType: 'HTTP' },
  });
  expect(await (await fetch(`${url}/release/mock`)).text()).toBe('mocked');
  expect((await fetch(`${url}/release/gone`)).status).toBe(404);
  expect((await fetch(`${url}/release/raise`)).status).toBeGreaterThanOrEqual(500);
  expect((await fetch(`${url}/release/http`)).status).toBe(501);
});

test('an API with keys takes requests that are signed with one of its plan', async () => {
  const { serviceId, url, ids } = await deploy({ 'GET /': { AuthType: 'SECRET' } });
  const plan = await desk.call('CreateUsagePlan', {
    UsagePlanName: 'p',
    MaxRequestNum: '-1',
    MaxRequestNumPreSec: '5',
  });
  const UsagePlanId = (plan['Result'] as { UsagePlanId: string }).UsagePlanId;
  const made = await desk.call('CreateApiKey', { SecretName: 'k', AccessKeyType: 'auto' });
  const { AccessKeyId, AccessKeySecret } = made['Result'] as { AccessKeyId: string; AccessKeySecret: string };
  const signed = (secret = AccessKeySecret, at = Date.now()): Record<string, string> => {
    const date = new Date(at).toUTCString();
    const text = `x-date: ${date}\nsource: test`;
    const signature = createHmac('sha1', secret).update(text).digest('base64');
    return {
      'x-date': date,
      source: 'test',
      authorization: `hmac id="${AccessKeyId}", algorithm="hmac-sha1", headers="x-date source", signature="${signature}"`,
    };
  };
  const status = async (headers: Record<string, string>): Promise<number> =>
    (await fetch(`${url}/release/`, { headers })).status;
  expect(await status({})).toBe(401);
  expect(await status(signed())).toBe(401);
  await desk.call('BindSecretIds', { UsagePlanId, AccessKeyIds: [AccessKeyId] });
  await desk.call('BindEnvironment', {
    UsagePlanIds: [UsagePlanId],
    BindType: 'API',
    Environment: 'release',
    ServiceId: serviceId,
    ApiIds: ids,
  });
  expect(await status(signed())).toBe(201);
  expect(await status(signed('x'))).toBe(401);
  expect(await status(signed(AccessKeySecret, Date.now() - 3_600_000))).toBe(401);
  expect(await desk.call('DescribeApiUsagePlan', { ServiceId: serviceId })).toMatchObject({
    Result: {
      TotalCount: 1,
      ApiUsagePlanList: [{ UsagePlanId, ApiId: ids[0], Environment: 'release', Path: '/' }],
    },
  });
  await expect(desk.call('DeleteUsagePlan', { UsagePlanId })).rejects.toMatchObject({
    code: 'ResourceInUse',
  });
  await desk.call('DisableApiKey', { AccessKeyId });
  expect(await status(signed())).toBe(401);
});

test('a domain of its own', async () => {
  const { serviceId, url } = await deploy({ 'ANY /': {} });
  const { port } = new URL(url);
  const at = (path: string): Promise<JsonObject> =>
    new Promise((resolve, reject) => {
      request({ port, path, headers: { Host: 'www.example.com' } }, (response) => {
        response
          .toArray()
          .then(
            (chunks) => resolve(JSON.parse(Buffer.concat(chunks as Buffer[]).toString()) as JsonObject),
            reject,
          );
      })
        .on('error', reject)
        .end();
    });
  await desk.call('BindSubDomain', {
    ServiceId: serviceId,
    SubDomain: 'www.example.com',
    Protocol: 'http',
    NetType: 'OUTER',
    IsDefaultMapping: 'false',
    NetSubDomain: 'x',
    PathMappingSet: [{ Path: '/v1', Environment: 'release' }],
  });
  expect(await at('/v1/users')).toMatchObject({ path: '/users', requestContext: { stage: 'release' } });
  expect(await at('/v2/users')).toHaveProperty('message');
  const again = desk.call('BindSubDomain', {
    ServiceId: serviceId,
    SubDomain: 'www.example.com',
    Protocol: 'http',
  });
  await expect(again).rejects.toMatchObject({ code: 'FailedOperation.DomainAlreadyBindService' });
  expect(await desk.call('DescribeServiceSubDomains', { ServiceId: serviceId })).toMatchObject({
    Result: { DomainSet: [{ DomainName: 'www.example.com', IsDefaultMapping: false }] },
  });
  await desk.call('UnBindSubDomain', { ServiceId: serviceId, SubDomain: 'www.example.com' });
  expect(await at('/v1/users')).toHaveProperty('message');
});

test('the API before 3.0 has other names for the same things', async () => {
  const made = await desk.callOld('CreateService', { serviceName: 'shop', protocol: 'http' });
  const { serviceId, subDomain } = made['data'] as { serviceId: string; subDomain: string };
  const api = {
    serviceId,
    protocol: 'HTTP',
    apiName: 'index',
    authRequired: 'FALSE',
    enableCORS: 'TRUE',
    serviceType: 'SCF',
    requestConfig: { path: '/', method: 'GET' },
    serviceScfFunctionName: 'hello',
    serviceScfIsIntegratedResponse: 'TRUE',
  };
  const { apiId } = await desk.callOld('CreateApi', api);
  await desk.callOld('ReleaseService', { serviceId, environmentName: 'release', releaseDesc: 'x' });
  expect((await fetch(`http://${subDomain}/release/`)).status).toBe(201);
  expect(await desk.callOld('DescribeApisStatus', { serviceId, limit: '100' })).toMatchObject({
    totalCount: 1,
    apiIdStatusSet: [{ apiId, path: '/', method: 'GET' }],
  });
  expect(await desk.callOld('DescribeApi', { serviceId, apiId: apiId! })).toMatchObject({
    apiId,
    enableCORS: 'TRUE',
    serviceScfFunctionName: 'hello',
  });
  const key = await desk.callOld('CreateApiKey', { secretName: 'k', type: 'auto' });
  expect(key).toMatchObject({ secretId: expect.any(String), secretKey: expect.any(String) });
  const { usagePlanId } = await desk.callOld('CreateUsagePlan', { usagePlanName: 'p' });
  await desk.callOld('BindSecretIds', { usagePlanId: usagePlanId!, secretIds: [key['secretId']!] });
  expect(await desk.callOld('DescribeUsagePlanSecretIds', { usagePlanId: usagePlanId! })).toMatchObject({
    totalCount: 1,
    secretIdList: [{ secretId: key['secretId'], status: 1 }],
  });
  await expect(desk.callOld('DescribeService', { serviceId: 'gone' })).rejects.toThrow('does not exist');
});

test('the trigger of functions makes services and APIs, and takes them away', async () => {
  const target = { region: 'ap-guangzhou', namespace: 'default', name: 'hello', qualifier: '$LATEST' };
  const books = desk.context.peers.gateways!;
  const description = await books.addTrigger(target, {
    api: { authRequired: 'FALSE', requestConfig: { method: 'ANY' }, isIntegratedResponse: 'TRUE' },
    service: { serviceName: 'SCF_API_SERVICE' },
    release: { environmentName: 'release' },
  });
  const { subDomain, serviceId } = description['service'] as { subDomain: string; serviceId: string };
  expect(subDomain).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/release\/hello$/);
  expect(await (await fetch(`${subDomain}/x`)).json()).toMatchObject({ path: '/hello/x' });
  const second = await books.addTrigger(target, { api: { requestConfig: { path: '/two' } }, service: {} });
  expect(second).toMatchObject({ serviceId, api: { requestConfig: { method: 'ANY', path: '/two' } } });
  await books.removeTrigger(target, description);
  expect((await fetch(subDomain)).status).toBe(404);
  await books.removeTrigger(target, second);
  await expect(desk.call('DescribeService', { ServiceId: serviceId })).rejects.toMatchObject({
    code: 'ResourceNotFound.InvalidService',
  });
  await books.removeTrigger(target, second);
});
