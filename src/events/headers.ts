import { isObject, malformed, scalarText } from './json.ts';
import { EventError, type Headers, type HttpRequest, type JsonObject, type JsonValue } from './types.ts';

const MAX_CACHED_NAMES = 1000;
const lowerNames = new Map<string, string>();

/** Header names repeat from call to call: each is lower-cased once. */
export function lowerName(name: string): string {
  let lower = lowerNames.get(name);
  if (lower === undefined) {
    lower = name.toLowerCase();
    if (lowerNames.size < MAX_CACHED_NAMES) lowerNames.set(name, lower);
  }
  return lower;
}

/** The first value of a header, whatever the case of its name. `lower` is in lower case. */
export function headerValue(headers: Headers, lower: string): string | undefined {
  for (const [name, value] of headers) if (lowerName(name) === lower) return value;
  return undefined;
}

/** Sets a header, replacing every earlier one of that name in the place of the first. */
export function setHeader(headers: Headers, lower: string, value: string): void {
  let found = false;
  for (let i = 0; i < headers.length; i++) {
    const header = headers[i]!;
    if (lowerName(header[0]) !== lower) continue;
    if (found) headers.splice(i--, 1);
    else headers[i] = [header[0], value];
    found = true;
  }
  if (!found) headers.push([lower, value]);
}

/**
 * Request headers as one object with lower-case names, repeated ones joined with "," (Cookie with
 * "; "), as every gateway sends them. Transfer-Encoding is gone, since the body is in the event
 * whole; Content-Length tells its length. `added` wins over what the client sent.
 */
export function requestHeaders(
  request: HttpRequest,
  added: [lower: string, value: string][],
): Map<string, string> {
  const joined = new Map<string, string>();
  for (const [name, value] of request.headers) {
    const lower = lowerName(name);
    if (lower === 'transfer-encoding') continue;
    const earlier = joined.get(lower);
    const glue = lower === 'cookie' ? '; ' : ',';
    joined.set(lower, earlier === undefined ? value : earlier + glue + value);
  }
  if (request.body.length > 0) joined.set('content-length', String(request.body.length));
  for (const [lower, value] of added) joined.set(lower, value);
  return joined;
}

/**
 * The headers object of an event as a list. Lists become repeated headers, null ones vanish,
 * Transfer-Encoding is dropped, characters above latin-1 become their UTF-8 bytes, since a header
 * is bytes and we write those as latin-1. Throws `EventError` on values that are objects.
 */
export function readHeaders(value: JsonValue | undefined): Headers {
  const headers: Headers = [];
  if (value === undefined || value === null) return headers;
  if (!isObject(value)) throw malformed('headers', 'an object', value);
  for (const name in value) {
    if (lowerName(name) === 'transfer-encoding') continue;
    const item = value[name]!;
    if (typeof item === 'string') headers.push([name, wireText(item)]);
    else pushValues(headers, name, item);
  }
  return headers;
}

function pushValues(headers: Headers, name: string, value: JsonValue): void {
  if (value === null) return;
  for (const item of Array.isArray(value) ? value : [value]) {
    const text = scalarText(item);
    if (text === undefined) throw malformed(`headers[${JSON.stringify(name)}]`, 'a string', item);
    headers.push([name, wireText(text)]);
  }
}

/** Sets Content-Length to what the body really has; adds it when there is a body without one. */
export function fixContentLength(headers: Headers, length: number): void {
  if (length > 0 || headerValue(headers, 'content-length') !== undefined) {
    setHeader(headers, 'content-length', String(length));
  }
}

/** Several Cookie headers become one, joined with "; ", together with `more`; empty ones vanish. */
export function mergeCookies(headers: Headers, more: string[]): void {
  const cookies: string[] = [];
  let count = 0;
  for (const [name, value] of headers) {
    if (lowerName(name) !== 'cookie') continue;
    count++;
    if (value !== '') cookies.push(value);
  }
  if (count <= 1 && more.length === 0 && cookies.length === count) return;
  // Recorded function-URL events carry the same cookies in both places.
  const known = new Set(cookies.flatMap((value) => value.split(/; */)));
  for (const cookie of more) if (cookie !== '' && !known.has(cookie)) cookies.push(cookie);
  setHeader(headers, 'cookie', cookies.join('; '));
  if (cookies.length === 0)
    headers.splice(
      headers.findIndex(([name]) => lowerName(name) === 'cookie'),
      1,
    );
}

/** `http` or `https` as the gateway saw it; clouds that do not tell speak HTTPS. */
export function forwardedScheme(headers: Headers): 'http' | 'https' {
  const proto = headerValue(headers, 'x-forwarded-proto');
  return proto !== undefined && proto.split(',', 1)[0]!.trim().toLowerCase() === 'http' ? 'http' : 'https';
}

/** The client of a gateway that tells only in a header; '' when it does not tell. */
export function forwardedAddress(headers: Headers): string {
  const direct = headerValue(headers, 'x-scf-remote-addr') ?? headerValue(headers, 'x-forwarded-for') ?? '';
  return direct.split(',', 1)[0]!.trim();
}

const TOKEN = /^[\w!#$%&'*+.^`|~-]+$/;
// oxlint-disable-next-line no-control-regex -- control characters are what must not be in a header
const FORBIDDEN = /[\0\r\n]/;

/** Adds a response header; throws `EventError` when it cannot be written to the wire. */
export function pushResponseHeader(headers: Headers, name: string, value: string): void {
  if (!TOKEN.test(name))
    throw new EventError(`headers: ${JSON.stringify(name.slice(0, 60))} is no header name`);
  if (FORBIDDEN.test(value))
    throw new EventError(`headers[${JSON.stringify(name)}]: line break or NUL in the value`);
  headers.push([name, wireText(value)]);
}

/** Groups repeated headers, whatever the case of their names, in the order of their first ones. */
export function groupHeaders(headers: Headers): Map<string, { name: string; values: string[] }> {
  const groups = new Map<string, { name: string; values: string[] }>();
  for (const [name, value] of headers) {
    const lower = lowerName(name);
    const group = groups.get(lower);
    if (group === undefined) groups.set(lower, { name, values: [value] });
    else group.values.push(value);
  }
  return groups;
}

/** A map as a JSON object, safe for names such as `__proto__`. */
export function asJson(map: Map<string, JsonValue>): JsonObject {
  return Object.fromEntries(map);
}

function wireText(value: string): string {
  for (let i = 0; i < value.length; i++) {
    if (value.charCodeAt(i) > 0xff) return Buffer.from(value, 'utf8').toString('latin1');
  }
  return value;
}
