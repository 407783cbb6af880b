import type { IncomingHttpHeaders } from 'node:http';

import { CosError } from './errors.ts';
import type { ObjectInfo } from './types.ts';

/** Whether the client has it already: then 304. Throws 412 when it wants another object (RFC 9110, section 13.2.2). */
export function isUnchanged(
  headers: IncomingHttpHeaders,
  { etag, modifiedAt }: Pick<ObjectInfo, 'etag' | 'modifiedAt'>,
  prefix = '',
): boolean {
  const header = (name: string): string | undefined => headers[`${prefix}${name}`]?.toString();
  const seconds = Math.floor(modifiedAt / 1000);
  const match = header('if-match');
  const noneMatch = header('if-none-match');
  const since = secondsOf(header('if-modified-since'));
  const until = secondsOf(header('if-unmodified-since'));
  if (match === undefined ? until !== undefined && seconds > until : !names(match, etag)) {
    throw new CosError(
      412,
      'PreconditionFailed',
      'At least one of the preconditions you specified did not hold.',
    );
  }
  return noneMatch === undefined ? since !== undefined && seconds <= since : names(noneMatch, etag);
}

function names(list: string, etag: string): boolean {
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

/** The part that is asked for; undefined: all. Of several ranges none is answered, as HTTP allows. Throws 416. */
export function rangeOf(header: string | undefined, size: number): ByteRange | undefined {
  const [, first, last] = /^bytes=(\d*)-(\d*)$/.exec(header?.trim() ?? '') ?? [];
  if (first === undefined || last === undefined || (first === '' && last === '')) return undefined;
  const start = first === '' ? Math.max(0, size - Number(last)) : Number(first);
  const end = first === '' || last === '' ? size - 1 : Math.min(Number(last), size - 1);
  if (first !== '' && last !== '' && Number(last) < start) return undefined;
  if (start >= size) {
    throw new CosError(416, 'InvalidRange', 'The requested range is not satisfiable.', {
      ActualObjectSize: size,
    });
  }
  return { start, bytes: end - start + 1 };
}
