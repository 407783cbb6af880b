import { createHmac } from 'node:crypto';

import { isSameSecret } from '../../../lib/same-secret.ts';
import type { ApiCall } from '../../server.ts';
import type { AwsContext } from '../context.ts';
import { AwsError } from '../service.ts';
import { type S3Address, encodeKey } from './address.ts';
import { accessDenied } from './errors.ts';

// "Authenticating requests using the REST API (signature version 2)": boto3 still signs addresses so, unless it is told otherwise.

/** Parameters that are part of what is signed. */
const SIGNED = new Set([
  ...['accelerate', 'acl', 'analytics', 'cors', 'delete', 'encryption', 'inventory', 'lifecycle', 'location'],
  ...['logging', 'metrics', 'notification', 'object-lock', 'partNumber', 'policy', 'publicAccessBlock'],
  ...[
    'replication',
    'requestPayment',
    'restore',
    'select',
    'select-type',
    'storageClass',
    'tagging',
    'torrent',
  ],
  ...['uploadId', 'uploads', 'versionId', 'versioning', 'versions', 'website', 'ownershipControls'],
  ...['response-cache-control', 'response-content-disposition', 'response-content-encoding'],
  ...['response-content-language', 'response-content-type', 'response-expires'],
]);

/** Whether the address of a call is signed in the old way: found good. False: it is not signed so. Throws `AwsError` when it is not signed well. */
export function isSignedAddress(
  call: ApiCall,
  address: S3Address,
  { keys, now, peers }: AwsContext,
): boolean {
  const query = new URLSearchParams(call.query.replaceAll('+', '%2B'));
  const [id, given, expires] = ['AWSAccessKeyId', 'Signature', 'Expires'].map((name) => query.get(name));
  if (id == null || given == null || expires == null) return false;
  const key = isSameSecret(id, keys.id) ? { secret: keys.secret } : peers.temporaryKeys?.find(id);
  if (key === undefined)
    throw new AwsError(
      403,
      'InvalidAccessKeyId',
      'The AWS Access Key Id you provided does not exist in our records.',
      { AWSAccessKeyId: id },
    );
  if (!/^\d{1,12}$/.test(expires) || Number(expires) * 1000 < now())
    throw accessDenied('Request has expired');
  if (
    'token' in key &&
    (key.expires < now() || !isSameSecret(query.get('x-amz-security-token') ?? '', key.token))
  )
    throw new AwsError(400, 'ExpiredToken', 'The provided token is none, or has expired.');
  const text = stringToSign(call, address, query, expires);
  const expected = createHmac('sha1', key.secret).update(text).digest('base64');
  if (isSameSecret(given, expected)) return true;
  throw new AwsError(
    403,
    'SignatureDoesNotMatch',
    'The request signature we calculated does not match the signature you provided. Check your key and signing method.',
  );
}

function stringToSign(
  { method, path, headers }: ApiCall,
  { bucket = '', key }: S3Address,
  query: URLSearchParams,
  expires: string,
): string {
  const told = (name: string): string => query.get(name) ?? headers[name]?.toString() ?? '';
  const names = [...Object.keys(headers), ...query.keys()].filter((name) => name.startsWith('x-amz-'));
  const amz = [...new Set(names)].toSorted().map((name) => `${name}:${told(name).trim()}\n`);
  const inPath = path === `/${bucket}` || path.startsWith(`/${bucket}/`);
  const resource = inPath ? path : `/${bucket}/${encodeKey(key)}`;
  const signed = [...query]
    .filter(([name]) => SIGNED.has(name))
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => (value === '' ? name : `${name}=${value}`));
  const end = `${resource}${signed.length === 0 ? '' : `?${signed.join('&')}`}`;
  return `${method}\n${told('content-md5')}\n${told('content-type')}\n${expires}\n${amz.join('')}${end}`;
}
