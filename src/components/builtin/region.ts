import { RopewayError } from '../../lib/errors.ts';
import type { Component } from '../component.ts';

/**
 * Where a component has what it makes: the region that it began in, else the wanted one, else the default of today, which is noted: what AWS_REGION says
 * tomorrow leads to no second one. Throws REGION_CHANGED: what has an address of its own is not moved behind its users' backs.
 */
export function regionOf({ id, state, context }: Component, wanted: string | undefined): string | undefined {
  if (context.target === 'local') return undefined;
  const began = typeof state['region'] === 'string' ? state['region'] : undefined;
  if (began === undefined || wanted === undefined || began === wanted)
    return began ?? wanted ?? context.provider.region;
  throw new RopewayError({
    code: 'REGION_CHANGED',
    message: `\`${id}\` is in another region already.`,
    expected: began,
    got: wanted,
    fix: `remove it first (ropeway remove ${id}), or give the new one another alias`,
  });
}
