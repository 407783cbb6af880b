import { isSameSecret } from '../../lib/same-secret.ts';
import { createFaults, type OpenFaults } from '../faults.ts';
import { type ApiAnswer, type ApiCall, startApiServer } from '../server.ts';
import { openStore } from '../store.ts';
import type { Emulator, EmulatorOptions } from '../types.ts';
import type { TencentContext, TencentHttpService } from './context.ts';
import { APP_ID, TencentError, type TencentService } from './service.ts';
import { actionServices, httpServices } from './services.ts';
import { errorAnswer, successAnswer } from './signing/answer.ts';
import { actionOf, dialectOf, readCall } from './signing/read-call.ts';
import type { Trust } from './signing/refusal.ts';

/** An object that is put in one piece; and what the cloud takes of a call: a package of 50 MB in base64, and some. */
const MOST_BYTES = 600 * 1024 * 1024;
const MOST_CALL_BYTES = 80 * 1024 * 1024;

/** Where clients are led that say no region. */
const REGION = 'ap-guangzhou';

interface Desk {
  context: TencentContext;
  faults: OpenFaults;
  actions: TencentService[];
  others: TencentHttpService[];
}

/**
 * Tencent Cloud's API in front of the platform: SCF, and of the other services what deploying to it needs. Rejects with PORT_TAKEN,
 * LISTEN_FAILED, STATE_BROKEN.
 */
export async function startTencentEmulator(options: EmulatorOptions): Promise<Emulator> {
  const { host, port, keys, onNotice } = options;
  const faults = createFaults();
  const context = contextOf(options, faults, () => server.url);
  const desk: Desk = { context, faults, actions: [], others: [] };
  for (const open of actionServices) desk.actions.push(await open(context));
  for (const open of httpServices) desk.others.push(await open(context));
  const closeServices = async (): Promise<void> => {
    await Promise.all([...desk.actions, ...desk.others].map(async (service) => service.close?.()));
  };
  const server = await startApiServer({
    host,
    port,
    mostBytes: MOST_BYTES,
    answer: (call) => answerCall(desk, originForm(call)),
    tooLarge,
    onNotice,
    forPort: (other) => `--emulate tencent:${other}`,
  }).catch(async (error: unknown) => {
    await closeServices();
    throw error;
  });
  const domainsUrl = context.peers.domains?.url;
  const address = server.url.replace('http://', '');
  return {
    name: 'tencent',
    url: server.url,
    env: {
      TENCENTCLOUD_SECRET_ID: keys.id,
      TENCENTCLOUD_SECRET_KEY: keys.secret,
      TENCENT_SECRET_ID: keys.id,
      TENCENT_SECRET_KEY: keys.secret,
      TENCENT_APP_ID: APP_ID,
      TENCENTCLOUD_REGION: REGION,
      TENCENTCLOUD_ENDPOINT: server.url,
      TENCENTCLOUD_COS_ENDPOINT: address,
      ...(domainsUrl === undefined ? {} : { TENCENTCLOUD_DOMAINS_ENDPOINT: domainsUrl }),
    },
    faults,
    close: async () => {
      await server.close();
      await closeServices();
    },
  };
}

function contextOf(options: EmulatorOptions, faults: OpenFaults, baseUrl: () => string): TencentContext {
  const { folder, platform, keys, host, onNotice, now = Date.now } = options;
  return {
    folder,
    platform,
    keys,
    now,
    onNotice,
    host,
    baseUrl,
    openStore: (name, empty) => openStore({ folder, name, empty, onNotice }),
    peers: {},
    takeFault: (operation) => faults.take(operation),
  };
}

async function answerCall(desk: Desk, call: ApiCall): Promise<ApiAnswer | 'dropped'> {
  if (dialectOf(call) !== undefined) return answerAction(desk, call);
  const other = desk.others.find((service) => service.takes(call));
  if (other !== undefined) return other.handle(call);
  return errorAnswer('v3', call.requestId, {
    code: 'MissingParameter',
    message: 'The request is missing a required parameter `Action`.',
  });
}

async function answerAction(
  { context, faults, actions }: Desk,
  call: ApiCall,
): Promise<ApiAnswer | 'dropped'> {
  const dialect = dialectOf(call)!;
  const { requestId } = call;
  try {
    if (call.body.length > MOST_CALL_BYTES) throw tooLargeError();
    const asked = readCall(call, trustOf(context), actions);
    const fault = faults.take(asked.action);
    if (fault === 'dropped') return 'dropped';
    if (typeof fault === 'object') return errorAnswer(dialect, requestId, fault, fault.status);
    const service = actions.find(({ name }) => name === asked.service)!;
    const result = await service.handle(asked);
    return fault === 'late' ? 'dropped' : successAnswer(dialect, requestId, result);
  } catch (error) {
    if (error instanceof TencentError) return errorAnswer(dialect, requestId, error);
    context.onNotice(`${actionOf(call)} failed: ${(error as Error).stack ?? String(error)}`);
    return errorAnswer(dialect, requestId, {
      code: 'InternalError',
      message: 'An internal error has occurred.',
    });
  }
}

function trustOf({ now, keys, peers }: TencentContext): Trust {
  return {
    now: now(),
    find: (id) => (isSameSecret(id, keys.id) ? { secret: keys.secret } : peers.temporaryKeys?.find(id)),
  };
}

/** Clients that take the emulator for a proxy send whole addresses. */
function originForm(call: ApiCall): ApiCall {
  const [, host, path = ''] = /^https?:\/\/([^/]+)(\/.*)?$/i.exec(call.path) ?? [];
  if (host === undefined) return call;
  return { ...call, path: path === '' ? '/' : path, headers: { ...call.headers, host } };
}

function tooLarge(call: Omit<ApiCall, 'body'>): ApiAnswer {
  const dialect = dialectOf(call);
  if (dialect !== undefined) return errorAnswer(dialect, call.requestId, tooLargeError());
  const body =
    '<?xml version="1.0"?><Error><Code>EntityTooLarge</Code><Message>The object is too large for this emulator.</Message></Error>';
  return { status: 400, headers: { 'content-type': 'application/xml' }, body };
}

function tooLargeError(): TencentError {
  return new TencentError('RequestSizeLimitExceeded', 'The request is too large.');
}
