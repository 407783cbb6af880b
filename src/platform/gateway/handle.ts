import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';

import type { Headers, HttpRequest } from '../../events/types.ts';
import type { AppError } from '../../runtimes/protocol.ts';
import { InvocationError } from '../errors.ts';
import { invokeWithEvent, type RunningFunction } from '../function.ts';
import type { AnswerBody, Instance } from '../instances/instance.ts';
import { instanceMemory, recentMemory } from '../instances/memory.ts';
import type { Lease } from '../scheduler/pool.ts';
import type { InvocationRecord } from '../types.ts';
import { writeErrorAnswer } from './error-answer.ts';
import { dropHopByHop } from './headers.ts';
import { headersForBody, parseRequest, type Wishes } from './parse-request.ts';
import { proxyRequest } from './proxy.ts';
import { readBody } from './request-body.ts';

export interface HandlerOptions {
  fn: RunningFunction;
  /** Show the app's tracebacks in error answers. */
  showErrors: boolean;
  onStart(record: InvocationRecord): void;
  onRecord(record: InvocationRecord): void;
}

/** Milliseconds under which looking at an instance's memory would take a good part of its request. */
const SHORT_MS = 5;

/** What one request gathers on its way; turned into answer headers and the record. */
interface Call {
  incoming: IncomingMessage;
  outgoing: ServerResponse;
  wishes: Wishes;
  record: InvocationRecord;
  arrived: number;
  version: number;
}

/** Returns the gateway's request handler for one function. */
export function requestHandler(options: HandlerOptions) {
  return (incoming: IncomingMessage, outgoing: ServerResponse): void => {
    const requestId = randomUUID();
    const call: Call = {
      incoming,
      outgoing,
      wishes: { trace: false, cold: false },
      record: newRecord(options.fn, incoming, requestId),
      arrived: performance.now(),
      version: options.fn.version(),
    };
    serve(options, call, requestId)
      .catch((error: unknown) => fail(options, call, asInvocationError(error)))
      .finally(() => {
        call.record.totalMs = round(performance.now() - call.arrived);
        options.onRecord(call.record);
      });
  };
}

async function serve(options: HandlerOptions, call: Call, requestId: string): Promise<void> {
  const { fn } = options;
  const { incoming, outgoing, record } = call;
  const spec = fn.spec();
  const { request, wishes } = parseRequest(incoming, requestId, spec.stage);
  call.wishes = wishes;
  const body = await readBody(incoming, outgoing, spec.limits.requestBytes);
  request.body = body;
  request.headers = headersForBody(request.headers, body.length);
  record.requestBytes = body.length;
  const lease = await fn.acquire({
    fresh: wishes.cold,
    onGone: (listener) => outgoing.once('close', listener),
  });
  try {
    await noteStart(call, lease);
    options.onStart(record);
    await (lease.instance.kind === 'web'
      ? viaProxy(options, call, lease, request)
      : viaEvent(options, call, lease, request));
  } finally {
    lease.instance.requestId = undefined;
    lease.release();
  }
}

async function viaEvent(
  options: HandlerOptions,
  call: Call,
  lease: Lease<Instance>,
  request: HttpRequest,
): Promise<void> {
  const started = performance.now();
  try {
    const { response, stream, error } = await invokeWithEvent(
      lease.instance,
      options.fn.spec(),
      call.version,
      request,
    );
    noteEnd(call, lease.instance, started);
    if (error !== undefined) {
      call.record.error = { code: 'APP_ERROR', message: `${error.type}: ${error.message}`, app: error };
      if (options.showErrors && error.traceback !== '') {
        showAppError(call, error, response.status);
        return;
      }
    }
    if (stream === undefined) writeResponse(call, response.status, response.headers, response.body);
    else {
      await streamResponse(call, response.status, response.headers, stream);
      noteEnd(call, lease.instance, started);
    }
  } catch (error) {
    noteEnd(call, lease.instance, started);
    throw error;
  }
}

async function viaProxy(
  options: HandlerOptions,
  call: Call,
  lease: Lease<Instance>,
  request: HttpRequest,
): Promise<void> {
  const started = performance.now();
  const target = request.query === '' ? request.path : `${request.path}?${request.query}`;
  try {
    const { status, bytes } = await proxyRequest(
      lease.instance,
      options.fn.spec(),
      call.incoming,
      target,
      request.body as Buffer,
      call.outgoing,
      () => {
        noteEnd(call, lease.instance, started);
        return call.wishes.trace ? traceHeaders(call.record) : [];
      },
    );
    call.record.status = status;
    call.record.responseBytes = bytes;
  } finally {
    noteEnd(call, lease.instance, started);
  }
}

function writeResponse(call: Call, status: number, headers: Headers, body: Uint8Array): void {
  const { outgoing, record } = call;
  const bodiless = isBodiless(call, status);
  const kept = dropHopByHop(headers, bodiless);
  if (!bodiless) kept.push(['Content-Length', String(body.length)]);
  writeHead(call, status, kept);
  outgoing.end(bodiless ? undefined : body);
  record.responseBytes = bodiless ? 0 : body.length;
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

function isBodiless({ incoming }: Call, status: number): boolean {
  return incoming.method === 'HEAD' || status === 204 || status === 304 || status < 200;
}

function writeHead({ outgoing, record, wishes }: Call, status: number, headers: Headers): void {
  const all = wishes.trace ? [...headers, ...traceHeaders(record)] : headers;
  try {
    outgoing.writeHead(status, all.flat());
  } catch (error) {
    throw new InvocationError(
      'BAD_RESULT',
      `the app's answer is not valid HTTP: ${(error as Error).message}`,
    );
  }
  record.status = status;
}

/** The app raised and its 500 is ours: show what it raised instead. */
function showAppError(call: Call, app: AppError, status: number): void {
  const error = new InvocationError('FUNCTION_ERROR', `${app.type}: ${app.message}`, app);
  Object.assign(error, { status });
  fail({ showErrors: true }, call, error);
  call.record.error = { code: 'APP_ERROR', message: error.message, app };
}

/** Answers with an error, as far as nothing has been answered yet, and notes it in the record. */
export function fail(
  options: { showErrors: boolean },
  call: Pick<Call, 'incoming' | 'outgoing' | 'record'>,
  error: InvocationError,
): void {
  const { incoming, outgoing, record } = call;
  record.status = error.status;
  record.error = {
    code: error.code,
    message: error.message,
    ...(error.app === undefined ? {} : { app: error.app }),
  };
  if (outgoing.headersSent) {
    outgoing.destroy();
    return;
  }
  if (error.code === 'CLIENT_CLOSED') return;
  record.responseBytes = writeErrorAnswer(incoming, outgoing, error, record.requestId, options.showErrors);
}

/** The record of a request that has just arrived. */
export function newRecord(
  fn: RunningFunction,
  incoming: IncomingMessage,
  requestId: string,
): InvocationRecord {
  const spec = fn.spec();
  return {
    time: new Date().toISOString(),
    requestId,
    function: spec.name,
    version: fn.version(),
    method: incoming.method ?? 'GET',
    path: incoming.url ?? '/',
    status: 0,
    start: 'none',
    queueMs: 0,
    durationMs: 0,
    billedMs: 0,
    totalMs: 0,
    memoryLimitMb: spec.limits.memory,
    requestBytes: 0,
    responseBytes: 0,
  };
}

async function noteStart(call: Call, { instance, cold }: Lease<Instance>): Promise<void> {
  const { record } = call;
  instance.requestId = record.requestId;
  record.instance = instance.id;
  record.start = cold ? 'cold' : 'warm';
  record.queueMs = round(performance.now() - call.arrived);
  if (!cold) return;
  record.initMs = round((await instance.ready).initMs);
  record.origin = instance.origin;
}

function noteEnd(call: Call, instance: Instance, started: number): void {
  const { record } = call;
  record.durationMs = round(performance.now() - started);
  record.billedMs = Math.ceil(record.durationMs) + Math.ceil(record.initMs ?? 0);
  // What a short request on a warm instance adds to the peak shows in the next that is looked at.
  const isShort = record.start === 'warm' && record.durationMs < SHORT_MS;
  const memory = isShort ? recentMemory(instance) : instanceMemory(instance);
  if (memory !== undefined) record.memoryMb = round(memory.peak);
}

function traceHeaders(record: InvocationRecord): [string, string][] {
  const headers: [string, string][] = [
    ['x-ropeway-request-id', record.requestId],
    ['x-ropeway-start', record.start],
    ['x-ropeway-duration-ms', String(record.durationMs)],
    ['x-ropeway-billed-ms', String(record.billedMs)],
  ];
  if (record.memoryMb !== undefined) headers.push(['x-ropeway-memory-mb', String(record.memoryMb)]);
  if (record.initMs !== undefined) headers.push(['x-ropeway-init-ms', String(record.initMs)]);
  return headers;
}

/** Whatever was thrown, as one of the platform's errors. */
export function asInvocationError(error: unknown): InvocationError {
  if (error instanceof InvocationError) return error;
  const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return new InvocationError('FUNCTION_ERROR', `unexpected failure in the gateway: ${message}`);
}

/** To hundredths. */
export function round(milliseconds: number): number {
  return Math.round(milliseconds * 100) / 100;
}
