import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';

import type { Headers, HttpRequest } from '../../events/types.ts';
import type { AppError } from '../../runtimes/protocol.ts';
import { InvocationError } from '../errors.ts';
import { type EventWishes, invokeWithEvent, type RunningFunction } from '../function.ts';
import type { AnswerBody, Instance } from '../instances/instance.ts';
import { preflightHeaders, withCors } from '../routing/cors.ts';
import type { InvocationRecord } from '../types.ts';
import {
  type Call,
  elapsed,
  newCall,
  noteAppError,
  noteEnd,
  noteError,
  noteFunction,
  noteStart,
} from './call.ts';
import { writeErrorAnswer } from './error-answer.ts';
import { dropHopByHop } from './headers.ts';
import { headersForBody, parseRequest } from './parse-request.ts';
import { proxyRequest } from './proxy.ts';
import { readBody } from './request-body.ts';
import { answerFromSite } from '../sites/answer.ts';
import type { Router, Target } from './target.ts';
import { isBodiless, ownHeaders, writeHead, writeResponse } from './write-response.ts';

export interface HandlerOptions {
  route: Router;
  /** False as long as functions are still to come that a request may be for; default true. */
  complete?(): boolean;
  /** For the developer's own machine: show what the app raised in error answers, honour the control headers. */
  isForDevelopment: boolean;
  onStart(record: InvocationRecord): void;
  onRecord(record: InvocationRecord, incoming: IncomingMessage): void;
}

/** Returns the gateway's request handler. */
export function requestHandler(options: HandlerOptions) {
  return (incoming: IncomingMessage, outgoing: ServerResponse): void => {
    const call = newCall(incoming, outgoing, options.route(incoming));
    serve(options, call)
      .catch((error: unknown) => fail(options, call, asInvocationError(error)))
      .finally(() => {
        call.record.totalMs = elapsed(call.arrived);
        options.onRecord(call.record, incoming);
      });
  };
}

async function serve(options: HandlerOptions, call: Call): Promise<void> {
  const { incoming, outgoing, record } = call;
  const target = routed(options, incoming, call.target);
  if (target.cors !== undefined && target.preflight === true) {
    writeResponse(call, 204, preflightHeaders(target.cors, incoming), NO_BODY);
    return;
  }
  if (target.refusal !== undefined) {
    const { status, headers, body: words } = target.refusal;
    writeResponse(call, status, headers, words);
    return;
  }
  const { request, wishes } = parseRequest(
    incoming,
    record.requestId,
    target.stage,
    options.isForDevelopment,
  );
  call.wishes = wishes;
  if (target.site !== undefined) {
    await answerFromSite(call, target.site, request.path, target.stage);
    return;
  }
  const body = await readBody(incoming, outgoing, target.requestBytes);
  request.body = body;
  request.headers = headersForBody(request.headers, body.length);
  record.requestBytes = body.length;
  const fn = target.pick();
  noteFunction(record, fn);
  const lease = await fn.acquire({
    fresh: wishes.cold,
    onGone: (listener) => outgoing.once('close', listener),
  });
  try {
    await noteStart(call, lease);
    options.onStart(record);
    await (lease.instance.kind === 'web'
      ? viaProxy(fn, call, lease.instance, request)
      : viaEvent(options, fn, call, lease.instance, request, target));
  } finally {
    lease.instance.requestId = undefined;
    lease.release();
  }
}

const NO_BODY = new Uint8Array();

/** What a route says, or NO_ROUTE. */
export function routed(
  { complete }: Pick<HandlerOptions, 'complete'>,
  incoming: IncomingMessage,
  target: Target | undefined,
): Target {
  if (target !== undefined) return target;
  if (complete?.() === false) {
    throw new InvocationError(
      'STARTING',
      'the platform is still loading functions; this may be for one of them',
    );
  }
  const path = (incoming.url ?? '/').split('?', 1)[0];
  const message = `no route takes ${incoming.method} ${incoming.headers.host ?? 'this host'} ${path}`;
  throw new InvocationError('NO_ROUTE', message);
}

async function viaEvent(
  options: HandlerOptions,
  fn: RunningFunction,
  call: Call,
  instance: Instance,
  request: HttpRequest,
  wishes: EventWishes,
): Promise<void> {
  const started = performance.now();
  try {
    const { response, stream, error } = await invokeWithEvent(
      instance,
      fn.spec(),
      call.record.version,
      request,
      wishes,
    );
    noteEnd(call, instance, started);
    if (error !== undefined) {
      noteAppError(call.record, error);
      if (options.isForDevelopment && error.traceback !== '') {
        showAppError(call, error, response.status);
        return;
      }
    }
    if (stream === undefined) writeResponse(call, response.status, response.headers, response.body);
    else {
      await streamResponse(call, response.status, response.headers, stream);
      noteEnd(call, instance, started);
    }
  } catch (error) {
    noteEnd(call, instance, started);
    throw error;
  }
}

async function viaProxy(
  fn: RunningFunction,
  call: Call,
  instance: Instance,
  request: HttpRequest,
): Promise<void> {
  const started = performance.now();
  const target = request.query === '' ? request.path : `${request.path}?${request.query}`;
  try {
    const { status, bytes } = await proxyRequest(
      instance,
      fn.spec(),
      call.incoming,
      target,
      request.body as Buffer,
      call.outgoing,
      (headers) => {
        noteEnd(call, instance, started);
        return ownHeaders(call, headers);
      },
    );
    call.record.status = status;
    call.record.responseBytes = bytes;
  } finally {
    noteEnd(call, instance, started);
  }
}

/** Part by part; returns when the instance is done with it, even if the client has gone before. */
async function streamResponse(
  call: Call,
  status: number,
  headers: Headers,
  stream: AnswerBody,
): Promise<void> {
  const { outgoing, record } = call;
  record.streamed = true;
  writeHead(call, status, dropHopByHop(headers, true));
  outgoing.flushHeaders();
  if (isBodiless(call, status)) stream.body.resume();
  else {
    stream.body.on('data', (chunk: Buffer) => {
      record.responseBytes += chunk.length;
    });
    try {
      await pipeline(stream.body, outgoing);
    } catch (error) {
      // Of the two ends the app's is the one to report: a client may go whenever it likes.
      if (error instanceof InvocationError) throw error;
    }
  }
  await stream.done;
  if (!outgoing.writableEnded) outgoing.end();
}

/** The app raised and its 500 is ours: show what it raised instead. */
function showAppError(call: Call, app: AppError, status: number): void {
  const error = new InvocationError('FUNCTION_ERROR', `${app.type}: ${app.message}`, app);
  Object.assign(error, { status });
  fail({ isForDevelopment: true }, call, error);
  noteAppError(call.record, app);
}

/** Answers with an error, as far as nothing has been answered yet, and notes it in the record. */
export function fail(
  options: { isForDevelopment: boolean },
  call: Pick<Call, 'incoming' | 'outgoing' | 'record' | 'target'>,
  error: InvocationError,
): void {
  const { incoming, outgoing, record, target } = call;
  noteError(record, error);
  if (outgoing.headersSent) {
    outgoing.destroy();
    return;
  }
  if (error.code === 'CLIENT_CLOSED') return;
  record.responseBytes = writeErrorAnswer(incoming, outgoing, error, {
    requestId: record.requestId,
    withDetails: options.isForDevelopment,
    // A page on another origin may read what went wrong.
    headers: target?.cors === undefined ? [] : withCors(target.cors, incoming.headers.origin, []),
  });
}

/** Whatever was thrown, as one of the platform's errors. */
export function asInvocationError(error: unknown): InvocationError {
  if (error instanceof InvocationError) return error;
  const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return new InvocationError('FUNCTION_ERROR', `unexpected failure in the gateway: ${message}`);
}
