import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

import type { JsonObject } from '../../../events/types.ts';
import type { Cors, Listening, Refused, Routed } from '../../types.ts';
import type { Store } from '../../store.ts';
import type { AwsContext } from '../context.ts';
import { AwsError, ACCOUNT } from '../service.ts';
import { readSignature } from '../signing/read-signature.ts';
import { canonicalRequest, signature, stringToSign } from '../signing/sigv4.ts';
import { isSameSecret } from '../../../lib/same-secret.ts';
import type { Books, UrlConfig } from './books.ts';
import { functionKey } from './names.ts';
import { chooseRevision, isAllowed } from './routing.ts';
import type { Calls } from './running.ts';

/** The addresses of functions: a port each, which stays theirs. */
export interface Urls {
  /** Listens where the books say so, and no longer elsewhere. */
  apply(): Promise<void>;
  /** A port for a new address; it listens from now on. */
  open(key: string): Promise<number>;
  address(config: UrlConfig): string;
  close(): Promise<void>;
}

export function createUrls(context: AwsContext, store: Store<Books>, calls: Calls): Urls {
  /** By `region/name/qualifier`. */
  const listening = new Map<string, Listening>();
  const open = async (key: string, port?: number): Promise<Listening> => {
    const known = listening.get(key);
    if (known !== undefined) return known;
    const opened = await context.platform.listen({
      ...(port === undefined ? {} : { port }),
      route: (request) => routeOf(context, store.current(), calls, key, request),
    });
    listening.set(key, opened);
    return opened;
  };
  return {
    open: async (key) => (await open(key)).port,
    address: ({ port }) => `${context.baseUrl().replace(/:\d+$/, '')}:${port}/`,
    apply: async () => {
      const wanted = new Map<string, UrlConfig>();
      for (const fn of Object.values(store.current().functions))
        for (const [qualifier, url] of Object.entries(fn.urls)) wanted.set(urlKey(fn, qualifier), url);
      for (const [key, one] of listening) {
        if (wanted.has(key)) continue;
        listening.delete(key);
        await one.close();
      }
      for (const [key, { port }] of wanted) {
        await open(key, port).catch((error: unknown) =>
          context.onNotice(`the address of ${key} does not answer: ${(error as Error).message}`),
        );
      }
    },
    close: async () => {
      await Promise.all([...listening.values()].map((one) => one.close()));
      listening.clear();
    },
  };
}

export function urlKey(fn: { region: string; name: string }, qualifier: string): string {
  return `${functionKey(fn)}/${qualifier}`;
}

function routeOf(
  context: AwsContext,
  { functions }: Books,
  calls: Calls,
  key: string,
  request: IncomingMessage,
): Routed | Refused | undefined {
  const at = key.lastIndexOf('/');
  const [name, qualifier] = [key.slice(0, at), key.slice(at + 1)];
  const fn = functions[name];
  const url = fn?.urls[qualifier];
  if (fn === undefined || url === undefined) return undefined;
  const cors = corsOf(url);
  const isPreflight =
    request.method === 'OPTIONS' && request.headers['access-control-request-method'] !== undefined;
  if (!(isPreflight && cors !== undefined)) {
    const refused = url.authType === 'NONE' ? refuseAnyone(fn, qualifier) : refuseUnsigned(context, request);
    if (refused !== undefined) return refused;
  }
  const code = calls.of({ functions } as Books, fn, chooseRevision(fn, qualifier, Math.random()));
  return {
    kind: 'routed',
    code,
    route: '/*',
    eventFormat: 'aws-v2',
    stage: '',
    ...(cors === undefined ? {} : { cors }),
    stream: url.invokeMode === 'RESPONSE_STREAM',
    finishEvent: (event) => {
      const own = event['requestContext'] as JsonObject;
      return {
        ...event,
        requestContext: {
          ...own,
          accountId: url.authType === 'NONE' ? 'anonymous' : ACCOUNT,
          apiId: url.id,
          domainPrefix: url.id,
          // As in the cloud, by which programs know a function URL. Where it really is stands in the header Host.
          domainName: `${url.id}.lambda-url.${fn.region}.on.aws`,
          stage: '$default',
          routeKey: '$default',
        },
      };
    },
  };
}

/** Anyone may call it when both permissions say so (since 2025-10). */
function refuseAnyone(fn: Parameters<typeof isAllowed>[0], qualifier: string): Refused | undefined {
  const open = (action: string): boolean =>
    isAllowed(fn, qualifier, { action, principal: '*', authType: 'NONE' });
  return open('lambda:InvokeFunctionUrl') && open('lambda:InvokeFunction') ? undefined : FORBIDDEN;
}

const FORBIDDEN: Refused = {
  kind: 'refused',
  status: 403,
  headers: [
    ['Content-Type', 'application/json'],
    ['x-amzn-ErrorType', 'AccessDeniedException'],
  ],
  body: '{"Message":"Forbidden. For troubleshooting Function URL authorization issues, see: https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html"}',
};

/** The body is not there yet: its digest has to be in a header, as the SDKs' signers can be told. */
function refuseUnsigned({ keys, now, peers }: AwsContext, request: IncomingMessage): Refused | undefined {
  try {
    const [path = '/', query = ''] = (request.url ?? '/').split('?', 2);
    const signed = readSignature({ headers: request.headers, query });
    if (signed === undefined) return FORBIDDEN;
    const { keyId, scope, time, signedHeaders } = signed;
    const key = isSameSecret(keyId, keys.id) ? { secret: keys.secret } : peers.temporaryKeys?.find(keyId);
    const payload = request.headers['x-amz-content-sha256'] ?? EMPTY;
    if (key === undefined || scope.service !== 'lambda' || Math.abs(timeOf(time) - now()) > SKEW_MS)
      return FORBIDDEN;
    const headers: Record<string, string[]> = {};
    for (const name of signedHeaders) headers[name] = [request.headers[name] ?? ''].flat();
    const canonical = canonicalRequest(
      { method: request.method ?? 'GET', path, query, headers, signedHeaders, payloadHash: String(payload) },
      { normalizes: true },
    );
    const expected = signature(stringToSign(canonical, time, scope), key.secret, scope);
    return isSameSecret(signed.signature, expected) ? undefined : FORBIDDEN;
  } catch (error) {
    if (error instanceof AwsError) return FORBIDDEN;
    throw error;
  }
}

const SKEW_MS = 300_000;
const EMPTY = createHash('sha256').update('').digest('hex');

function timeOf(time: string): number {
  return Date.parse(time.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));
}

function corsOf({ cors }: UrlConfig): Cors | undefined {
  if (cors === undefined) return undefined;
  const list = (key: string): string[] | undefined => cors[key] as string[] | undefined;
  return {
    allowOrigins: list('AllowOrigins') ?? [],
    allowMethods: list('AllowMethods'),
    allowHeaders: list('AllowHeaders'),
    exposeHeaders: list('ExposeHeaders'),
    allowCredentials: cors['AllowCredentials'] as boolean | undefined,
    maxAge: cors['MaxAge'] as number | undefined,
  };
}
