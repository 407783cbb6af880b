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
  ropeway: Invocation;
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
  // On the instance, since frameworks replace the prototype. The body is handed over when it is asked
  // for: most requests have none, and most listeners do not look.
  let body: Uint8Array | undefined = request.body;
  incoming._read = () => {
    if (body === undefined) return;
    const bytes = body;
    body = undefined;
    if (bytes.length > 0) incoming.push(bytes);
    incoming.push(null);
  };
  return incoming;
}
