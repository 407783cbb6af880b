import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

import type { Listener } from './call-listener.ts';
import type { Invocation } from './make-request.ts';

/** A web-standard app, such as Hono's. */
export interface FetchApp {
  fetch(request: Request): Response | Promise<Response>;
}

/** A web-standard app as a Node listener. Its request has the `ropeway` of Node's own. */
export function fetchListener(app: FetchApp): Listener {
  return async (incoming, outgoing) => {
    const response = await app.fetch(toRequest(incoming));
    await writeResponse(response, incoming, outgoing);
  };
}

function toRequest(incoming: IncomingMessage): Request {
  const scheme = 'encrypted' in incoming.socket && incoming.socket.encrypted === true ? 'https' : 'http';
  const headers = new Headers();
  for (let index = 0; index < incoming.rawHeaders.length; index += 2) {
    headers.append(incoming.rawHeaders[index]!, incoming.rawHeaders[index + 1]!);
  }
  const bodiless = incoming.method === 'GET' || incoming.method === 'HEAD';
  const request = new Request(`${scheme}://${incoming.headers.host ?? 'localhost'}${incoming.url}`, {
    method: incoming.method!,
    headers,
    ...(bodiless ? {} : { body: Readable.toWeb(incoming), duplex: 'half' }),
  });
  return Object.assign(request, { ropeway: (incoming as { ropeway?: Invocation }).ropeway });
}

async function writeResponse(
  response: Response,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  outgoing.statusCode = response.status;
  if (response.statusText !== '') outgoing.statusMessage = response.statusText;
  for (const [name, value] of response.headers) outgoing.appendHeader(name, value);
  if (response.body === null || incoming.method === 'HEAD') {
    outgoing.end();
    return;
  }
  await pipeline(Readable.fromWeb(response.body), outgoing);
}
