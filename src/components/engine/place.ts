import type { ComponentEntry } from '../../config/project/load.ts';
import type { InputsPlace } from '../inputs.ts';

/** Where the inputs of a file's component stand; `resolved`: nothing is open any more. */
export function placeOf(entry: ComponentEntry, resolved: boolean): InputsPlace {
  return {
    alias: entry.alias,
    where: entry.where,
    isSecret: (path) => isSecretPath(entry, path),
    isOpen: (path) => !resolved && isOpen(entry.inputs, path),
  };
}

/** Of inputs that stand in no file. */
export function nowhere(id: string): InputsPlace {
  return { alias: id, where: () => id, isSecret: () => false, isOpen: () => false };
}

function isSecretPath({ secret }: ComponentEntry, path: readonly (string | number)[]): boolean {
  return path.some((_, index) => secret.has(path.slice(0, index + 1).join('.')));
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
