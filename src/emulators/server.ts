import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

import { listen } from '../lib/listen.ts';

/** A call of a cloud's API as it came in. */
export interface ApiCall {
  requestId: string;
  method: string;
  /** As sent: still percent-encoded, without the query. */
  path: string;
  /** Without `?`. */
  query: string;
  /** In lower case, as `IncomingMessage` has them. */
  headers: IncomingMessage['headers'];
  /** In wire order, with their case. */
  rawHeaders: string[];
  body: Buffer;
}

export interface ApiAnswer {
  status: number;
  headers: Record<string, string | string[]>;
  body: string | Buffer | Readable;
}

export interface ApiServerOptions {
  host: string;
  port: number;
  /** Bytes of a body; more is answered by `tooLarge`. */
  mostBytes: number;
  /** Never rejects on purpose: what it throws is a fault of ours, answered with 500 and told to `onNotice`. `dropped`: the connection ends without an answer. */
  answer(call: ApiCall): Promise<ApiAnswer | 'dropped'>;
  tooLarge(call: Omit<ApiCall, 'body'>): ApiAnswer;
  onNotice(message: string): void;
  /** What chooses the port, for an error: `--emulate aws:4567`. */
  forPort(port: number): string;
}

export interface ApiServer {
  port: number;
  /** `http://127.0.0.1:4566` */
  url: string;
  /** Takes no new calls; those that are being answered have two seconds. */
  close(): Promise<void>;
}

const GRACE_MS = 2000;

/** The HTTP server of an emulator. Rejects with PORT_TAKEN, LISTEN_FAILED. */
export async function startApiServer(options: ApiServerOptions): Promise<ApiServer> {
  const { host, onNotice } = options;
  const server = createServer({ noDelay: true, keepAliveTimeout: 75_000, requestTimeout: 300_000 });
  const onRequest = (incoming: IncomingMessage, outgoing: ServerResponse): void => {
    serve(options, incoming, outgoing).catch((error: unknown) => {
      // A client that goes in the middle is no fault of anybody.
      if (!incoming.destroyed || incoming.complete)
        onNotice(`a call failed: ${(error as Error).stack ?? String(error)}`);
      if (outgoing.headersSent) outgoing.destroy();
      else outgoing.writeHead(500).end();
    });
  };
  server.on('request', onRequest);
  // S3 clients announce large bodies.
  server.on('checkContinue', (incoming: IncomingMessage, outgoing: ServerResponse) => {
    outgoing.writeContinue();
    onRequest(incoming, outgoing);
  });
  await listen(server, host, options.port, { names: '--emulate', forPort: options.forPort });
  const { port } = server.address() as AddressInfo;
  return {
    port,
    url: `http://${host.includes(':') ? `[${host}]` : host}:${port}`,
    close: () =>
      new Promise((resolve) => {
        const end = setTimeout(() => server.closeAllConnections(), GRACE_MS);
        server.close(() => {
          clearTimeout(end);
          resolve();
        });
        server.closeIdleConnections();
      }),
  };
}

async function serve(
  options: ApiServerOptions,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  const [path = '/', ...query] = (incoming.url ?? '/').split('?');
  const { method = 'GET', headers, rawHeaders } = incoming;
  const head = { requestId: randomUUID(), method, path, query: query.join('?'), headers, rawHeaders };
  const body = await readBody(incoming, options.mostBytes);
  const answer = body === undefined ? options.tooLarge(head) : await options.answer({ ...head, body });
  if (answer === 'dropped') {
    outgoing.destroy();
    return;
  }
  outgoing.writeHead(answer.status, answer.headers);
  if (answer.body instanceof Readable) await pipeline(answer.body, outgoing);
  else outgoing.end(answer.body);
}

/** Undefined: it is too large; the rest of it is read and dropped, so that the client reads the answer. */
async function readBody(incoming: IncomingMessage, mostBytes: number): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes <= mostBytes) chunks.push(chunk);
  }
  return bytes > mostBytes ? undefined : Buffer.concat(chunks);
}
