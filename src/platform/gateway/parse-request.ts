import type { IncomingMessage } from 'node:http';

import type { Headers, HttpRequest } from '../../events/types.ts';
import { isLoopback } from '../../lib/loopback.ts';
import { InvocationError } from '../errors.ts';

/** What the caller asks of the platform itself, by headers that never reach the app. */
export interface Wishes {
  /** `x-ropeway-trace: 1`: tell in response headers how the request went. */
  trace: boolean;
  /** `x-ropeway-cold: 1`: use an instance made for this request. */
  cold: boolean;
}

export interface ParsedRequest {
  /** Without its body, which is read later. */
  request: HttpRequest;
  wishes: Wishes;
}

/**
 * A Node request as ours. Control headers never reach the app; they are honoured (`takesWishes`) on a developer's own machine
 * alone: behind a proxy every client comes from loopback. Throws BAD_REQUEST when the path is outside the stage.
 */
export function parseRequest(
  incoming: IncomingMessage,
  requestId: string,
  stage: string,
  takesWishes: boolean,
): ParsedRequest {
  const remoteAddress = (incoming.socket.remoteAddress ?? '127.0.0.1').replace(/^::ffff:/, '');
  const wishes: Wishes = { trace: false, cold: false };
  const headers: Headers = [];
  const raw = incoming.rawHeaders;
  for (let index = 0; index < raw.length; index += 2) {
    const name = raw[index]!;
    const value = raw[index + 1]!;
    if (!readWish(name.toLowerCase(), value, wishes)) headers.push([name, value]);
  }
  if (!takesWishes || !isLoopback(remoteAddress)) wishes.trace = wishes.cold = false;
  const target = originForm(incoming.url ?? '/');
  const mark = target.indexOf('?');
  const path = mark === -1 ? target : target.slice(0, mark);
  return {
    request: {
      method: incoming.method ?? 'GET',
      path: stripStage(path, stage),
      query: mark === -1 ? '' : target.slice(mark + 1),
      headers,
      body: new Uint8Array(),
      scheme: 'http',
      remoteAddress,
      stage,
      requestId,
      time: Date.now(),
    },
    wishes,
  };
}

/**
 * Headers as the app gets them once the body is read whole: its length known, not chunked. An empty chunked body
 * is a body all the same: apps tell by these headers.
 */
export function headersForBody(headers: Headers, bodyLength: number): Headers {
  const kept = headers.filter(([name]) => !/^(transfer-encoding|expect)$/i.test(name));
  const hasLength = kept.some(([name]) => name.toLowerCase() === 'content-length');
  const chunked = kept.length < headers.length && headers.some(([name]) => /^transfer-encoding$/i.test(name));
  if ((bodyLength > 0 || chunked) && !hasLength) kept.push(['Content-Length', String(bodyLength)]);
  return kept;
}

function readWish(name: string, value: string, wishes: Wishes): boolean {
  if (name === 'x-ropeway-trace') wishes.trace = value === '1';
  else if (name === 'x-ropeway-cold') wishes.cold = value === '1';
  else return false;
  return true;
}

/** Proxies' absolute form (`GET http://host/path`) as the path alone. */
export function originForm(url: string): string {
  const absolute = /^https?:\/\/[^/?#]*/i.exec(url);
  if (absolute === null) return url;
  const rest = url.slice(absolute[0].length);
  return rest.startsWith('/') ? rest : `/${rest}`;
}

function stripStage(path: string, stage: string): string {
  if (stage === '') return path;
  const prefix = `/${stage}`;
  if (path === prefix) return '/';
  if (path.startsWith(`${prefix}/`)) return path.slice(prefix.length);
  throw new InvocationError('BAD_REQUEST', `paths begin with the stage: ${prefix}${path}`);
}
