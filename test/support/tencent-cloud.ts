import { createServer, type IncomingMessage, request } from 'node:http';
import type { AddressInfo } from 'node:net';

import COS from 'cos-nodejs-sdk-v5';

import type { HostRedirect } from '../../src/components/published/host.ts';
import type { JsonObject } from '../../src/events/types.ts';
import { signTc3 } from '../../src/emulators/tencent/signing/tc3.ts';
import { KEYS, REGION, startTestEmulator, type TestEmulator } from '../emulators/tencent/start.ts';

/** As the published components take them. */
export const CREDENTIALS = { SecretId: KEYS.id, SecretKey: KEYS.secret };

export interface TencentCloud {
  emulator: TestEmulator;
  /** Sends the hosts of Tencent Cloud here. */
  redirect: HostRedirect[];
  /** What came over the redirect: `scf CreateFunction`, `cos PUT <bucket> <key>`, in this order. */
  calls: string[];
  /** Called before each of these is passed on. */
  before?: (call: string) => void;
  /** An action of API 3.0; rejects with its error code. */
  api(service: string, action: string, parameters?: JsonObject, region?: string): Promise<JsonObject>;
  cos: COS;
  close(): Promise<void>;
}

interface ApiFailure {
  Code: string;
  Message: string;
}

const VERSIONS: Record<string, string> = {
  apigateway: '2018-08-08',
  cam: '2019-01-16',
  scf: '2018-04-16',
  sts: '2018-08-13',
  tag: '2018-08-13',
};

/** The emulator in front of a platform of its own, with a note of what it was asked by those that are redirected. */
export async function startTencentCloud(): Promise<TencentCloud> {
  const emulator = await startTestEmulator();
  const { port } = new URL(emulator.url);
  const relay = createServer((incoming, outgoing) => {
    void incoming.toArray().then((chunks) => {
      const body = Buffer.concat(chunks as Buffer[]);
      const call = nameOf(incoming, body.toString('latin1'));
      cloud.calls.push(call);
      cloud.before?.(call);
      const { method, url, headers } = incoming;
      request({ port, method, path: url, headers, agent: false }, (response) => {
        outgoing.writeHead(response.statusCode!, response.headers);
        response.pipe(outgoing);
      })
        .on('error', () => outgoing.destroy())
        .end(body);
    });
  });
  await new Promise<void>((resolve) => void relay.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(relay.address() as AddressInfo).port}`;

  const cloud: TencentCloud = {
    emulator,
    redirect: ['*.tencentcloudapi.com', '*.api.qcloud.com', '*.myqcloud.com', '*.tencentcs.com'].map(
      (host) => ({
        host,
        url,
      }),
    ),
    calls: [],
    api: (service, action, parameters = {}, region = REGION) =>
      callApi(emulator.url, service, action, parameters, region),
    cos: new COS({ SecretId: KEYS.id, SecretKey: KEYS.secret, Proxy: emulator.url, Protocol: 'http:' }),
    close: async () => {
      await new Promise((resolve) => {
        relay.close(resolve);
        relay.closeAllConnections();
      });
      await emulator.close();
    },
  };
  return cloud;
}

async function callApi(
  url: string,
  service: string,
  action: string,
  parameters: JsonObject,
  region: string,
): Promise<JsonObject> {
  const body = Buffer.from(JSON.stringify(parameters));
  const timestamp = Math.floor(Date.now() / 1000);
  const headers = { 'content-type': 'application/json', host: new URL(url).host };
  const signed = { method: 'POST', path: '/', query: '', headers, body };
  const answer = await fetch(url, {
    method: 'POST',
    body,
    headers: {
      'content-type': headers['content-type'],
      authorization: signTc3(signed, KEYS, { timestamp, service }),
      'x-tc-action': action,
      'x-tc-version': VERSIONS[service]!,
      'x-tc-timestamp': String(timestamp),
      'x-tc-region': region,
    },
  });
  const { Response } = (await answer.json()) as { Response: JsonObject & { Error?: ApiFailure } };
  const { Error: failure, ...result } = Response;
  if (failure !== undefined) throw Object.assign(new Error(failure.Message), { code: failure.Code });
  return result;
}

function nameOf({ method, url = '/', headers }: IncomingMessage, body: string): string {
  const { pathname, search, searchParams } = new URL(url, 'http://cloud');
  const host = headers.host ?? '';
  if (host.endsWith('.myqcloud.com')) {
    const bucket = /^([^.]+)\.cos\./.exec(host)?.[1] ?? 'service';
    const setting = [...searchParams].find(([, value]) => value === '')?.[0];
    const rest = [decodeURIComponent(pathname).slice(1), setting === undefined ? '' : `?${setting}`];
    return ['cos', method, bucket, ...rest.filter(Boolean)].join(' ');
  }
  const action =
    headers['x-tc-action'] ?? searchParams.get('Action') ?? new URLSearchParams(body).get('Action');
  return `${host.split('.')[0]} ${String(action ?? `${method} ${pathname}${search}`)}`;
}
