import { isAscii, isUtf8 } from 'node:buffer';

import { type EventHeaders, headerValue, readHeaders } from './headers.ts';
import { malformed } from './json.ts';
import { EventError, type Headers, type JsonObject, type JsonValue } from './types.ts';

const EMPTY = new Uint8Array(0);

/**
 * A body as it stands in JSON. What the bytes are decides: valid UTF-8 is text, all else is base64;
 * so is what has a Content-Encoding, since a gateway may re-encode text.
 */
export function encodeBody(body: Uint8Array, headers: Headers): { text: string; base64: boolean } {
  if (body.length === 0) return { text: '', base64: false };
  const bytes = Buffer.isBuffer(body) ? body : Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  if (headerValue(headers, 'content-encoding') === undefined) {
    if (isAscii(bytes)) return { text: bytes.toString('latin1'), base64: false };
    if (isUtf8(bytes)) return { text: bytes.toString('utf8'), base64: false };
  }
  return { text: bytes.toString('base64'), base64: true };
}

/**
 * Body and headers of an event, which belong together: the length of the one stands among the others. Throws
 * `EventError` as `decodeBody` and `readHeaders` do.
 */
export function readContent(
  event: JsonObject,
  headers: JsonValue | undefined,
  cookies?: string[],
): EventHeaders & { body: Uint8Array } {
  const body = decodeBody(event['body'], event['isBase64Encoded']);
  const read = readHeaders(headers, body.length, cookies);
  return { body, headers: read.headers, host: read.host, scheme: read.scheme, address: read.address };
}

/** The bytes of a JSON body; null and a missing one are empty. Throws `EventError` on anything but text. */
export function decodeBody(body: JsonValue | undefined, isBase64: JsonValue | undefined): Uint8Array {
  if (body === undefined || body === null || body === '') return EMPTY;
  if (typeof body !== 'string') throw malformed('body', 'a string', body);
  if (isBase64 === undefined || isBase64 === null || isBase64 === false) return utf8Bytes(body);
  if (isBase64 !== true) throw malformed('isBase64Encoded', 'true or false', isBase64);
  const bytes = Buffer.from(body, 'base64');
  if (bytes.length !== base64Bytes(body) && bytes.length !== base64Bytes(body.replaceAll(/\s/g, ''))) {
    throw new EventError('body: isBase64Encoded is true, but the body is not base64');
  }
  return bytes;
}

/** ASCII, as most bodies are, is copied several times faster as latin-1, which is the same. */
function utf8Bytes(text: string): Buffer {
  const length = text.length;
  if (Buffer.byteLength(text, 'utf8') !== length) return Buffer.from(text, 'utf8');
  if (length <= Buffer.poolSize >>> 1 || length > SLAB_BYTES / 2) return Buffer.from(text, 'latin1');
  if (used + length > slab.length) {
    slab = Buffer.allocUnsafeSlow(SLAB_BYTES);
    used = 0;
  }
  const bytes = slab.subarray(used, used + length);
  bytes.write(text, 'latin1');
  // The next one at a multiple of eight, for views of numbers on it.
  used = (used + length + 7) & ~7;
  return bytes;
}

/**
 * Middle-sized bodies share blocks, as Node's own small buffers do: memory of its own for each makes the collector
 * run so often that it takes half of the time of a request of 64 KB.
 */
const SLAB_BYTES = 256 * 1024;
let slab: Buffer = Buffer.alloc(0);
let used = 0;

/** How many bytes the text stands for if nothing in it has to be skipped; NaN for an impossible length. */
function base64Bytes(text: string): number {
  let end = text.length;
  while (end > 0 && text.charCodeAt(end - 1) === 61) end--;
  return end % 4 === 1 ? Number.NaN : Math.floor((end * 3) / 4);
}
