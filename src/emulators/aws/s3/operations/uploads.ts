import type { ApiAnswer } from '../../../server.ts';
import { readRange } from '../../../buckets/conditions.ts';
import type { Upload } from '../../../buckets/uploads.ts';
import { type XmlElement, childrenOf, childText } from '../../../xml.ts';
import { AwsError } from '../../service.ts';
import { encodeKey } from '../address.ts';
import { checkMd5, empty, OWNER, readXml, xmlAnswer } from '../answers.ts';
import {
  ALGORITHMS,
  checksumElements,
  checksumHeaders,
  checksumOf,
  compositeOf,
  sumOf,
  wantedAlgorithm,
} from '../checksums.ts';
import { invalidArgument, invalidRequest, malformedXml, noSuchUpload } from '../errors.ts';
import { ENCRYPTED } from '../object-answer.ts';
import type { About, Checksum, Part } from '../types.ts';
import { openSource } from './copies.ts';
import { keyEncoding, pageSize } from './lists.ts';
import { aboutOf, writeCheck } from './objects.ts';
import type { Operation, S3Call } from './types.ts';

const PART = ['partNumber', 'uploadId'] as const;
const UPLOAD = ['uploadId'] as const;

export const uploadOperations: Operation[] = [
  { name: 'CreateMultipartUpload', method: 'POST', about: 'object', parameters: ['uploads'], run: begin },
  { name: 'UploadPart', method: 'PUT', about: 'object', parameters: PART, run: uploadPart },
  {
    name: 'UploadPartCopy',
    method: 'PUT',
    about: 'object',
    parameters: PART,
    header: 'x-amz-copy-source',
    run: copyPart,
  },
  { name: 'ListParts', method: 'GET', about: 'object', parameters: UPLOAD, run: listParts },
  { name: 'CompleteMultipartUpload', method: 'POST', about: 'object', parameters: UPLOAD, run: complete },
  { name: 'AbortMultipartUpload', method: 'DELETE', about: 'object', parameters: UPLOAD, run: abort },
  { name: 'ListMultipartUploads', method: 'GET', about: 'bucket', parameters: ['uploads'], run: listUploads },
];

const SMALLEST_PART = 5 * 1024 * 1024;
const MOST_PARTS = 10_000;

async function begin(call: S3Call): Promise<ApiAnswer> {
  const { bucket, key, headers, uploads, now } = call;
  const checksumAlgorithm = wantedAlgorithm(headers);
  const checksumType = typeOf(headers['x-amz-checksum-type']?.toString(), checksumAlgorithm);
  const object: About = {
    ...aboutOf(call),
    ...(checksumAlgorithm === undefined ? {} : { checksumAlgorithm }),
    ...(checksumType === undefined ? {} : { checksumType }),
  };
  const { id } = await uploads.begin({ key, startedAt: new Date(now).toISOString(), object });
  return xmlAnswer(
    'InitiateMultipartUploadResult',
    { Bucket: bucket.name, Key: key, UploadId: id },
    {
      ...ENCRYPTED,
      ...(checksumAlgorithm === undefined ? {} : { 'x-amz-checksum-algorithm': checksumAlgorithm }),
      ...(checksumType === undefined ? {} : { 'x-amz-checksum-type': checksumType }),
    },
  );
}

/** SHA sums cannot be made of those of parts, CRC-64 only so. */
function typeOf(given: string | undefined, algorithm: string | undefined): Checksum['type'] | undefined {
  if (algorithm === undefined) return undefined;
  const type = given ?? (algorithm === 'CRC64NVME' ? 'FULL_OBJECT' : 'COMPOSITE');
  const takes =
    algorithm === 'CRC64NVME'
      ? ['FULL_OBJECT']
      : algorithm.startsWith('SHA')
        ? ['COMPOSITE']
        : ['FULL_OBJECT', 'COMPOSITE'];
  if (takes.includes(type)) return type as Checksum['type'];
  throw invalidRequest(
    `The ${type} checksum type cannot be used with the ${algorithm.toLowerCase()} checksum algorithm.`,
  );
}

async function uploadPart(call: S3Call): Promise<ApiAnswer> {
  const { api, uploads, now } = call;
  const upload = await uploadOf(call);
  checkMd5(api);
  const given = checksumOf(api);
  const wanted = upload.object.checksumAlgorithm;
  const checksum = wanted === undefined ? given : partSum(wanted, api.body);
  const part = await uploads.putPart(
    upload.id,
    partNumber(call),
    [api.body],
    now,
    checksum === undefined ? {} : { checksum },
  );
  return empty(200, { etag: `"${part.etag}"`, ...ENCRYPTED, ...partHeaders(checksum) });
}

function partSum(algorithm: string, content: Buffer): Checksum {
  return { algorithm, value: sumOf(algorithm, content), type: 'FULL_OBJECT' };
}

function partHeaders(checksum: Checksum | undefined): Record<string, string> {
  const { 'x-amz-checksum-type': _, ...headers } = checksumHeaders(checksum);
  return headers;
}

async function copyPart(call: S3Call): Promise<ApiAnswer> {
  const { headers, uploads, now } = call;
  const upload = await uploadOf(call);
  const number = partNumber(call);
  const { file } = await openSource(call);
  const asked = headers['x-amz-copy-source-range']?.toString();
  const range = readRange(asked, file.bytes);
  if (range === 'outside' || (asked !== undefined && range === undefined)) {
    await file.close();
    throw invalidArgument(
      'The x-amz-copy-source-range value must be of the form bytes=first-last',
      'x-amz-copy-source-range',
      asked,
    );
  }
  const content = Buffer.concat((await file.stream(range?.start, range?.bytes).toArray()) as Buffer[]);
  const algorithm = upload.object.checksumAlgorithm;
  const checksum = algorithm === undefined ? undefined : partSum(algorithm, content);
  const more = checksum === undefined ? {} : { checksum };
  const part = await uploads.putPart(upload.id, number, [content], now, more);
  return xmlAnswer('CopyPartResult', {
    ETag: `"${part.etag}"`,
    LastModified: new Date(part.modifiedAt).toISOString(),
    ...checksumElements(checksum),
  });
}

async function listParts(call: S3Call): Promise<ApiAnswer> {
  const { bucket, key, query, uploads } = call;
  const upload = await uploadOf(call);
  const marker = Number(query.get('part-number-marker') ?? 0) || 0;
  const most = pageSize(query, 'max-parts');
  const rest = (await uploads.parts(upload.id)).filter(({ number }) => number > marker);
  const page = rest.slice(0, most);
  return xmlAnswer('ListPartsResult', {
    Bucket: bucket.name,
    Key: keyEncoding(query)(key),
    UploadId: upload.id,
    Owner: OWNER,
    Initiator: OWNER,
    StorageClass: upload.object.storageClass,
    ChecksumAlgorithm: upload.object.checksumAlgorithm,
    ChecksumType: upload.object.checksumType,
    PartNumberMarker: marker,
    NextPartNumberMarker: page.at(-1)?.number ?? marker,
    MaxParts: most,
    IsTruncated: rest.length > page.length,
    Part: page.map((part) => ({
      PartNumber: part.number,
      LastModified: new Date(part.modifiedAt).toISOString(),
      ETag: `"${part.etag}"`,
      Size: part.bytes,
      ...checksumElements(part.checksum),
    })),
  });
}

interface WantedPart {
  number: number;
  etag: string;
  sums: Record<string, string>;
}

async function complete(call: S3Call): Promise<ApiAnswer> {
  const { api, bucket, key, uploads, now } = call;
  const upload = await uploadOf(call);
  const wanted = childrenOf(readXml(api.body, 'CompleteMultipartUpload'), 'Part').map(readPart);
  if (wanted.length === 0) throw malformedXml();
  const parts = chosenParts(wanted, await uploads.parts(upload.id));
  const checksum = await checksumOfParts(call, upload, parts);
  const { object, ...rest } = upload;
  const { checksumAlgorithm: _a, checksumType: _t, ...about } = object;
  const more = checksum === undefined ? {} : { checksum };
  const info = await uploads.complete({ ...rest, object: about }, parts, now, more, writeCheck(call));
  return xmlAnswer(
    'CompleteMultipartUploadResult',
    {
      Location: `http://${bucket.name}.s3.${bucket.region}.amazonaws.com/${encodeKey(key)}`,
      Bucket: bucket.name,
      Key: key,
      ETag: `"${info.etag}"`,
      ...checksumElements(checksum),
      ChecksumType: checksum?.type,
    },
    ENCRYPTED,
  );
}

function readPart(part: XmlElement): WantedPart {
  const sums = ALGORITHMS.flatMap((one) => {
    const value = childText(part, `Checksum${one}`);
    return value === undefined ? [] : [[one, value.trim()]];
  });
  return {
    number: Number(childText(part, 'PartNumber')),
    etag: (childText(part, 'ETag') ?? '').trim().replaceAll('"', ''),
    sums: Object.fromEntries(sums) as Record<string, string>,
  };
}

/** The parts that the client names, as they are here. Throws InvalidPart, InvalidPartOrder, EntityTooSmall. */
export function chosenParts(wanted: WantedPart[], there: Part[]): Part[] {
  const chosen = wanted.map(({ number, etag, sums }, index) => {
    if (index > 0 && wanted[index - 1]!.number >= number)
      throw new AwsError(
        400,
        'InvalidPartOrder',
        'The list of parts was not in ascending order. Parts must be ordered by part number.',
      );
    const part = there.find((one) => one.number === number);
    const { algorithm = '', value } = part?.checksum ?? {};
    const isOther = sums[algorithm] !== undefined && sums[algorithm] !== value;
    if (part === undefined || part.etag !== etag || isOther)
      throw new AwsError(
        400,
        'InvalidPart',
        "One or more of the specified parts could not be found.  The part may not have been uploaded, or the specified entity tag may not match the part's entity tag.",
        { PartNumber: number, ETag: etag },
      );
    return part;
  });
  const small = chosen.slice(0, -1).find(({ bytes }) => bytes < SMALLEST_PART);
  if (small !== undefined)
    throw new AwsError(
      400,
      'EntityTooSmall',
      'Your proposed upload is smaller than the minimum allowed size',
      {
        ProposedSize: small.bytes,
        MinSizeAllowed: SMALLEST_PART,
        PartNumber: small.number,
        ETag: small.etag,
      },
    );
  return chosen;
}

/** Throws BadDigest when the client says another one. */
async function checksumOfParts(
  { headers, uploads }: S3Call,
  upload: Upload<About>,
  parts: Part[],
): Promise<Checksum | undefined> {
  const { checksumAlgorithm: algorithm, checksumType } = upload.object;
  if (algorithm === undefined) return undefined;
  const checksum =
    checksumType === 'FULL_OBJECT'
      ? partSum(algorithm, await whole(uploads.content(upload.id, parts)))
      : compositeOf(parts.map((part) => part.checksum!));
  const said = headers[`x-amz-checksum-${algorithm.toLowerCase()}`]?.toString();
  if (said !== undefined && said.replace(/-\d+$/, '') !== checksum.value.replace(/-\d+$/, ''))
    throw new AwsError(
      400,
      'BadDigest',
      `The ${algorithm.toLowerCase()} you specified did not match what we received.`,
    );
  return checksum;
}

async function abort(call: S3Call): Promise<ApiAnswer> {
  await call.uploads.abort((await uploadOf(call)).id);
  return empty(204);
}

async function listUploads({ bucket, query, uploads }: S3Call): Promise<ApiAnswer> {
  const encode = keyEncoding(query);
  const get = (name: string): string => query.get(name) ?? '';
  const [prefix, delimiter] = [get('prefix'), get('delimiter')];
  const [keyMarker, idMarker] = [get('key-marker'), get('upload-id-marker')];
  const most = pageSize(query, 'max-uploads');
  const groups = new Set<string>();
  const rest = (await uploads.list()).filter(({ key, id }) => {
    if (!key.startsWith(prefix)) return false;
    if (keyMarker !== '' && (key < keyMarker || (key === keyMarker && id <= idMarker))) return false;
    const end = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length);
    if (end !== -1) groups.add(key.slice(0, end + delimiter.length));
    return end === -1;
  });
  const page = rest.slice(0, most);
  const last = rest.length > page.length ? page.at(-1) : undefined;
  return xmlAnswer('ListMultipartUploadsResult', {
    Bucket: bucket.name,
    KeyMarker: encode(keyMarker),
    UploadIdMarker: idMarker,
    NextKeyMarker: last && encode(last.key),
    NextUploadIdMarker: last?.id,
    Delimiter: delimiter === '' ? undefined : encode(delimiter),
    Prefix: encode(prefix),
    EncodingType: query.get('encoding-type') ?? undefined,
    MaxUploads: most,
    IsTruncated: last !== undefined,
    Upload: page.map((upload) => ({
      Key: encode(upload.key),
      UploadId: upload.id,
      Initiator: OWNER,
      Owner: OWNER,
      StorageClass: upload.object.storageClass,
      Initiated: upload.startedAt,
    })),
    CommonPrefixes: [...groups].map((group) => ({ Prefix: encode(group) })),
  });
}

async function uploadOf({ query, key, uploads }: S3Call): Promise<Upload<About>> {
  const id = query.get('uploadId') ?? '';
  const upload = await uploads.find(id);
  if (upload?.key !== key) throw noSuchUpload(id);
  return upload;
}

function partNumber({ query }: S3Call): number {
  const text = query.get('partNumber') ?? '';
  const number = Number(text);
  if (Number.isInteger(number) && number >= 1 && number <= MOST_PARTS) return number;
  throw invalidArgument(
    `Part number must be an integer between 1 and ${MOST_PARTS}, inclusive`,
    'partNumber',
    text,
  );
}

async function whole(content: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const part of content) parts.push(part);
  return Buffer.concat(parts);
}
