import { createHmac } from 'node:crypto';

import { isSameSecret } from '../../../lib/same-secret.ts';
import { TencentError } from '../service.ts';
import { hostForms } from './hosts.ts';
import { checkTime, missing, secretOf, type Trust, wrongSignature } from './refusal.ts';

/** What the old signatures HmacSHA1 and HmacSHA256 sign: all parameters, as they are before they are encoded. */
export interface FormRequest {
  method: string;
  host: string;
  /** `/`, `/v2/index.php` */
  path: string;
  parameters: Record<string, string>;
}

const HASHES: Record<string, string> = { HmacSHA1: 'sha1', HmacSHA256: 'sha256' };

/** The `Signature` of a request; of its parameters `SignatureMethod` says how, without it HmacSHA1. */
export function signForm(request: FormRequest, secret: string): string {
  const keys = Object.keys(request.parameters).sort();
  return hmac(request, secret, `${request.host}${request.path}?${line(request, keys, (key) => key)}`);
}

/**
 * The id of who signed. Throws `TencentError`: AuthFailure.SignatureExpire, .SecretIdNotFound, .TokenFailure, .SignatureFailure;
 * MissingParameter, InvalidParameterValue.
 */
export function verifyForm(request: FormRequest, trust: Trust): string {
  const { Signature: given, ...signed } = request.parameters;
  const { SecretId: id, Timestamp: timestamp, Nonce: nonce, SignatureMethod: method = 'HmacSHA1' } = signed;
  if (given === undefined) throw missing('Signature');
  if (id === undefined) throw missing('SecretId');
  if (nonce === undefined) throw missing('Nonce');
  if (!(method in HASHES))
    throw new TencentError('InvalidParameterValue', 'SignatureMethod must be HmacSHA1 or HmacSHA256.');
  checkTime(timestamp, trust.now);
  const secret = secretOf(trust, id, signed['Token'] ?? signed['token']);
  const wanted = { ...request, parameters: signed };
  const texts = hostForms(request.host).flatMap((host) =>
    meantLines(wanted).map((parameters) => `${host}${request.path}?${parameters}`),
  );
  if (!texts.some((text) => isSameSecret(given, hmac(wanted, secret, text)))) throw wrongSignature();
  return id;
}

/**
 * Clients differ in keys with `_`: as they are (documented); with dots, in the order before, but for those that begin with `_`
 * (JavaScript); with dots, in the order after (Python).
 */
function meantLines(request: FormRequest): string[] {
  const keys = Object.keys(request.parameters).sort();
  const dotted = (key: string): string => key.replaceAll('_', '.');
  return [
    ...new Set([
      line(request, keys, (key) => key),
      line(request, keys, (key) => (key.startsWith('_') ? key : dotted(key))),
      line(
        request,
        keys.toSorted((a, b) => (dotted(a) < dotted(b) ? -1 : 1)),
        dotted,
      ),
    ]),
  ];
}

function line({ parameters }: FormRequest, keys: string[], nameOf: (key: string) => string): string {
  return keys.map((key) => `${nameOf(key)}=${parameters[key]}`).join('&');
}

function hmac({ method, parameters }: FormRequest, secret: string, text: string): string {
  const hash = HASHES[parameters['SignatureMethod'] ?? 'HmacSHA1']!;
  return createHmac(hash, secret).update(`${method}${text}`).digest('base64');
}
