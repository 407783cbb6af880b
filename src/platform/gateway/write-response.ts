import type { Headers } from '../../events/types.ts';
import { InvocationError } from '../errors.ts';
import { withCors } from '../routing/cors.ts';
import { type Call, traceHeaders } from './call.ts';
import { dropHopByHop } from './headers.ts';

/** An answer that is there whole. */
export function writeResponse(call: Call, status: number, headers: Headers, body: Uint8Array): void {
  const { outgoing, record } = call;
  const bodiless = isBodiless(call, status);
  const kept = dropHopByHop(headers, bodiless);
  if (!bodiless) kept.push(['Content-Length', String(body.length)]);
  writeHead(call, status, kept);
  outgoing.end(bodiless ? undefined : body);
  record.responseBytes = bodiless ? 0 : body.length;
}

export function isBodiless({ incoming }: Call, status: number): boolean {
  return incoming.method === 'HEAD' || status === 204 || status === 304 || status < 200;
}

/** Throws BAD_RESULT for what is no HTTP. */
export function writeHead(call: Call, status: number, headers: Headers): void {
  const { outgoing, record } = call;
  try {
    outgoing.writeHead(status, ownHeaders(call, headers).flat());
  } catch (error) {
    throw new InvocationError(
      'BAD_RESULT',
      `the app's answer is not valid HTTP: ${(error as Error).message}`,
    );
  }
  record.status = status;
}

/** An answer's headers with what the gateway adds to every answer. */
export function ownHeaders({ target, incoming, wishes, record }: Call, headers: Headers): Headers {
  // A preflight's answer is the gateway's own already.
  const shared =
    target?.cors === undefined || target.preflight === true
      ? headers
      : withCors(target.cors, incoming.headers.origin, headers);
  if (wishes.trace) return [...shared, ...traceHeaders(record)];
  return target?.tellsId === true ? [...shared, ['x-ropeway-request-id', record.requestId]] : shared;
}
