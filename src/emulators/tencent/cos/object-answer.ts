import type { ApiAnswer, ApiCall } from '../../server.ts';
import type { BlobFile } from '../../buckets/blob-files.ts';
import { isUnchanged, rangeOf } from './conditions.ts';
import type { ObjectInfo } from './types.ts';

/** An object as HTTP has it: whole or in part, or that it is what the client has. Closes the file. Throws 412, 416. */
export async function objectAnswer(
  file: BlobFile<ObjectInfo>,
  { method, headers: asked }: Pick<ApiCall, 'method' | 'headers'>,
  overrides: Record<string, string> = {},
): Promise<ApiAnswer> {
  const { about: info, bytes } = file;
  try {
    const headers = { ...objectHeaders(info, bytes), ...overrides };
    if (isUnchanged(asked, info)) {
      await file.close();
      return { status: 304, headers, body: '' };
    }
    const range = rangeOf(asked.range, bytes);
    const { start, bytes: length } = range ?? { start: 0, bytes };
    const status = range === undefined ? 200 : 206;
    const told = {
      ...headers,
      'Content-Length': String(length),
      ...(range === undefined ? {} : { 'Content-Range': `bytes ${start}-${start + length - 1}/${bytes}` }),
    };
    if (method !== 'HEAD') return { status, headers: told, body: file.stream(start, length) };
    await file.close();
    return { status, headers: told, body: '' };
  } catch (error) {
    await file.close();
    throw error;
  }
}

/** What tells one content from another. */
export function sumHeaders({ etag, crc64 }: Pick<ObjectInfo, 'etag' | 'crc64'>): Record<string, string> {
  return { ETag: `"${etag}"`, 'x-cos-hash-crc64ecma': crc64 };
}

function objectHeaders(info: ObjectInfo, bytes: number): Record<string, string> {
  const isAppendable = info.appendable === true;
  return {
    'Content-Type': 'application/octet-stream',
    ...Object.fromEntries(Object.entries(info.headers).map(([name, value]) => [titleCase(name), value])),
    ...sumHeaders(info),
    'Last-Modified': new Date(info.modifiedAt).toUTCString(),
    'Accept-Ranges': 'bytes',
    ...(info.storageClass === 'STANDARD' ? {} : { 'x-cos-storage-class': info.storageClass }),
    'x-cos-object-type': isAppendable ? 'appendable' : 'normal',
    ...(isAppendable ? { 'x-cos-next-append-position': String(bytes) } : {}),
  };
}

/** `content-type` → `Content-Type`; those of COS stay as they are. */
export function titleCase(name: string): string {
  if (name.startsWith('x-cos-')) return name;
  return name.replaceAll(/(?:^|-)[a-z]/g, (part) => part.toUpperCase());
}
