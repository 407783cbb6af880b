import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import type { HostRedirect } from '../../src/components/published/host.ts';
import { type Actions, actionOf, CloudError } from './recorded-cloud/actions.ts';
import { createFunctions, type Functions } from './recorded-cloud/functions.ts';
import { createGateway } from './recorded-cloud/gateway.ts';
import { type CloudRequest, readRequest } from './recorded-cloud/request.ts';
import { checkSignature } from './recorded-cloud/signatures.ts';
import { createStorage } from './recorded-cloud/storage.ts';

export const CREDENTIALS = { SecretId: 'AKIDrecordedcloud0001', SecretKey: 'recorded+cloud/secret=key' };

/** Without a request id, the client takes another host for the next attempt. */
const STORAGE_HEADERS = { 'content-type': 'application/xml', 'x-cos-request-id': 'request-1' };

export const APP_ID = '1250000000';

export interface RecordedCloud
  extends
    Pick<Functions, 'functions' | 'layers' | 'roles'>,
    Pick<ReturnType<typeof createGateway>, 'services' | 'hosts'>,
    Pick<ReturnType<typeof createStorage>, 'buckets'> {
  /** Sends the hosts of Tencent Cloud here. */
  redirect: HostRedirect[];
  /** `scf CreateFunction`, `cos PUT <bucket> <key>`, in the order that they came in. */
  calls: string[];
  /** What was wrong with requests: signatures, unknown actions. */
  wrong: string[];
  /** Called before each action, but for object storage; a CloudError that it throws is the answer. */
  before?: (call: string) => void;
  close(): Promise<void>;
}

/** Tencent Cloud as the published components of 2020 see it: enough of it, with a memory, to deploy, deploy again and remove. */
export async function startRecordedCloud(): Promise<RecordedCloud> {
  const storage = createStorage();
  const hasObject = (bucket: string, key: string): boolean =>
    storage.buckets.get(`${bucket}-${APP_ID}`)?.objects.has(key) ?? false;
  const { functions, layers, roles, actions: current } = createFunctions(hasObject);
  const { services, hosts, actions: old } = createGateway();

  const server = createServer((message, response) => {
    void readRequest(message).then((request) => respond(request, response));
  });

  async function respond(request: CloudRequest, response: ServerResponse): Promise<void> {
    const wrong = checkSignature(request, {
      secretId: CREDENTIALS.SecretId,
      secretKey: CREDENTIALS.SecretKey,
    });
    if (wrong !== undefined) cloud.wrong.push(wrong);
    const call = nameOf(request);
    cloud.calls.push(call);
    if (request.host.endsWith('.myqcloud.com')) {
      const { status, body } = storage.answer(request);
      response.writeHead(status, STORAGE_HEADERS).end(body);
      return;
    }
    const service = request.host.split('.')[0]!;
    const isOld = service in old;
    const run = ((isOld ? old : current) as Record<string, Actions>)[service]?.[actionOf(request)];
    if (run === undefined) cloud.wrong.push(`no such action: ${call}`);
    const answer = runAction(() => {
      cloud.before?.(call);
      return run?.(request.params) ?? {};
    }, isOld);
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
  }

  const cloud: RecordedCloud = {
    functions,
    layers,
    roles,
    services,
    hosts,
    buckets: storage.buckets,
    redirect: [],
    calls: [],
    wrong: [],
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  cloud.redirect = ['*.tencentcloudapi.com', '*.api.qcloud.com', '*.myqcloud.com'].map((host) => ({
    host,
    url,
  }));
  return cloud;
}

function nameOf(request: CloudRequest): string {
  if (!request.host.endsWith('.myqcloud.com')) return `${request.host.split('.')[0]} ${actionOf(request)}`;
  const bucket = /^([^.]+)\.cos\./.exec(request.host)?.[1] ?? 'service';
  const setting = Object.entries(request.query).find(([, value]) => value === '')?.[0];
  const rest = [request.path.slice(1), setting === undefined ? '' : `?${setting}`].filter(Boolean);
  return ['cos', request.method, bucket, ...rest].join(' ');
}

function runAction(run: () => object, isOld: boolean): object {
  try {
    return isOld ? { code: 0, message: '', ...run() } : { Response: { ...run(), RequestId: 'request-1' } };
  } catch (error) {
    if (!(error instanceof CloudError)) throw error;
    const { code, message } = error;
    if (isOld) return { code: Number(code), message };
    return { Response: { Error: { Code: code, Message: message }, RequestId: 'request-1' } };
  }
}
