import { connect, type Socket } from 'node:net';
import { join } from 'node:path';

import { type Frame, readFrames, writeFrame } from '../../runtimes/frames.ts';
import type { InitMessage, TemplateInit, TemplateMessage } from '../../runtimes/protocol.ts';
import { deferred } from '../deferred.ts';
import { InvocationError } from '../errors.ts';
import { makeTempFolder } from '../limits/temp-folders.ts';
import type { FunctionSpec } from '../types.ts';
import { explainExit } from './diagnosis.ts';
import { guard } from './guard.ts';
import {
  type ExitStatus,
  type InstanceProcess,
  killGroup,
  readOutput,
  running,
  stopProcess,
} from './process.ts';

/** A process that has loaded an app and is copied to make instances of it. */
export interface Template {
  /** Settles when it can be copied; rejects with why it cannot: the app does not load, or is not to be copied. */
  ready: Promise<void>;
  /** Whether it can be copied now. */
  readonly usable: boolean;
  /** Settles when it has ended; copies of it may go on. */
  exited: Promise<void>;
  /** Makes a copy. Returns at once; the copy ends by itself when it could not be made. */
  fork(): InstanceProcess;
  /** Ends the template; resolves when it has ended. Copies of it go on. */
  close(): Promise<void>;
}

/** What waits for news of its process: how its pid and its end become known. */
interface Copy {
  forked(pid: number): void;
  ended(status: ExitStatus): void;
}

/** The roles of a copy's connections, in the order of their numbers. */
const ROLES = 3;
/** Milliseconds after the end of a copy's socket in which the template should have told how it ended. */
const STATUS_MS = 1000;

/** Makes a template out of a runtime process that has not been told anything yet. */
export function startTemplate(
  child: InstanceProcess,
  spec: FunctionSpec,
  init: InitMessage,
  warmup: TemplateInit['warmup'],
): Template {
  const folder = makeTempFolder();
  const path = join(folder.path, 'template');
  const starting = new Map<number, Copy>();
  const copies = new Map<number, Copy>();
  let usable = false;
  let count = 0;
  const ready = deferred<void>();

  const fail = (error: Error): void => {
    usable = false;
    ready.reject(error);
    child.kill();
  };
  const seconds = spec.limits.initTimeout + warmup.length * spec.limits.timeout;
  const timer = setTimeout(
    () => fail(new InvocationError('INIT_TIMEOUT', `the template did not load the app within ${seconds} s`)),
    seconds * 1000,
  );

  const onMessage = ({ head }: Frame): void => {
    const message = head as TemplateMessage;
    switch (message.type) {
      case 'template':
        clearTimeout(timer);
        usable = true;
        ready.resolve();
        return;
      case 'unsafe':
        fail(new Error(message.reasons.join('; ')));
        return;
      case 'failed':
      case 'exit':
        fail(new InvocationError('INIT_FAILED', message.error.message, message.error));
        return;
      case 'forked': {
        const copy = starting.get(message.id);
        starting.delete(message.id);
        if (copy === undefined) return;
        copies.set(message.pid, copy);
        copy.forked(message.pid);
        return;
      }
      case 'not-forked':
        starting.get(message.id)?.ended({ code: null, signal: null, spawnError: new Error(message.message) });
        starting.delete(message.id);
        return;
      case 'exited':
        copies.get(message.pid)?.ended({ code: message.code, signal: message.signal });
        copies.delete(message.pid);
    }
  };
  readFrames(child.socket, onMessage, (error) =>
    fail(new InvocationError('FUNCTION_EXITED', `the template broke the protocol: ${String(error)}`)),
  );
  const exited = child.exited.then((status) => {
    clearTimeout(timer);
    const error = explainExit(status, child.errorTail(), spec);
    fail(new InvocationError('INIT_FAILED', error.message, error));
    void folder.release();
  });
  writeFrame(child.socket, { ...init, listRoutes: false, template: { socket: path, warmup } });

  return {
    ready: ready.promise,
    get usable() {
      return usable;
    },
    exited,
    fork: () => {
      count = (count + 1) % 2 ** 32;
      const id = count;
      const { process, copy } = forkedProcess(path, id, exited);
      starting.set(id, copy);
      void process.exited.then(() => starting.delete(id));
      return process;
    },
    close: () => {
      usable = false;
      child.kill();
      return exited;
    },
  };
}

/**
 * Opens the connections that ask for a copy and become its socket, stdout and stderr. How it ended is not to be
 * known once its template has.
 */
function forkedProcess(
  path: string,
  id: number,
  templateExited: Promise<void>,
): { process: InstanceProcess; copy: Copy } {
  const [socket, stdout, stderr] = Array.from({ length: ROLES }, (_, role) => {
    const connection = connect(path);
    const hello = Buffer.alloc(5);
    hello.writeUInt32BE(id, 0);
    hello.writeUInt8(role, 4);
    connection.write(hello);
    // A broken connection only says that the process is gone, which `exited` tells better.
    connection.on('error', () => undefined);
    return connection;
  }) as [Socket, Socket, Socket];
  const output = readOutput(stdout, stderr);
  let pid = -1;
  let killed = false;
  let release = (): void => undefined;
  let tellPid: (pid: number) => void = () => undefined;

  const kill = (): void => {
    killed = true;
    killGroup(pid, 'SIGKILL');
    // One that does not run yet ends when it finds nobody at the other end.
    if (pid === -1) socket.destroy();
  };
  running.add(kill);
  const status = deferred<ExitStatus>();
  void status.promise.then(() => {
    // What the app started goes with it, and lets go of our connections.
    killGroup(pid, 'SIGKILL');
    release();
    // Another process may get it.
    pid = -1;
    running.delete(kill);
  });
  const closed = [socket, stdout, stderr].map(
    (connection) => new Promise<void>((resolve) => void connection.once('close', () => resolve())),
  );
  const unknown = (): void => status.resolve({ code: null, signal: null });
  void closed[0]!.then(() => {
    setTimeout(unknown, STATUS_MS).unref();
    void templateExited.then(unknown);
  });
  const exited = status.promise.then(async (result) => {
    await Promise.all(closed);
    return result;
  });

  const process: InstanceProcess = {
    get pid() {
      return pid;
    },
    onPid: (listener) => {
      tellPid = listener;
    },
    socket,
    died: status.promise.then(() => undefined),
    exited,
    onLine: output.onLine,
    errorTail: output.errorTail,
    kill,
    signal: (signal) => {
      if (pid > 0) globalThis.process.kill(pid, signal);
    },
    stop: () => stopProcess(process),
  };
  const copy: Copy = {
    forked: (given) => {
      pid = given;
      release = guard(pid);
      tellPid(pid);
      if (killed) kill();
    },
    ended: status.resolve,
  };
  return { process, copy };
}
