import { isSameSecret } from '../../lib/same-secret.ts';
import { createFaults, type OpenFaults } from '../faults.ts';
import { type ApiAnswer, type ApiCall, startApiServer } from '../server.ts';
import { openStore } from '../store.ts';
import type { Emulator, EmulatorOptions } from '../types.ts';
import type { AwsContext } from './context.ts';
import { AwsError, type AwsService } from './service.ts';
import { awsServices } from './services.ts';
import { readSignature, type Signature } from './signing/read-signature.ts';
import { type Trust, verifyCall } from './signing/verify.ts';

/** An object that is put in one piece. */
const MOST_BYTES = 600 * 1024 * 1024;
const REGION = 'us-east-1';

interface Desk {
  context: AwsContext;
  faults: OpenFaults;
  services: AwsService[];
}

/**
 * AWS's API in front of the platform: Lambda, and of the other services what deploying to it needs. Services are told by the scope of the signature. Rejects
 * with PORT_TAKEN, LISTEN_FAILED, STATE_BROKEN.
 */
export async function startAwsEmulator(options: EmulatorOptions): Promise<Emulator> {
  const { host, port, folder, platform, keys, onNotice, now = Date.now } = options;
  const faults = createFaults();
  const context: AwsContext = {
    folder,
    platform,
    keys,
    now,
    onNotice,
    baseUrl: () => server.url,
    openStore: (name, empty) => openStore({ folder, name, empty, onNotice }),
    peers: {},
  };
  const desk: Desk = { context, faults, services: [] };
  for (const open of awsServices) desk.services.push(await open(context));
  const closeServices = async (): Promise<void> => {
    await Promise.all(desk.services.map(async (service) => service.close?.()));
  };
  const server = await startApiServer({
    host,
    port,
    mostBytes: MOST_BYTES,
    answer: (call) => answerCall(desk, originForm(call)),
    tooLarge: () => ({ status: 413, headers: {}, body: '' }),
    onNotice,
    forPort: (other) => `--emulate aws:${other}`,
  }).catch(async (error: unknown) => {
    await closeServices();
    throw error;
  });
  for (const service of desk.services) await service.listening?.();
  return {
    name: 'aws',
    url: server.url,
    env: {
      AWS_ENDPOINT_URL: server.url,
      AWS_ACCESS_KEY_ID: keys.id,
      AWS_SECRET_ACCESS_KEY: keys.secret,
      AWS_REGION: REGION,
      AWS_DEFAULT_REGION: REGION,
    },
    faults,
    close: async () => {
      await server.close();
      await closeServices();
    },
  };
}

async function answerCall(desk: Desk, call: ApiCall): Promise<ApiAnswer | 'dropped'> {
  const { context, faults, services } = desk;
  const open = services.find((service) => service.takesUnsigned?.(call) === true);
  let service = open;
  try {
    const signed = open === undefined ? signatureOf(call) : undefined;
    if (signed !== undefined) {
      service = services.find(({ name }) => name === signed.scope.service);
      if (service === undefined) throw noService(signed.scope.service);
    }
    const body = signed === undefined ? call.body : verifyCall(call, signed, trustOf(context));
    const region = signed?.scope.region ?? REGION;
    const whole = {
      ...call,
      body,
      region,
      parameters: new URLSearchParams(call.query.replaceAll('+', '%2B')),
    };
    const operation = service!.operation(whole);
    const fault = operation === undefined ? undefined : faults.take(operation);
    if (fault === 'dropped') return 'dropped';
    if (typeof fault === 'object') throw new AwsError(fault.status, fault.code, fault.message);
    const answer = await service!.handle(whole);
    return fault === 'late' ? 'dropped' : answer;
  } catch (error) {
    const failure = error instanceof AwsError ? error : internal(context, call, error);
    return (service ?? services[0]!).failure(failure, call);
  }
}

/** Throws MissingAuthenticationTokenException. */
function signatureOf(call: ApiCall): Signature {
  const signed = readSignature(call);
  if (signed !== undefined) return signed;
  throw new AwsError(403, 'MissingAuthenticationTokenException', 'Missing Authentication Token');
}

function trustOf({ now, keys, peers }: AwsContext): Trust {
  return {
    now: now(),
    find: (id) => (isSameSecret(id, keys.id) ? { secret: keys.secret } : peers.temporaryKeys?.find(id)),
  };
}

function noService(name: string): AwsError {
  return new AwsError(
    400,
    'UnknownServiceException',
    `${name} is not emulated here; there are lambda, s3, apigateway, iam, sts, logs and tagging.`,
  );
}

function internal({ onNotice }: AwsContext, call: ApiCall, error: unknown): AwsError {
  onNotice(`${call.method} ${call.path} failed: ${(error as Error).stack ?? String(error)}`);
  return new AwsError(500, 'ServiceException', 'An internal error has occurred.');
}

/** Clients that take the emulator for a proxy send whole addresses. */
function originForm(call: ApiCall): ApiCall {
  const [, host, path = ''] = /^https?:\/\/([^/]+)(\/.*)?$/i.exec(call.path) ?? [];
  if (host === undefined) return call;
  return { ...call, path: path === '' ? '/' : path, headers: { ...call.headers, host } };
}
