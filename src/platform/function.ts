import { availableParallelism } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';

import { formatByName } from '../events/list.ts';
import {
  EventError,
  type EventFormat,
  type HttpRequest,
  type HttpResponse,
  type JsonObject,
  type JsonValue,
} from '../events/types.ts';
import type { AppError } from '../runtimes/protocol.ts';
import { InvocationError } from './errors.ts';
import type { AnswerBody, Instance, Ready } from './instances/instance.ts';
import { instanceMemory } from './instances/memory.ts';
import { diskUse } from './limits/disk-use.ts';
import { createStarter, type Starter } from './instances/starter.ts';
import { invocationContext } from './invocation-context.ts';
import type { Capacity } from './scheduler/capacity.ts';
import { createPool } from './scheduler/pool.ts';
import type { AcquireOptions, Lease, Pool } from './scheduler/types.ts';
import type { FunctionSpec } from './types.ts';

export interface FunctionOptions {
  spec: FunctionSpec;
  /** Default 1. */
  version?: number;
  /** What it shares with the machine's other functions. */
  capacity?: Capacity;
  /** `instance`: its id and the request that it serves; the template of the function is one, too. */
  onLine(instance: Pick<Instance, 'id' | 'requestId'>, stream: 'stdout' | 'stderr', line: string): void;
  /** Something to tell the operator that concerns no request. */
  onNotice(message: string): void;
}

/** A deployed function: its specification, its pool of instances. */
export interface RunningFunction {
  spec(): FunctionSpec;
  /** Counts up with every reload. */
  version(): number;
  acquire(options?: AcquireOptions): Promise<Lease<Instance>>;
  /** Starts an instance (or takes this one) ahead of any request; resolves when it has loaded the app. */
  prestart(instance?: Instance): Promise<Ready>;
  /** Loads the template and makes the spares, where there are to be any; resolves when they are there. */
  prepare(): Promise<void>;
  /** New requests get new instances (of the new specification); what is in flight finishes. */
  reload(spec?: FunctionSpec): void;
  /** Keeps `minInstances` of its limits from now on. */
  fill(): void;
  instances(): Instance[];
  /** Requests that wait, and requests that are being served. */
  load(): { waiting: number; active: number };
  /** Finishes what is in flight or waits, for at most so many seconds, then closes. Nothing may be acquired any more. */
  drain(seconds: number): Promise<void>;
  close(): Promise<void>;
}

const CORES = availableParallelism();
/** How often busy instances are checked against the memory limit. */
const MEMORY_CHECK_MS = 50;
const MEGABYTE = 1024 * 1024;
/** And their temporary files: once a second. */
const TMP_CHECK_TICKS = 20;
/** Milliseconds without any instance after which the template goes, too. */
const TEMPLATE_REST_MS = 3600_000;

export function runFunction(options: FunctionOptions): RunningFunction {
  let { spec } = options;
  let version = options.version ?? 1;
  const adopt = (instance: Instance): Instance => {
    instance.onLine((stream, line) => options.onLine(instance, stream, line));
    return instance;
  };
  const newStarter = (): Starter =>
    createStarter({
      spec,
      onLine: (stream, line) =>
        options.onLine({ id: `${spec.name}-template`, requestId: undefined }, stream, line),
      onFallback: (reason) => options.onNotice(`${spec.name}: instances start fresh: ${reason}`),
    });
  let starter = newStarter();
  /** What the last instance took that was not copied. */
  let loadMs: number | undefined;
  /** A template takes a core for as long as the app loads: it comes after the first instance. */
  const prepareAfter = (instance: Instance): Instance => {
    const { prepare } = starter;
    instance.ready.then(
      ({ initMs }) => {
        if (!starter.cheap) loadMs = initMs;
        return prepare();
      },
      () => undefined,
    );
    return instance;
  };
  const pool: Pool<Instance> = createPool<Instance>({
    start: () => prepareAfter(adopt(starter.start())),
    limits: () => spec.limits,
    startMs: () => (starter.cheap ? 0 : loadMs),
    // More of those that load the app would only slow each other down.
    startsAtOnce: () => (starter.cheap ? spec.limits.instances : CORES),
    ...(options.capacity === undefined ? {} : { capacity: options.capacity }),
  });
  /** The starters of earlier versions, on their way out. */
  const closing = new Set<Promise<unknown>>();
  const closeStarter = (): void => {
    const end = starter.close().finally(() => closing.delete(end));
    closing.add(end);
  };
  const renewStarter = (): void => {
    closeStarter();
    starter = newStarter();
  };
  let ticks = 0;
  const limitsWatch = setInterval(() => {
    ticks += 1;
    for (const instance of pool.instances()) {
      checkMemory(instance, spec.limits.memory);
      if (ticks % TMP_CHECK_TICKS === 0) void checkTemporary(instance, spec.limits.tmp);
    }
  }, MEMORY_CHECK_MS);
  limitsWatch.unref();
  let lastUsed = performance.now();
  const restWatch = setInterval(() => {
    if (pool.instances().length > 0) lastUsed = performance.now();
    else if (starter.loaded && performance.now() - lastUsed > TEMPLATE_REST_MS) renewStarter();
  }, TEMPLATE_REST_MS / 60);
  restWatch.unref();
  const close = async (): Promise<void> => {
    clearInterval(limitsWatch);
    clearInterval(restWatch);
    closeStarter();
    await Promise.all([...closing, pool.close()]);
  };

  return {
    spec: () => spec,
    version: () => version,
    acquire: (acquireOptions) => pool.acquire(acquireOptions),
    prestart: (instance) => pool.prestart(instance && prepareAfter(adopt(instance))).ready,
    prepare: () => starter.prepare(),
    reload: (newSpec) => {
      if (newSpec !== undefined) spec = newSpec;
      version += 1;
      renewStarter();
      pool.retire();
    },
    fill: () => pool.fill(),
    instances: () => pool.instances(),
    load: () => pool.load(),
    drain: async (seconds) => {
      const end = new AbortController();
      const late = sleep(seconds * 1000, undefined, { signal: end.signal, ref: false });
      await Promise.race([pool.drain(), late.catch(() => undefined)]);
      end.abort();
      await close();
    },
    close,
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
  {
    eventFormat = spec.eventFormat,
    finishEvent = asItIs,
    finishResult = asItIs,
    stream = spec.stream,
  }: EventWishes = {},
): Promise<{ response: HttpResponse; stream: AnswerBody | undefined; error: AppError | undefined }> {
  const format = formatByName(eventFormat);
  const answer = await instance.invoke({
    requestId: request.requestId,
    event: finishEvent(format.toEvent(request)),
    context: invocationContext(spec, version, request.requestId),
    timeout: spec.limits.timeout,
    stream,
  });
  const response = readResult(format, finishResult(answer.result));
  if (response.body.length > spec.limits.responseBytes) {
    const message = `the response body of ${response.body.length} bytes is over the limit of ${spec.limits.responseBytes} (responseBytes)`;
    throw new InvocationError('RESPONSE_TOO_LARGE', message);
  }
  return { response, stream: answer.stream, error: answer.error };
}

/** What a route says of its events beside the function. */
export interface EventWishes {
  /** Default: the function's. */
  eventFormat?: string;
  /** Whether answers may come in parts; default: as the function says. */
  stream?: boolean;
  /** The last word on an event. */
  finishEvent?(event: JsonObject): JsonObject;
  /** The last word on what the function returned, before the format reads it. */
  finishResult?(result: JsonValue): JsonValue;
}

const asItIs = <Value extends JsonValue>(value: Value): Value => value;

function readResult(format: EventFormat, result: Parameters<EventFormat['fromResult']>[0]): HttpResponse {
  try {
    return format.fromResult(result);
  } catch (error) {
    if (error instanceof EventError) throw new InvocationError('BAD_RESULT', error.message);
    throw error;
  }
}

function checkMemory(instance: Instance, limit: number): void {
  const memory = instanceMemory(instance);
  if (memory === undefined || memory.now <= limit) return;
  const used = Math.round(memory.now);
  instance.fail(
    new InvocationError('MEMORY_EXCEEDED', `the instance used ${used} MB; its limit is ${limit} MB (memory)`),
  );
}

async function checkTemporary(instance: Instance, limit: number): Promise<void> {
  const bytes = await diskUse(instance.tempFolder, limit * MEGABYTE);
  if (bytes <= limit * MEGABYTE) return;
  const used = Math.round(bytes / MEGABYTE);
  instance.fail(
    new InvocationError(
      'TMP_EXCEEDED',
      `the instance keeps ${used} MB of temporary files; its limit is ${limit} MB (tmp)`,
    ),
  );
}
