import { join } from 'node:path';

import { isObject } from '../../events/json.ts';
import type { JsonObject, JsonValue } from '../../events/types.ts';
import { cacheFolder } from '../../lib/cache-folder.ts';
import type { NodeEntry, PythonEntry } from '../../runtimes/entry.ts';
import { type Frame, readFrames, writeFrame } from '../../runtimes/frames.ts';
import type { AppError, InitMessage, InstanceMessage, RestoreMessage } from '../../runtimes/protocol.ts';
import { deferred } from '../deferred.ts';
import { InvocationError } from '../errors.ts';
import type { Enclosure } from '../limits/enclosure.ts';
import type { FunctionSpec } from '../types.ts';
import { type AnswerStream, answerStream } from './answer-stream.ts';
import { exitError, explainHang } from './diagnosis.ts';
import type { EventAnswer, EventCall, Instance, Origin, Ready } from './instance.ts';
import type { InstanceProcess } from './process.ts';
import { instanceSockets } from './sockets.ts';

/** What Node prints when paused-stack.ts asks a hanging app where it is. */
const DEBUGGER_NOISE = /^(Debugger (listening on|ending on|attached)|For help, see: https:\/\/nodejs\.org)/;

interface Pending {
  resolve(answer: EventAnswer): void;
  reject(error: Error): void;
  timer: NodeJS.Timeout;
}

export type EventSpec = FunctionSpec & { entry: PythonEntry | NodeEntry };

export interface EventInstanceOptions {
  id: string;
  origin: Origin;
  enclosure: Enclosure;
  /** Gets which memory the instance has written in its first call, if it was asked to tell. */
  onPages?(ranges: Buffer): void;
}

/**
 * Makes an instance out of a runtime process: sends it `first` (`init`, or `restore` to a copy of a template), then
 * events one at a time.
 */
export function eventInstance(
  { id, origin, enclosure, onPages }: EventInstanceOptions,
  child: InstanceProcess,
  spec: EventSpec,
  first: { head: InitMessage | RestoreMessage; body?: Buffer },
): Instance {
  let pending: Pending | undefined;
  let failure: Error | undefined;
  let started = false;
  let ended = false;
  /** The answer that comes in parts now. */
  let streamed: AnswerStream | undefined;
  const sockets = instanceSockets(child);
  const ready = deferred<Ready>();
  enclosure.hold(child, spec.limits);

  const fail = (error: Error): void => {
    failure ??= error;
    ready.reject(failure);
    settle()?.reject(failure);
    streamed?.fail(failure);
    child.kill();
  };
  const settle = (): Pending | undefined => {
    const current = pending;
    pending = undefined;
    if (current !== undefined && streamed === undefined) clearTimeout(current.timer);
    return current;
  };
  const hang = (code: 'INIT_TIMEOUT' | 'FUNCTION_TIMEOUT', message: string) => async (): Promise<void> => {
    const where = await explainHang(child, spec.entry.runtime);
    fail(new InvocationError(code, message, { type: 'Timeout', message, traceback: where }));
  };
  const initTimer = setTimeout(
    () => void hang('INIT_TIMEOUT', `the app did not load within ${spec.limits.initTimeout} s`)(),
    spec.limits.initTimeout * 1000,
  );

  const onMessage = ({ head, body }: Frame): void => {
    const message = head as InstanceMessage;
    switch (message.type) {
      case 'ready':
        clearTimeout(initTimer);
        started = true;
        ready.resolve({ initMs: message.initMs, routes: message.routes, sockets: message.sockets });
        return;
      case 'failed':
        fail(
          new InvocationError(
            'INIT_FAILED',
            `the app failed to load: ${message.error.message}`,
            message.error,
          ),
        );
        return;
      case 'exit':
        fail(
          new InvocationError(
            started ? 'FUNCTION_EXITED' : 'INIT_FAILED',
            message.error.message,
            message.error,
          ),
        );
        return;
      case 'error':
        settle()?.reject(functionError(message.error));
        return;
      case 'start': {
        const { timer } = pending!;
        const stream = answerStream(child, message.id, () => {
          clearTimeout(timer);
          streamed = undefined;
        });
        streamed = stream;
        const { body: parts, done } = stream;
        const shown = message.plain === true ? { body: parts, done, plain: true } : stream;
        settle()?.resolve({ result: message.result, stream: shown, error: undefined });
        return;
      }
      case 'chunk':
        streamed?.push(body);
        return;
      case 'end':
        if (message.error === undefined) streamed?.end();
        else streamed?.fail(functionError(message.error));
        return;
      case 'accept':
      case 'data':
      case 'close':
        sockets.receive(message, body);
        return;
      case 'pages':
        // The frame's body is a part of what was received with it.
        onPages?.(Buffer.from(body));
        return;
      case 'result':
        settle()?.resolve({
          result: message.hasBody ? withBody(message.result, body) : message.result,
          error: message.error,
        });
    }
  };

  readFrames(child.socket, onMessage, (error) =>
    fail(new InvocationError('FUNCTION_EXITED', `the instance broke the protocol: ${String(error)}`)),
  );

  child.socket.on('close', () => {
    ended = true;
  });
  const exited = child.exited.then((status) => {
    clearTimeout(initTimer);
    failure ??= exitError(status, child.errorTail(), spec, started, enclosure);
    ready.reject(failure);
    settle()?.reject(failure);
    streamed?.fail(failure);
    sockets.end();
  });

  writeFrame(child.socket, first.head, first.body);

  const invoke = (call: EventCall): Promise<EventAnswer> =>
    new Promise((resolve, reject) => {
      if (failure !== undefined) {
        reject(failure);
        return;
      }
      const timer = setTimeout(
        () => void hang('FUNCTION_TIMEOUT', `the function did not answer within ${call.timeout} s`)(),
        call.timeout * 1000,
      );
      pending = { resolve, reject, timer };
      send(child, call);
    });

  return {
    id,
    kind: 'event',
    origin,
    tempFolder: enclosure.tempFolder.path,
    get pid() {
      return child.pid;
    },
    port: 0,
    requestId: undefined,
    ready: ready.promise,
    exited,
    get usable() {
      return failure === undefined && !ended;
    },
    invoke,
    connect: sockets.connect,
    get connections() {
      return sockets.count();
    },
    onLine: (listener) =>
      child.onLine((stream, line) => {
        if (!DEBUGGER_NOISE.test(line)) listener(stream, line);
      }),
    fail,
    stop: async () => {
      await child.stop();
    },
    kill: child.kill,
  };
}

/** What a runtime process is told first. */
export function initMessage(spec: EventSpec, env: Record<string, string>): InitMessage {
  return {
    type: 'init',
    entry: spec.entry,
    env,
    name: spec.name,
    memory: spec.limits.memory,
    timeout: spec.limits.timeout,
    listRoutes: true,
    ...(spec.sourceRoot === undefined ? {} : { sourceRoot: spec.sourceRoot }),
    ...(spec.appPort === undefined ? {} : { appPort: spec.appPort }),
    // A fresh start is to take what it takes in a cloud.
    ...(spec.cold === 'template' && spec.entry.runtime === 'node'
      ? { compileCache: join(cacheFolder(), 'compiled') }
      : {}),
  };
}

function send(child: InstanceProcess, { requestId, event, context, stream = false }: EventCall): void {
  const head = { type: 'invoke', id: requestId, context, stream };
  if (!isObject(event) || typeof event['body'] !== 'string') {
    writeFrame(child.socket, { ...head, event, hasBody: false });
    return;
  }
  const { body, ...rest } = event as JsonObject & { body: string };
  writeFrame(child.socket, { ...head, event: rest, hasBody: true }, Buffer.from(body, 'utf8'));
}

function functionError(error: AppError): InvocationError {
  return new InvocationError('FUNCTION_ERROR', `${error.type}: ${error.message}`, error);
}

function withBody(result: JsonValue, body: Buffer): JsonValue {
  return { ...(result as JsonObject), body: body.toString('utf8') };
}
