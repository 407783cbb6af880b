import type { CustomEntry } from '../../runtimes/entry.ts';
import type { AppError } from '../../runtimes/protocol.ts';
import { deferred } from '../deferred.ts';
import { InvocationError } from '../errors.ts';
import type { Enclosure } from '../limits/enclosure.ts';
import { type RuntimeServer, startRuntimeServer } from '../runtime-api/server.ts';
import type { FunctionSpec } from '../types.ts';
import { checkEntrypoint, entrypointError } from './custom-entrypoint.ts';
import { exitError } from './diagnosis.ts';
import type { EventAnswer, EventCall, Instance, Ready } from './instance.ts';
import { lineSink } from './lines.ts';
import { type InstanceProcess, startProcess } from './process.ts';

type CustomSpec = FunctionSpec & { entry: CustomEntry };

interface Pending {
  id: string;
  resolve(answer: EventAnswer): void;
  reject(error: Error): void;
  timer: NodeJS.Timeout;
}

/**
 * A custom runtime: a program that asks for its events over HTTP, at an address of its own that its environment tells. It is ready once it
 * has asked for the first one (SCF: once it has said so).
 */
export function customInstance(
  id: string,
  spec: CustomSpec,
  env: Record<string, string>,
  enclosure: Enclosure,
): Instance {
  const lines = lineSink();
  const ready = deferred<Ready>();
  const began = performance.now();
  let child: InstanceProcess | undefined;
  let server: RuntimeServer | undefined;
  let failure: Error | undefined;
  let started = false;
  let pending: Pending | undefined;
  /** Ends the answer that comes in parts now, when that takes too long. */
  let streamTimer: NodeJS.Timeout | undefined;

  const settle = (requestId?: string, isOver = true): Pending | undefined => {
    if (pending === undefined || (requestId !== undefined && pending.id !== requestId)) return undefined;
    const current = pending;
    pending = undefined;
    if (isOver) clearTimeout(current.timer);
    return current;
  };
  const fail = (error: Error): void => {
    failure ??= error;
    clearTimeout(initTimer);
    clearTimeout(streamTimer);
    ready.reject(failure);
    // It may know better why.
    server?.fail(failure);
    settle()?.reject(failure);
    child?.kill();
  };
  const timedOut = (code: 'INIT_TIMEOUT' | 'FUNCTION_TIMEOUT', message: string): void =>
    fail(
      new InvocationError(code, message, { type: 'Timeout', message, traceback: child?.errorTail() ?? '' }),
    );
  const initTimer = setTimeout(
    () =>
      timedOut(
        'INIT_TIMEOUT',
        `the runtime ${NOT_READY[spec.entry.api]} within ${spec.limits.initTimeout} s`,
      ),
    spec.limits.initTimeout * 1000,
  );

  const launch = async (): Promise<InstanceProcess | undefined> => {
    checkEntrypoint(spec.entry);
    server = await startRuntimeServer(spec.entry.api, {
      onReady: () => {
        if (started) return;
        started = true;
        clearTimeout(initTimer);
        ready.resolve({ initMs: elapsed(began), routes: null, sockets: null });
      },
      onInitError: (error) => fail(initError(error)),
      onAnswer: (requestId, answer) => {
        const current = settle(requestId, answer.stream === undefined);
        if (answer.stream !== undefined && current !== undefined) {
          const { timer } = current;
          streamTimer = timer;
          void answer.stream.done.then(() => clearTimeout(timer));
        }
        current?.resolve(answer);
      },
      onError: (requestId, error) => settle(requestId)?.reject(error),
    });
    if (failure !== undefined) return undefined;
    child = startProcess({
      command: spec.entry.file,
      args: [],
      cwd: spec.entry.root,
      env: { ...env, ...server.env },
    });
    child.onLine(lines.push);
    enclosure.hold(child, spec.limits);
    return child;
  };
  const exited = launch()
    .then(async (process) => {
      const status = await process?.exited;
      if (status === undefined || process === undefined) return;
      fail(
        entrypointError(spec.entry, status.spawnError) ??
          exitError(status, process.errorTail(), spec, started, enclosure),
      );
    }, fail)
    .finally(() => server?.close());

  const invoke = (call: EventCall): Promise<EventAnswer> =>
    new Promise((resolve, reject) => {
      if (failure !== undefined || server === undefined) {
        reject(failure ?? new Error('the instance is not ready'));
        return;
      }
      pending = { id: call.requestId, resolve, reject, timer: timerOf(call.timeout, timedOut) };
      server.give(call);
    });

  return {
    id,
    kind: 'event',
    origin: 'fresh',
    tempFolder: enclosure.tempFolder.path,
    get pid() {
      return child?.pid ?? -1;
    },
    port: 0,
    requestId: undefined,
    ready: ready.promise,
    exited,
    get usable() {
      return failure === undefined;
    },
    invoke,
    connect: () => {
      throw new Error('a custom runtime takes no connections');
    },
    connections: 0,
    onLine: lines.listen,
    fail,
    stop: async () => {
      failure ??= stopped();
      await child?.stop();
      await exited;
    },
    kill: () => fail(stopped()),
  };
}

const NOT_READY = {
  lambda: 'did not ask for its first event (GET …/runtime/invocation/next)',
  scf: 'did not say that it is ready (POST /runtime/init/ready)',
};

function timerOf(
  seconds: number,
  timedOut: (code: 'FUNCTION_TIMEOUT', message: string) => void,
): NodeJS.Timeout {
  const message = `the function did not answer within ${seconds} s`;
  return setTimeout(() => timedOut('FUNCTION_TIMEOUT', message), seconds * 1000);
}

function initError(error: AppError): InvocationError {
  return new InvocationError('INIT_FAILED', `the app failed to load: ${error.message}`, error);
}

function stopped(): InvocationError {
  return new InvocationError('STOPPING', 'the instance was stopped');
}

function elapsed(since: number): number {
  return Math.round((performance.now() - since) * 100) / 100;
}
