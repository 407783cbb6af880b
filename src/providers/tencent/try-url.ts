import { createHash, createHmac } from 'node:crypto';

import { errorMessage } from '../../lib/errors.ts';
import { pause } from '../retry.ts';
import type { FunctionDeployment } from '../types.ts';
import { isThere } from './clients.ts';
import { findKeys } from './credentials.ts';
import { removeUrl, urlOf } from './function-url.ts';
import { listTriggers, type Trigger } from './look.ts';
import type { FunctionId } from './names.ts';
import type { Keys } from './options.ts';
import type { Tencent } from './tencent.ts';

/** Of an address that is there for the check alone. */
const NAME = 'ropeway-check';
/** An address that is new is not known everywhere at once. */
const KNOWN_MS = 60_000;
const ANSWER_MS = 120_000;

export interface UrlFailure {
  text: string;
  /** By which the log has it; '' when it is not known. */
  requestId: string;
}

/**
 * Requests `/` of a version of a web function over an address that is made for it alone, since SCF calls such functions in no other way. Undefined: the app
 * has answered, whatever; or nobody knows. Else what SCF says in its place.
 */
export async function tryUrl(
  tencent: Tencent,
  id: FunctionId,
  { cloud }: FunctionDeployment,
  version: string,
): Promise<UrlFailure | undefined> {
  const isPrivate = cloud!.settings.auth === 'iam';
  const url = await openUrl(tencent, id, version, isPrivate);
  if (url === undefined) return undefined;
  const keys = isPrivate ? await findKeys(tencent.options) : undefined;
  const end = Date.now() + KNOWN_MS;
  let failure: UrlFailure | undefined;
  for (;;) {
    const answer = await ask(url, keys, tencent.signal);
    if (answer.kind !== 'unknown') {
      failure = answer.kind === 'failed' ? answer : undefined;
      break;
    }
    if (Date.now() >= end) {
      tencent.note(
        `${id.FunctionName} version ${version} could not be tried before it serves: ${answer.text}`,
      );
      break;
    }
    await pause(1000, tencent.signal);
  }
  for (const trigger of await listTriggers(await tencent.clients.scf(), id))
    if (trigger.Type === 'http' && trigger.Qualifier === version) await removeUrl(tencent, id, trigger);
  return failure;
}

/** Takes addresses away that were there for a check that was cut off. */
export async function closeUrls(
  tencent: Tencent,
  id: FunctionId,
  triggers: readonly Trigger[],
): Promise<void> {
  for (const trigger of triggers) {
    const { Type, TriggerName, Description } = trigger;
    // SCF may give it a name of its own.
    if (Type === 'http' && [TriggerName, Description].includes(NAME)) await removeUrl(tencent, id, trigger);
  }
}

async function openUrl(
  tencent: Tencent,
  id: FunctionId,
  version: string,
  isPrivate: boolean,
): Promise<string | undefined> {
  const scf = await tencent.clients.scf();
  try {
    await scf.CreateTrigger({
      ...id,
      TriggerName: NAME,
      Description: NAME,
      Type: 'http',
      Qualifier: version,
      Enable: 'OPEN',
      TriggerDesc: JSON.stringify({
        AuthType: isPrivate ? 'CAM' : 'NONE',
        NetConfig: { EnableIntranet: false, EnableExtranet: true },
      }),
    });
  } catch (error) {
    // A check that was cut off, or the lost answer to an earlier try.
    if (!isThere(error)) throw error;
  }
  const triggers = await listTriggers(scf, id);
  return urlOf(triggers.find(({ Type, Qualifier }) => Type === 'http' && Qualifier === version));
}

type Answer = { kind: 'answered' } | ({ kind: 'failed' | 'unknown' } & UrlFailure);

async function ask(url: string, keys: Keys | undefined, signal: AbortSignal): Promise<Answer> {
  try {
    const response = await fetch(url, {
      redirect: 'manual',
      headers: { 'user-agent': 'ropeway', ...(keys === undefined ? {} : signed(url, keys)) },
      signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS)]),
    });
    const { status, headers } = response;
    const body = await response.text();
    const failure = platformError(body) ?? emulatedError(headers);
    if (failure === undefined) return { kind: 'answered' };
    // Of an address that is new: it is not there yet.
    const isUnknown = [401, 403, 404].includes(status);
    return {
      kind: isUnknown ? 'unknown' : 'failed',
      text: `status ${status}: ${failure.text}`,
      requestId: headers.get('x-scf-request-id') ?? failure.requestId,
    };
  } catch (error) {
    signal.throwIfAborted();
    const { cause } = error as Error;
    return { kind: 'unknown', text: errorMessage(cause ?? error), requestId: '' };
  }
}

/** What SCF answers in place of the app (doc 583/42611); undefined: it is the app's own answer. */
export function platformError(body: string): UrlFailure | undefined {
  try {
    const { errorCode, errorMessage: said, requestId = '' } = JSON.parse(body) as Record<string, unknown>;
    if (errorCode === undefined || typeof said !== 'string') return undefined;
    return { text: said, requestId: typeof requestId === 'string' ? requestId : '' };
  } catch {
    return undefined;
  }
}

/** What the platform of this machine says in its place. */
function emulatedError(headers: Headers): UrlFailure | undefined {
  const code = headers.get('x-ropeway-error');
  return code === null ? undefined : { text: code, requestId: headers.get('x-ropeway-request-id') ?? '' };
}

/** A signature of API 3.0 for a URL with AuthType CAM (doc 583/96100): of the path, and the host alone. */
function signed(url: string, { secretId, secretKey, token }: Keys): Record<string, string> {
  const { host, pathname } = new URL(url);
  const time = Math.floor(Date.now() / 1000);
  const date = new Date(time * 1000).toISOString().slice(0, 10);
  const hash = (text: string): string => createHash('sha256').update(text).digest('hex');
  const mac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();
  const names = 'content-type;host';
  const canonical = [
    'GET',
    pathname,
    '',
    'content-type:application/json',
    `host:${host}`,
    '',
    names,
    hash(''),
  ];
  const scope = `${date}/scf/tc3_request`;
  const text = ['TC3-HMAC-SHA256', time, scope, hash(canonical.join('\n'))].join('\n');
  const key = mac(mac(mac(`TC3${secretKey}`, date), 'scf'), 'tc3_request');
  return {
    'content-type': 'application/json',
    'x-tc-timestamp': String(time),
    authorization: `TC3-HMAC-SHA256 Credential=${secretId}/${scope}, SignedHeaders=${names}, Signature=${mac(key, text).toString('hex')}`,
    ...(token === undefined ? {} : { 'x-tc-token': token }),
  };
}
