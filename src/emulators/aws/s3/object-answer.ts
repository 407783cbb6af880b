import type { BlobFile } from '../../buckets/blob-files.ts';
import { checkConditions, readRange } from '../../buckets/conditions.ts';
import type { ApiAnswer, ApiCall } from '../../server.ts';
import { AwsError } from '../service.ts';
import { checksumHeaders } from './checksums.ts';
import { preconditionFailed } from './errors.ts';
import type { ObjectInfo } from './types.ts';

/** An object as HTTP has it: whole or in part, or that it is what the client has. Closes the file. Throws 412, 416. */
export async function objectAnswer(
  file: BlobFile<ObjectInfo>,
  { method, headers: asked }: Pick<ApiCall, 'method' | 'headers'>,
  overrides: Record<string, string> = {},
): Promise<ApiAnswer> {
  const { about: info, bytes } = file;
  try {
    const headers = { ...objectHeaders(info), ...overrides };
    const condition = checkConditions(asked, info);
    if (condition === 'failed')
      throw preconditionFailed(asked['if-match'] === undefined ? 'If-Unmodified-Since' : 'If-Match');
    if (condition === 'unchanged') {
      await file.close();
      const { 'content-type': _, ...rest } = headers;
      return { status: 304, headers: rest, body: '' };
    }
    const range = readRange(asked.range, bytes);
    if (range === 'outside')
      throw new AwsError(416, 'InvalidRange', 'The requested range is not satisfiable', {
        RangeRequested: asked.range,
        ActualObjectSize: bytes,
      });
    const { start, bytes: length } = range ?? { start: 0, bytes };
    const told = {
      ...headers,
      'content-length': String(length),
      ...(range === undefined
        ? asked['x-amz-checksum-mode']?.toString().toUpperCase() === 'ENABLED'
          ? checksumHeaders(info.checksum)
          : {}
        : { 'content-range': `bytes ${start}-${start + length - 1}/${bytes}` }),
    };
    const status = range === undefined ? 200 : 206;
    if (method !== 'HEAD') return { status, headers: told, body: file.stream(start, length) };
    await file.close();
    return { status, headers: told, body: '' };
  } catch (error) {
    await file.close();
    throw error;
  }
}

function objectHeaders({
  headers,
  etag,
  modifiedAt,
  storageClass,
  tags,
}: ObjectInfo): Record<string, string> {
  const count = Object.keys(tags ?? {}).length;
  return {
    'content-type': 'binary/octet-stream',
    ...headers,
    etag: `"${etag}"`,
    'last-modified': new Date(modifiedAt).toUTCString(),
    'accept-ranges': 'bytes',
    ...ENCRYPTED,
    ...(storageClass === 'STANDARD' ? {} : { 'x-amz-storage-class': storageClass }),
    ...(count === 0 ? {} : { 'x-amz-tagging-count': String(count) }),
  };
}

/** What S3 says of all objects since 2023. */
export const ENCRYPTED = { 'x-amz-server-side-encryption': 'AES256' };
