import type { Socket } from 'node:net';

import type { JsonValue } from '../../../events/types.ts';
import type { StreamingHandler } from '../streaming-handler.ts';
import { answerThroughStream, streams } from './awslambda.ts';

type Callback = (error: unknown, result?: unknown) => void;
type Call = (event: JsonValue, context: unknown, callback: Callback) => unknown;

/**
 * Calls a function as the clouds do: it answers by a promise, by its callback, by `context.succeed`, `fail` or `done`, or not at all: with null once
 * nothing is left to be done. A plain value that it returns is taken, too. `socket`, that to the platform, does not count.
 */
export function bareHandler(call: (...args: never[]) => unknown, socket: Socket): StreamingHandler {
  if (streams(call)) return (event, context, open) => answerThroughStream(call, event, context, open);
  return (event, given) =>
    new Promise((resolve, reject) => {
      let stopWaiting: (() => void) | undefined;
      const callback: Callback = (error, result) => {
        stopWaiting?.();
        if (error === undefined || error === null) resolve(result);
        else reject(error);
      };
      const context = {
        ...(given as object),
        done: callback,
        succeed: (result?: unknown) => callback(null, result),
        fail: (error?: unknown) => callback(error ?? new Error('the handler called context.fail')),
      };
      const returned = (call as Call)(event, context, callback);
      if (isPromise(returned)) returned.then(resolve, reject);
      else if (isValue(returned)) resolve(returned);
      else stopWaiting = whenNothingIsLeft(socket, () => resolve(null));
    });
}

/** Calls back when the event loop has nothing else to do; gives the function that takes it back. */
function whenNothingIsLeft(socket: Socket, listener: () => void): () => void {
  const stop = (): void => {
    process.off('beforeExit', left);
    socket.ref();
  };
  const left = (): void => {
    stop();
    listener();
  };
  process.once('beforeExit', left);
  socket.unref();
  return stop;
}

function isPromise(value: unknown): value is Promise<unknown> {
  return typeof (value as Promise<unknown> | null | undefined)?.then === 'function';
}

/** What could be a result; a server or the like is not, which old adapters return beside calling `context.succeed`. */
function isValue(value: unknown): boolean {
  if (value === undefined || typeof value === 'function') return false;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return true;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
