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

/** What of a client's headers gets into an event: all but Transfer-Encoding, since the body is in it whole. */
export function clientHeaders(request: HttpRequest): Headers {
  const headers = request.headers.filter(([name]) => lowerName(name) !== 'transfer-encoding');
  if (request.body.length === 0) return headers;
  const rest = headers.filter(([name]) => lowerName(name) !== 'content-length');
  return [...rest, ['content-length', String(request.body.length)]];
}

/**
 * Request headers as one object with lower-case names, repeated ones joined with "," (Cookie with
 * "; "), as many gateways send them. `added` wins over what the client sent.
 */
export function requestHeaders(
  request: HttpRequest,
  added: [lower: string, value: string][],
): Map<string, string> {
  const joined = new Map<string, string>();
  for (const [name, value] of clientHeaders(request)) {
    const lower = lowerName(name);
    const earlier = joined.get(lower);
    const glue = lower === 'cookie' ? '; ' : ',';
    joined.set(lower, earlier === undefined ? value : earlier + glue + value);
  }
  for (const [lower, value] of added) joined.set(lower, value);
  return joined;
}

/** What a gateway tells of the client's connection; X-Forwarded-For goes on from what was sent. */
export function forwardedHeaders(request: HttpRequest): [lower: string, value: string][] {
  const earlier = request.headers.filter(([name]) => lowerName(name) === 'x-forwarded-for');
  const port = /:(\d{1,5})$/.exec(headerValue(request.headers, 'host') ?? '')?.[1];
  return [
    ['x-forwarded-for', [...earlier.map(([, value]) => value), request.remoteAddress].join(', ')],
    ['x-forwarded-port', port ?? (request.scheme === 'https' ? '443' : '80')],
    ['x-forwarded-proto', request.scheme],
  ];
}

/** The headers of an event, and what an adapter itself reads of them. */
export interface EventHeaders {
  headers: Headers;
  /** The first Host. */
  host: string | undefined;
  /** `http` or `https` as the gateway saw it; clouds that do not tell speak HTTPS. */
  scheme: 'http' | 'https';
  /** The client of a gateway that tells only in a header; '' when it does not tell. */
  address: string;
}

/**
 * The headers object of an event as a list. Lists become repeated headers, null ones vanish,
 * Transfer-Encoding is dropped and Content-Length is what the body really has, since the body is in the
 * event whole. Several Cookie headers become one, together with the event's own `cookies`. Characters above
 * latin-1 become their UTF-8 bytes, since a header is bytes and we write those as latin-1. All in one
 * pass: this is where an adapter spends its time. Throws `EventError` on values that are objects.
 */
export function readHeaders(
  value: JsonValue | undefined,
  bodyLength: number,
  moreCookies?: string[],
): EventHeaders {
  const headers: Headers = [];
  const found: Found = { cookies: [], cookieAt: -1, lengthAt: -1 };
  if (value !== undefined && value !== null) {
    if (!isObject(value)) throw malformed('headers', 'an object', value);
    for (const name in value) {
      const item = value[name]!;
      if (typeof item === 'string') readHeader(headers, found, name, item);
      else readValues(headers, found, name, item);
    }
  }
  setLength(headers, found.lengthAt, bodyLength);
  setCookies(headers, found, moreCookies);
  return {
    headers,
    host: found.host,
    scheme: found.proto === undefined ? 'https' : schemeOf(found.proto),
    address: firstItem(found.direct ?? found.forwarded ?? ''),
  };
}

/** What `readHeaders` meets on its way. */
interface Found {
  host?: string;
  proto?: string;
  forwarded?: string;
  direct?: string;
  cookies: string[];
  cookieAt: number;
  lengthAt: number;
}

function readHeader(headers: Headers, found: Found, name: string, text: string): void {
  const value = wireText(text);
  switch (lowerName(name)) {
    case 'transfer-encoding':
      return;
    case 'content-length':
      if (found.lengthAt >= 0) return;
      found.lengthAt = headers.length;
      break;
    case 'cookie':
      if (value === '') return;
      found.cookies.push(value);
      if (found.cookieAt >= 0) return;
      found.cookieAt = headers.length;
      break;
    case 'host':
      found.host ??= value;
      break;
    case 'x-forwarded-proto':
      found.proto ??= value;
      break;
    case 'x-forwarded-for':
      found.forwarded ??= value;
      break;
    case 'x-scf-remote-addr':
      found.direct ??= value;
  }
  headers.push([name, value]);
}

function readValues(headers: Headers, found: Found, name: string, value: JsonValue): void {
  if (value === null) return;
  for (const item of Array.isArray(value) ? value : [value]) {
    const text = scalarText(item);
    if (text === undefined) throw malformed(`headers[${JSON.stringify(name)}]`, 'a string', item);
    readHeader(headers, found, name, text);
  }
}

function setLength(headers: Headers, at: number, length: number): void {
  if (at >= 0) headers[at]![1] = String(length);
  else if (length > 0) headers.push(['content-length', String(length)]);
}

function setCookies(headers: Headers, { cookies, cookieAt }: Found, more: string[] | undefined): void {
  if (more !== undefined && more.length > 0) {
    // Recorded function-URL events carry the same cookies in both places.
    const known = cookies.length === 0 ? undefined : new Set(cookies.flatMap((each) => each.split(/; */)));
    for (const cookie of more)
      if (cookie !== '' && known?.has(cookie) !== true) cookies.push(wireText(cookie));
  }
  if (cookies.length === 0) return;
  if (cookieAt < 0) headers.push(['cookie', cookies.join('; ')]);
  else if (cookies.length > 1) headers[cookieAt]![1] = cookies.join('; ');
}

function schemeOf(proto: string): 'http' | 'https' {
  return proto === 'https' || firstItem(proto).toLowerCase() !== 'http' ? 'https' : 'http';
}

function firstItem(list: string): string {
  const comma = list.indexOf(',');
  return (comma === -1 ? list : list.slice(0, comma)).trim();
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

/** A header with all its values; `name` as it was written first. */
export interface HeaderGroup {
  lower: string;
  name: string;
  values: string[];
}

/** Groups repeated headers, whatever the case of their names, in the order of their first ones. */
export function groupHeaders(headers: Headers): HeaderGroup[] {
  const groups: HeaderGroup[] = [];
  for (const [name, value] of headers) {
    const lower = lowerName(name);
    const group = groups.find((each) => each.lower === lower);
    if (group === undefined) groups.push({ lower, name, values: [value] });
    else group.values.push(value);
  }
  return groups;
}

/** Sets a property, also one with a name such as `__proto__`. */
export function setOwn(object: JsonObject, name: string, value: JsonValue): void {
  if (name === '__proto__') {
    Object.defineProperty(object, name, { value, enumerable: true, configurable: true, writable: true });
  } else object[name] = value;
}

/** A map as a JSON object, safe for names such as `__proto__`. */
export function asJson(map: Map<string, JsonValue>): JsonObject {
  return Object.fromEntries(map);
}

// oxlint-disable-next-line no-control-regex -- the whole of latin-1, which V8 knows without looking at such a text
const BEYOND_LATIN1 = /[^\0-\xff]/;

function wireText(value: string): string {
  return BEYOND_LATIN1.test(value) ? Buffer.from(value, 'utf8').toString('latin1') : value;
}
