import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo, Server as TcpServer, type Socket } from 'node:net';

import { systemCode } from '../../lib/errors.ts';
import { writeEarlyError } from './error-answer.ts';
import { listen } from '../../lib/listen.ts';

export interface GatewayOptions {
  host: string;
  /** 0: any free port. */
  port: number;
  /** Milliseconds for the headers to arrive; default 10,000. */
  headersTimeout?: number;
  onRequest(request: IncomingMessage, response: ServerResponse): void;
  /** A request that asks for another protocol, WebSocket above all. */
  onUpgrade(request: IncomingMessage, socket: Socket, head: Buffer): void;
}

export interface Gateway {
  /** `http://127.0.0.1:3000`, without a trailing slash. */
  url: string;
  port: number;
  /** Stops listening; ends connections when what they serve is answered, and all of them after so many seconds. */
  drain(seconds: number): Promise<void>;
  /** Stops listening and ends all connections. */
  close(): Promise<void>;
}

/** Bytes of request line and headers; both clouds' gateways allow about as much. */
const MAX_HEADER_BYTES = 16 * 1024;
/** Milliseconds for the headers, and for the whole request, to arrive. */
const HEADERS_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 60_000;
/** Milliseconds that a connection is kept for its client's next request: longer than the proxies in front of it keep theirs. */
const KEEP_ALIVE_MS = 75_000;
/** Milliseconds in which a client may use an idle connection once more while the gateway stops. */
const IDLE_MS = 300;

/** The HTTP server in front of functions. Rejects with PORT_TAKEN or LISTEN_FAILED. */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const server = createServer({
    maxHeaderSize: MAX_HEADER_BYTES,
    headersTimeout: options.headersTimeout ?? HEADERS_TIMEOUT_MS,
    requestTimeout: REQUEST_TIMEOUT_MS,
    keepAliveTimeout: KEEP_ALIVE_MS,
    connectionsCheckingInterval: 500,
    // An HTTP/1.1 request without Host is answered by the app, as behind a plain server.
    requireHostHeader: false,
    noDelay: true,
  });
  server.on('request', options.onRequest);
  // The handler answers `100 Continue` itself, after it has looked at the announced length.
  server.on('checkContinue', options.onRequest);
  // The server forgets those that change to another protocol, and would wait for them all the same.
  const upgraded = new Set<Socket>();
  server.on('upgrade', (request, socket: Socket, head) => {
    upgraded.add(socket);
    socket.once('close', () => upgraded.delete(socket));
    options.onUpgrade(request, socket, head);
  });
  const endAll = (): void => {
    server.closeAllConnections();
    for (const socket of upgraded) socket.destroy();
  };
  server.on('clientError', (error: Error, socket: Socket) => writeEarlyError(socket, systemCode(error)));
  await listen(server, options.host, options.port, {
    names: '--host or --port',
    forPort: (port) => `--port ${port}`,
  });
  const { port } = server.address() as AddressInfo;
  const host = options.host.includes(':') ? `[${options.host}]` : options.host;
  return {
    url: `http://${host}:${port}`,
    port,
    drain: (seconds) =>
      new Promise((resolve) => {
        // A kept connection would go on for as long as its client likes.
        server.prependListener('request', (_, response: ServerResponse) => {
          response.shouldKeepAlive = false;
        });
        const end = setTimeout(endAll, seconds * 1000);
        const idle = setInterval(() => server.closeIdleConnections(), IDLE_MS);
        // That of http.Server ends idle connections on the spot, though a request may be on its way.
        TcpServer.prototype.close.call(server, () => {
          clearTimeout(end);
          clearInterval(idle);
          resolve();
        });
      }),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        endAll();
      }),
  };
}
