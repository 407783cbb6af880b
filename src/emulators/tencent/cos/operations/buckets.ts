import type { ApiAnswer } from '../../../server.ts';
import { APP_ID } from '../../service.ts';
import { aclOfHeaders } from '../acl.ts';
import { empty, xmlAnswer } from '../answers.ts';
import { CosError } from '../errors.ts';
import { listPage } from '../../../buckets/list.ts';
import type { ObjectInfo } from '../types.ts';
import type { AccountCall, CosCall, Operation } from './types.ts';

/** Where a bucket is when nothing says it: the address has no region, and path style has none at all. */
const REGION = 'ap-guangzhou';

export const bucketOperations: Operation[] = [
  { name: 'GetService', method: 'GET', about: 'service', runAlone: getService },
  { name: 'PutBucket', method: 'PUT', about: 'bucket', runAlone: putBucket },
  { name: 'HeadBucket', method: 'HEAD', about: 'bucket', anyone: 'read', run: headBucket },
  { name: 'GetBucket', method: 'GET', about: 'bucket', anyone: 'read', run: getBucket },
  { name: 'DeleteBucket', method: 'DELETE', about: 'bucket', run: deleteBucket },
  {
    name: 'GetBucketLocation',
    method: 'GET',
    about: 'bucket',
    parameters: ['location'],
    run: async ({ bucket }) => xmlAnswer('LocationConstraint', bucket.region),
  },
];

async function getService({ state, region }: AccountCall): Promise<ApiAnswer> {
  const buckets = state.buckets().filter((bucket) => region === undefined || bucket.region === region);
  return xmlAnswer('ListAllMyBucketsResult', {
    Owner: { ID: APP_ID, DisplayName: APP_ID },
    Buckets: {
      Bucket: buckets.map(({ name, region: location, createdAt }) => ({
        Name: name,
        Location: location,
        CreationDate: createdAt.replace(/\.\d+Z$/, 'Z'),
        BucketType: 'cos',
      })),
    },
  });
}

async function putBucket({
  state,
  bucketName: name,
  region = REGION,
  api,
  now,
}: AccountCall): Promise<ApiAnswer> {
  if (!/^[a-z0-9]([a-z0-9-]*[a-z0-9])?-\d+$/.test(name) || name.length > 60) {
    throw new CosError(400, 'InvalidBucketName', 'The specified bucket is not valid.');
  }
  if (!name.endsWith(`-${APP_ID}`)) throw new CosError(403, 'AccessDenied', 'Access Denied.');
  const made = await state.add({
    name,
    region,
    createdAt: new Date(now).toISOString(),
    acl: aclOfHeaders(api.headers, 'private'),
    settings: {},
  });
  if (made) return empty(200, { Location: `/${name}` });
  throw state.find(name)?.region === region
    ? new CosError(
        409,
        'BucketAlreadyOwnedByYou',
        'Your previous request to create the named bucket succeeded and you already own it.',
      )
    : new CosError(409, 'BucketAlreadyExists', 'The requested bucket name is not available.');
}

async function headBucket({ bucket }: CosCall): Promise<ApiAnswer> {
  return empty(200, { 'x-cos-bucket-region': bucket.region });
}

async function deleteBucket({ state, bucket, objects, websites }: CosCall): Promise<ApiAnswer> {
  if ((await objects.list()).length > 0) {
    throw new CosError(409, 'BucketNotEmpty', 'The bucket you tried to delete is not empty.');
  }
  await state.remove(bucket.name);
  await websites.update();
  return empty(204);
}

async function getBucket({ bucket, query, objects }: CosCall): Promise<ApiAnswer> {
  const wanted = {
    prefix: query.get('prefix') ?? '',
    delimiter: query.get('delimiter') ?? '',
    marker: query.get('marker') ?? '',
    maxKeys: pageSize(query.get('max-keys')),
  };
  const { contents, commonPrefixes, nextMarker } = listPage(await objects.list(), wanted);
  const encode = keyEncoding(query);
  return xmlAnswer('ListBucketResult', {
    Name: bucket.name,
    EncodingType: query.get('encoding-type') ?? undefined,
    Prefix: encode(wanted.prefix),
    Marker: encode(wanted.marker),
    MaxKeys: wanted.maxKeys,
    Delimiter: wanted.delimiter === '' ? undefined : encode(wanted.delimiter),
    IsTruncated: nextMarker !== undefined,
    NextMarker: nextMarker === undefined ? undefined : encode(nextMarker),
    CommonPrefixes: commonPrefixes.map((prefix) => ({ Prefix: encode(prefix) })),
    Contents: contents.map((info) => listed(info, encode)),
  });
}

function listed(
  { key, modifiedAt, etag, bytes, storageClass }: ObjectInfo,
  encode: (key: string) => string,
): Record<string, string | number | { ID: string; DisplayName: string }> {
  return {
    Key: encode(key),
    LastModified: new Date(modifiedAt).toISOString(),
    ETag: `"${etag}"`,
    Size: bytes,
    Owner: { ID: APP_ID, DisplayName: APP_ID },
    StorageClass: storageClass,
  };
}

/** Throws InvalidArgument. */
export function pageSize(text: string | null): number {
  if (text === null || text === '') return 1000;
  if (!/^\d+$/.test(text)) throw new CosError(400, 'InvalidArgument', 'max-keys is not a number.');
  return Math.min(Number(text), 1000);
}

/** `encoding-type=url`: as in an address, but `/` stays. */
export function keyEncoding(query: URLSearchParams): (key: string) => string {
  if (query.get('encoding-type')?.toLowerCase() !== 'url') return (key) => key;
  return (key) => encodeURIComponent(key).replaceAll('%2F', '/');
}
