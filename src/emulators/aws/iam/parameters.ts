import { randomBytes } from 'node:crypto';

import type { XmlValue } from '../../xml.ts';
import type { Form } from '../query-protocol.ts';
import { AwsError } from '../service.ts';

/** `AROA` and 17 letters and digits. */
export function newId(prefix: string): string {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
  return prefix + [...randomBytes(17)].map((byte) => letters[byte % 32]).join('');
}

/** Throws ValidationError. */
export function nameOf(form: Form, parameter: string, most = 128): string {
  const name = form.required(parameter);
  if (/^[\w+=,.@-]+$/.test(name) && name.length <= most) return name;
  const at = parameter[0]!.toLowerCase() + parameter.slice(1);
  throw invalid(
    name.length > most
      ? `1 validation error detected: Value at '${at}' failed to satisfy constraint: Member must have length less than or equal to ${most}`
      : `The specified value for ${at} is invalid. It must contain only alphanumeric characters and/or the following: +=,.@_-`,
  );
}

export function pathOf(form: Form): string {
  const path = form.text('Path') ?? '/';
  if (/^\/(?:[\u0021-\u007E]+\/)?$/.test(path) && path.length <= 512) return path;
  throw invalid(
    'The specified value for path is invalid. It must begin and end with / and contain only alphanumeric characters and/or / characters.',
  );
}

/** JSON with statements, as it was given. Throws MalformedPolicyDocument. */
export function documentOf(form: Form, parameter: string): string {
  const text = form.required(parameter);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw malformed('Syntax errors in policy.');
  }
  const statements = [(value as { Statement?: unknown } | null)?.Statement].flat() as { Effect?: unknown }[];
  if (
    statements.some(
      (one) => one === undefined || one === null || (one.Effect !== 'Allow' && one.Effect !== 'Deny'),
    )
  )
    throw malformed('Syntax errors in policy.');
  return text;
}

export function tagsOf(form: Form): Record<string, string> {
  const tags = form.objects('Tags').map(({ Key = '', Value = '' }) => [Key, Value] as const);
  const names = tags.map(([key]) => key.toLowerCase());
  if (new Set(names).size < names.length)
    throw new AwsError(
      400,
      'InvalidInput',
      'Duplicate tag keys found. Please note that Tag keys are case insensitive.',
    );
  if (tags.some(([key, value]) => key === '' || key.length > 128 || value.length > 256))
    throw invalid(
      '1 validation error detected: a tag has a key of 1 to 128 characters, and a value of at most 256.',
    );
  if (tags.length > 50)
    throw new AwsError(409, 'LimitExceeded', 'The number of tags has reached the maximum limit.');
  return Object.fromEntries(tags);
}

export function tagElements(tags: Record<string, string>): XmlValue {
  return { member: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })) };
}

/** As answers have policies: percent-encoded (RFC 3986). */
export function encoded(document: string): string {
  return encodeURIComponent(document).replaceAll(
    /[!'()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** A part of a list, and how it goes on. */
export function pageOf<T>(form: Form, all: readonly T[]): { items: T[]; more: Record<string, XmlValue> } {
  const from = Number(form.text('Marker') ?? 0);
  const most = Math.min(Number(form.text('MaxItems') ?? 100), 1000);
  if (!Number.isInteger(from) || !(most >= 1)) throw invalid('Invalid Marker or MaxItems.');
  const isTruncated = from + most < all.length;
  return {
    items: all.slice(from, from + most),
    more: { IsTruncated: isTruncated, Marker: isTruncated ? String(from + most) : undefined },
  };
}

function invalid(message: string): AwsError {
  return new AwsError(400, 'ValidationError', message);
}

function malformed(message: string): AwsError {
  return new AwsError(400, 'MalformedPolicyDocument', message);
}
