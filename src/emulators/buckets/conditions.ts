import type { IncomingHttpHeaders } from 'node:http';

import type { StoredObject } from './stored.ts';

/**
 * What the conditions of a request say of an object (RFC 9110, section 13.2.2): `unchanged`: the client has it already; `failed`: it wants
 * another one. `prefix`: of the headers' names, when they are about the source of a copy.
 */
export function checkConditions(
  headers: IncomingHttpHeaders,
  { etag, modifiedAt }: Pick<StoredObject, 'etag' | 'modifiedAt'>,
  prefix = '',
): 'met' | 'unchanged' | 'failed' {
  const header = (name: string): string | undefined => headers[`${prefix}${name}`]?.toString();
  const seconds = Math.floor(modifiedAt / 1000);
  const match = header('if-match');
  const noneMatch = header('if-none-match');
  const since = secondsOf(header('if-modified-since'));
  const until = secondsOf(header('if-unmodified-since'));
  if (match === undefined ? until !== undefined && seconds > until : !namesEtag(match, etag)) return 'failed';
  const isOld =
    noneMatch === undefined ? since !== undefined && seconds <= since : namesEtag(noneMatch, etag);
  return isOld ? 'unchanged' : 'met';
}

/** Whether a list of entity tags has this one, or is `*`. */
export function namesEtag(list: string, etag: string): boolean {
  return list.split(',').some((one) => {
    const tag = one.trim().replace(/^W\//, '').replaceAll('"', '');
    return tag === '*' || tag === etag;
  });
}

function secondsOf(date: string | undefined): number | undefined {
  const time = date === undefined ? Number.NaN : Date.parse(date);
  return Number.isNaN(time) ? undefined : Math.floor(time / 1000);
}

export interface ByteRange {
  start: number;
  bytes: number;
}

/** The part that is asked for; undefined: all; `outside`: nothing of it is there. Of several ranges none is answered, as HTTP allows. */
export function readRange(header: string | undefined, size: number): ByteRange | 'outside' | undefined {
  const [, first, last] = /^bytes=(\d*)-(\d*)$/.exec(header?.trim() ?? '') ?? [];
  if (first === undefined || last === undefined || (first === '' && last === '')) return undefined;
  const start = first === '' ? Math.max(0, size - Number(last)) : Number(first);
  const end = first === '' || last === '' ? size - 1 : Math.min(Number(last), size - 1);
  if (first !== '' && last !== '' && Number(last) < start) return undefined;
  return start >= size ? 'outside' : { start, bytes: end - start + 1 };
}
