import {
  request as requestHttp,
  type ClientRequest,
  type IncomingMessage,
  type RequestOptions,
} from 'node:http';
import { request as requestHttps } from 'node:https';
import { packageVersion } from '../../lib/package-root.ts';
import { headerOf, withDefaults } from './headers.ts';
import { noAnswer, timedOut } from './send-errors.ts';
import { splitUrl } from './url.ts';
import type { Answer, HeaderList, OutgoingRequest } from './types.ts';

/** Room for an answer's headers, in bytes: more than gateways let through. */
const maxHeaderSize = 256 * 1024;

export interface SendOptions {
  /** For the whole exchange. */
  timeoutMs: number;
  /** Names of headers that must not be added when they are absent. */
  without?: string[];
}

/**
 * Sends one request over a connection of its own and collects the answer. Redirects are not followed,
 * bodies not decoded, header order and case not changed.
 * @throws RopewayError `BAD_ADDRESS`, `CONNECTION_REFUSED`, `HOST_NOT_FOUND`, `REQUEST_TIMEOUT`, `NO_ANSWER`
 */
export function send(request: OutgoingRequest, options: SendOptions): Promise<Answer> {
  const target = splitUrl(request.url);
  const headers = completeHeaders(request, options.without ?? []);
  const started = performance.now();
  return new Promise((resolve, reject) => {
    const outgoing = open(target, {
      method: request.method,
      headers: headers.flat(),
      agent: false,
      maxHeaderSize,
    });
    const timer = setTimeout(() => outgoing.destroy(timedOut(request, options.timeoutMs)), options.timeoutMs);
    const fail = (error: unknown): void => {
      clearTimeout(timer);
      reject(noAnswer(error, request));
    };
    const finish = (incoming: IncomingMessage, body: Buffer): void => {
      clearTimeout(timer);
      resolve(toAnswer(incoming, body, performance.now() - started));
    };
    outgoing.on('error', fail);
    outgoing.on('response', (incoming) => {
      collect(incoming).then((body) => finish(incoming, body), fail);
    });
    // A switch to another protocol: the answer is shown, the connection is of no use here.
    outgoing.on('upgrade', (incoming, socket) => {
      socket.destroy();
      finish(incoming, Buffer.alloc(0));
    });
    outgoing.end(request.body);
  });
}

function open(target: ReturnType<typeof splitUrl>, options: RequestOptions): ClientRequest {
  const { protocol, hostname, port, path } = target;
  const send = protocol === 'https:' ? requestHttps : requestHttp;
  return send({ protocol, hostname, port, path, ...options });
}

/** With a list of headers Node adds none of its own, so all that a request needs is added here. */
function completeHeaders(request: OutgoingRequest, without: string[]): HeaderList {
  const { authority, credentials } = splitUrl(request.url);
  const defaults: HeaderList = [
    ['Host', authority],
    ['User-Agent', `ropeway/${packageVersion()}`],
    ['Accept', '*/*'],
  ];
  if (credentials !== undefined)
    defaults.push(['Authorization', `Basic ${Buffer.from(credentials).toString('base64')}`]);
  defaults.push(['Connection', 'close']);
  if (needsLength(request)) defaults.push(['Content-Length', String(request.body?.length ?? 0)]);
  return withDefaults(request.headers, defaults).filter(([name]) => {
    const given = headerOf(request.headers, name) !== undefined;
    return given || !without.includes(name.toLowerCase());
  });
}

function needsLength({ method, body, headers }: OutgoingRequest): boolean {
  if (headerOf(headers, 'transfer-encoding') !== undefined) return false;
  return body !== undefined || ['POST', 'PUT', 'PATCH'].includes(method);
}

async function collect(incoming: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function toAnswer(incoming: IncomingMessage, body: Buffer, timeMs: number): Answer {
  const raw = incoming.rawHeaders;
  const headers: HeaderList = [];
  for (let index = 0; index < raw.length; index += 2) headers.push([raw[index] ?? '', raw[index + 1] ?? '']);
  return {
    httpVersion: incoming.httpVersion,
    status: incoming.statusCode ?? 0,
    reason: incoming.statusMessage ?? '',
    headers,
    body,
    timeMs,
  };
}
