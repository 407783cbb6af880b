import { type IncomingMessage, ServerResponse, validateHeaderName, validateHeaderValue } from 'node:http';

import type { Headers } from '../../events/types.ts';
import type { FakeSocket } from './fake-socket.ts';
import type { ResponseOutput } from './response-output.ts';

/**
 * A real `ServerResponse` that writes to `output` instead of a connection. Only the two methods in which
 * Node turns a response into bytes are replaced, so that everything above them (`writeHead`, implicit
 * headers, `Content-Length` of an `end(data)`, events) stays Node's own. On the instance, since frameworks
 * replace the prototype.
 */
export function captureResponse(
  incoming: IncomingMessage,
  socket: FakeSocket,
  output: ResponseOutput,
): ServerResponse {
  const response = new ServerResponse(incoming) as Captured;
  response.sendDate = false;
  response.shouldKeepAlive = false;
  socket._httpMessage = response;
  (response as { socket: unknown }).socket = socket;
  response[OUTPUT] = output;
  response._storeHeader = storeHeader;
  response._send = sendData;
  response._writeRaw = dropInformational;
  return response;
}

const OUTPUT = Symbol('output');

type Given = Record<string, unknown> | unknown[] | null | undefined;

type Captured = ServerResponse & Internals;

/** What of Node's `OutgoingMessage` is used below its public methods; the same from Node 12 to 24. */
interface Internals {
  [OUTPUT]: ResponseOutput;
  _header: string | null;
  _headerSent: boolean;
  _hasBody: boolean;
  _contentLength: number | null;
  _removedContLen: boolean;
  chunkedEncoding: boolean;
  /** In Node since 15.4; the types know it on requests only. */
  getRawHeaderNames(): string[];
  _storeHeader(firstLine: string, headers: Given): void;
  _send(data: string | Uint8Array, encoding?: unknown, callback?: () => void): boolean;
  _writeRaw(data: unknown, encoding?: unknown, callback?: () => void): boolean;
}

/** In place of writing the head as text. */
function storeHeader(this: Captured, _firstLine: string, given: Given): void {
  const headers: Headers = [];
  const names = this.getRawHeaderNames();
  if (names.length > 0) {
    for (const name of names) pushHeader(headers, name, this.getHeader(name));
  } else if (Array.isArray(given)) {
    pushList(headers, given);
  } else if (given !== null && given !== undefined) {
    for (const name of Object.keys(given)) pushChecked(headers, name, given[name]);
  }
  const [hasLength, hasTrailer] = framing(headers);
  const length = this._contentLength;
  // As Node decides it; it would frame anything else in chunks, which a result does not have.
  if (!hasLength && !hasTrailer && this._hasBody && !this._removedContLen && typeof length === 'number') {
    headers.push(['Content-Length', String(length)]);
  }
  this.chunkedEncoding = false;
  this._header = 'captured';
  this._headerSent = false;
  this[OUTPUT].head(this.statusCode, headers);
}

/** In place of writing bytes to the connection. */
function sendData(
  this: Captured,
  data: string | Uint8Array,
  encoding?: unknown,
  callback?: () => void,
): boolean {
  this._headerSent = true;
  let wantsMore = true;
  if (data.length > 0) {
    const bytes =
      typeof data === 'string'
        ? Buffer.from(data, typeof encoding === 'string' ? (encoding as BufferEncoding) : 'utf8')
        : Buffer.isBuffer(data)
          ? data
          : Buffer.from(data.buffer, data.byteOffset, data.byteLength);
    wantsMore = this[OUTPUT].chunk(bytes);
  }
  callBack(encoding, callback);
  return wantsMore;
}

/** `100 Continue`, `103 Early Hints`: no result has a place for them. */
function dropInformational(_data: unknown, encoding?: unknown, callback?: () => void): boolean {
  callBack(encoding, callback);
  return true;
}

/** Both may be left out, and the encoding alone. */
function callBack(encoding: unknown, callback: (() => void) | undefined): void {
  const done = typeof encoding === 'function' ? (encoding as () => void) : callback;
  if (typeof done === 'function') process.nextTick(done);
}

/** Whether there is a Content-Length, and a Trailer; connection-level headers are removed. */
function framing(headers: Headers): [length: boolean, trailer: boolean] {
  let hasLength = false;
  let hasTrailer = false;
  for (let index = 0; index < headers.length; index++) {
    const name = headers[index]![0];
    // Their lengths tell nearly all other headers apart without lower-casing them.
    if (name.length !== 7 && name.length !== 10 && name.length !== 14 && name.length !== 17) continue;
    const lower = name.toLowerCase();
    if (lower === 'content-length') hasLength = true;
    else if (lower === 'trailer') hasTrailer = true;
    else if (lower === 'connection' || lower === 'keep-alive' || lower === 'transfer-encoding') {
      headers.splice(index--, 1);
    }
  }
  return [hasLength, hasTrailer];
}

/** `writeHead(200, [name, value, …])`, or a list of pairs. */
function pushList(headers: Headers, given: unknown[]): void {
  if (Array.isArray(given[0])) {
    for (const [name, value] of given as [string, unknown][]) pushChecked(headers, name, value);
    return;
  }
  if (given.length % 2 !== 0) {
    const error = new TypeError(
      `The argument 'headers' is invalid. Received a list of ${given.length} items`,
    );
    throw Object.assign(error, { code: 'ERR_INVALID_ARG_VALUE' });
  }
  for (let index = 0; index < given.length; index += 2) {
    pushChecked(headers, given[index] as string, given[index + 1]);
  }
}

function pushChecked(headers: Headers, name: string, value: unknown): void {
  validateHeaderName(name);
  for (const item of Array.isArray(value) ? (value as unknown[]) : [value]) {
    validateHeaderValue(name, item as string);
  }
  pushHeader(headers, name, value);
}

function pushHeader(headers: Headers, name: string, value: unknown): void {
  if (typeof value === 'string') headers.push([name, value]);
  else if (!Array.isArray(value)) headers.push([name, String(value)]);
  else if (name.toLowerCase() === 'cookie') headers.push([name, value.join('; ')]);
  else for (const item of value as unknown[]) headers.push([name, String(item)]);
}
