import { TencentError } from '../service.ts';

/** Seconds that a signature's time may be off, either way. */
const TOLERANCE = 300;

/** What a signature is held against. */
export interface Trust {
  /** Milliseconds since 1970. */
  now: number;
  /** Undefined: nobody has this id. `token`: it is a temporary one, whose token must come along. */
  find(id: string): { secret: string; token?: string } | undefined;
}

/** Throws AuthFailure.SignatureExpire, MissingParameter, InvalidParameter. */
export function checkTime(timestamp: string | undefined, now: number): void {
  if (timestamp === undefined || timestamp === '') throw missing('Timestamp');
  if (!/^\d{1,12}$/.test(timestamp))
    throw new TencentError('InvalidParameter', 'The value of the parameter `Timestamp` is not a timestamp.');
  if (Math.abs(now / 1000 - Number(timestamp)) > TOLERANCE)
    throw new TencentError(
      'AuthFailure.SignatureExpire',
      'Signature expired: the Timestamp is more than five minutes away from the server time.',
    );
}

/** Throws AuthFailure.SecretIdNotFound, AuthFailure.TokenFailure. */
export function secretOf(trust: Trust, id: string, token: string | undefined): string {
  const found = trust.find(id);
  if (found === undefined)
    throw new TencentError(
      'AuthFailure.SecretIdNotFound',
      'The SecretId is not found, please ensure that your SecretId is correct.',
    );
  if ((found.token ?? '') !== (token ?? ''))
    throw new TencentError('AuthFailure.TokenFailure', 'The token is wrong, or belongs to another SecretId.');
  return found.secret;
}

export function missing(name: string): TencentError {
  return new TencentError('MissingParameter', `The request is missing a required parameter \`${name}\`.`);
}

export function wrongSignature(): TencentError {
  return new TencentError(
    'AuthFailure.SignatureFailure',
    'The provided credentials could not be validated. Please check your signature is correct.',
  );
}
