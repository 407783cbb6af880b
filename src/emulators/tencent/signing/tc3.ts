import { createHash, createHmac } from 'node:crypto';

import { isSameSecret } from '../../../lib/same-secret.ts';
import { TencentError } from '../service.ts';
import { hostForms } from './hosts.ts';
import { checkTime, missing, secretOf, type Trust, wrongSignature } from './refusal.ts';

/** What TC3-HMAC-SHA256 signs (https://www.tencentcloud.com/document/api/583/33846). */
export interface Tc3Request {
  method: string;
  /** `/` */
  path: string;
  /** As sent, without `?`. */
  query: string;
  headers: Record<string, string | string[] | undefined>;
  body: Buffer;
}

export interface Tc3Keys {
  id: string;
  secret: string;
}

export interface Tc3Scope {
  /** `2019-02-25`, in UTC. */
  date: string;
  /** `scf` */
  service: string;
}

/** Who signed, and for what, once the signature has been found good. */
export interface Tc3Signer extends Tc3Scope {
  id: string;
}

const ALGORITHM = 'TC3-HMAC-SHA256';
const UNSIGNED = 'UNSIGNED-PAYLOAD';
const AUTHORIZATION =
  /^TC3-HMAC-SHA256\s+Credential=([^/,\s]+)\/(\d{4}-\d{2}-\d{2})\/([^/,\s]+)\/tc3_request,\s*SignedHeaders=([a-z0-9;-]+),\s*Signature=([0-9a-f]{64})$/;

export function isTc3(authorization: string | undefined): boolean {
  return authorization?.startsWith(ALGORITHM) ?? false;
}

/** The `Authorization` of a request. `timestamp`: seconds since 1970. Content-Type and Host must be among its headers. */
export function signTc3(
  request: Tc3Request,
  { id, secret }: Tc3Keys,
  {
    timestamp,
    service,
    signedHeaders = ['content-type', 'host'],
  }: { timestamp: number; service: string; signedHeaders?: string[] },
): string {
  const date = dateOf(timestamp);
  const canonical = canonicalRequest(request, signedHeaders, (name) => headerOf(request, name) ?? '');
  const signature = signatureOf(canonical, { secret, timestamp: String(timestamp), date, service });
  return `${ALGORITHM} Credential=${id}/${date}/${service}/tc3_request, SignedHeaders=${signedHeaders.join(';')}, Signature=${signature}`;
}

/**
 * Whether a request is signed by somebody who is known. Throws `TencentError`: AuthFailure.InvalidAuthorization, .SignatureExpire,
 * .SecretIdNotFound, .TokenFailure, .SignatureFailure; MissingParameter.
 */
export function verifyTc3(request: Tc3Request, trust: Trust): Tc3Signer {
  const match = AUTHORIZATION.exec(headerOf(request, 'authorization') ?? '');
  if (match === null)
    throw invalidAuthorization('The Authorization header is not in the form of TC3-HMAC-SHA256.');
  const [, id, date, service, names, given] = match as unknown as [
    string,
    string,
    string,
    string,
    string,
    string,
  ];
  const signedHeaders = names.split(';');
  if (!signedHeaders.includes('content-type') || !signedHeaders.includes('host'))
    throw invalidAuthorization('SignedHeaders must contain content-type and host.');
  if (signedHeaders.some((name) => headerOf(request, name) === undefined))
    throw invalidAuthorization('A header that SignedHeaders names is not there.');
  const timestamp = headerOf(request, 'x-tc-timestamp');
  if (timestamp === undefined) throw missing('Timestamp');
  checkTime(timestamp, trust.now);
  const secret = secretOf(trust, id, headerOf(request, 'x-tc-token'));
  if (date !== dateOf(Number(timestamp)))
    throw invalidAuthorization('The date of the credential scope is not that of the Timestamp.');
  const meant = meantHeaders(request, signedHeaders).some((valueOf) =>
    isSameSecret(
      given,
      signatureOf(canonicalRequest(request, signedHeaders, valueOf), { secret, timestamp, date, service }),
    ),
  );
  if (!meant) throw wrongSignature();
  return { id, date, service };
}

/** Documents say that values are signed in lower case; the SDKs sign them as they are. */
function meantHeaders(request: Tc3Request, names: string[]): ((name: string) => string)[] {
  const asSent = new Map(names.map((name) => [name, headerOf(request, name)!]));
  return hostForms(asSent.get('host')!).flatMap((host) => {
    const sent = (name: string): string => (name === 'host' ? host : asSent.get(name)!);
    return [sent, (name: string): string => sent(name).toLowerCase()];
  });
}

function canonicalRequest(request: Tc3Request, names: string[], valueOf: (name: string) => string): string {
  const { method, path, query, body } = request;
  const payload =
    headerOf(request, 'x-tc-content-sha256') === UNSIGNED ? UNSIGNED : method === 'GET' ? '' : body;
  const headers = names.map((name) => `${name}:${valueOf(name).trim()}\n`).join('');
  return [method, path, query, headers, names.join(';'), sha256(payload)].join('\n');
}

function signatureOf(
  canonical: string,
  { secret, timestamp, date, service }: Tc3Scope & { secret: string; timestamp: string },
): string {
  const key = [date, service, 'tc3_request'].reduce<Buffer | string>(
    (from, part) => createHmac('sha256', from).update(part).digest(),
    `TC3${secret}`,
  );
  const text = [ALGORITHM, timestamp, `${date}/${service}/tc3_request`, sha256(canonical)].join('\n');
  return createHmac('sha256', key).update(text).digest('hex');
}

function headerOf({ headers }: Tc3Request, name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value.join(', ') : value;
}

function dateOf(seconds: number): string {
  return new Date(seconds * 1000).toISOString().slice(0, 10);
}

function sha256(content: string | Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}

function invalidAuthorization(message: string): TencentError {
  return new TencentError('AuthFailure.InvalidAuthorization', message);
}
