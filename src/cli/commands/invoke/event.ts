import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';

import { formatByName } from '../../../events/list.ts';
import { EventError, type Headers, type HttpRequest, type JsonObject } from '../../../events/types.ts';
import { errorMessage, RopewayError } from '../../../lib/errors.ts';

export interface EventOptions {
  event?: string;
  http?: string[];
  header: string[];
  data?: string;
}

/** The event that the options describe; without any an empty one. Throws EVENT, HTTP_REQUEST. */
export function readEvent(options: EventOptions, format: string): JsonObject {
  if (options.http !== undefined) {
    if (options.event !== undefined) {
      throw new RopewayError({
        code: 'EVENT',
        message: '--event and --http are two events.',
        fix: 'leave one of them out',
      });
    }
    return httpEvent(options, format);
  }
  return options.event === undefined ? {} : parseEvent(options.event);
}

function parseEvent(file: string): JsonObject {
  let text: string;
  try {
    text = readFileSync(file === '-' ? 0 : file, 'utf8');
  } catch (error) {
    throw new RopewayError({
      code: 'EVENT',
      message: `The file of --event cannot be read: ${errorMessage(error)}`,
      cause: error,
    });
  }
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as JsonObject;
    throw new Error('it is no object');
  } catch (error) {
    throw new RopewayError({
      code: 'EVENT',
      message: 'The event is no JSON object.',
      expected: '{"key": "value"}',
      got: errorMessage(error),
      cause: error,
    });
  }
}

function httpEvent({ http = [], header, data }: EventOptions, format: string): JsonObject {
  const [method, target] = http.length === 1 ? ['GET', http[0]!] : [http[0]!, http[1]!];
  if (http.length > 2 || !/^[A-Za-z]+$/.test(method) || !target.startsWith('/')) {
    throw new RopewayError({
      code: 'HTTP_REQUEST',
      message: '--http has no request.',
      expected: 'a method and a path: --http GET /hello?name=Ada',
      got: http.join(' '),
    });
  }
  const body = data === undefined ? new Uint8Array() : readBody(data);
  const mark = target.indexOf('?');
  const headers = header.map(readHeader);
  const has = (name: string): boolean => headers.some(([one]) => one.toLowerCase() === name);
  if (!has('host')) headers.push(['Host', 'localhost']);
  if (body.length > 0 && !has('content-type'))
    headers.push(['Content-Type', 'application/x-www-form-urlencoded']);
  if (body.length > 0) headers.push(['Content-Length', String(body.length)]);
  const request: HttpRequest = {
    method: method.toUpperCase(),
    path: mark === -1 ? target : target.slice(0, mark),
    query: mark === -1 ? '' : target.slice(mark + 1),
    headers,
    body,
    scheme: 'http',
    remoteAddress: '127.0.0.1',
    stage: '',
    requestId: randomUUID(),
    time: Date.now(),
  };
  try {
    return formatByName(format).toEvent(request);
  } catch (error) {
    if (!(error instanceof EventError)) throw error;
    throw new RopewayError({ code: 'EVENT', message: `--format: ${error.message}`, cause: error });
  }
}

function readBody(data: string): Uint8Array {
  if (!data.startsWith('@')) return Buffer.from(data);
  try {
    return readFileSync(data.slice(1));
  } catch (error) {
    throw new RopewayError({
      code: 'EVENT',
      message: `The file of --data cannot be read: ${errorMessage(error)}`,
      cause: error,
    });
  }
}

function readHeader(text: string): Headers[number] {
  const colon = text.indexOf(':');
  const name = text.slice(0, colon).trim();
  if (colon > 0 && /^[\w!#$%&'*+.^`|~-]+$/.test(name)) return [name, text.slice(colon + 1).trim()];
  throw new RopewayError({
    code: 'HTTP_REQUEST',
    message: '--header has no header.',
    expected: "'Name: value'",
    got: text,
  });
}
