import type { ApiAnswer } from '../../../server.ts';
import { APP_ID } from '../../service.ts';
import { checkDigest, empty, readXml, xmlAnswer } from '../answers.ts';
import { rangeOf } from '../conditions.ts';
import { CosError, invalidArgument, malformedXml, noSuchUpload } from '../errors.ts';
import { sumHeaders } from '../object-answer.ts';
import type { Upload } from '../../../buckets/uploads.ts';
import type { About, Part } from '../state.ts';
import { childrenOf, childText } from '../../../xml.ts';
import { keyEncoding, pageSize } from './buckets.ts';
import { openSource } from './copies.ts';
import { objectOf, overwriteCheck } from './objects.ts';
import type { CosCall, Operation } from './types.ts';

const PART = ['partNumber', 'uploadId'] as const;

export const uploadOperations: Operation[] = [
  { name: 'InitiateMultipartUpload', method: 'POST', about: 'object', parameters: ['uploads'], run: begin },
  { name: 'UploadPart', method: 'PUT', about: 'object', parameters: PART, run: uploadPart },
  {
    name: 'UploadPartCopy',
    method: 'PUT',
    about: 'object',
    parameters: PART,
    header: 'x-cos-copy-source',
    run: copyPart,
  },
  { name: 'ListParts', method: 'GET', about: 'object', parameters: ['uploadId'], run: listParts },
  {
    name: 'CompleteMultipartUpload',
    method: 'POST',
    about: 'object',
    parameters: ['uploadId'],
    run: complete,
  },
  { name: 'AbortMultipartUpload', method: 'DELETE', about: 'object', parameters: ['uploadId'], run: abort },
  { name: 'ListMultipartUploads', method: 'GET', about: 'bucket', parameters: ['uploads'], run: listUploads },
];

const SMALLEST_PART = 1024 * 1024;
const MOST_PARTS = 10_000;

async function begin({ api, bucket, key, uploads, now }: CosCall): Promise<ApiAnswer> {
  const { id } = await uploads.begin({
    key,
    startedAt: new Date(now).toISOString(),
    object: objectOf(api.headers),
  });
  return xmlAnswer('InitiateMultipartUploadResult', { Bucket: bucket.name, Key: key, UploadId: id });
}

async function uploadPart(call: CosCall): Promise<ApiAnswer> {
  const { api, uploads, now } = call;
  const upload = await uploadOf(call);
  checkDigest(api.body, api.headers['content-md5']);
  return empty(200, sumHeaders(await uploads.putPart(upload.id, partNumber(call), [api.body], now)));
}

async function copyPart(call: CosCall): Promise<ApiAnswer> {
  const { api, uploads, now } = call;
  const upload = await uploadOf(call);
  const number = partNumber(call);
  const { file } = await openSource(call);
  const range = rangeOf(api.headers['x-cos-copy-source-range']?.toString(), file.bytes);
  const content = file.stream(range?.start, range?.bytes) as AsyncIterable<Uint8Array>;
  const part = await uploads.putPart(upload.id, number, content, now);
  return xmlAnswer('CopyPartResult', {
    ETag: `"${part.etag}"`,
    LastModified: new Date(part.modifiedAt).toISOString(),
    CRC64: part.crc64,
  });
}

async function listParts(call: CosCall): Promise<ApiAnswer> {
  const { bucket, key, query, uploads } = call;
  const upload = await uploadOf(call);
  const marker = Number(query.get('part-number-marker') ?? 0) || 0;
  const most = pageSize(query.get('max-parts'));
  const rest = (await uploads.parts(upload.id)).filter(({ number }) => number > marker);
  const page = rest.slice(0, most);
  return xmlAnswer('ListPartsResult', {
    Bucket: bucket.name,
    EncodingType: query.get('encoding-type') ?? undefined,
    Key: keyEncoding(query)(key),
    UploadId: upload.id,
    Owner: { ID: APP_ID, DisplayName: APP_ID },
    Initiator: { ID: APP_ID, DisplayName: APP_ID },
    PartNumberMarker: marker,
    NextPartNumberMarker: page.at(-1)?.number ?? marker,
    StorageClass: upload.object.storageClass,
    MaxParts: most,
    IsTruncated: rest.length > page.length,
    Part: page.map((part) => ({
      PartNumber: part.number,
      LastModified: new Date(part.modifiedAt).toISOString(),
      ETag: `"${part.etag}"`,
      Size: part.bytes,
    })),
  });
}

async function complete(call: CosCall): Promise<ApiAnswer> {
  const { api, bucket, key, uploads, now } = call;
  const upload = await uploadOf(call);
  const wanted = childrenOf(readXml(api.body, 'CompleteMultipartUpload'), 'Part').map((part) => ({
    number: Number(childText(part, 'PartNumber')),
    etag: (childText(part, 'ETag') ?? '').trim().replaceAll('"', ''),
  }));
  if (wanted.length === 0) throw malformedXml();
  const parts = chosenParts(wanted, await uploads.parts(upload.id));
  const info = await uploads.complete(upload, parts, now, {}, overwriteCheck(api.headers));
  return xmlAnswer(
    'CompleteMultipartUploadResult',
    {
      Location: `http://${bucket.name}.cos.${bucket.region}.myqcloud.com/${encodeURIComponent(key).replaceAll('%2F', '/')}`,
      Bucket: bucket.name,
      Key: key,
      ETag: `"${info.etag}"`,
    },
    { 'x-cos-hash-crc64ecma': info.crc64 },
  );
}

/** The parts that the client names, as they are here. Throws InvalidPart, InvalidPartOrder, EntityTooSmall. */
export function chosenParts(wanted: { number: number; etag: string }[], there: Part[]): Part[] {
  const chosen = wanted.map(({ number, etag }, index) => {
    const part = there.find((one) => one.number === number);
    if (part === undefined || part.etag !== etag) {
      throw new CosError(
        400,
        'InvalidPart',
        'One or more of the specified parts could not be found. The part might not have been uploaded, or its ETag is another one.',
        { PartNumber: number },
      );
    }
    if (index > 0 && wanted[index - 1]!.number >= number) {
      throw new CosError(
        400,
        'InvalidPartOrder',
        'The list of parts was not in ascending order. Parts list must be specified in order by part number.',
      );
    }
    return part;
  });
  if (chosen.slice(0, -1).some(({ bytes }) => bytes < SMALLEST_PART)) {
    throw new CosError(
      400,
      'EntityTooSmall',
      'Your proposed upload is smaller than the minimum allowed object size.',
    );
  }
  return chosen;
}

async function abort(call: CosCall): Promise<ApiAnswer> {
  await call.uploads.abort((await uploadOf(call)).id);
  return empty(204);
}

async function listUploads({ bucket, query, uploads }: CosCall): Promise<ApiAnswer> {
  const encode = keyEncoding(query);
  const [prefix, delimiter, keyMarker, idMarker] = [
    'prefix',
    'delimiter',
    'key-marker',
    'upload-id-marker',
  ].map((name) => query.get(name) ?? '') as [string, string, string, string];
  const most = pageSize(query.get('max-uploads'));
  const groups = new Set<string>();
  const rest = (await uploads.list()).filter(({ key, id }) => {
    if (!key.startsWith(prefix)) return false;
    if (keyMarker !== '' && (key < keyMarker || (key === keyMarker && id <= idMarker))) return false;
    const end = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length);
    if (end !== -1) groups.add(key.slice(0, end + delimiter.length));
    return end === -1;
  });
  const page = rest.slice(0, most);
  const isTruncated = rest.length > page.length;
  return xmlAnswer('ListMultipartUploadsResult', {
    Bucket: bucket.name,
    EncodingType: query.get('encoding-type') ?? undefined,
    KeyMarker: encode(keyMarker),
    UploadIdMarker: idMarker,
    NextKeyMarker: isTruncated ? encode(page.at(-1)!.key) : undefined,
    NextUploadIdMarker: isTruncated ? page.at(-1)!.id : undefined,
    MaxUploads: most,
    IsTruncated: isTruncated,
    Prefix: encode(prefix),
    Delimiter: delimiter,
    Upload: page.map((upload) => ({
      Key: encode(upload.key),
      UploadId: upload.id,
      StorageClass: upload.object.storageClass,
      Initiator: { ID: APP_ID, DisplayName: APP_ID },
      Owner: { ID: APP_ID, DisplayName: APP_ID },
      Initiated: upload.startedAt,
    })),
    CommonPrefixes: [...groups].map((group) => ({ Prefix: encode(group) })),
  });
}

async function uploadOf({ query, key, uploads }: CosCall): Promise<Upload<About>> {
  const upload = await uploads.find(query.get('uploadId') ?? '');
  if (upload?.key !== key) throw noSuchUpload();
  return upload;
}

function partNumber({ query }: CosCall): number {
  const number = Number(query.get('partNumber'));
  if (Number.isInteger(number) && number >= 1 && number <= MOST_PARTS) return number;
  throw invalidArgument(`partNumber must be between 1 and ${MOST_PARTS}.`);
}
