import type { ApiAnswer } from '../../../server.ts';
import type { BlobFile } from '../../../buckets/blob-files.ts';
import { checkConditions } from '../../../buckets/conditions.ts';
import { contentOf } from '../../../buckets/objects.ts';
import { xmlAnswer } from '../answers.ts';
import { checksumElements, sumOf, wantedAlgorithm } from '../checksums.ts';
import {
  invalidArgument,
  invalidRequest,
  noSuchBucket,
  noSuchKey,
  notImplemented,
  preconditionFailed,
} from '../errors.ts';
import { ENCRYPTED } from '../object-answer.ts';
import type { Checksum, ObjectInfo } from '../types.ts';
import { aboutOf, writeCheck } from './objects.ts';
import type { Operation, S3Call } from './types.ts';

export const copyOperations: Operation[] = [
  { name: 'CopyObject', method: 'PUT', about: 'object', header: 'x-amz-copy-source', run: copyObject },
];

/** The object that `x-amz-copy-source` names, open: its conditions hold. Throws `AwsError`. */
export async function openSource({
  headers,
  state,
}: Pick<S3Call, 'headers' | 'state'>): Promise<{ bucket: string; file: BlobFile<ObjectInfo> }> {
  const { bucket: name, key } = sourceOf(String(headers['x-amz-copy-source']));
  const bucket = state.find(name);
  if (bucket === undefined) throw noSuchBucket(name);
  const file = await state.objects(bucket).open(key);
  if (file === undefined) throw noSuchKey(key);
  if (checkConditions(headers, file.about, 'x-amz-copy-source-') === 'met') return { bucket: name, file };
  await file.close();
  throw preconditionFailed('x-amz-copy-source');
}

/** `bucket/key` or `/bucket/key`, encoded. */
function sourceOf(source: string): { bucket: string; key: string } {
  if (/\?versionId=(?!null$)/.test(source)) throw notImplemented('versionId');
  try {
    const plain = decodeURIComponent(source.replace(/\?versionId=null$/, ''));
    const [, bucket, key] = /^\/?([^/]+)\/([^]+)$/.exec(plain) ?? [];
    if (bucket !== undefined && key !== undefined) return { bucket, key };
  } catch {
    // Not well-formed.
  }
  throw invalidArgument(
    'Copy Source must mention the source bucket and key: sourcebucket/sourcekey',
    'x-amz-copy-source',
    source,
  );
}

async function copyObject(call: S3Call): Promise<ApiAnswer> {
  const { headers, key, bucket, objects, now } = call;
  const given = aboutOf(call);
  const { bucket: from, file } = await openSource(call);
  const { about } = file;
  const isReplaced = headers['x-amz-metadata-directive'] === 'REPLACE';
  const areTagsReplaced = headers['x-amz-tagging-directive'] === 'REPLACE';
  const isSame = about.key === key && from === bucket.name;
  if (isSame && !isReplaced && headers['x-amz-storage-class'] === undefined) {
    await file.close();
    throw invalidRequest(
      "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes.",
    );
  }
  const tags = areTagsReplaced ? given.tags : about.tags;
  const { content, checksum } = await contentOfCopy(file, wantedAlgorithm(headers));
  const info = await objects.put(
    content,
    {
      key,
      headers: isReplaced ? given.headers : about.headers,
      storageClass: given.storageClass,
      ...(given.acl === undefined ? {} : { acl: given.acl }),
      modifiedAt: now,
      ...(tags === undefined ? {} : { tags }),
      ...(checksum === undefined ? {} : { checksum }),
    },
    writeCheck(call),
  );
  return xmlAnswer(
    'CopyObjectResult',
    {
      LastModified: new Date(info.modifiedAt).toISOString(),
      ETag: `"${info.etag}"`,
      ...checksumElements(checksum),
    },
    ENCRYPTED,
  );
}

/** A sum that was made of the parts of an upload is none of a copy that is made at once. */
async function contentOfCopy(
  file: BlobFile<ObjectInfo>,
  wanted: string | undefined,
): Promise<{ content: Iterable<Uint8Array> | AsyncIterable<Uint8Array>; checksum?: Checksum }> {
  const known = file.about.checksum;
  const algorithm = wanted ?? known?.algorithm;
  if (algorithm === undefined) return { content: file.stream() as AsyncIterable<Uint8Array> };
  if (known?.type === 'FULL_OBJECT' && known.algorithm === algorithm)
    return { content: file.stream() as AsyncIterable<Uint8Array>, checksum: known };
  const content = await contentOf(file);
  return {
    content: [content],
    checksum: { algorithm, value: sumOf(algorithm, content), type: 'FULL_OBJECT' },
  };
}
