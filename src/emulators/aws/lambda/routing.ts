import type { Books, Fn, Revision } from './books.ts';
import { findRevision } from './desk.ts';
import { functionArn } from './names.ts';

/** The revision that a call of a qualifier runs: of an alias with weights chosen anew each time. `random`: from 0 up to 1. */
export function chooseRevision(fn: Fn, qualifier: string, random: number): Revision {
  const alias = fn.aliases[qualifier];
  if (alias === undefined) return findRevision(fn, qualifier);
  let from = 0;
  for (const [version, weight] of Object.entries(alias.weights)) {
    from += weight;
    if (random < from) return findRevision(fn, version);
  }
  return findRevision(fn, alias.version);
}

/** Whether a statement of the function's resource policy lets somebody do something to it. */
export function isAllowed(
  { policies }: Pick<Fn, 'policies'>,
  qualifier: string,
  wanted: { action: string; principal: string; sourceArn?: string; authType?: string },
): boolean {
  const { action, principal, sourceArn, authType } = wanted;
  return (policies[qualifier]?.statements ?? []).some(
    ({ Principal, Action, Condition = {} }) =>
      (Action === action || Action === 'lambda:*') &&
      isPrincipal(Principal, principal) &&
      conditionsHold(Condition, { 'AWS:SourceArn': sourceArn, 'lambda:FunctionUrlAuthType': authType }),
  );
}

function isPrincipal(given: unknown, wanted: string): boolean {
  if (given === '*') return true;
  const values = typeof given === 'object' && given !== null ? Object.values(given) : [];
  return values.flat().some((one) => one === '*' || one === wanted);
}

/** Of those kinds that AddPermission makes. */
function conditionsHold(
  conditions: Record<string, Record<string, string>>,
  values: Record<string, string | undefined>,
): boolean {
  return Object.entries(conditions).every(([operator, pairs]) =>
    Object.entries(pairs).every(([key, pattern]) => {
      const value = values[key];
      // What is not known of the call, such as an organisation, is taken as it should be.
      if (!(key in values)) return true;
      if (value === undefined) return false;
      return operator.endsWith('Like') ? isLike(value, pattern) : value === pattern;
    }),
  );
}

/** `*` is anything, `?` one character. */
function isLike(value: string, pattern: string): boolean {
  const escaped = pattern.replaceAll(/[.+^${}()|[\]\\]/g, String.raw`\$&`);
  return new RegExp(`^${escaped.replaceAll('*', '.*').replaceAll('?', '.')}$`).test(value);
}

/** By its ARN, which may name a qualifier. */
export function byArn({ functions }: Books, arn: string): { fn: Fn; qualifier: string } | undefined {
  const fn = Object.values(functions).find(
    (one) => arn === functionArn(one) || arn.startsWith(`${functionArn(one)}:`),
  );
  return fn && { fn, qualifier: arn.slice(functionArn(fn).length + 1) };
}
