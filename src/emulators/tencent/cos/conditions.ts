import type { IncomingHttpHeaders } from 'node:http';

import { type ByteRange, checkConditions, readRange } from '../../buckets/conditions.ts';
import { CosError } from './errors.ts';
import type { ObjectInfo } from './types.ts';

/** Whether the client has it already: then 304. Throws 412 when it wants another object. */
export function isUnchanged(
  headers: IncomingHttpHeaders,
  info: Pick<ObjectInfo, 'etag' | 'modifiedAt'>,
  prefix = '',
): boolean {
  const found = checkConditions(headers, info, prefix);
  if (found !== 'failed') return found === 'unchanged';
  throw new CosError(
    412,
    'PreconditionFailed',
    'At least one of the preconditions you specified did not hold.',
  );
}

/** The part that is asked for; undefined: all. Throws 416. */
export function rangeOf(header: string | undefined, size: number): ByteRange | undefined {
  const range = readRange(header, size);
  if (range !== 'outside') return range;
  throw new CosError(416, 'InvalidRange', 'The requested range is not satisfiable.', {
    ActualObjectSize: size,
  });
}
