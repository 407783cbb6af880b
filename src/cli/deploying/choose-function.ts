import type { StateRecord, StateStore } from '../../components/state/store.ts';
import { RopewayError } from '../../lib/errors.ts';

/** A deployed component that has a function, and the function's name. */
export interface ChosenFunction {
  alias: string;
  name: string;
  /** Absent: the target's default, or this machine. */
  region?: string;
}

/** The one that is asked for, or the only one. Throws NOT_DEPLOYED, WHICH_COMPONENT; `how` says how one is asked for. */
export function chooseFunction(store: StateStore, alias: string | undefined, how: string): ChosenFunction {
  const all = store.list().flatMap(functionOf);
  const found =
    alias === undefined ? all : all.filter((one) => one.alias === alias || one.alias.startsWith(`${alias}.`));
  const [only, second] = found;
  if (only === undefined) {
    throw new RopewayError({
      code: 'NOT_DEPLOYED',
      message:
        alias === undefined
          ? 'No function is deployed from here.'
          : `\`${alias}\` has no function that is deployed.`,
      fix: 'ropeway deploy',
    });
  }
  if (second === undefined) return only;
  throw new RopewayError({
    code: 'WHICH_COMPONENT',
    message: 'Several functions are deployed from here.',
    expected: `one of ${found.map((one) => one.alias).join(', ')}`,
    fix: `${how} ${only.alias}`,
  });
}

function functionOf({ id, state }: StateRecord): ChosenFunction[] {
  const { function: name, region } = state;
  return typeof name === 'string'
    ? [{ alias: id, name, ...(typeof region === 'string' ? { region } : {}) }]
    : [];
}
