import { availableParallelism } from 'node:os';

import { formatByName } from '../events/list.ts';
import {
  EventError,
  type EventFormat,
  type HttpRequest,
  type HttpResponse,
  type JsonObject,
} from '../events/types.ts';
import type { AppError } from '../runtimes/protocol.ts';
import { InvocationError } from './errors.ts';
import type { AnswerBody, Instance, Ready } from './instances/instance.ts';
import { instanceMemory } from './instances/memory.ts';
import { startInstance } from './instances/start.ts';
import { type AcquireOptions, createPool, type Lease, type Pool } from './scheduler/pool.ts';
import type { FunctionSpec } from './types.ts';

export interface FunctionOptions {
  spec: FunctionSpec;
  onLine(instance: Instance, stream: 'stdout' | 'stderr', line: string): void;
}

/** A deployed function: its specification, its pool of instances. */
export interface RunningFunction {
  spec(): FunctionSpec;
  /** Counts up with every reload. */
  version(): number;
  acquire(options?: AcquireOptions): Promise<Lease<Instance>>;
  /** Starts an instance (or takes this one) ahead of any request; resolves when it has loaded the app. */
  prestart(instance?: Instance): Promise<Ready>;
  /** New requests get new instances (of the new specification); what is in flight finishes. */
  reload(spec?: FunctionSpec): void;
  instances(): Instance[];
  close(): Promise<void>;
}

/** How often busy instances are checked against the memory limit. */
const MEMORY_CHECK_MS = 50;

export function runFunction(options: FunctionOptions): RunningFunction {
  let { spec } = options;
  let version = 1;
  const adopt = (instance: Instance): Instance => {
    instance.onLine((stream, line) => options.onLine(instance, stream, line));
    return instance;
  };
  const pool: Pool<Instance> = createPool<Instance>({
    start: () => adopt(startInstance(spec)),
    limits: () => spec.limits,
    startsAtOnce: availableParallelism(),
  });
  const memoryWatch = setInterval(() => {
    for (const instance of pool.instances()) checkMemory(instance, spec.limits.memory);
  }, MEMORY_CHECK_MS);
  memoryWatch.unref();

  return {
    spec: () => spec,
    version: () => version,
    acquire: (acquireOptions) => pool.acquire(acquireOptions),
    prestart: (instance) => pool.prestart(instance && adopt(instance)).ready,
    reload: (newSpec) => {
      if (newSpec !== undefined) spec = newSpec;
      version += 1;
      pool.retire();
    },
    instances: () => pool.instances(),
    close: async () => {
      clearInterval(memoryWatch);
      await pool.close();
    },
  };
}

/**
 * One HTTP request through event, instance, adapter, app and back. With a `stream` the response has no body of
 * its own. Rejects with `InvocationError`.
 */
export async function invokeWithEvent(
  instance: Instance,
  spec: FunctionSpec,
  version: number,
  request: HttpRequest,
): Promise<{ response: HttpResponse; stream: AnswerBody | undefined; error: AppError | undefined }> {
  const format = formatByName(spec.eventFormat);
  const answer = await instance.invoke({
    requestId: request.requestId,
    event: format.toEvent(request),
    context: invocationContext(spec, version, request),
    timeout: spec.limits.timeout,
    stream: spec.stream,
  });
  const response = readResult(format, answer.result);
  if (response.body.length > spec.limits.responseBytes) {
    const message = `the response body of ${response.body.length} bytes is over the limit of ${spec.limits.responseBytes} (responseBytes)`;
    throw new InvocationError('RESPONSE_TOO_LARGE', message);
  }
  return { response, stream: answer.stream, error: answer.error };
}

function readResult(format: EventFormat, result: Parameters<EventFormat['fromResult']>[0]): HttpResponse {
  try {
    return format.fromResult(result);
  } catch (error) {
    if (error instanceof EventError) throw new InvocationError('BAD_RESULT', error.message);
    throw error;
  }
}

/** The second argument of a handler, as plain JSON; the runtimes make their language's object of it. */
export function invocationContext(spec: FunctionSpec, version: number, request: HttpRequest): JsonObject {
  return {
    request_id: request.requestId,
    function_name: spec.name,
    function_version: String(version),
    memory_limit_in_mb: spec.limits.memory,
    time_limit_in_ms: spec.limits.timeout * 1000,
    deadline_ms: Date.now() + spec.limits.timeout * 1000,
  };
}

function checkMemory(instance: Instance, limit: number): void {
  const memory = instanceMemory(instance);
  if (memory === undefined || memory.now <= limit) return;
  const used = Math.round(memory.now);
  instance.fail(
    new InvocationError('MEMORY_EXCEEDED', `the instance used ${used} MB; its limit is ${limit} MB (memory)`),
  );
}
