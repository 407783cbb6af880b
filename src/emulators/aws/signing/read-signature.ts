import type { ApiCall } from '../../server.ts';
import { AwsError } from '../service.ts';
import { ALGORITHM, type Scope } from './sigv4.ts';

/** What a request says of its signature. */
export interface Signature {
  keyId: string;
  scope: Scope;
  /** `20150830T123600Z` */
  time: string;
  /** Seconds from then in which it is good; of a pre-signed address. */
  expires?: number;
  signedHeaders: string[];
  signature: string;
  /** Of temporary credentials. */
  token: string | undefined;
  /** It stands in the query. */
  isPresigned: boolean;
}

/** Reads it from header or query; undefined: there is none. Throws IncompleteSignature when it is half. */
export function readSignature(call: Pick<ApiCall, 'headers' | 'query'>): Signature | undefined {
  const parameters = new URLSearchParams(call.query.replaceAll('+', '%2B'));
  if (parameters.has('X-Amz-Algorithm')) return fromQuery(parameters);
  const header = call.headers.authorization;
  return header === undefined || !header.startsWith('AWS4') ? undefined : fromHeader(header, call);
}

function fromHeader(header: string, { headers }: Pick<ApiCall, 'headers'>): Signature {
  const [algorithm, rest] = split(header, ' ');
  const parts = Object.fromEntries(rest.split(',').map((part) => split(part.trim(), '=')));
  const time = headers['x-amz-date'];
  const { Credential: credential, SignedHeaders: signed, Signature: signature } = parts;
  if (algorithm !== ALGORITHM || !credential || !signed || !signature || typeof time !== 'string')
    throw incomplete(header);
  return {
    ...readCredential(credential),
    time,
    signedHeaders: signed.split(';'),
    signature,
    token: one(headers['x-amz-security-token']),
    isPresigned: false,
  };
}

function fromQuery(parameters: URLSearchParams): Signature {
  const get = (name: string): string => parameters.get(`X-Amz-${name}`) ?? '';
  const [credential, signed, signature, time] = ['Credential', 'SignedHeaders', 'Signature', 'Date'].map(get);
  if (get('Algorithm') !== ALGORITHM || !credential || !signed || !signature || !time)
    throw incomplete('the query');
  return {
    ...readCredential(credential),
    time,
    expires: Number(get('Expires') || '300'),
    signedHeaders: signed.split(';'),
    signature,
    token: parameters.get('X-Amz-Security-Token') ?? undefined,
    isPresigned: true,
  };
}

function readCredential(text: string): { keyId: string; scope: Scope } {
  // A key's id may have slashes, the scope has four parts.
  const parts = text.split('/');
  const [date = '', region = '', service = '', end] = parts.slice(-4);
  if (parts.length < 5 || end !== 'aws4_request') throw incomplete(text);
  return { keyId: parts.slice(0, -4).join('/'), scope: { date, region, service } };
}

function incomplete(got: string): AwsError {
  return new AwsError(
    400,
    'IncompleteSignatureException',
    `Authorization header requires 'Credential', 'SignedHeaders' and 'Signature' parameters, and a date. Authorization=${got.split(' ', 1)[0]}`,
  );
}

function split(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return at === -1 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}

function one(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value;
}
