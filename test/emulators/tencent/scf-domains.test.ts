import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { zipOf } from '../../support/zip.ts';
import { codeOf, type ScfClient, scfClient, settled, startTestEmulator, type TestEmulator } from './start.ts';

let emulator: TestEmulator;
let client: ScfClient;

const ECHO = `
import json
def main_handler(event, context):
    return {"statusCode": 201, "headers": {"Content-Type": "application/json", "X-Two": ["a", "b"]}, "body": json.dumps({"event": event, "version": context.function_version})}
`;

beforeAll(async () => {
  emulator = await startTestEmulator();
  client = scfClient(emulator);
  const ZipFile = (await zipOf({ 'index.py': ECHO })).toString('base64');
  await client.CreateFunction({
    FunctionName: 'echo',
    Code: { ZipFile },
    Handler: 'index.main_handler',
    Runtime: 'Python3.9',
  });
  await settled(client, 'echo');
});
afterAll(() => emulator.close());

const NET = { EnableExtranet: true, EnableIntranet: false };

interface Description {
  NetConfig: { ExtranetUrl: string; IntranetUrl: string };
  AuthType: string;
}

async function addUrl(more: object = {}, desc: object = {}): Promise<{ url: string; shown: Description }> {
  const { TriggerInfo } = await client.CreateTrigger({
    FunctionName: 'echo',
    TriggerName: 'url',
    Type: 'http',
    TriggerDesc: JSON.stringify({ AuthType: 'NONE', NetConfig: NET, ...desc }),
    ...more,
  });
  const shown = JSON.parse(TriggerInfo!.TriggerDesc!) as Description;
  return { url: shown.NetConfig.ExtranetUrl, shown };
}

describe('a custom domain', () => {
  const get = async (host: string, path: string): Promise<{ status: number; path: unknown }> => {
    const { request } = await import('node:http');
    const { port } = new URL(emulator.env['TENCENTCLOUD_DOMAINS_ENDPOINT']!);
    return new Promise((resolve, reject) => {
      const asked = request({ host: '127.0.0.1', port, path, headers: { host } }, (answer) => {
        void answer.toArray().then((chunks: Buffer[]) => {
          const body = JSON.parse(Buffer.concat(chunks).toString()) as {
            body?: string;
            event?: { path: string };
          };
          resolve({ status: answer.statusCode!, path: body.event?.path });
        }, reject);
      });
      asked.on('error', reject).end();
    });
  };

  it('leads by its paths to functions', async () => {
    const endpoint = { Namespace: 'default', FunctionName: 'echo', Qualifier: '$LATEST' };
    await client.CreateCustomDomain({
      Domain: 'Shop.example.com',
      Protocol: 'HTTP',
      EndpointsConfig: [
        {
          ...endpoint,
          PathMatch: '/api/*',
          PathRewrite: [{ Path: '/api/v1/*', Type: 'WildcardRules', Rewrite: '/$1' }],
        },
        { ...endpoint, PathMatch: '/exact' },
      ],
    });
    expect(await get('shop.example.com', '/api/v1/users?a=1')).toEqual({ status: 201, path: '/users' });
    expect(await get('shop.example.com:80', '/api/other')).toEqual({ status: 201, path: '/api/other' });
    expect(await get('shop.example.com', '/exact')).toEqual({ status: 201, path: '/exact' });
    expect((await get('shop.example.com', '/exact/more')).status).toBe(404);
    expect((await get('other.example.com', '/exact')).status).toBe(404);
    expect(await client.GetCustomDomain({ Domain: 'shop.example.com' })).toMatchObject({
      Domain: 'shop.example.com',
      Protocol: 'HTTP',
      WafConfig: { WafOpen: 'CLOSE', WafInstanceId: '' },
    });
    await client.UpdateCustomDomain({
      Domain: 'shop.example.com',
      EndpointsConfig: [{ ...endpoint, PathMatch: '/*' }],
    });
    expect(await get('shop.example.com', '/anything')).toEqual({ status: 201, path: '/anything' });
    expect((await client.ListCustomDomains({})).Total).toBe(1);

    await addUrl();
    expect(
      await codeOf(client.DeleteTrigger({ FunctionName: 'echo', TriggerName: 'url', Type: 'http' })),
    ).toBe('FailedOperation.DeleteTrigger.UrlUsed');
    await client.DeleteCustomDomain({ Domain: 'shop.example.com' });
    await client.DeleteTrigger({ FunctionName: 'echo', TriggerName: 'url', Type: 'http' });
    expect((await get('shop.example.com', '/anything')).status).toBe(404);
    expect(await codeOf(client.GetCustomDomain({ Domain: 'shop.example.com' }))).toBe(
      'FailedOperation.Domain.UnExist',
    );
  });

  it.each<[string, object, string]>([
    ['a star', { Domain: '*.example.com' }, 'InvalidParameterValue.Domain'],
    ['HTTPS without a certificate', { Protocol: 'HTTPS' }, 'FailedOperation.Ssl'],
    [
      'a path without a slash',
      {
        EndpointsConfig: [
          { Namespace: 'default', FunctionName: 'echo', Qualifier: '$LATEST', PathMatch: 'x' },
        ],
      },
      'InvalidParameterValue.Domain',
    ],
    [
      'a function that is not there',
      {
        EndpointsConfig: [
          { Namespace: 'default', FunctionName: 'none', Qualifier: '$LATEST', PathMatch: '/*' },
        ],
      },
      'ResourceNotFound.Function',
    ],
    [
      'a version that is not there',
      { EndpointsConfig: [{ Namespace: 'default', FunctionName: 'echo', Qualifier: '99', PathMatch: '/*' }] },
      'ResourceNotFound.Qualifier',
    ],
  ])('is refused with %s', async (_name, more, code) => {
    const EndpointsConfig = [
      { Namespace: 'default', FunctionName: 'echo', Qualifier: '$LATEST', PathMatch: '/*' },
    ];
    const request = { Domain: 'a.example.com', Protocol: 'HTTP', EndpointsConfig, ...more };
    expect(await codeOf(client.CreateCustomDomain(request))).toBe(code);
  });
});
