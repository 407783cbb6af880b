import { createRequire } from 'node:module';

import { scf } from 'tencentcloud-sdk-nodejs-scf';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { REQUESTS } from '../../../src/emulators/tencent/scf/parameters/requests.ts';
import { signForm } from '../../../src/emulators/tencent/signing/form.ts';
import { signTc3 } from '../../../src/emulators/tencent/signing/tc3.ts';
import { zipOf } from '../../support/zip.ts';
import { codeOf, KEYS, REGION, scfClient, startTestEmulator, type TestEmulator } from './start.ts';

/** The client of the old components. */
interface Capi {
  request(data: object, options: object, isV3?: boolean): Promise<{ Response: Record<string, unknown> }>;
}
const { Capi } = createRequire(import.meta.url)('@tencent-sdk/capi') as {
  Capi: new (options: object) => Capi;
};

let emulator: TestEmulator;
let host: string;

beforeAll(async () => {
  emulator = await startTestEmulator();
  host = emulator.url.replace('http://', '');
});
afterAll(() => emulator.close());

/** A call as it stands on the wire; what is signed can be another. */
async function call(
  action: string,
  body: string,
  {
    service = 'scf',
    headers = {},
    sent = body,
  }: { service?: string; headers?: Record<string, string>; sent?: string } = {},
): Promise<{
  status: number;
  type: string | null;
  Response: { Error?: { Code: string; Message: string }; RequestId: string };
}> {
  const timestamp = Math.floor(Date.now() / 1000);
  const all = { host, 'content-type': 'application/json', 'x-tc-timestamp': String(timestamp), ...headers };
  const authorization = signTc3(
    { method: 'POST', path: '/', query: '', headers: all, body: Buffer.from(body) },
    KEYS,
    { timestamp, service },
  );
  const answer = await fetch(emulator.url, {
    method: 'POST',
    body: sent,
    headers: {
      'X-TC-Action': action,
      'X-TC-Version': '2018-04-16',
      'X-TC-Region': REGION,
      authorization,
      ...all,
    },
  });
  const { Response } = (await answer.json()) as { Response: { RequestId: string } };
  return { status: answer.status, type: answer.headers.get('content-type'), Response };
}

describe('the API', () => {
  it('answers errors with 200, exactly as JSON, and a request id', async () => {
    const { status, type, Response } = await call('GetFunction', '{"FunctionName":"none"}');
    expect({ status, type }).toEqual({ status: 200, type: 'application/json' });
    expect(Response.Error).toEqual({
      Code: 'ResourceNotFound.Function',
      Message: expect.stringContaining('is not found'),
    });
    expect(Response.RequestId).toMatch(/^[0-9a-f-]{36}$/);
  });

  it.each<[string, () => ReturnType<typeof call>, string]>([
    [
      'another body than the one that was signed',
      () => call('ListFunctions', '{"Limit":1}', { sent: '{"Limit":2}' }),
      'AuthFailure.SignatureFailure',
    ],
    [
      'a scope of another service',
      () => call('ListFunctions', '{}', { service: 'cvm' }),
      'AuthFailure.InvalidAuthorization',
    ],
    [
      'no Authorization',
      () => call('ListFunctions', '{}', { headers: { authorization: '' } }),
      'MissingParameter',
    ],
    ['an action that nobody has', () => call('MakeTea', '{}'), 'InvalidAction'],
    [
      'another version',
      () => call('ListFunctions', '{}', { headers: { 'X-TC-Version': '2020-01-01' } }),
      'NoSuchVersion',
    ],
    ['no region', () => call('ListFunctions', '{}', { headers: { 'X-TC-Region': '' } }), 'MissingParameter'],
    [
      'a region that is none',
      () => call('ListFunctions', '{}', { headers: { 'X-TC-Region': 'moon' } }),
      'UnsupportedRegion',
    ],
    ['a body that is no JSON', () => call('ListFunctions', '{'), 'InvalidRequest'],
    ['a body that is a list', () => call('ListFunctions', '[]'), 'InvalidRequest'],
    ['a parameter that is missing', () => call('GetAlias', '{"FunctionName":"f"}'), 'MissingParameter'],
    ['a list that is none', () => call('ListFunctions', '{"Filters":{}}'), 'InvalidParameter'],
  ])('refuses %s', async (_name, act, code) => {
    expect((await act()).Response.Error?.Code).toBe(code);
  });

  it('refuses keys that are not its own', async () => {
    const client = new scf.v20180416.Client({
      credential: { secretId: KEYS.id, secretKey: 'another' },
      region: REGION,
      profile: { httpProfile: { protocol: 'http://', endpoint: host } },
    });
    expect(await codeOf(client.ListFunctions({}))).toBe('AuthFailure.SignatureFailure');
    const stranger = new scf.v20180416.Client({
      credential: { secretId: 'AKIDstranger', secretKey: KEYS.secret },
      region: REGION,
      profile: { httpProfile: { protocol: 'http://', endpoint: host } },
    });
    expect(await codeOf(stranger.ListFunctions({}))).toBe('AuthFailure.SecretIdNotFound');
  });

  it('says whose call it does not understand', async () => {
    const answer = await fetch(emulator.url);
    expect(await answer.json()).toMatchObject({ Response: { Error: { Code: 'MissingParameter' } } });
  });

  it('knows every action that the SDK has', () => {
    const actions = Object.getOwnPropertyNames(scf.v20180416.Client.prototype).filter((name) =>
      /^[A-Z]/.test(name),
    );
    expect(Object.keys(REQUESTS).sort()).toEqual(actions.sort());
  });
});

describe('clients', () => {
  const settings = (profile: object) =>
    new scf.v20180416.Client({
      credential: { secretId: KEYS.id, secretKey: KEYS.secret },
      region: REGION,
      profile: { httpProfile: { protocol: 'http://', endpoint: host, ...profile }, ...profile },
    });

  it.each([
    ['TC3 and POST', {}],
    ['TC3 and GET', { reqMethod: 'GET' }],
    ['HmacSHA1 and POST', { signMethod: 'HmacSHA1' }],
    ['HmacSHA256 and GET', { signMethod: 'HmacSHA256', reqMethod: 'GET' }],
  ])('of the Node SDK speak with %s', async (_name, profile) => {
    const client = settings(profile);
    expect(
      (await client.ListFunctions({ Limit: 5, Filters: [{ Name: 'Status', Values: ['Active'] }] }))
        .TotalCount,
    ).toBe(0);
    expect(await codeOf(client.GetFunction({ FunctionName: 'none' }))).toBe('ResourceNotFound.Function');
  });

  it('of the old components speak in forms with flattened keys', async () => {
    const ZipFile = (
      await zipOf({ 'index.py': 'def main_handler(event, context):\n    return 1\n' })
    ).toString('base64');
    for (const SignatureMethod of ['sha1', 'sha256']) {
      const capi = new Capi({
        ServiceType: 'scf',
        Region: REGION,
        SecretId: KEYS.id,
        SecretKey: KEYS.secret,
        SignatureMethod,
      });
      const ask = async (Action: string, data: object): Promise<Record<string, unknown>> => {
        const options = { host, path: '/', protocol: 'http' };
        return (await capi.request({ Action, Version: '2018-04-16', ...data }, options)).Response;
      };
      const FunctionName = `old-${SignatureMethod}`;
      const made = await ask('CreateFunction', {
        FunctionName,
        Code: { ZipFile },
        Handler: 'index.main_handler',
        Runtime: 'Python3.6',
        MemorySize: 128,
        Timeout: 3,
        Environment: {
          Variables: [
            { Key: 'with_underscore', Value: '1' },
            { Key: 'B', Value: '2' },
          ],
        },
        DeployMode: 'code',
        L5Enable: 'FALSE',
        PublicNetConfig: { PublicNetStatus: 'ENABLE', EipConfig: { EipStatus: 'DISABLE' } },
      });
      expect(made).toEqual({ RequestId: expect.any(String) });
      const shown = await ask('GetFunction', { FunctionName, Namespace: 'default', ShowTriggers: 'TRUE' });
      expect(shown).toMatchObject({
        MemorySize: 128,
        Environment: {
          Variables: [
            { Key: 'with_underscore', Value: '1' },
            { Key: 'B', Value: '2' },
          ],
        },
      });
      expect(
        await ask('UpdateAlias', {
          FunctionName,
          Name: '$DEFAULT',
          FunctionVersion: '$LATEST',
          RoutingConfig: { AdditionalVersionWeights: [] },
        }),
      ).toEqual({ RequestId: expect.any(String) });
    }
    const capi = new Capi({ ServiceType: 'scf', Region: REGION, SecretId: KEYS.id, SecretKey: KEYS.secret });
    const { Response } = await capi.request(
      { Action: 'ListFunctions', Version: '2018-04-16', Limit: 10 },
      { host, path: '/', protocol: 'http' },
      true,
    );
    expect(Response['TotalCount']).toBe(2);
  });

  it('of the API before get its answers and its errors', async () => {
    const ask = async (parameters: Record<string, string>): Promise<unknown> => {
      const all = {
        Nonce: '1',
        Region: REGION,
        SecretId: KEYS.id,
        Timestamp: String(Math.floor(Date.now() / 1000)),
        ...parameters,
      };
      const Signature = signForm(
        { method: 'POST', host, path: '/v2/index.php', parameters: all },
        KEYS.secret,
      );
      const body = new URLSearchParams({ ...all, Signature });
      return (await fetch(`${emulator.url}/v2/index.php`, { method: 'POST', body })).json();
    };
    expect(await ask({ Action: 'NoSuchThing' })).toEqual({
      code: 4000,
      codeDesc: 'InvalidAction',
      message: expect.stringContaining('(4000)'),
    });
    expect(await ask({ Action: 'NoSuchThing', SecretId: 'AKIDother' })).toMatchObject({
      code: 4104,
      codeDesc: 'AuthFailure.SecretIdNotFound',
    });
    expect(await ask({ Action: 'NoSuchThing', Timestamp: '1' })).toMatchObject({
      code: 4100,
      codeDesc: 'AuthFailure.SignatureExpire',
    });
  });
});

describe('faults on demand', () => {
  it('come before the call is done, or after', async () => {
    const client = scfClient(emulator);
    const error = { status: 200, code: 'InternalError.System', message: 'on demand' };
    emulator.faults.add({ operation: 'CreateNamespace', error });
    expect(await codeOf(client.CreateNamespace({ Namespace: 'faulty' }))).toBe('InternalError.System');
    expect((await client.ListNamespaces({})).TotalCount).toBe(1);
    emulator.faults.add({ operation: 'CreateNamespace', error: 'dropped' });
    await expect(client.CreateNamespace({ Namespace: 'faulty' })).rejects.toThrow();
    expect((await client.ListNamespaces({})).TotalCount).toBe(1);
    emulator.faults.add({ operation: '*', error: 'late' });
    await expect(client.CreateNamespace({ Namespace: 'faulty' })).rejects.toThrow();
    expect((await client.ListNamespaces({})).TotalCount).toBe(2);
    emulator.faults.add({ operation: 'ListNamespaces', times: 2, error: { ...error, status: 503 } });
    await expect(client.ListNamespaces({})).rejects.toThrow();
    emulator.faults.clear();
    expect((await client.ListNamespaces({})).TotalCount).toBe(2);
    await client.DeleteNamespace({ Namespace: 'faulty' });
  });
});
