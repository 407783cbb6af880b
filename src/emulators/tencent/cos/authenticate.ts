import { isSameSecret } from '../../../lib/same-secret.ts';
import type { ApiCall } from '../../server.ts';
import type { TencentContext } from '../context.ts';
import type { CosAddress } from './address.ts';
import { accessDenied, CosError } from './errors.ts';
import {
  type CosSignature,
  formatString,
  isSignedWith,
  parseSignature,
  signatureOfQuery,
  type SignedRequest,
  stringToSign,
  validity,
} from './signature.ts';

/** How far a client's clock may be ahead. */
const SKEW_SECONDS = 900;

/** Whether a call bears a good signature; false: it bears none. Throws `CosError` when it bears a bad one. */
export function isAuthentic(
  call: ApiCall,
  address: CosAddress,
  query: SignedRequest['query'],
  { keys, peers, now }: Pick<TencentContext, 'keys' | 'peers' | 'now'>,
): boolean {
  const { signature, isGiven } = signatureIn(call, query);
  if (!isGiven) return false;
  if (signature === undefined)
    throw new CosError(400, 'InvalidArgument', 'Authorization is not well-formed.');
  const token =
    call.headers['x-cos-security-token']?.toString() ?? new Map(query).get('x-cos-security-token');
  const secret = secretOf(signature.id, token, { keys, peers });
  checkTime(signature, Math.floor(now() / 1000));
  const hosts = new Set([call.headers.host ?? '', address.host]);
  const candidates = address.signedPaths.flatMap((path) =>
    [...hosts].map((host) => ({ method: call.method, path, query, headers: headersOf(call, host) })),
  );
  if (candidates.some((request) => isSignedWith(secret, signature, request))) return true;
  const format = formatString(candidates[0]!, signature);
  throw new CosError(
    403,
    'SignatureDoesNotMatch',
    'The request signature we calculated does not match the signature you provided. Check your key and signing method.',
    { StringToSign: stringToSign(signature.signTime, format), FormatString: format },
  );
}

function signatureIn(
  { headers }: ApiCall,
  query: SignedRequest['query'],
): { isGiven: boolean; signature: CosSignature | undefined } {
  const parameters = new Map(query);
  // `sign`: the whole of it in one parameter, as older SDKs do.
  const text = headers.authorization || parameters.get('sign');
  if (text) return { isGiven: true, signature: parseSignature(text) };
  return { isGiven: parameters.has('q-signature'), signature: signatureOfQuery(query) };
}

function secretOf(
  id: string,
  token: string | undefined,
  { keys, peers }: Pick<TencentContext, 'keys' | 'peers'>,
): string {
  if (id === keys.id) return keys.secret;
  const temporary = peers.temporaryKeys?.find(id);
  if (temporary === undefined || !isSameSecret(token ?? '', temporary.token)) {
    throw new CosError(
      403,
      'InvalidAccessKeyId',
      'The Access Key Id you provided does not exist in our records.',
    );
  }
  return temporary.secret;
}

function checkTime(signature: CosSignature, now: number): void {
  const { start, end } = validity(signature);
  if (now > end) throw accessDenied('Request has expired');
  if (start > now + SKEW_SECONDS) {
    throw new CosError(
      403,
      'RequestTimeTooSkewed',
      'The difference between the request time and the current time is too large.',
      { ServerTime: new Date(now * 1000).toISOString() },
    );
  }
}

function headersOf({ headers }: ApiCall, host: string): [string, string][] {
  return Object.entries(headers).map(([name, value]) => [
    name,
    name === 'host' ? host : Array.isArray(value) ? value.join(',') : (value ?? ''),
  ]);
}
