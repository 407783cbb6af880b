import type { ApiAnswer } from '../../../server.ts';
import { listPage } from '../../../buckets/list.ts';
import type { XmlValue } from '../../../xml.ts';
import { OWNER, xmlAnswer } from '../answers.ts';
import { invalidArgument } from '../errors.ts';
import type { ObjectInfo } from '../types.ts';
import type { Operation, S3Call } from './types.ts';

const ANYONE = 's3:ListBucket';

export const listOperations: Operation[] = [
  { name: 'ListObjects', method: 'GET', about: 'bucket', anyone: ANYONE, run: listObjects },
  {
    name: 'ListObjectsV2',
    method: 'GET',
    about: 'bucket',
    parameters: ['list-type'],
    anyone: ANYONE,
    run: listObjectsV2,
  },
];

async function listObjects({ bucket, query, objects }: S3Call): Promise<ApiAnswer> {
  const wanted = wantedOf(query, query.get('marker') ?? '');
  const { contents, commonPrefixes, nextMarker } = listPage(await objects.list(), wanted);
  const encode = keyEncoding(query);
  return xmlAnswer('ListBucketResult', {
    ...shared(bucket.name, query),
    Marker: encode(wanted.marker),
    // Without groups the last key says it.
    NextMarker: nextMarker === undefined || wanted.delimiter === '' ? undefined : encode(nextMarker),
    MaxKeys: wanted.maxKeys,
    IsTruncated: nextMarker !== undefined,
    Contents: contents.map((info) => listed(info, encode, true)),
    CommonPrefixes: commonPrefixes.map((prefix) => ({ Prefix: encode(prefix) })),
  });
}

async function listObjectsV2({ bucket, query, objects }: S3Call): Promise<ApiAnswer> {
  if (query.get('list-type') !== '2')
    throw invalidArgument('Invalid List Type specified in Request', 'list-type', query.get('list-type')!);
  const token = query.get('continuation-token');
  const after = query.get('start-after') ?? '';
  const wanted = wantedOf(query, token === null ? after : readToken(token));
  const { contents, commonPrefixes, nextMarker } = listPage(await objects.list(), wanted);
  const encode = keyEncoding(query);
  return xmlAnswer('ListBucketResult', {
    ...shared(bucket.name, query),
    ContinuationToken: token ?? undefined,
    NextContinuationToken:
      nextMarker === undefined ? undefined : Buffer.from(`1${nextMarker}`).toString('base64'),
    StartAfter: after === '' ? undefined : encode(after),
    KeyCount: contents.length + commonPrefixes.length,
    MaxKeys: wanted.maxKeys,
    IsTruncated: nextMarker !== undefined,
    Contents: contents.map((info) => listed(info, encode, query.get('fetch-owner') === 'true')),
    CommonPrefixes: commonPrefixes.map((prefix) => ({ Prefix: encode(prefix) })),
  });
}

function shared(name: string, query: URLSearchParams): Record<string, XmlValue> {
  const encode = keyEncoding(query);
  const delimiter = query.get('delimiter') ?? '';
  return {
    Name: name,
    Prefix: encode(query.get('prefix') ?? ''),
    Delimiter: delimiter === '' ? undefined : encode(delimiter),
    EncodingType: query.get('encoding-type') ?? undefined,
  };
}

function wantedOf(
  query: URLSearchParams,
  marker: string,
): { prefix: string; delimiter: string; marker: string; maxKeys: number } {
  return {
    prefix: query.get('prefix') ?? '',
    delimiter: query.get('delimiter') ?? '',
    marker,
    maxKeys: pageSize(query, 'max-keys'),
  };
}

function readToken(token: string): string {
  const text = Buffer.from(token, 'base64').toString('utf8');
  if (text.startsWith('1')) return text.slice(1);
  throw invalidArgument('The continuation token provided is incorrect', 'continuation-token');
}

function listed(info: ObjectInfo, encode: (key: string) => string, owner: boolean): XmlValue {
  const { key, modifiedAt, etag, bytes, storageClass, checksum } = info;
  return {
    Key: encode(key),
    LastModified: new Date(modifiedAt).toISOString(),
    ETag: `"${etag}"`,
    ...(checksum === undefined ? {} : { ChecksumAlgorithm: checksum.algorithm, ChecksumType: checksum.type }),
    Size: bytes,
    StorageClass: storageClass,
    ...(owner ? { Owner: OWNER } : {}),
  };
}

/** Throws InvalidArgument. */
export function pageSize(query: URLSearchParams, name: string): number {
  const text = query.get(name);
  if (text === null || text === '') return 1000;
  if (!/^\d{1,9}$/.test(text))
    throw invalidArgument(`Provided ${name} not an integer or within integer range`, name, text);
  return Math.min(Number(text), 1000);
}

/** `encoding-type=url`: as in an address, but `/` stays. Throws InvalidArgument. */
export function keyEncoding(query: URLSearchParams): (key: string) => string {
  const type = query.get('encoding-type');
  if (type === null) return (key) => key;
  if (type !== 'url')
    throw invalidArgument('Invalid Encoding Method specified in Request', 'encoding-type', type);
  return (key) => encodeURIComponent(key).replaceAll('%2F', '/');
}
