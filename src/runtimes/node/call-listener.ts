import type { IncomingMessage, ServerResponse } from 'node:http';

import type { HttpRequest, HttpResponse } from '../../events/types.ts';
import { captureResponse } from './capture-response.ts';
import { FakeSocket } from './fake-socket.ts';
import { type Invocation, makeRequest } from './make-request.ts';
import { collectOutput, type OpenStream, streamOutput } from './response-output.ts';

/** A Node request listener: what `http.createServer` takes. */
export type Listener = (request: IncomingMessage, response: ServerResponse) => unknown;

/**
 * Calls a listener with a real `IncomingMessage` and `ServerResponse` on a connection that is none,
 * and resolves with the response once it has finished. With `open`, a response that its app does not
 * write in one go is streamed there, and the promise resolves with undefined after its end. Rejects with
 * what the listener throws, and with an error when the listener destroys the response.
 */
export function callListener(
  listener: Listener,
  request: HttpRequest,
  invocation: Invocation,
): Promise<HttpResponse>;
export function callListener(
  listener: Listener,
  request: HttpRequest,
  invocation: Invocation,
  open: OpenStream | undefined,
): Promise<HttpResponse | undefined>;
export function callListener(
  listener: Listener,
  request: HttpRequest,
  invocation: Invocation,
  open?: OpenStream,
): Promise<HttpResponse | undefined> {
  return new Promise((resolve, reject) => {
    const socket = new FakeSocket(request.remoteAddress, request.scheme === 'https');
    const incoming = makeRequest(socket, request, invocation);
    const output =
      open === undefined
        ? collectOutput()
        : streamOutput(
            open,
            () => response.emit('drain'),
            () => socket.destroy(),
          );
    const response = captureResponse(incoming, socket, output);
    let finished = false;
    response.on('finish', () => {
      finished = true;
      resolve(output.finish());
      process.nextTick(endExchange, incoming, response, socket);
    });
    socket.on('close', () => {
      if (finished) return;
      finished = true;
      markClosed(response);
      reject(new Error('the app closed the connection without finishing its response'));
    });
    try {
      const returned = listener(incoming, response);
      if (isThenable(returned)) {
        returned.then(undefined, (error: unknown) => {
          // As behind a server: what an app throws after its answer is an unhandled rejection.
          if (finished) throw error;
          reject(error);
        });
      }
    } catch (error) {
      reject(error);
    }
  });
}

/** What a server does when a response has finished: `close` on it, and the rest of the request is dropped. */
function endExchange(incoming: IncomingMessage, response: ServerResponse, socket: FakeSocket): void {
  markClosed(response);
  if (!incoming.readableEnded && incoming.listenerCount('close') + incoming.listenerCount('end') > 0) {
    incoming.resume();
  }
  socket.destroyed = true;
  socket.readable = false;
  socket.writable = false;
  if (socket.listenerCount('close') > 1) socket.emit('close', false);
}

function markClosed(response: ServerResponse): void {
  response.destroyed = true;
  (response as unknown as { _closed: boolean })._closed = true;
  // Not emitting to nobody saves a fifth of the whole call.
  if (response.listenerCount('close') > 0) response.emit('close');
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}
