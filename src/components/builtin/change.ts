import type { Change } from '../types.ts';

/** Of what was not there before there is nothing to say but that it is new. */
export function madeOrChanged(kind: string, name: string, isNew: boolean, because: string[]): Change {
  return { action: isNew ? 'create' : 'update', kind, name, because: isNew ? [] : because };
}
