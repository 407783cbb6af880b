import { RopewayError, errorMessage, systemCode } from '../../lib/errors.ts';
import { splitUrl } from './url.ts';
import type { OutgoingRequest } from './types.ts';

const refused = new Set(['ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH', 'EADDRNOTAVAIL']);

/** Why no answer came, as one of our errors; an error that is already ours passes. */
export function noAnswer(error: unknown, request: OutgoingRequest): RopewayError {
  if (error instanceof RopewayError) return error;
  const { origin, hostname } = splitUrl(request.url);
  const code = systemCode(error) ?? '';
  if (refused.has(code) || isRefusedOnAll(error)) {
    return new RopewayError({
      code: 'CONNECTION_REFUSED',
      message: `Nothing answers at ${origin}`,
      got: errorMessage(error) || code,
      fix: 'start the app with `ropeway dev`, or pass the right address with --url',
      cause: error,
    });
  }
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') {
    return new RopewayError({
      code: 'HOST_NOT_FOUND',
      message: `No host is known by the name ${hostname}`,
      got: errorMessage(error),
      fix: 'correct the name in --url or @host',
      cause: error,
    });
  }
  return new RopewayError({
    code: 'NO_ANSWER',
    message: `${request.method} ${request.url} was not answered with complete, valid HTTP`,
    got: describe(code, error),
    fix: 'look at the output of the app, and check http against https in the address',
    cause: error,
  });
}

/** For an exchange that took too long. */
export function timedOut(request: OutgoingRequest, timeoutMs: number): RopewayError {
  return new RopewayError({
    code: 'REQUEST_TIMEOUT',
    message: `${request.method} ${request.url} was not answered within ${timeoutMs / 1000} s`,
    fix: 'allow more time with --timeout <seconds>, or look at what the app is waiting for',
  });
}

/** A name with several addresses, each of which refuses. */
function isRefusedOnAll(error: unknown): boolean {
  return error instanceof AggregateError && error.errors.every((each) => refused.has(systemCode(each) ?? ''));
}

function describe(code: string, error: unknown): string {
  if (code === 'ECONNRESET') return `the connection was closed too early (${errorMessage(error)})`;
  return errorMessage(error);
}
