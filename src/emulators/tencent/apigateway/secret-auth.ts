import { createHmac } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

import { isSameSecret } from '../../../lib/same-secret.ts';

/**
 * Whether a request is signed with a key of the gateway: `hmac id="…", algorithm="hmac-sha1", headers="x-date source", signature="…"`
 * (https://cloud.tencent.com/document/product/628/11819). `secretOf`: undefined when the key may not call this API.
 */
export function isSignedRequest(
  headers: IncomingHttpHeaders,
  now: number,
  secretOf: (id: string) => string | undefined,
): boolean {
  const parts = new Map(
    [...(headers.authorization ?? '').matchAll(/(\w+)="([^"]*)"/g)].map(([, name, value]) => [name!, value!]),
  );
  const [id = '', names = '', given = ''] = ['id', 'headers', 'signature'].map((name) => parts.get(name));
  const algorithm = ALGORITHMS[parts.get('algorithm') ?? ''];
  const secret = secretOf(id);
  if (!/^hmac /i.test(headers.authorization ?? '') || algorithm === undefined || secret === undefined)
    return false;
  const signed = names.toLowerCase().split(' ');
  const date = Date.parse(String(headers['x-date'] ?? headers.date ?? ''));
  const isDated = signed.includes('x-date') || signed.includes('date');
  if (!isDated || !(Math.abs(now - date) <= TOLERANCE_MS)) return false;
  const text = signed.map((name) => `${name}: ${String(headers[name] ?? '')}`).join('\n');
  return isSameSecret(given, createHmac(algorithm, secret).update(text).digest('base64'));
}

const ALGORITHMS: Record<string, string> = { 'hmac-sha1': 'sha1', 'hmac-sha256': 'sha256' };
const TOLERANCE_MS = 15 * 60_000;
