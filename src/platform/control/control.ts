import {
  createServer,
  type IncomingMessage,
  type Server as HttpServer,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';

import { RopewayError } from '../../lib/errors.ts';
import { isLoopback } from '../../lib/loopback.ts';
import { listen } from '../../lib/listen.ts';
import type { Server } from '../server.ts';
import { bodyReader, type BodyReader, readJson, uploadOf } from './body.ts';
import { checked, errorAnswer } from './control-error.ts';
import { openApi } from './openapi.ts';
import { OPERATIONS, type Operation, PARAMETERS } from './operations.ts';
import { hasToken } from './token.ts';

/** Where the control API listens: a Unix socket, which its owner alone may open, or a port. */
export type ControlAddress = { socket: string } | { host: string; port: number };

export interface Control {
  /** `unix:/path` or `http://127.0.0.1:3001`. */
  address: string;
  close(): Promise<void>;
}

/** Starts the control API. With a token every operation but the health check needs it. Rejects with PORT_TAKEN, LISTEN_FAILED. */
export async function startControl(
  server: Server,
  address: ControlAddress,
  token: string | undefined,
): Promise<Control> {
  const handle = (request: IncomingMessage, response: ServerResponse): void => {
    answer(server, token, bodyReader(request, response)).then(
      ({ status, type, body }) => send(request, response, status, type, body),
      (error: unknown) => {
        const { status, body } = errorAnswer(error);
        send(request, response, status, JSON_TYPE, toText(body));
      },
    );
  };
  const http = createServer({ requestTimeout: UPLOAD_MS }, handle);
  // Who asks before sending a body is told to go on when the body is wanted.
  http.on('checkContinue', handle);
  if ('socket' in address) await listenOnSocket(http, address.socket);
  else
    await listen(http, address.host, address.port, {
      names: '--control',
      forPort: (port) => `--control ${address.host}:${port}`,
    });
  return {
    address: 'socket' in address ? `unix:${address.socket}` : urlOf(http.address() as AddressInfo),
    close: () =>
      new Promise((resolve) => {
        http.close(() => resolve());
        http.closeIdleConnections();
        setTimeout(() => http.closeAllConnections(), CLOSE_MS).unref();
      }),
  };
}

function listenOnSocket(http: HttpServer, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    http.once('error', reject);
    // From its first moment on the socket is its owner's alone.
    const mask = process.umask(0o177);
    http.listen(path, () => resolve());
    process.umask(mask);
  });
}

/** Milliseconds in which a request has to be there whole, the largest package on a slow line included. */
const UPLOAD_MS = 3600_000;
/** Milliseconds that an operation has to answer while the platform stops. */
const CLOSE_MS = 1000;
const JSON_TYPE = 'application/json; charset=utf-8';

interface Answer {
  status: number;
  type: string;
  body: string;
}

async function answer(server: Server, token: string | undefined, reader: BodyReader): Promise<Answer> {
  const { request } = reader;
  const { method = 'GET' } = request;
  const path = new URL(request.url ?? '/', 'http://localhost').pathname;
  refuseBrowsers(request, token);
  const isHealth = path === '/v1/health';
  if (token !== undefined && !isHealth && !hasToken(request.headers.authorization, token)) {
    throw new RopewayError({
      code: 'UNAUTHORIZED',
      message: 'The control API needs its token.',
      expected: 'Authorization: Bearer <token>',
    });
  }
  if (method === 'GET' && path === '/metrics') return { status: 200, ...(await server.metrics.text()) };
  if (method === 'GET' && path === '/v1/openapi.json') return json(200, openApi());
  const { operation, parameters } = find(method, path);
  const body =
    operation.upload === undefined
      ? operation.body && checked(operation.body, await readJson(reader), 'The body')
      : uploadOf(reader);
  const result = await operation.run(server, parameters, body);
  return json(isHealth && server.draining ? 503 : 200, result);
}

/** Pages of other sites can reach loopback, too, also under a name of their own: no browser is a client of this API. */
function refuseBrowsers({ headers }: IncomingMessage, token: string | undefined): void {
  const isPage = headers.origin !== undefined || headers['sec-fetch-site'] !== undefined;
  const host = (headers.host ?? 'localhost').replace(/:\d+$/, '');
  const isOurs = token !== undefined || host === '[::1]' || isLoopback(host);
  if (!isPage && isOurs) return;
  throw new RopewayError({
    code: 'FORBIDDEN',
    message: 'The control API does not answer to web pages.',
    expected: 'a request without Origin, for localhost or with a token',
  });
}

function find(method: string, path: string): { operation: Operation; parameters: Record<string, string> } {
  const allowed: string[] = [];
  for (const operation of OPERATIONS) {
    const parameters = match(operation.path, path);
    if (parameters === undefined) continue;
    if (operation.method === method) return { operation, parameters };
    allowed.push(operation.method);
  }
  if (allowed.length > 0) {
    throw new RopewayError({
      code: 'METHOD_NOT_ALLOWED',
      message: `${path} does not take this method.`,
      expected: allowed.join(', '),
      got: method,
    });
  }
  throw new RopewayError({
    code: 'NO_SUCH_OPERATION',
    message: 'The control API has no such path.',
    got: path,
    fix: 'GET /v1/openapi.json lists them',
  });
}

/** The values of a path's `{…}`, or undefined when it is another path. Throws BAD_BODY for a value that cannot be. */
function match(pattern: string, path: string): Record<string, string> | undefined {
  const parts = pattern.split('/');
  const given = path.split('/');
  if (parts.length !== given.length) return undefined;
  const parameters: Record<string, string> = {};
  for (const [index, part] of parts.entries()) {
    const name = /^\{(\w+)\}$/.exec(part)?.[1];
    if (name !== undefined) parameters[name] = decode(given[index]!);
    else if (part !== given[index]) return undefined;
  }
  for (const [name, value] of Object.entries(parameters))
    checked(PARAMETERS[name]!, value, `{${name}} of the path`);
  return parameters;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function json(status: number, value: unknown): Answer {
  return { status, type: JSON_TYPE, body: toText(value) };
}

function toText(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

function send(
  request: IncomingMessage,
  response: ServerResponse,
  status: number,
  type: string,
  body: string,
): void {
  // What was not wanted is dropped as it comes, so that the client gets to read the answer.
  if (!request.complete) request.resume();
  response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' });
  response.end(body);
}

function urlOf({ address, port, family }: AddressInfo): string {
  return `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`;
}
