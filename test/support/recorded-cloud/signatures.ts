import { createHash, createHmac } from 'node:crypto';

import type { CloudRequest } from './request.ts';

export interface Keys {
  secretId: string;
  secretKey: string;
}

/** What is wrong with a request's signature by any of the three ways that Tencent Cloud has known; undefined: nothing. */
export function checkSignature(request: CloudRequest, keys: Keys): string | undefined {
  const authorization = request.headers['authorization'] ?? '';
  if (authorization.startsWith('TC3-HMAC-SHA256')) return checkTc3(request, authorization, keys);
  if (authorization.includes('q-sign-algorithm=sha1')) return checkCos(request, authorization, keys);
  return checkForm(request, keys);
}

/** Method, host, path and all parameters in the order of their names, as they are before they are encoded. */
function checkForm(request: CloudRequest, keys: Keys): string | undefined {
  const { Signature: given, ...signed } = request.flat;
  if (signed['SecretId'] !== keys.secretId) return 'another SecretId';
  const text = Object.keys(signed)
    .toSorted()
    .map((name) => `${name.indexOf('_') > 0 ? name.replaceAll('_', '.') : name}=${signed[name]}`)
    .join('&');
  const algorithm = signed['SignatureMethod'] === 'HmacSHA256' ? 'sha256' : 'sha1';
  const wanted = createHmac(algorithm, keys.secretKey)
    .update(`${request.method}${request.host}${request.path}?${text}`)
    .digest('base64');
  return wanted === given ? undefined : `form signature of ${request.host}`;
}

function checkTc3(request: CloudRequest, authorization: string, keys: Keys): string | undefined {
  const [, id, date, service, signedHeaders, given] =
    /Credential=([^/]+)\/([^/]+)\/([^/]+)\/tc3_request, SignedHeaders=([^,]+), Signature=(\w+)/.exec(
      authorization,
    ) ?? [];
  if (id !== keys.secretId) return 'another SecretId';
  const headers = signedHeaders!.split(';').map((name) => `${name}:${request.headers[name]}\n`);
  const canonical = ['POST', '/', '', headers.join(''), signedHeaders, hash('sha256', request.body)].join(
    '\n',
  );
  const text = [
    'TC3-HMAC-SHA256',
    request.headers['x-tc-timestamp'],
    `${date}/${service}/tc3_request`,
    hash('sha256', canonical),
  ].join('\n');
  const key = [date!, service!, 'tc3_request'].reduce(
    (key: Buffer | string, part) => createHmac('sha256', key).update(part).digest(),
    `TC3${keys.secretKey}`,
  );
  return createHmac('sha256', key).update(text).digest('hex') === given ? undefined : 'TC3 signature';
}

function checkCos(request: CloudRequest, authorization: string, keys: Keys): string | undefined {
  const parts = Object.fromEntries(
    authorization
      .split('&')
      .map((part) => [part.slice(0, part.indexOf('=')), part.slice(part.indexOf('=') + 1)]),
  ) as Record<string, string>;
  if (parts['q-ak'] !== keys.secretId) return 'another SecretId';
  const pick = (names: string, values: Record<string, string>): string =>
    (names === '' ? [] : names.split(';'))
      .map((name) => `${name}=${encode(values[decodeURIComponent(name)] ?? '')}`)
      .join('&');
  const format = [
    request.method.toLowerCase(),
    request.path,
    pick(parts['q-url-param-list']!, lowerNames(request.query)),
    pick(parts['q-header-list']!, request.headers),
    '',
  ].join('\n');
  const key = createHmac('sha1', keys.secretKey).update(parts['q-key-time']!).digest('hex');
  const wanted = createHmac('sha1', key)
    .update(`sha1\n${parts['q-sign-time']}\n${hash('sha1', format)}\n`)
    .digest('hex');
  return wanted === parts['q-signature'] ? undefined : `COS signature of ${request.method} ${request.path}`;
}

function lowerNames(values: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name.toLowerCase(), value]));
}

function encode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function hash(algorithm: string, content: string | Buffer): string {
  return createHash(algorithm).update(content).digest('hex');
}
