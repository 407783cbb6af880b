import type { Outcome } from '../../components/engine/walk.ts';
import type { RopewayError } from '../../lib/errors.ts';
import { asRopewayError } from './report.ts';

/** What went wrong with components of which the report has told already. */
export function failuresOf(outcomes: ReadonlyMap<string, Outcome<unknown>>): RopewayError[] {
  return [...outcomes].flatMap(([alias, outcome]) =>
    outcome.kind === 'failed' ? [asRopewayError(alias, outcome.error)] : [],
  );
}

/** Lets the exit code tell: 1 when any was not the user's, else 2; none leaves it. */
export function noteFailures(failures: readonly RopewayError[]): void {
  if (failures.length > 0) process.exitCode = failures.some(({ fault }) => fault === 'system') ? 1 : 2;
}
