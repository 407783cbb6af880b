import { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

import type { Headers, HttpRequest, HttpResponse } from '../../events/types.ts';
import { FakeSocket } from './fake-socket.ts';

/** A Node request listener: what `http.createServer` takes. */
export type Listener = (request: IncomingMessage, response: ServerResponse) => unknown;

/** What the app finds on its request as `request.ropeway`. */
export interface Invocation {
  event: unknown;
  context: unknown;
}

/**
 * Calls a listener with a real `IncomingMessage` and `ServerResponse` on a connection that is none,
 * and resolves with the response once it has finished. Rejects with what the listener throws, and
 * with an error when the listener destroys the response.
 */
export function callListener(
  listener: Listener,
  request: HttpRequest,
  invocation: Invocation,
): Promise<HttpResponse> {
  return new Promise((resolve, reject) => {
    const socket = new FakeSocket(request.remoteAddress, request.scheme === 'https');
    const incoming = makeRequest(socket, request, invocation);
    const response = new ServerResponse(incoming);
    response.shouldKeepAlive = false;
    response.sendDate = false;
    // An event carries whole bodies: no chunk framing, even when the app asks for it. On the
    // instance, since frameworks replace the prototype.
    Object.defineProperty(response, 'chunkedEncoding', { get: () => false, set: () => undefined });
    response.assignSocket(socket as unknown as Socket);
    let finished = false;
    response.once('finish', () => {
      finished = true;
      resolve(readResponse(Buffer.concat(socket.chunks)));
      response.detachSocket(socket as unknown as Socket);
      process.nextTick(() => {
        response.destroyed = true;
        response.emit('close');
        socket.destroy();
      });
    });
    socket.once('close', () => {
      if (!finished) reject(new Error('the app closed the connection without finishing its response'));
    });
    socket.on('error', reject);
    try {
      Promise.resolve(listener(incoming, response)).catch(reject);
    } catch (error) {
      reject(error);
    }
  });
}

function makeRequest(socket: FakeSocket, request: HttpRequest, invocation: Invocation): IncomingMessage {
  const incoming = new IncomingMessage(socket as unknown as Socket);
  incoming.method = request.method;
  incoming.url = request.query === '' ? request.path : `${request.path}?${request.query}`;
  incoming.httpVersion = '1.1';
  incoming.httpVersionMajor = 1;
  incoming.httpVersionMinor = 1;
  // What Node's own parser calls: `headers` and `headersDistinct` then follow Node's own rules.
  const rawHeaders = request.headers.flat();
  (incoming as unknown as { _addHeaderLines(raw: string[], count: number): void })._addHeaderLines(
    rawHeaders,
    rawHeaders.length,
  );
  incoming.complete = true;
  Object.defineProperty(incoming, 'ropeway', { value: invocation, enumerable: false });
  if (request.body.length > 0) incoming.push(request.body);
  incoming.push(null);
  return incoming;
}

const HEAD_END = Buffer.from('\r\n\r\n');
/** Connection-level headers that Node writes for a connection that does not exist. */
const CONNECTION_HEADERS = new Set(['connection', 'keep-alive', 'transfer-encoding']);

/** The bytes that `ServerResponse` wrote, as a response; informational (1xx) heads are passed over. */
function readResponse(bytes: Buffer): HttpResponse {
  let start = 0;
  for (;;) {
    const end = bytes.indexOf(HEAD_END, start);
    const head = bytes.toString('latin1', start, end);
    const status = Number(head.slice(9, 12));
    start = end + HEAD_END.length;
    if (status >= 200 || status === 101)
      return { status, headers: readHeaders(head), body: bytes.subarray(start) };
  }
}

function readHeaders(head: string): Headers {
  const headers: Headers = [];
  for (const line of head.split('\r\n').slice(1)) {
    const colon = line.indexOf(':');
    const name = line.slice(0, colon);
    if (!CONNECTION_HEADERS.has(name.toLowerCase())) headers.push([name, line.slice(colon + 1).trim()]);
  }
  return headers;
}
