import type { ApiAnswer } from '../../../server.ts';
import { namesEtag } from '../../../buckets/conditions.ts';
import { childrenOf, childText } from '../../../xml.ts';
import { AwsError } from '../../service.ts';
import { takesAcls } from '../access.ts';
import { checkMd5, empty, readXml, xmlAnswer } from '../answers.ts';
import { checksumHeaders, checksumOf } from '../checksums.ts';
import { invalidRequest, malformedXml, noSuchKey, notImplemented, preconditionFailed } from '../errors.ts';
import { ENCRYPTED, objectAnswer } from '../object-answer.ts';
import type { About, ObjectInfo } from '../types.ts';
import type { Operation, S3Call } from './types.ts';

const READ = 's3:GetObject';

export const objectOperations: Operation[] = [
  { name: 'PutObject', method: 'PUT', about: 'object', anyone: 's3:PutObject', run: putObject },
  { name: 'GetObject', method: 'GET', about: 'object', anyone: READ, run: getObject },
  { name: 'HeadObject', method: 'HEAD', about: 'object', anyone: READ, run: getObject },
  { name: 'DeleteObject', method: 'DELETE', about: 'object', anyone: 's3:DeleteObject', run: deleteObject },
  { name: 'DeleteObjects', method: 'POST', about: 'bucket', parameters: ['delete'], run: deleteObjects },
];

/** Headers of an object that are kept and told again, besides `x-amz-meta-*`. */
const KEPT = new Set([
  'content-type',
  'cache-control',
  'content-disposition',
  'content-encoding',
  'content-language',
  'expires',
  'x-amz-website-redirect-location',
]);
const MOST_META_BYTES = 2048;
const CLASSES = new Set([
  'STANDARD',
  'REDUCED_REDUNDANCY',
  'STANDARD_IA',
  'ONEZONE_IA',
  'INTELLIGENT_TIERING',
  'GLACIER_IR',
]);

/** What the headers of a call say about the object that it makes. Throws `AwsError`. */
export function aboutOf({ headers, bucket }: Pick<S3Call, 'headers' | 'bucket'>): About {
  const kept = Object.entries(headers)
    .filter(([name, value]) => value !== undefined && (KEPT.has(name) || name.startsWith('x-amz-meta-')))
    .map(
      ([name, value]) =>
        [name, name === 'content-encoding' ? withoutChunks(String(value)) : String(value)] as const,
    )
    .filter(([name, value]) => value !== '' || name.startsWith('x-amz-meta-'));
  const meta = kept.filter(([name]) => name.startsWith('x-amz-meta-'));
  const bytes = Buffer.byteLength(
    meta.map(([name, value]) => name.slice('x-amz-meta-'.length) + value).join(''),
  );
  if (bytes > MOST_META_BYTES)
    throw new AwsError(
      400,
      'MetadataTooLarge',
      'Your metadata headers exceed the maximum allowed metadata size',
      {
        Size: bytes,
        MaxSizeAllowed: MOST_META_BYTES,
      },
    );
  if (headers['x-amz-server-side-encryption-customer-algorithm'] !== undefined)
    throw notImplemented('Encryption with a key of the customer');
  const storageClass = headers['x-amz-storage-class']?.toString() ?? 'STANDARD';
  if (!CLASSES.has(storageClass))
    throw new AwsError(400, 'InvalidStorageClass', 'The storage class you specified is not valid');
  return {
    headers: Object.fromEntries(kept),
    storageClass,
    ...aclOf(headers['x-amz-acl']?.toString(), bucket),
    ...tagsOf(headers['x-amz-tagging']?.toString()),
  };
}

/** Content-Encoding without what only the way of sending needed. */
function withoutChunks(encoding: string): string {
  return encoding
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== 'aws-chunked')
    .join(', ');
}

function aclOf(acl: string | undefined, { settings }: S3Call['bucket']): { acl?: string } {
  if (acl === undefined || acl === 'private' || acl.startsWith('bucket-owner-')) return {};
  if (takesAcls(settings)) return { acl };
  throw new AwsError(400, 'AccessControlListNotSupported', 'The bucket does not allow ACLs');
}

function tagsOf(header: string | undefined): { tags?: Record<string, string> } {
  const tags = Object.fromEntries(new URLSearchParams(header ?? ''));
  return Object.keys(tags).length === 0 ? {} : { tags };
}

async function putObject(call: S3Call): Promise<ApiAnswer> {
  const { api, key, objects, now } = call;
  checkMd5(api);
  const checksum = checksumOf(api);
  const info = await objects.put(
    [api.body],
    { key, ...aboutOf(call), modifiedAt: now, ...(checksum === undefined ? {} : { checksum }) },
    writeCheck(call),
  );
  return empty(200, { etag: `"${info.etag}"`, ...ENCRYPTED, ...checksumHeaders(checksum) });
}

/** Throws when what is to be replaced is not what the caller expects: `If-None-Match: *`, `If-Match`. */
export function writeCheck({
  headers,
  key,
}: Pick<S3Call, 'headers' | 'key'>): (before: ObjectInfo | undefined) => void {
  const match = headers['if-match'];
  const noneMatch = headers['if-none-match'];
  if (noneMatch !== undefined && noneMatch !== '*') throw notImplemented('If-None-Match with anything but *');
  return (before) => {
    if (noneMatch !== undefined && before !== undefined) throw preconditionFailed('If-None-Match');
    if (match === undefined) return;
    if (before === undefined) throw noSuchKey(key);
    if (!namesEtag(match, before.etag)) throw preconditionFailed('If-Match');
  };
}

async function getObject({ api, bucket, key, query, objects, signed }: S3Call): Promise<ApiAnswer> {
  const overrides = [...query].filter(([name]) => name.startsWith('response-'));
  if (overrides.length > 0 && !signed)
    throw invalidRequest('Request specific response headers cannot be used for anonymous GET requests.');
  if (query.has('partNumber')) throw notImplemented('partNumber');
  const file = await objects.open(key);
  if (file === undefined) throw noSuchKey(key);
  const said = overrides.map(([name, value]) => [name.slice('response-'.length), value]);
  const answer = await objectAnswer(file, api, Object.fromEntries(said) as Record<string, string>);
  return { ...answer, headers: { ...answer.headers, 'x-amz-bucket-region': bucket.region } };
}

async function deleteObject({ key, objects, headers }: S3Call): Promise<ApiAnswer> {
  const match = headers['if-match'];
  const there = match === undefined ? undefined : await objects.info(key);
  if (match !== undefined && (there === undefined || !namesEtag(match, there.etag)))
    throw preconditionFailed('If-Match');
  await objects.remove(key);
  return empty(204);
}

const MOST_DELETED = 1000;

async function deleteObjects({ api, headers, objects }: S3Call): Promise<ApiAnswer> {
  checkMd5(api);
  if (headers['content-md5'] === undefined && checksumOf(api) === undefined)
    throw invalidRequest('Missing required header for this request: Content-MD5 OR x-amz-checksum-*');
  const root = readXml(api.body, 'Delete');
  const wanted = childrenOf(root, 'Object');
  const keys = wanted.map((object) => childText(object, 'Key'));
  if (keys.length === 0 || keys.length > MOST_DELETED || keys.includes(undefined)) throw malformedXml();
  if (wanted.some((object) => childText(object, 'VersionId') !== undefined))
    throw notImplemented('VersionId');
  for (const key of keys) await objects.remove(key!);
  const isQuiet = childText(root, 'Quiet')?.trim() === 'true';
  return xmlAnswer('DeleteResult', { Deleted: isQuiet ? [] : keys.map((Key) => ({ Key })) });
}
