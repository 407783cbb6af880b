import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';

import type { Headers } from '../../events/types.ts';
import type { AppError } from '../../runtimes/protocol.ts';
import type { InvocationError } from '../errors.ts';
import type { RunningFunction } from '../function.ts';
import type { Instance } from '../instances/instance.ts';
import { instanceMemory, recentMemory } from '../instances/memory.ts';
import type { Lease } from '../scheduler/types.ts';
import type { InvocationRecord } from '../types.ts';
import type { Wishes } from './parse-request.ts';
import type { Target } from './target.ts';

/** What one request gathers on its way; turned into answer headers and the record. */
export interface Call {
  incoming: IncomingMessage;
  outgoing: ServerResponse;
  /** Undefined: no route takes it. */
  target: Target | undefined;
  wishes: Wishes;
  record: InvocationRecord;
  arrived: number;
}

export function newCall(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  target: Target | undefined,
): Call {
  return {
    incoming,
    outgoing,
    target,
    wishes: { trace: false, cold: false },
    record: requestRecord(incoming, target),
    arrived: performance.now(),
  };
}

/** The record of a request that has just arrived at the gateway. */
export function requestRecord(incoming: IncomingMessage, target: Target | undefined): InvocationRecord {
  return newRecord({
    function: target?.function ?? '',
    method: incoming.method ?? 'GET',
    path: incoming.url ?? '/',
    ...(target === undefined ? {} : { route: target.route }),
    ...(target?.alias === undefined ? {} : { alias: target.alias }),
  });
}

/** The record of a call that has just come in, by whatever way. */
export function newRecord(
  about: Pick<InvocationRecord, 'function' | 'method' | 'path' | 'route' | 'alias'>,
): InvocationRecord {
  return {
    time: new Date().toISOString(),
    requestId: randomUUID(),
    ...about,
    version: 0,
    status: 0,
    start: 'none',
    queueMs: 0,
    durationMs: 0,
    billedMs: 0,
    totalMs: 0,
    memoryLimitMb: 0,
    requestBytes: 0,
    responseBytes: 0,
  };
}

/** Who is to serve it. */
export function noteFunction(record: InvocationRecord, fn: RunningFunction): void {
  record.version = fn.version();
  record.memoryLimitMb = fn.spec().limits.memory;
}

/** An instance has it now. */
export async function noteStart(
  call: Pick<Call, 'record' | 'arrived'>,
  { instance, cold }: Lease<Instance>,
): Promise<void> {
  const { record } = call;
  instance.requestId = record.requestId;
  record.instance = instance.id;
  record.start = cold ? 'cold' : 'warm';
  record.queueMs = elapsed(call.arrived);
  if (!cold) return;
  record.initMs = round((await instance.ready).initMs);
  record.origin = instance.origin;
}

/** Milliseconds under which looking at an instance's memory would take a good part of its request. */
const SHORT_MS = 5;

/** The instance has answered, or failed to. */
export function noteEnd({ record }: Pick<Call, 'record'>, instance: Instance, started: number): void {
  record.durationMs = elapsed(started);
  record.billedMs = Math.ceil(record.durationMs) + Math.ceil(record.initMs ?? 0);
  // What a short request on a warm instance adds to the peak shows in the next that is looked at.
  const isShort = record.start === 'warm' && record.durationMs < SHORT_MS;
  const memory = isShort ? recentMemory(instance) : instanceMemory(instance);
  if (memory !== undefined) record.memoryMb = round(memory.peak);
}

/** What the app raised behind an answer that says so. */
export function noteAppError(record: InvocationRecord, app: AppError): void {
  record.error = { code: 'APP_ERROR', message: `${app.type}: ${app.message}`, app };
}

/** Why the platform has no answer of the app. */
export function noteError(record: InvocationRecord, { status, code, message, app }: InvocationError): void {
  record.status = status;
  record.error = { code, message, ...(app === undefined ? {} : { app }) };
}

/** What `x-ropeway-trace` asks for. */
export function traceHeaders(record: InvocationRecord): Headers {
  const headers: Headers = [
    ['x-ropeway-request-id', record.requestId],
    ['x-ropeway-start', record.start],
    ['x-ropeway-duration-ms', String(record.durationMs)],
    ['x-ropeway-billed-ms', String(record.billedMs)],
  ];
  if (record.memoryMb !== undefined) headers.push(['x-ropeway-memory-mb', String(record.memoryMb)]);
  if (record.initMs !== undefined) headers.push(['x-ropeway-init-ms', String(record.initMs)]);
  return headers;
}

/** Milliseconds since a `performance.now()`, to hundredths. */
export function elapsed(since: number): number {
  return round(performance.now() - since);
}

function round(milliseconds: number): number {
  return Math.round(milliseconds * 100) / 100;
}
