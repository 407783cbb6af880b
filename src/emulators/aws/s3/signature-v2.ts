import { createHmac } from 'node:crypto';

import { isSameSecret } from '../../../lib/same-secret.ts';
import type { AwsContext } from '../context.ts';
import { type AwsCall, AwsError } from '../service.ts';
import { addressOf } from './address.ts';
import { accessDenied } from './errors.ts';

/** Parameters that are part of what is signed ("Signing and authenticating REST requests (AWS signature version 2)"). */
const SIGNED = new Set([
  ...['acl', 'cors', 'delete', 'lifecycle', 'location', 'logging', 'notification', 'partNumber', 'policy'],
  ...['requestPayment', 'tagging', 'torrent', 'uploadId', 'uploads', 'versionId', 'versioning', 'versions'],
  ...['website', 'response-cache-control', 'response-content-disposition', 'response-content-encoding'],
  ...['response-content-language', 'response-content-type', 'response-expires'],
]);

/** Whether an address is pre-signed in the old way, as boto3 and the aws command still do it in the oldest regions. */
export function isPresignedV2(query: URLSearchParams): boolean {
  return query.has('AWSAccessKeyId') && query.has('Signature') && query.has('Expires');
}

/** Finds such a signature good. Throws AccessDenied, InvalidAccessKeyId, ExpiredToken, InvalidToken, SignatureDoesNotMatch. */
export function verifyPresignedV2(
  call: AwsCall,
  { keys, now, peers }: Pick<AwsContext, 'keys' | 'now' | 'peers'>,
): void {
  const query = call.parameters;
  const [id, given, expires] = ['AWSAccessKeyId', 'Signature', 'Expires'].map((name) => query.get(name)!) as [
    string,
    string,
    string,
  ];
  if (!/^\d{1,12}$/.test(expires) || Number(expires) * 1000 < now())
    throw accessDenied('Request has expired');
  const temporary = peers.temporaryKeys?.find(id);
  const key = isSameSecret(id, keys.id)
    ? { secret: keys.secret, token: undefined, expires: undefined }
    : temporary;
  const token = query.get('x-amz-security-token') ?? undefined;
  if (key === undefined)
    throw new AwsError(
      403,
      'InvalidAccessKeyId',
      'The AWS Access Key Id you provided does not exist in our records.',
      {
        AWSAccessKeyId: id,
      },
    );
  if (key.expires !== undefined && key.expires < now())
    throw new AwsError(400, 'ExpiredToken', 'The provided token has expired.');
  if (key.token !== undefined && !isSameSecret(token ?? '', key.token))
    throw new AwsError(400, 'InvalidToken', 'The provided token is malformed or otherwise invalid.');
  const expected = createHmac('sha1', key.secret).update(stringToSign(call, expires)).digest('base64');
  if (isSameSecret(given, expected)) return;
  throw new AwsError(
    403,
    'SignatureDoesNotMatch',
    'The request signature we calculated does not match the signature you provided. Check your key and signing method.',
  );
}

function stringToSign(call: AwsCall, expires: string): string {
  const { method, path, headers, parameters } = call;
  const amz = new Map<string, string>();
  for (const [name, value] of [...parameters, ...Object.entries(headers)])
    if (name.startsWith('x-amz-')) amz.set(name, String(value).trim());
  const names = [...amz.keys()].toSorted();
  const signed = [...parameters]
    .filter(([name]) => SIGNED.has(name))
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => (value === '' ? name : `${name}=${value}`));
  // A bucket that stands in the host is signed as if it stood in the path.
  const { bucket = '', key } = addressOf(call);
  const inHost = key === decodeURIComponent(path.slice(1)) ? `/${bucket}` : '';
  return [
    method,
    headers['content-md5'] ?? '',
    headers['content-type'] ?? '',
    expires,
    ...names.map((name) => `${name}:${amz.get(name)}`),
    `${inHost}${path}${signed.length === 0 ? '' : `?${signed.join('&')}`}`,
  ].join('\n');
}
