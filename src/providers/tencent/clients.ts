import type { Agent } from 'node:http';

import type { scf } from 'tencentcloud-sdk-nodejs-scf';

import { errorMessage, RopewayError, systemCode } from '../../lib/errors.ts';
import { cloudError } from '../cloud-error.ts';
import { retrying } from '../retry.ts';
import { camActions } from './actions.ts';
import { findKeys } from './credentials.ts';
import { explain } from './explain.ts';
import type { TencentOptions } from './options.ts';
import { triesOf } from './passing.ts';

export type Scf = InstanceType<typeof scf.v20180416.Client>;
type ActionName = Extract<keyof Scf, Capitalize<string>>;
export type Answer<A extends ActionName> = Awaited<ReturnType<Scf[A]>>;
export type Asked<A extends ActionName> = NonNullable<Parameters<Scf[A]>[0]>;

/** A client that knows actions by their names alone. */
export interface PlainClient {
  request(action: string, parameters: object): Promise<unknown>;
}

/** The services, loaded when the first is needed. Their calls reject with `RopewayError`s, whose code of Tencent Cloud `tencentCode` tells. */
export interface Clients {
  scf(): Promise<Scf>;
  cam(): Promise<PlainClient>;
  tag(): Promise<PlainClient>;
}

/** Seconds that a call may take: a package of 50 MB over a slow line, or a function that takes 300 s. */
const CALL_SECONDS = 600;
const TRIES = 8;
/** Actions that would be done twice when they are asked for twice: who calls them looks first whether the lost answer was a yes. */
const ONCE = /^(PublishVersion|PublishLayerVersion|Invoke)$/;
/** Nothing was asked at all. */
const UNSENT = /^(ENOTFOUND|EAI_AGAIN|ECONNREFUSED)$/;

export function openClients(options: TencentOptions): Clients {
  const make = <C>(service: string, version: string): (() => Promise<C>) => {
    let client: Promise<C> | undefined;
    return () => {
      client ??= makeClient(options, service, version) as Promise<C>;
      return client;
    };
  };
  return {
    scf: make<Scf>('scf', '2018-04-16'),
    cam: make<PlainClient>('cam', '2019-01-16'),
    tag: make<PlainClient>('tag', '2018-08-13'),
  };
}

/** The endpoint that calls go to when it is not Tencent Cloud's own. */
export function endpointOf({ endpoint, env = process.env }: TencentOptions): string | undefined {
  return endpoint ?? (env['TENCENTCLOUD_ENDPOINT'] || undefined);
}

/** The code that Tencent Cloud gave to an error that one of the clients rejected with; undefined: it is none. */
export function tencentCode(error: unknown): string | undefined {
  return error instanceof RopewayError && error.cause instanceof TencentCause ? error.cause.code : undefined;
}

/** Undefined instead of an error that says that it is not there. */
export async function orUndefined<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** Whether it was there; what is gone already needs no removal. */
export async function gone(removal: Promise<unknown>): Promise<boolean> {
  return (await orUndefined(removal.then(() => true))) ?? false;
}

export function isMissing(error: unknown): boolean {
  const code = tencentCode(error) ?? '';
  return /^(ResourceNotFound(\..*)?|FailedOperation\.Domain\.UnExist|NoSuch\w+|404)$/.test(code);
}

/** Whether something of this name is there already: somebody else made it, or the answer to an earlier try was lost. */
export function isThere(error: unknown): boolean {
  return /^(ResourceInUse(\..*)?|BucketAlreadyOwnedByYou)$/.test(tencentCode(error) ?? '');
}

/** Whether nobody knows if a call was done. */
export function isLost(error: unknown): boolean {
  const code = error instanceof RopewayError ? error.code : '';
  return tencentCode(error) !== undefined && (code === 'CLOUD_UNREACHABLE' || code === 'CLOUD_FAILED');
}

/** Where a call is made, for errors. */
export interface CallPlace {
  service: string;
  region: string;
  signal: AbortSignal;
  tries?: number | undefined;
}

/** Makes a call that ends with the signal, is tried again when that helps, and fails in our words. */
export function guarded<T>(place: CallPlace, action: string, call: () => Promise<T>): Promise<T> {
  const { service, region, signal, tries: most = TRIES } = place;
  if (camActions(service, action) === undefined)
    throw new TypeError(`${service} ${action} stands in no list of actions.`);
  let tries = 1;
  let tried = 0;
  return retrying(
    async () => {
      tried += 1;
      try {
        return await call();
      } catch (error) {
        signal.throwIfAborted();
        const failure = { service, action, region, ...factsOf(error) };
        const explained = explain(failure);
        const isUnheard = explained.code === 'CLOUD_UNREACHABLE';
        const isOnce = ONCE.test(action) && !UNSENT.test(failure.code);
        tries = isUnheard ? (isOnce ? 1 : most) : triesOf(action, failure.code, most);
        throw cloudError({
          cloud: 'Tencent Cloud',
          ...failure,
          action: `${service} ${action}`,
          explained,
          cause: new TencentCause(failure.code, failure.message),
        });
      }
    },
    { signal, isPassing: () => tried < tries, tries: Infinity, firstMs: 200, mostMs: 5000 },
  );
}

interface Requester {
  request(action: string, parameters: object, options?: object): Promise<unknown>;
}

async function makeClient(options: TencentOptions, service: string, version: string): Promise<Requester> {
  const { region, signal, tries } = options;
  const [{ scf: sdk }, keys] = await Promise.all([import('tencentcloud-sdk-nodejs-scf'), findKeys(options)]);
  // What every client of the SDK is made of; it is in a package of its own that comes with this one.
  const Base = Object.getPrototypeOf(sdk.v20180416.Client) as new (
    endpoint: string,
    version: string,
    config: object,
  ) => Requester;
  const config = {
    credential: keys,
    region,
    profile: { language: 'en-US', httpProfile: await httpProfile(options) },
  };
  const client: Requester =
    service === 'scf'
      ? new sdk.v20180416.Client(config as ConstructorParameters<typeof sdk.v20180416.Client>[0])
      : new Base(`${service}.tencentcloudapi.com`, version, config);
  const plain = client.request.bind(client);
  client.request = (action, parameters) =>
    guarded({ service, region, signal, tries }, action, () => plain(action, parameters, { signal }));
  return client;
}

/** The SDK reads `http_proxy` alone, and for loopback addresses, too. */
async function httpProfile(options: TencentOptions): Promise<object> {
  const { env = process.env } = options;
  const endpoint = endpointOf(options);
  if (endpoint !== undefined) {
    const { protocol, host } = new URL(endpoint);
    const { Agent: PlainAgent } = await import(protocol === 'https:' ? 'node:https' : 'node:http');
    return {
      endpoint: host,
      protocol: `${protocol}//`,
      reqTimeout: CALL_SECONDS,
      agent: new PlainAgent() as Agent,
    };
  }
  const proxy = env['HTTPS_PROXY'] || env['https_proxy'];
  return { reqTimeout: CALL_SECONDS, ...(proxy ? { proxy } : {}) };
}

/** What the SDKs throw holds addresses and headers: no part of that is for a log. */
class TencentCause extends Error {
  override readonly name = 'TencentCause';
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/** What the SDKs throw, as far as anybody knows it. */
interface SdkError {
  code?: string;
  message?: string;
  requestId?: string;
  RequestId?: string;
  httpCode?: number;
  statusCode?: number;
}

function factsOf(error: unknown): { code: string; message: string; status?: number; requestId?: string } {
  const { code, requestId, RequestId, httpCode, statusCode } = (error ?? {}) as SdkError;
  // What COS's SDK throws is not always an error.
  const message = (error as SdkError | undefined)?.message ?? errorMessage(error);
  const status = httpCode ?? statusCode;
  const id = requestId || RequestId;
  return {
    code: code || systemCodeIn(error, message, status),
    message,
    ...(status === undefined ? {} : { status }),
    ...(id ? { requestId: id } : {}),
  };
}

/** The SDK keeps nothing of a failed connection but a sentence. */
function systemCodeIn(error: unknown, message: string, status: number | undefined): string {
  const [said] = /\b(E[A-Z]{4,}|CERT_\w+|SELF_SIGNED\w+|UNABLE_TO_\w+)\b/.exec(message) ?? [];
  const known = said ?? systemCode(error);
  if (known !== undefined) return known;
  if (status !== undefined) return String(status);
  if (/timeout/i.test(message)) return 'TIMEOUT';
  if (/hang up|premature close|request to|invalid json/i.test(message)) return 'NO_ANSWER';
  return '';
}
