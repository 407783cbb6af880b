import type { ComponentEntry } from '../../config/project/load.ts';
import type { ComponentClass } from '../component.ts';
import type { InputsPlace } from '../inputs.ts';

/**
 * Where the inputs of a file's component stand; `resolved`: nothing is open any more. What
 * refers to an alias that has `secrets` may be one. Looked at when it is asked for: they are known when all classes are loaded.
 */
export function placeOf(
  entry: ComponentEntry,
  resolved: boolean,
  secrets: SecretOutputs = new Map(),
): InputsPlace {
  return {
    alias: entry.alias,
    where: entry.where,
    isSecret: (path) => isSecretPath(entry, path) || refersTo(entry.inputs, path, secrets),
    isOpen: (path) => !resolved && isOpen(entry.inputs, path),
  };
}

/** Names of outputs that are not to be shown, of the aliases that have any. */
export type SecretOutputs = Map<string, readonly string[]>;

export function noteSecrets(all: SecretOutputs, alias: string, { secrets = [] }: ComponentClass): void {
  if (secrets.length > 0) all.set(alias, secrets);
}

/** Of inputs that stand in no file. */
export function nowhere(id: string): InputsPlace {
  return { alias: id, where: () => id, isSecret: () => false, isOpen: () => false };
}

function isSecretPath({ secret }: ComponentEntry, path: readonly (string | number)[]): boolean {
  return path.some((_, index) => secret.has(path.slice(0, index + 1).join('.')));
}

/** Whether what is at a path, or above it, is made of an output of one of these. */
function refersTo(inputs: unknown, path: readonly (string | number)[], aliases: SecretOutputs): boolean {
  let value = inputs;
  for (const key of [...path, '']) {
    if (typeof value === 'string') {
      const named = [...value.matchAll(/\$\{\s*([\w-]+)/g)].map(([, alias]) => alias!);
      return named.some((alias) => aliases.has(alias));
    }
    value = (value as Record<string, unknown> | undefined)?.[key];
  }
  return false;
}

/** A reference to another component's output, anywhere on the way. */
function isOpen(inputs: unknown, path: readonly (string | number)[]): boolean {
  let value = inputs;
  for (const key of path) {
    if (hasReference(value)) return true;
    value = (value as Record<string, unknown> | undefined)?.[key];
  }
  return (
    hasReference(value) ||
    (typeof value === 'object' && value !== null && Object.values(value).some(hasReference))
  );
}

function hasReference(value: unknown): boolean {
  return typeof value === 'string' && /(?<!\$)\$\{/.test(value);
}
