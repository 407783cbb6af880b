import { createHash, createHmac } from 'node:crypto';

import { isSameSecret } from '../../../lib/same-secret.ts';

/**
 * COS's own signature, `q-sign-algorithm=sha1`, in a header or in the query (https://cloud.tencent.com/document/product/436/7778).
 * Pure: no clock, no keys of their own.
 */
export interface CosSignature {
  id: string;
  /** `1700000000;1700000900`: seconds since 1970. */
  signTime: string;
  keyTime: string;
  /** Names of what is signed, in lower case and percent-encoded, in the order in which they are. */
  headers: string[];
  parameters: string[];
  signature: string;
}

/** What is signed. Names of headers and parameters in any case; values as they were before they were encoded. */
export interface SignedRequest {
  method: string;
  /** Decoded: `/dir/名.txt`. */
  path: string;
  query: readonly (readonly [name: string, value: string])[];
  headers: readonly (readonly [name: string, value: string])[];
}

/** `q-sign-algorithm=sha1&q-ak=…`, as a header has it; undefined when it is no such thing. */
export function parseSignature(text: string): CosSignature | undefined {
  const parts = new Map<string, string>();
  for (const part of text.trim().split('&')) {
    const sign = part.indexOf('=');
    if (sign > 0) parts.set(part.slice(0, sign), part.slice(sign + 1));
  }
  return fromParts((name) => parts.get(name));
}

/** The same from the query of a pre-signed address. */
export function signatureOfQuery(query: SignedRequest['query']): CosSignature | undefined {
  const all = new Map(query);
  return fromParts((name) => all.get(name));
}

function fromParts(part: (name: string) => string | undefined): CosSignature | undefined {
  const [id, signTime, keyTime, signature] = ['q-ak', 'q-sign-time', 'q-key-time', 'q-signature'].map(part);
  if (part('q-sign-algorithm')?.toLowerCase() !== 'sha1') return undefined;
  if (!id || !signTime || !keyTime || !signature) return undefined;
  if (!TIMES.test(signTime) || !TIMES.test(keyTime)) return undefined;
  return {
    id,
    signTime,
    keyTime,
    headers: names(part('q-header-list')),
    parameters: names(part('q-url-param-list')),
    signature,
  };
}

const TIMES = /^\d{1,12};\d{1,12}$/;

function names(list: string | undefined): string[] {
  return (list ?? '').split(';').filter((name) => name !== '');
}

/** `FormatString` of the documentation, of those headers and parameters that the signature names. */
export function formatString(
  { method, path, query, headers }: SignedRequest,
  { headers: headerNames, parameters }: Pick<CosSignature, 'headers' | 'parameters'>,
): string {
  return [method.toLowerCase(), path, pick(parameters, query), pick(headerNames, headers), ''].join('\n');
}

export function stringToSign(signTime: string, format: string): string {
  return ['sha1', signTime, createHash('sha1').update(format).digest('hex'), ''].join('\n');
}

/** Whether a request was signed with this secret, whatever the time is. */
export function isSignedWith(secret: string, signature: CosSignature, request: SignedRequest): boolean {
  return isSameSecret(signature.signature.toLowerCase(), digestOf(secret, signature, request));
}

export interface SignOptions {
  id: string;
  secret: string;
  /** Seconds since 1970. */
  start: number;
  end: number;
}

/** The value of `Authorization`, also to be appended to an address; all given headers and parameters are signed. */
export function signRequest(request: SignedRequest, { id, secret, start, end }: SignOptions): string {
  const time = `${start};${end}`;
  const lists = { headers: sortedNames(request.headers), parameters: sortedNames(request.query) };
  const signature = { id, signTime: time, keyTime: time, signature: '', ...lists };
  return [
    ['q-sign-algorithm', 'sha1'],
    ['q-ak', id],
    ['q-sign-time', time],
    ['q-key-time', time],
    ['q-header-list', lists.headers.join(';')],
    ['q-url-param-list', lists.parameters.join(';')],
    ['q-signature', digestOf(secret, signature, request)],
  ]
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
}

/** Start and end of both times, seconds since 1970. */
export function validity({ signTime, keyTime }: Pick<CosSignature, 'signTime' | 'keyTime'>): {
  start: number;
  end: number;
} {
  const [signStart = 0, signEnd = 0] = signTime.split(';').map(Number);
  const [keyStart = 0, keyEnd = 0] = keyTime.split(';').map(Number);
  return { start: Math.max(signStart, keyStart), end: Math.min(signEnd, keyEnd) };
}

function digestOf(secret: string, signature: CosSignature, request: SignedRequest): string {
  const key = createHmac('sha1', secret).update(signature.keyTime).digest('hex');
  return createHmac('sha1', key)
    .update(stringToSign(signature.signTime, formatString(request, signature)))
    .digest('hex');
}

function sortedNames(pairs: SignedRequest['query']): string[] {
  return [...new Set(pairs.map(([name]) => encode(name).toLowerCase()))].toSorted();
}

function pick(wanted: readonly string[], pairs: SignedRequest['query']): string {
  const values = new Map(pairs.map(([name, value]) => [encode(name).toLowerCase(), value]));
  return wanted
    .map((name) => `${name.toLowerCase()}=${encode(values.get(name.toLowerCase()) ?? '')}`)
    .join('&');
}

/** All but letters, digits and `-_.~`. */
function encode(text: string): string {
  return encodeURIComponent(text).replaceAll(
    /[!'()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
