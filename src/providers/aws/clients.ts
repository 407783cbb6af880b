import type { ApiGatewayV2 } from '@aws-sdk/client-apigatewayv2';
import type { CloudWatchLogs } from '@aws-sdk/client-cloudwatch-logs';
import type { IAM } from '@aws-sdk/client-iam';
import type { Lambda } from '@aws-sdk/client-lambda';
import type { S3 } from '@aws-sdk/client-s3';
import type { STS } from '@aws-sdk/client-sts';

import { errorMessage, RopewayError } from '../../lib/errors.ts';
import { cloudError } from '../cloud-error.ts';
import { retrying } from '../retry.ts';
import { iamActions, type Service } from './actions.ts';
import { credentialsOf } from './credentials.ts';
import { codeOf, explain } from './explain.ts';
import { type AwsOptions, silenceSdk } from './options.ts';
import { triesOf } from './passing.ts';

/** The services, each loaded when it is first needed. Their calls reject with `RopewayError`s, whose code of AWS `awsCode` tells. */
export interface Clients {
  lambda(): Promise<Lambda>;
  /** Never calls twice by itself, as what is called may have been done. */
  lambdaOnce(): Promise<Lambda>;
  iam(): Promise<IAM>;
  logs(): Promise<CloudWatchLogs>;
  gateway(): Promise<ApiGatewayV2>;
  s3(): Promise<S3>;
  sts(): Promise<STS>;
}

/** Tries of a call that is throttled, or gets no answer. */
const TRIES = 8;

export function openClients(options: AwsOptions): Clients {
  silenceSdk();
  const { region, signal, tries = TRIES } = options;
  const endpoint = options.endpoint ?? options.env?.['AWS_ENDPOINT_URL'];
  const settings = {
    region,
    maxAttempts: tries,
    retryMode: 'adaptive',
    ...(endpoint === undefined || endpoint === '' ? {} : { endpoint }),
    requestHandler: { connectionTimeout: 10_000 },
  };
  const make = <C extends Sender>(
    service: Service,
    load: (credentials: Awaited<ReturnType<typeof credentialsOf>>) => Promise<C>,
  ): (() => Promise<C>) => {
    let client: Promise<C> | undefined;
    return () => {
      client ??= credentialsOf(options).then(async (credentials) => {
        const made = guarded(await load(credentials), service, options);
        signal.addEventListener('abort', () => made.destroy(), { once: true });
        return made;
      });
      return client;
    };
  };
  return {
    lambda: make('lambda', async (credentials) => {
      const { Lambda: Client } = await import('@aws-sdk/client-lambda');
      return new Client({ ...settings, ...credentials });
    }),
    lambdaOnce: make('lambda', async (credentials) => {
      const { Lambda: Client } = await import('@aws-sdk/client-lambda');
      return new Client({ ...settings, ...credentials, maxAttempts: 1 });
    }),
    iam: make('iam', async (credentials) => {
      const { IAM: Client } = await import('@aws-sdk/client-iam');
      return new Client({ ...settings, ...credentials });
    }),
    logs: make('logs', async (credentials) => {
      const { CloudWatchLogs: Client } = await import('@aws-sdk/client-cloudwatch-logs');
      return new Client({ ...settings, ...credentials });
    }),
    gateway: make('apigatewayv2', async (credentials) => {
      const { ApiGatewayV2: Client } = await import('@aws-sdk/client-apigatewayv2');
      return new Client({ ...settings, ...credentials });
    }),
    s3: make('s3', async (credentials) => {
      const { S3: Client } = await import('@aws-sdk/client-s3');
      // A bucket's name as a host's is nothing that another endpoint has.
      const forcePathStyle = 'endpoint' in settings || process.env['AWS_ENDPOINT_URL'] !== undefined;
      return new Client({ ...settings, ...credentials, forcePathStyle });
    }),
    sts: make('sts', async (credentials) => {
      const { STS: Client } = await import('@aws-sdk/client-sts');
      return new Client({ ...settings, ...credentials });
    }),
  };
}

/** The code that AWS gave to an error that one of the clients rejected with; undefined: it is none. */
export function awsCode(error: unknown): string | undefined {
  return error instanceof RopewayError && error.cause instanceof AwsCause ? error.cause.code : undefined;
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

/** Whether something of this name is there already: somebody else made it, or the answer to an earlier try was lost. */
export function isThere(error: unknown): boolean {
  return /^(ResourceConflictException|ConflictException|EntityAlreadyExists(Exception)?)$/.test(
    awsCode(error) ?? '',
  );
}

export function isMissing(error: unknown): boolean {
  const code = awsCode(error) ?? '';
  return /^(ResourceNotFoundException|NoSuch\w+|NotFound(Exception)?|\w+NotFoundException|404)$/.test(code);
}

interface Sender {
  send: unknown;
  destroy(): void;
}

interface Command {
  constructor: { name: string };
}

type Send = (command: Command, options?: object) => Promise<unknown>;

/** The client, whose calls end with the signal, are tried again when that helps, and fail in our words. */
function guarded<C extends Sender>(client: C, service: Service, options: AwsOptions): C {
  const { signal, region, profile } = options;
  const plain = (client.send as Send).bind(client);
  const send: Send = (command, more) => {
    const operation = command.constructor.name.replace(/Command$/, '');
    if (iamActions(service, operation) === undefined) {
      throw new TypeError(`${service} ${operation} stands in no list of actions.`);
    }
    let tries = 1;
    let tried = 0;
    return retrying(
      async () => {
        tried += 1;
        try {
          return await untilAborted(plain(command, { abortSignal: signal, ...more }), signal);
        } catch (error) {
          signal.throwIfAborted();
          const failure = failureOf(error, { service, operation, region, profile });
          tries = triesOf(service, operation, failure.code, failure.message);
          throw cloudError({
            cloud: 'AWS',
            ...failure,
            explained: explain(failure),
            cause: new AwsCause(failure.code, failure.message),
          });
        }
      },
      { signal, isPassing: () => tried < tries, tries: Infinity, firstMs: 500, mostMs: 5000 },
    );
  };
  client.send = send;
  return client;
}

/** The SDK waits between its tries without a look at the signal. */
async function untilAborted<T>(answer: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted();
  let stop = (): void => undefined;
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(signal.reason as Error);
    signal.addEventListener('abort', stop, { once: true });
  });
  try {
    return await Promise.race([answer, aborted]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

/** What the SDK throws holds request and response with all of their headers: no part of that is for a log. */
class AwsCause extends Error {
  override readonly name = 'AwsCause';
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/** What the SDK throws, as far as anybody knows it. */
interface SdkError {
  message?: string;
  $metadata?: { requestId?: string; httpStatusCode?: number };
  $response?: unknown;
}

function failureOf(
  error: unknown,
  call: { service: Service; operation: string; region: string; profile: string | undefined },
): Parameters<typeof explain>[0] & { requestId: string | undefined; action: string } {
  const { $metadata } = error as SdkError;
  return {
    ...call,
    code: codeOf(error),
    message: errorMessage(error),
    status: $metadata?.httpStatusCode,
    requestId: $metadata?.requestId,
    action: `${call.service} ${call.operation}`,
  };
}
