import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { signTc3 } from '../../../src/emulators/tencent/signing/tc3.ts';
import { zipOf } from '../../support/zip.ts';
import {
  codeOf,
  KEYS,
  type ScfClient,
  scfClient,
  settled,
  startTestEmulator,
  type TestEmulator,
} from './start.ts';

let emulator: TestEmulator;
let client: ScfClient;

const ECHO = `
import json
def main_handler(event, context):
    return {"statusCode": 201, "headers": {"Content-Type": "application/json", "X-Two": ["a", "b"]}, "body": json.dumps({"event": event, "version": context.function_version})}
`;
const BOOTSTRAP = `#!/bin/sh
exec ${process.execPath} -e "require('http').createServer((q, s) => s.end(q.method + ' ' + q.url + ' ' + process.env.SCF_FUNCTIONNAME)).listen(process.env.PORT || 9000)"
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

describe('a function URL', () => {
  it('answers with what the function makes of an event, until it is gone', async () => {
    const { url, shown } = await addUrl();
    expect(shown).toMatchObject({
      AuthType: 'NONE',
      NetConfig: { EnableExtranet: true, IntranetUrl: '', WsExtranetUrl: '' },
    });
    const answer = await fetch(`${url}/a%20b?x=1&y=2`, {
      method: 'POST',
      body: '{"n":1}',
      headers: { 'content-type': 'application/json' },
    });
    expect(answer.status).toBe(201);
    expect(answer.headers.get('x-two')).toBe('a, b');
    const { event, version } = (await answer.json()) as { event: Record<string, unknown>; version: string };
    expect(version).toBe('$LATEST');
    expect(event).toMatchObject({
      httpMethod: 'POST',
      path: '/a%20b',
      queryString: { x: '1', y: '2' },
      body: '{"n":1}',
      headers: { 'x-scf-remote-addr': '127.0.0.1' },
    });
    const { Triggers } = await client.ListTriggers({
      FunctionName: 'echo',
      Filters: [{ Name: 'Type', Values: ['http'] }],
    });
    expect(Triggers).toHaveLength(1);
    expect(Triggers![0]).toMatchObject({
      Type: 'http',
      TriggerName: 'url',
      Qualifier: '$LATEST',
      Enable: 1,
      BindStatus: 'on',
    });
    expect((JSON.parse(Triggers![0]!.TriggerDesc!) as Description).NetConfig.ExtranetUrl).toBe(url);
    expect((await client.GetFunction({ FunctionName: 'echo' })).Triggers).toHaveLength(1);

    expect(await codeOf(addUrl({ TriggerName: 'second' }))).toBe('ResourceInUse.Trigger');
    await client.UpdateTriggerStatus({
      FunctionName: 'echo',
      TriggerName: 'url',
      Type: 'http',
      Enable: 'CLOSE',
    });
    expect((await fetch(url)).status).toBe(403);
    await client.UpdateTrigger({ FunctionName: 'echo', TriggerName: 'url', Type: 'http', Enable: 'OPEN' });
    expect((await fetch(url)).status).toBe(201);
    await client.DeleteTrigger({ FunctionName: 'echo', TriggerName: 'url', Type: 'http' });
    await expect(fetch(url)).rejects.toThrow();
    expect((await client.ListTriggers({ FunctionName: 'echo' })).TotalCount).toBe(0);
  });

  it('of an alias leads where the alias leads', async () => {
    const { url } = await addUrl({ Qualifier: '$DEFAULT' });
    const version = async (): Promise<string> =>
      ((await (await fetch(url)).json()) as { version: string }).version;
    expect(await version()).toBe('$LATEST');
    const { FunctionVersion = '' } = await client.PublishVersion({ FunctionName: 'echo' });
    await settled(client, 'echo', FunctionVersion);
    await client.UpdateAlias({ FunctionName: 'echo', Name: '$DEFAULT', FunctionVersion });
    expect(await version()).toBe(FunctionVersion);
    expect(
      await codeOf(client.DeleteFunctionVersion({ FunctionName: 'echo', Qualifier: FunctionVersion })),
    ).toBe('ResourceInUse.Alias');
    await client.UpdateAlias({ FunctionName: 'echo', Name: '$DEFAULT', FunctionVersion: '$LATEST' });
    await client.DeleteTrigger({
      FunctionName: 'echo',
      TriggerName: 'url',
      Type: 'http',
      Qualifier: '$DEFAULT',
    });
  });

  it('tells browsers of other origins what CorsConfig says', async () => {
    const CorsConfig = {
      Enable: true,
      Origins: ['https://shop.example.com'],
      Methods: ['POST'],
      Headers: ['x-one'],
      MaxAge: 60,
      Credentials: true,
    };
    const { url } = await addUrl({}, { CorsConfig });
    const preflight = await fetch(url, {
      method: 'OPTIONS',
      headers: { origin: 'https://shop.example.com', 'access-control-request-method': 'POST' },
    });
    expect(preflight.headers.get('access-control-allow-origin')).toBe('https://shop.example.com');
    expect(preflight.headers.get('access-control-allow-methods')).toBe('POST');
    expect(preflight.headers.get('access-control-max-age')).toBe('60');
    await client.DeleteTrigger({ FunctionName: 'echo', TriggerName: 'url', Type: 'http' });
  });

  it('with AuthType CAM wants a signature', async () => {
    const { url } = await addUrl({}, { AuthType: 'CAM' });
    expect((await fetch(url)).status).toBe(401);
    const timestamp = Math.floor(Date.now() / 1000);
    const headers = {
      host: url.replace('http://', ''),
      'content-type': 'text/plain',
      'x-tc-timestamp': String(timestamp),
    };
    const request = { method: 'GET', path: '/page', query: 'a=1', headers, body: Buffer.alloc(0) };
    const authorization = signTc3(request, KEYS, { timestamp, service: 'scf' });
    expect((await fetch(`${url}/page?a=1`, { headers: { ...headers, authorization } })).status).toBe(201);
    expect((await fetch(`${url}/page?a=2`, { headers: { ...headers, authorization } })).status).toBe(401);
    expect(
      (await fetch(`${url}/page?a=1`, { method: 'POST', body: 'x', headers: { ...headers, authorization } }))
        .status,
    ).toBe(401);
    await client.DeleteTrigger({ FunctionName: 'echo', TriggerName: 'url', Type: 'http' });
  });

  it('of a web function passes requests on as they are', async () => {
    const ZipFile = (await zipOf({ scf_bootstrap: BOOTSTRAP }, 0o755)).toString('base64');
    await client.CreateFunction({
      FunctionName: 'web',
      Code: { ZipFile },
      Type: 'HTTP',
      Runtime: 'Nodejs18.15',
    });
    expect(await settled(client, 'web')).toBe('Active');
    const { url } = await addUrl({ FunctionName: 'web' });
    expect(await (await fetch(`${url}/x?y=1`, { method: 'PUT' })).text()).toBe('PUT /x?y=1 web');
    expect(await codeOf(client.Invoke({ FunctionName: 'web' }))).toBe('UnsupportedOperation');
    await client.DeleteFunction({ FunctionName: 'web' });
    await expect(fetch(url)).rejects.toThrow();
  });

  it.each<[string, string, string]>([
    ['no JSON', 'AuthType=NONE', 'InvalidParameterValue.TriggerDesc'],
    ['another AuthType', '{"AuthType":"OPEN"}', 'InvalidParameterValue.TriggerDesc'],
    [
      'a network that is no truth value',
      '{"NetConfig":{"EnableExtranet":"yes"}}',
      'InvalidParameterValue.TriggerDesc',
    ],
    [
      'origins that are no list',
      '{"CorsConfig":{"Enable":true,"Origins":"*"}}',
      'InvalidParameterValue.Cors',
    ],
  ])('is refused with %s', async (_name, TriggerDesc, code) => {
    expect(
      await codeOf(
        client.CreateTrigger({ FunctionName: 'echo', TriggerName: 'bad', Type: 'http', TriggerDesc }),
      ),
    ).toBe(code);
  });
});

describe('a timer', () => {
  it('fires, and its event is that of the cloud', async () => {
    const { TriggerInfo } = await client.CreateTrigger({
      FunctionName: 'echo',
      TriggerName: 'every-second',
      Type: 'timer',
      TriggerDesc: '* * * * * * *',
      CustomArgument: 'user words',
      Enable: 'OPEN',
    });
    expect(TriggerInfo).toMatchObject({
      TriggerDesc: '{"cron":"* * * * * * *"}',
      CustomArgument: 'user words',
      Enable: 1,
    });
    let body: string | undefined;
    while (body === undefined) {
      await new Promise((resolve) => setTimeout(resolve, 100));
      const { EventList } = await client.ListAsyncEvents({
        FunctionName: 'echo',
        InvokeType: ['TIMER'],
        Status: ['FINISHED'],
      });
      const id = EventList[0]?.InvokeRequestId;
      if (id === undefined) continue;
      const { Data } = await client.GetRequestStatus({ FunctionName: 'echo', FunctionRequestId: id });
      if (Data?.[0]?.RetMsg !== undefined && Data[0].RetMsg !== '')
        body = (JSON.parse(Data[0].RetMsg) as { body: string }).body;
    }
    expect((JSON.parse(body) as { event: unknown }).event).toEqual({
      Type: 'Timer',
      TriggerName: 'every-second',
      Time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
      Message: 'user words',
    });
    await client.UpdateTrigger({
      FunctionName: 'echo',
      TriggerName: 'every-second',
      Type: 'timer',
      Enable: 'CLOSE',
      TriggerDesc: '*/5 * * * *',
    });
    const { Triggers } = await client.ListTriggers({ FunctionName: 'echo' });
    expect(Triggers![0]).toMatchObject({
      Enable: 0,
      TriggerDesc: '{"cron":"0 */5 * * * * *"}',
      CustomArgument: 'user words',
    });
    expect(
      await codeOf(
        client.CreateTrigger({
          FunctionName: 'echo',
          TriggerName: 'bad',
          Type: 'timer',
          TriggerDesc: '61 * * * * * *',
        }),
      ),
    ).toBe('InvalidParameterValue.TriggerDesc');
    expect(
      await codeOf(
        client.CreateTrigger({
          FunctionName: 'echo',
          TriggerName: 'every-second',
          Type: 'timer',
          TriggerDesc: '* * * * * * *',
        }),
      ),
    ).toBe('ResourceInUse.TriggerName');
    await client.DeleteTrigger({ FunctionName: 'echo', TriggerName: 'every-second', Type: 'timer' });
  });
});

describe('other triggers', () => {
  it('are kept, and the operator is told that nothing fires them', async () => {
    const TriggerDesc = '{"event":"cos:ObjectCreated:*"}';
    await client.CreateTrigger({
      FunctionName: 'echo',
      TriggerName: 'b-1250000000.cos.ap-guangzhou.myqcloud.com',
      Type: 'cos',
      TriggerDesc,
    });
    expect((await client.ListTriggers({ FunctionName: 'echo' })).Triggers![0]).toMatchObject({
      Type: 'cos',
      TriggerDesc,
    });
    expect(emulator.notices.at(-1)).toContain('nothing here fires triggers of the type cos');
    await client.DeleteTrigger({
      FunctionName: 'echo',
      TriggerName: 'b-1250000000.cos.ap-guangzhou.myqcloud.com',
      Type: 'cos',
      TriggerDesc,
    });
    expect(await codeOf(client.CreateTrigger({ FunctionName: 'echo', TriggerName: 'x', Type: 'mqtt' }))).toBe(
      'InvalidParameterValue.Type',
    );
  });
});
