import type { EventEmitter } from 'node:events';
import { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';

import type { HttpRequest } from '../../events/types.ts';

/** What the app finds on its request as `request.ropeway`. */
export interface Invocation {
  event: unknown;
  context: unknown;
}

/** The parts of `IncomingMessage` that Node's own parser uses. */
type Internals = {
  _addHeaderLines(raw: string[], count: number): void;
  _read(): void;
  ropeway: Invocation;
  [BODY]: Uint8Array | undefined;
};

/** A real `IncomingMessage` with its whole body, on what stands for its connection. */
export function makeRequest(
  socket: EventEmitter,
  request: HttpRequest,
  invocation: Invocation,
): IncomingMessage {
  const incoming = new IncomingMessage(socket as unknown as Socket);
  incoming.method = request.method;
  incoming.url = request.query === '' ? request.path : `${request.path}?${request.query}`;
  incoming.httpVersion = '1.1';
  incoming.httpVersionMajor = 1;
  incoming.httpVersionMinor = 1;
  const raw: string[] = [];
  for (const [name, value] of request.headers) raw.push(name, value);
  const internals = incoming as unknown as Internals;
  // What Node's own parser calls: `headers` and `headersDistinct` then follow Node's own rules.
  internals._addHeaderLines(raw, raw.length);
  incoming.complete = true;
  internals.ropeway = invocation;
  // On the instance, since frameworks replace the prototype; one function for all, since a closure for each
  // makes the collector keep whole requests for a while.
  internals[BODY] = request.body;
  internals._read = readBody;
  return incoming;
}

const BODY = Symbol('body');

/** Hands the body over when it is asked for: most requests have none, and most listeners do not look. */
function readBody(this: IncomingMessage & Internals): void {
  const body = this[BODY];
  if (body === undefined) return;
  this[BODY] = undefined;
  if (body.length > 0) this.push(body);
  this.push(null);
}
