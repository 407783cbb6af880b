import { RopewayError } from '../../lib/errors.ts';
import { child, kindOf } from '../data.ts';
import type { Path } from '../file.ts';
import { nearest } from '../../lib/nearest.ts';
import { waitingTexts, type WaitingText, type WantedOutput } from './references.ts';
import type { ComponentEntry } from './types.ts';

type Outputs = Record<string, unknown>;

/**
 * The inputs with the outputs put in of what they refer to; a value that is nothing but one reference keeps its type.
 * Throws REFERENCE for outputs that there are not.
 */
export function resolveInputs(
  entry: ComponentEntry,
  outputsOf: (alias: string) => Outputs | undefined,
): Record<string, unknown> {
  const inputs = structuredClone(entry.inputs);
  for (const { path, parts } of waitingTexts(entry)) {
    const place = entry.where(path);
    const values = parts.map((part) => (typeof part === 'string' ? part : output(part, outputsOf, place)));
    put(inputs, path, isReference(parts) ? structuredClone(values[0]) : asText(parts, values, place));
  }
  return inputs;
}

function isReference(parts: WaitingText['parts']): boolean {
  return parts.length === 1 && typeof parts[0] === 'object';
}

function output(
  wanted: WantedOutput,
  outputsOf: (alias: string) => Outputs | undefined,
  place: string,
): unknown {
  const { alias, keys, name, fallback } = wanted;
  const outputs = outputsOf(alias);
  if (outputs === undefined) {
    if (fallback !== undefined) return fallback.value;
    throw reference(`${place}: \`${alias}\` has no outputs yet.`, { fix: `deploy \`${alias}\` first` });
  }
  let data: unknown = outputs;
  for (const [index, key] of keys.entries()) {
    const next = child(data, key);
    if (next === undefined) {
      if (fallback !== undefined) return fallback.value;
      throw noSuchOutput([alias, ...keys.slice(0, index)], key, data, name, place);
    }
    data = next;
  }
  return data;
}

function noSuchOutput(
  above: string[],
  key: string,
  data: unknown,
  name: string,
  place: string,
): RopewayError {
  const known = typeof data === 'object' && data !== null ? Object.keys(data) : [];
  const meant = nearest(key, known);
  const holder = above.join('.');
  return reference(`${place}: \`${holder}\` has no output \`${key}\`.`, {
    expected: known.length === 0 ? `nothing: \`${holder}\` has no outputs` : `one of ${known.join(', ')}`,
    got: `\${${name}}`,
    fix: meant === undefined ? `give a default: \${${name}, 'text'}` : `did you mean \${${holder}.${meant}}?`,
  });
}

/** Outputs may be secrets: only what sort they are of is told. */
function asText(parts: WaitingText['parts'], values: unknown[], place: string): string {
  const texts = values.map((value, index) => {
    if (['string', 'number', 'boolean'].includes(typeof value)) return String(value);
    const { name } = parts[index] as WantedOutput;
    throw reference(`${place}: \`\${${name}}\` is no text, and there is text around it.`, {
      expected: 'a text, a number, true or false',
      got: kindOf(value),
    });
  });
  return texts.join('');
}

function put(inputs: Record<string, unknown>, path: Path, value: unknown): void {
  const holder = path
    .slice(0, -1)
    .reduce<unknown>((data, key) => (data as Record<string, unknown>)[key], inputs);
  // Also for a key called __proto__.
  Object.defineProperty(holder, path.at(-1)!, {
    value,
    enumerable: true,
    configurable: true,
    writable: true,
  });
}

function reference(message: string, more: { expected?: string; got?: string; fix?: string }): RopewayError {
  return new RopewayError({ code: 'REFERENCE', message, ...more });
}
