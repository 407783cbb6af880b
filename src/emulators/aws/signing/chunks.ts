import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';

import { isSameSecret } from '../../../lib/same-secret.ts';
import type { ApiCall } from '../../server.ts';
import { AwsError } from '../service.ts';
import { type Scope, scopeText, sha256, signature } from './sigv4.ts';

// Bodies in signed chunks: "Signature calculations for the Authorization header: transferring payload in multiple chunks" of the S3 API reference.

export interface ChunkOptions {
  payloadHash: string;
  secret: string;
  scope: Scope;
  time: string;
  /** Signature of the head, with which the first chunk's begins. */
  seed: string;
}

const SIGNED = /^STREAMING-AWS4-HMAC-SHA256-PAYLOAD(-TRAILER)?$/;
const EMPTY = sha256('');

export function isChunked(payloadHash: string): boolean {
  return payloadHash.startsWith('STREAMING-');
}

/** The body that the chunks carry. Throws `AwsError` when a chunk is not signed well, or a checksum behind them is another. */
export function readChunks({ body, headers }: ApiCall, options: ChunkOptions): Buffer {
  const { payloadHash, secret, scope, time } = options;
  const isSigned = SIGNED.test(payloadHash);
  if (!isSigned && payloadHash !== 'STREAMING-UNSIGNED-PAYLOAD-TRAILER')
    throw new AwsError(501, 'NotImplemented', `${payloadHash} is not taken here.`);
  const parts: Buffer[] = [];
  let before = options.seed;
  let at = 0;
  for (;;) {
    const end = body.indexOf('\r\n', at);
    if (end === -1) throw malformed();
    const [size = '', ...extensions] = body.subarray(at, end).toString('latin1').split(';');
    const length = /^[0-9a-f]{1,8}$/i.test(size) ? Number.parseInt(size, 16) : Number.NaN;
    const data = body.subarray(end + 2, end + 2 + length);
    if (Number.isNaN(length) || data.length < length) throw malformed();
    if (isSigned) {
      const given = extensions.find((one) => one.startsWith('chunk-signature='))?.slice(16) ?? '';
      const text = ['AWS4-HMAC-SHA256-PAYLOAD', time, scopeText(scope), before, EMPTY, sha256(data)].join(
        '\n',
      );
      before = signature(text, secret, scope);
      if (!isSameSecret(given, before)) throw notSigned();
    }
    at = end + 2 + length;
    if (length === 0) break;
    parts.push(data);
    at += 2;
  }
  const whole = Buffer.concat(parts);
  const announced = headers['x-amz-decoded-content-length'];
  if (typeof announced === 'string' && Number(announced) !== whole.length)
    throw new AwsError(
      400,
      'IncompleteBody',
      'You did not provide the number of bytes specified by the header.',
    );
  checkTrailers(body.subarray(at).toString('latin1'), whole);
  return whole;
}

function checkTrailers(text: string, whole: Buffer): void {
  for (const line of text.split('\r\n')) {
    const [, algorithm = '', value = ''] = /^x-amz-checksum-(\w+):(.*)$/i.exec(line.trim()) ?? [];
    const sum = checksum(algorithm.toLowerCase(), whole);
    if (sum !== undefined && sum !== value.trim())
      throw new AwsError(
        400,
        'BadDigest',
        `The ${algorithm.toUpperCase()} you specified did not match the calculated checksum.`,
      );
  }
}

/** In base64, as S3's headers have it; undefined for one that Node cannot compute. */
export function checksum(algorithm: string, content: Buffer): string | undefined {
  switch (algorithm) {
    case 'crc32': {
      const sum = Buffer.alloc(4);
      sum.writeUInt32BE(crc32(content));
      return sum.toString('base64');
    }
    case 'sha1':
    case 'sha256':
      return createHash(algorithm).update(content).digest('base64');
    default:
      return undefined;
  }
}

function malformed(): AwsError {
  return new AwsError(400, 'IncompleteBody', 'The request body terminated unexpectedly.');
}

function notSigned(): AwsError {
  return new AwsError(
    403,
    'SignatureDoesNotMatch',
    'The signature of a chunk that we calculated does not match the one that you provided.',
  );
}
