import type { ApiAnswer } from '../../../server.ts';
import { xmlAnswer } from '../answers.ts';
import { addressOf } from '../address.ts';
import type { BlobFile } from '../../../buckets/blob-files.ts';
import { isUnchanged } from '../conditions.ts';
import { CosError, invalidArgument, noSuchBucket, noSuchKey } from '../errors.ts';
import type { ObjectInfo } from '../types.ts';
import { objectOf, overwriteCheck } from './objects.ts';
import type { CosCall, Operation } from './types.ts';

export const copyOperations: Operation[] = [
  { name: 'PutObjectCopy', method: 'PUT', about: 'object', header: 'x-cos-copy-source', run: copyObject },
];

/** The object that `x-cos-copy-source` names, open: its conditions hold. Throws `CosError`. */
export async function openSource({
  api,
  state,
}: Pick<CosCall, 'api' | 'state'>): Promise<{ bucket: string; file: BlobFile<ObjectInfo> }> {
  const { bucket: name, key } = sourceOf(String(api.headers['x-cos-copy-source']));
  const bucket = state.find(name);
  if (bucket === undefined) throw noSuchBucket();
  const file = await state.objects(bucket).open(key);
  if (file === undefined) throw noSuchKey();
  try {
    if (isUnchanged(api.headers, file.about, 'x-cos-copy-source-')) {
      throw new CosError(
        412,
        'PreconditionFailed',
        'At least one of the preconditions you specified did not hold.',
      );
    }
    return { bucket: name, file };
  } catch (error) {
    await file.close();
    throw error;
  }
}

/** `bucket-1250000000.cos.region.myqcloud.com/key`, encoded; also `host:port/bucket/key`, or `/bucket/key`. */
function sourceOf(source: string): { bucket: string; key: string } {
  const [target = ''] = source.replace(/^https?:\/\//, '').split('?');
  const slash = target.indexOf('/');
  const call = {
    method: 'PUT',
    path: slash === -1 ? '/' : target.slice(slash),
    query: '',
    headers: { host: target.slice(0, Math.max(0, slash)) },
  };
  try {
    const address = addressOf(call);
    if (address?.bucket !== undefined && address.key !== '')
      return { bucket: address.bucket, key: address.key };
  } catch {
    // Not well-formed.
  }
  throw invalidArgument('x-cos-copy-source names no object.');
}

async function copyObject(call: CosCall): Promise<ApiAnswer> {
  const { api, key, objects, now } = call;
  const isReplaced = api.headers['x-cos-metadata-directive']?.toString().toLowerCase() === 'replaced';
  const given = objectOf(api.headers);
  const { bucket: from, file: source } = await openSource(call);
  const { about } = source;
  const isItself = about.key === key && from === call.bucket.name;
  if (isItself && !isReplaced && api.headers['x-cos-storage-class'] === undefined) {
    await source.close();
    throw new CosError(
      400,
      'InvalidRequest',
      'This copy request is illegal because it is trying to copy an object to itself without changing its metadata.',
    );
  }
  const copied = {
    key,
    headers: isReplaced ? given.headers : about.headers,
    storageClass: api.headers['x-cos-storage-class'] === undefined ? about.storageClass : given.storageClass,
    acl: given.acl,
    modifiedAt: now,
    ...(about.tagging === undefined ? {} : { tagging: about.tagging }),
  };
  const content = source.stream() as AsyncIterable<Uint8Array>;
  const info = await objects.put(content, copied, overwriteCheck(api.headers));
  return xmlAnswer('CopyObjectResult', {
    ETag: `"${info.etag}"`,
    LastModified: new Date(info.modifiedAt).toISOString(),
    CRC64: info.crc64,
  });
}
