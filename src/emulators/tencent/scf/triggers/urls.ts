import type { IncomingMessage } from 'node:http';

import { errorMessage, RopewayError } from '../../../../lib/errors.ts';
import type { Listening, Refused, Routed } from '../../../types.ts';
import type { FunctionName, QualifiedFunction, TencentContext } from '../../context.ts';
import { verifyTc3 } from '../../signing/tc3.ts';
import { allFunctions, type FunctionRecord, type TriggerRecord } from '../books.ts';
import type { Invocations } from '../invoking/invocations.ts';
import type { Ledger } from '../ledger.ts';
import { corsOf, type UrlDescription } from './url-description.ts';

/** Function URLs: an address of its own for each. */
export interface Urls {
  /** Listens where the books say that there is one, and nowhere else. */
  sync(): Promise<void>;
  /** Undefined: it answers nowhere. */
  of(wanted: FunctionName, trigger: Pick<TriggerRecord, 'url'>): string | undefined;
  close(): Promise<void>;
}

interface UrlsOptions {
  context: TencentContext;
  ledger: Ledger;
  invocations: Invocations;
}

export function openUrls({ context, ledger, invocations }: UrlsOptions): Urls {
  const listening = new Map<string, Listening>();
  let last: Promise<void> = Promise.resolve();

  const route = (wanted: FunctionName, id: string, request: IncomingMessage): Routed | Refused => {
    const found = findUrl(ledger, wanted, id);
    if (found === undefined) return refused(404, 'this function URL is gone');
    const { record, trigger } = found;
    const description = trigger.description as UrlDescription;
    if (!trigger.enabled) return refused(403, 'this function URL is closed');
    const isPreflight =
      request.method === 'OPTIONS' && request.headers['access-control-request-method'] !== undefined;
    const refusal =
      description.AuthType === 'CAM' && !isPreflight ? refuseUnsigned(context, request) : undefined;
    if (refusal !== undefined) return refused(401, refusal);
    return routeTo(invocations, { ...wanted, qualifier: trigger.qualifier }, record, {
      cors: corsOf(description),
      route: '/*',
    });
  };

  const open = async (wanted: FunctionName, trigger: TriggerRecord): Promise<void> => {
    const { id, port } = trigger.url!;
    const ask = (wish: number): Promise<Listening> =>
      context.platform.listen({ port: wish, route: (request) => route(wanted, id, request) });
    let found = await ask(port).catch((error: unknown) => {
      if (!(error instanceof RopewayError)) throw error;
      context.onNotice(`the URL of ${wanted.name} moves: ${error.message}`);
      return undefined;
    });
    found ??= await ask(0);
    listening.set(id, found);
    if (found.port === port) return;
    await ledger.change(wanted, (draft) => {
      for (const one of draft.triggers) if (one.url?.id === id) one.url.port = found.port;
    });
  };

  const syncNow = async (): Promise<void> => {
    const wanted = new Map<string, [FunctionName, TriggerRecord]>();
    for (const { record, ...place } of allFunctions(ledger.books()))
      for (const trigger of record.triggers)
        if (trigger.url !== undefined) wanted.set(trigger.url.id, [place, trigger]);
    for (const [id, one] of listening) {
      if (wanted.has(id)) continue;
      listening.delete(id);
      // Who has been answered may still read: nobody waits for that.
      void one.close().catch((error: unknown) => context.onNotice(errorMessage(error)));
    }
    for (const [id, [place, trigger]] of wanted) if (!listening.has(id)) await open(place, trigger);
  };

  return {
    sync: () => {
      last = last.catch(() => undefined).then(syncNow);
      return last;
    },
    of: (_wanted, { url }) => (url === undefined ? undefined : listening.get(url.id)?.url),
    close: async () => {
      await last.catch(() => undefined);
      await Promise.all([...listening.values()].map((one) => one.close()));
      listening.clear();
    },
  };
}

/** Where a request goes that has come to a function: a web function gets it as it is, an event function as an event. */
export function routeTo(
  invocations: Invocations,
  wanted: QualifiedFunction,
  { type }: FunctionRecord,
  { cors, route }: { cors: Routed['cors']; route: string },
): Routed | Refused {
  const code = invocations.codeFor(wanted);
  if (typeof code === 'string') return refused(503, code);
  return {
    kind: 'routed',
    code,
    route,
    eventFormat: 'tencent-url',
    stage: '',
    ...(cors === undefined ? {} : { cors }),
    stream: type === 'HTTP',
  };
}

/** An answer of the function URL itself. */
export function refused(status: number, message: string): Refused {
  return {
    kind: 'refused',
    status,
    headers: [['Content-Type', 'application/json']],
    body: JSON.stringify({ errorCode: -1, errorMessage: message, statusCode: status }),
  };
}

function findUrl(
  ledger: Ledger,
  wanted: FunctionName,
  id: string,
): { record: FunctionRecord; trigger: TriggerRecord } | undefined {
  const functions = ledger.books().regions[wanted.region]?.namespaces[wanted.namespace]?.functions ?? {};
  const record = Object.hasOwn(functions, wanted.name) ? functions[wanted.name] : undefined;
  const trigger = record?.triggers.find(({ url }) => url?.id === id);
  return record === undefined || trigger === undefined ? undefined : { record, trigger };
}

/**
 * What is wrong with the signature that a URL with AuthType CAM wants: TC3-HMAC-SHA256 for the service `scf`, of the path or of `/`. It
 * is looked at before the body is there: a request with a body cannot be accepted unless it says that its body is not signed.
 */
function refuseUnsigned(context: TencentContext, request: IncomingMessage): string | undefined {
  const [path = '/', query = ''] = (request.url ?? '/').split('?');
  const { method = 'GET', headers } = request;
  const hasBody = headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
  if (hasBody && headers['x-tc-content-sha256'] !== 'UNSIGNED-PAYLOAD')
    return 'this emulator checks signatures of bodies at no function URL: sign UNSIGNED-PAYLOAD (X-TC-Content-SHA256)';
  const trust = {
    now: context.now(),
    find: (id: string) =>
      id === context.keys.id ? { secret: context.keys.secret } : context.peers.temporaryKeys?.find(id),
  };
  const isSigned = [path, '/'].some((signed) => {
    try {
      const { service } = verifyTc3({ method, path: signed, query, headers, body: Buffer.alloc(0) }, trust);
      return service === 'scf';
    } catch {
      return false;
    }
  });
  return isSigned ? undefined : 'the request is not signed, or its signature is wrong';
}
