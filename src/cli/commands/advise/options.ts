import type { Finding } from '../../../insight/types.ts';
import { RopewayError } from '../../../lib/errors.ts';
import type { ProfileOptions } from '../profile/options.ts';

/** The command line of `ropeway advise` as parsed. */
export interface AdviseOptions extends Omit<ProfileOptions, 'lines'> {
  /** False with --no-measure. */
  measure: boolean;
  apply: boolean;
  failOn?: Finding['severity'];
}

/** Throws what is wrong with the options beyond their syntax. */
export function checkOptions({ apply, json, yes }: AdviseOptions): void {
  if (!apply || !json || yes) return;
  throw new RopewayError({
    code: 'APPLY_NEEDS_YES',
    message: 'With --json nobody is asked whether ropeway.yml may be changed.',
    expected: '--apply --yes with --json',
    got: '--apply --json',
    fix: 'add --yes, or leave --json out',
  });
}
