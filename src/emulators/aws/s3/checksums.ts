import { createCrc64, NVME } from '../../buckets/crc64.ts';
import type { ApiCall } from '../../server.ts';
import { AwsError } from '../service.ts';
import { checksum } from '../signing/chunks.ts';
import { invalidRequest } from './errors.ts';
import type { Checksum } from './types.ts';

/** "Checking object integrity" of the S3 user guide. */
export const ALGORITHMS = ['CRC32', 'CRC32C', 'SHA1', 'SHA256', 'CRC64NVME'];

/** Base64. */
export function sumOf(algorithm: string, content: Buffer): string {
  if (algorithm === 'CRC32C') return crc32c(content);
  if (algorithm === 'CRC64NVME') return crc64(content);
  return checksum(algorithm.toLowerCase(), content)!;
}

/** The checksum that a call brings, or asks for: found good. Throws BadDigest, InvalidRequest. */
export function checksumOf({ headers, body }: Pick<ApiCall, 'headers' | 'body'>): Checksum | undefined {
  const given = ALGORITHMS.filter((one) => headers[headerOf(one)] !== undefined);
  if (given.length > 1)
    throw invalidRequest(
      'Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.',
    );
  const asked = wantedAlgorithm(headers);
  const algorithm = given[0] ?? asked;
  if (algorithm === undefined) return undefined;
  const value = sumOf(algorithm, body);
  if (given.length > 0 && headers[headerOf(algorithm)] !== value)
    throw new AwsError(
      400,
      'BadDigest',
      `The ${algorithm} you specified did not match the calculated checksum.`,
    );
  return { algorithm, value, type: 'FULL_OBJECT' };
}

/** Named by a header, or by what stands behind the body (`x-amz-trailer`). Throws InvalidRequest. */
export function wantedAlgorithm(headers: ApiCall['headers']): string | undefined {
  const trailer = /x-amz-checksum-(\w+)/i.exec(String(headers['x-amz-trailer'] ?? ''))?.[1];
  const named = headers['x-amz-sdk-checksum-algorithm'] ?? headers['x-amz-checksum-algorithm'] ?? trailer;
  const algorithm = named?.toString().toUpperCase();
  if (algorithm === undefined || ALGORITHMS.includes(algorithm)) return algorithm;
  throw invalidRequest(
    'Checksum algorithm provided is unsupported. Please try again with any of the valid types: [CRC32, CRC32C, CRC64NVME, SHA1, SHA256]',
  );
}

export function checksumHeaders(sum: Checksum | undefined): Record<string, string> {
  if (sum === undefined) return {};
  return { [headerOf(sum.algorithm)]: sum.value, 'x-amz-checksum-type': sum.type };
}

/** As elements of an answer: `{ChecksumCRC32: …}`. */
export function checksumElements(sum: Checksum | undefined): Record<string, string> {
  return sum === undefined ? {} : { [`Checksum${sum.algorithm}`]: sum.value };
}

/** Of parts: the sum of their sums. */
export function compositeOf(sums: Checksum[]): Checksum {
  const { algorithm } = sums[0]!;
  const all = Buffer.concat(sums.map(({ value }) => Buffer.from(value, 'base64')));
  return { algorithm, value: `${sumOf(algorithm, all)}-${sums.length}`, type: 'COMPOSITE' };
}

function headerOf(algorithm: string): string {
  return `x-amz-checksum-${algorithm.toLowerCase()}`;
}

/** Castagnoli, reflected. */
const CRC32C = Int32Array.from({ length: 256 }, (_, byte) => {
  let sum = byte;
  for (let bit = 0; bit < 8; bit += 1) sum = (sum & 1) === 0 ? sum >>> 1 : (sum >>> 1) ^ 0x82_f6_3b_78;
  return sum;
});

function crc32c(content: Buffer): string {
  let sum = ~0;
  for (const byte of content) sum = (sum >>> 8) ^ CRC32C[(sum ^ byte) & 0xff]!;
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(~sum);
  return bytes.toString('base64');
}

function crc64(content: Buffer): string {
  const crc = createCrc64(NVME);
  crc.update(content);
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(crc.digest());
  return bytes.toString('base64');
}
