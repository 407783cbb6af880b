import { isSameSecret } from '../../../lib/same-secret.ts';
import type { ApiCall } from '../../server.ts';
import { AwsError } from '../service.ts';
import { isChunked, readChunks } from './chunks.ts';
import type { Signature } from './read-signature.ts';
import { canonicalRequest, sha256, signature, stringToSign } from './sigv4.ts';

/** Whose signatures are good, and what time it is. */
export interface Trust {
  /** Milliseconds since 1970. */
  now: number;
  find(keyId: string): { secret: string; token?: string; expires?: number } | undefined;
}

/** Minutes by which clocks may differ. */
const SKEW_MS = 5 * 60_000;
/** Of S3. */
const UNSIGNED = 'UNSIGNED-PAYLOAD';
/** A week. */
const MOST_EXPIRES = 604_800;

/** Finds the signature of a call good, and gives its body as it was meant. Throws `AwsError` as the service would. */
export function verifyCall(call: ApiCall, signed: Signature, trust: Trust): Buffer {
  const { scope, time, signedHeaders } = signed;
  const isS3 = scope.service === 's3';
  const secret = secretOf(signed, trust, isS3);
  checkTime(signed, trust.now, isS3);
  const payloadHash = payloadHashOf(call, signed);
  if (!signedHeaders.includes('host')) throw mismatch(isS3, 'the header host is not signed');
  const canonical = canonicalRequest(
    {
      method: call.method,
      path: call.path,
      query: call.query,
      headers: headersOf(call),
      signedHeaders,
      payloadHash,
    },
    { normalizes: !isS3 },
  );
  const expected = signature(stringToSign(canonical, time, scope), secret, scope);
  if (!isSameSecret(signed.signature, expected)) throw mismatch(isS3);
  if (isChunked(payloadHash)) return readChunks(call, { payloadHash, secret, scope, time, seed: expected });
  if (payloadHash !== UNSIGNED && payloadHash !== sha256(call.body)) throw wrongBody(isS3);
  return call.body;
}

function secretOf({ keyId, token }: Signature, trust: Trust, isS3: boolean): string {
  const found = trust.find(keyId);
  if (found === undefined) {
    throw isS3
      ? new AwsError(
          403,
          'InvalidAccessKeyId',
          'The AWS Access Key Id you provided does not exist in our records.',
          {
            AWSAccessKeyId: keyId,
          },
        )
      : new AwsError(
          403,
          'UnrecognizedClientException',
          'The security token included in the request is invalid.',
        );
  }
  if (found.expires !== undefined && found.expires < trust.now) {
    throw isS3
      ? new AwsError(400, 'ExpiredToken', 'The provided token has expired.')
      : new AwsError(403, 'ExpiredTokenException', 'The security token included in the request is expired');
  }
  if (found.token !== undefined && !isSameSecret(token ?? '', found.token)) {
    throw isS3
      ? new AwsError(400, 'InvalidToken', 'The provided token is malformed or otherwise invalid.')
      : new AwsError(
          403,
          'UnrecognizedClientException',
          'The security token included in the request is invalid.',
        );
  }
  return found.secret;
}

function checkTime({ time, expires, scope }: Signature, now: number, isS3: boolean): void {
  const parts = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(time);
  const [, year, month, day, hour, minute, second] = (parts ?? []).map(Number);
  const at = parts === null ? Number.NaN : Date.UTC(year!, month! - 1, day, hour, minute, second);
  if (Number.isNaN(at) || !time.startsWith(scope.date))
    throw mismatch(isS3, 'its date is none, or not that of the credential');
  if (expires !== undefined) {
    if (!(expires > 0 && expires <= MOST_EXPIRES))
      throw expired(isS3, 'X-Amz-Expires must be between 1 and 604800 seconds');
    if (at - SKEW_MS > now || at + expires * 1000 < now) throw expired(isS3, 'Request has expired');
    return;
  }
  if (Math.abs(now - at) <= SKEW_MS) return;
  if (isS3) {
    throw new AwsError(
      403,
      'RequestTimeTooSkewed',
      'The difference between the request time and the current time is too large.',
    );
  }
  const text = (ms: number): string => new Date(ms).toISOString().replaceAll(/[-:]|\.\d+/g, '');
  throw new AwsError(
    403,
    'InvalidSignatureException',
    at < now
      ? `Signature expired: ${time} is now earlier than ${text(now - SKEW_MS)} (${text(now)} - 5 min.)`
      : `Signature not yet current: ${time} is still later than ${text(now + SKEW_MS)} (${text(now)} + 5 min.)`,
  );
}

/** S3 says it in a header; elsewhere it is that of the body. */
function payloadHashOf({ headers, body }: ApiCall, { scope, isPresigned }: Signature): string {
  const told = headers['x-amz-content-sha256'];
  if (typeof told === 'string') return told;
  if (isPresigned && scope.service === 's3') return UNSIGNED;
  return sha256(body);
}

/** All values by name, in wire order. */
function headersOf({ rawHeaders, headers }: ApiCall): Record<string, string[]> {
  const all: Record<string, string[]> = {};
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index]!.toLowerCase();
    (all[name] ??= []).push(rawHeaders[index + 1]!);
  }
  // A request that came by a proxy's address has its host from there.
  if (typeof headers.host === 'string') all['host'] = [headers.host];
  return all;
}

function mismatch(isS3: boolean, why = ''): AwsError {
  const more = why === '' ? '' : ` (${why})`;
  return isS3
    ? new AwsError(
        403,
        'SignatureDoesNotMatch',
        `The request signature we calculated does not match the signature you provided. Check your key and signing method.${more}`,
      )
    : new AwsError(
        403,
        'InvalidSignatureException',
        `The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.${more}`,
      );
}

function wrongBody(isS3: boolean): AwsError {
  return isS3
    ? new AwsError(
        400,
        'XAmzContentSHA256Mismatch',
        "The provided 'x-amz-content-sha256' header does not match what was computed.",
      )
    : mismatch(false, 'the body is not the one that was signed');
}

function expired(isS3: boolean, message: string): AwsError {
  return isS3
    ? new AwsError(403, 'AccessDenied', message)
    : new AwsError(403, 'InvalidSignatureException', message);
}
