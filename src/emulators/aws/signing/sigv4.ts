import { createHash, createHmac } from 'node:crypto';

// AWS Signature Version 4: "Create a signed AWS API request" in the IAM user guide.

export const ALGORITHM = 'AWS4-HMAC-SHA256';

/** A request as far as its signature covers it. */
export interface SignedRequest {
  method: string;
  /** As sent: percent-encoded, without the query. */
  path: string;
  /** As sent, without `?`. */
  query: string;
  /** Names in lower case; values of repeated headers in their order. */
  headers: Record<string, string[]>;
  /** Names of the headers that are signed, in lower case and sorted. */
  signedHeaders: readonly string[];
  /** SHA-256 of the body in lower-case hex, or the word that stands for it (`UNSIGNED-PAYLOAD`). */
  payloadHash: string;
}

/** What a key may sign: `20150830/us-east-1/iam/aws4_request`. */
export interface Scope {
  /** `20150830` */
  date: string;
  region: string;
  service: string;
}

/** Of services but S3, whose paths are signed as they are sent. */
export interface CanonicalOptions {
  /** The path's segments are encoded once more, and `.`, `..` and empty ones taken out. */
  normalizes: boolean;
}

export function canonicalRequest(
  { method, path, query, headers, signedHeaders, payloadHash }: SignedRequest,
  { normalizes }: CanonicalOptions,
): string {
  const lines = signedHeaders.map(
    (name) =>
      `${name}:${(headers[name] ?? []).map((value) => value.trim().replaceAll(/ +/g, ' ')).join(',')}`,
  );
  return [
    method,
    normalizes ? encodeSegments(normalized(path)) : path === '' ? '/' : path,
    canonicalQuery(query),
    ...lines,
    '',
    signedHeaders.join(';'),
    payloadHash,
  ].join('\n');
}

/** `time`: `20150830T123600Z`. */
export function stringToSign(canonical: string, time: string, scope: Scope): string {
  return [ALGORITHM, time, scopeText(scope), sha256(canonical)].join('\n');
}

export function signature(text: string, secret: string, scope: Scope): string {
  return hmac(signingKey(secret, scope), text).toString('hex');
}

export function signingKey(secret: string, { date, region, service }: Scope): Buffer {
  return [date, region, service, 'aws4_request'].reduce<Buffer>(
    (key, part) => hmac(key, part),
    Buffer.from(`AWS4${secret}`),
  );
}

export function scopeText({ date, region, service }: Scope): string {
  return `${date}/${region}/${service}/aws4_request`;
}

export function sha256(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}

/** RFC 3986: unreserved characters stay, all others are encoded, in upper case. */
export function encode(text: string): string {
  return encodeURIComponent(text).replaceAll(
    /[!'()*]/g,
    (one) => `%${one.codePointAt(0)!.toString(16).toUpperCase()}`,
  );
}

/** Without the signature itself; names and values as they are when they are decoded, sorted by bytes. */
function canonicalQuery(query: string): string {
  return query
    .split('&')
    .filter((part) => part !== '')
    .map((part) => {
      const at = part.indexOf('=');
      return at === -1 ? [part, ''] : [part.slice(0, at), part.slice(at + 1)];
    })
    .map(([name = '', value = '']) => [encode(decode(name)), encode(decode(value))] as const)
    .filter(([name]) => name !== 'X-Amz-Signature')
    .sort(([a, x], [b, y]) => (a === b ? (x < y ? -1 : 1) : a < b ? -1 : 1))
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
}

/** What is no percent-encoding stays as it is; a plus is a plus. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function normalized(path: string): string {
  const kept: string[] = [];
  const segments = path.split('/');
  for (const segment of segments) {
    if (segment === '' || segment === '.') continue;
    if (segment === '..') kept.pop();
    else kept.push(segment);
  }
  const isFolder = /\/\.{0,2}$/.test(path);
  return `/${kept.join('/')}${isFolder && kept.length > 0 ? '/' : ''}`;
}

function encodeSegments(path: string): string {
  return path.split('/').map(encode).join('/');
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}
