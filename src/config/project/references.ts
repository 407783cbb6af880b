import type { Path } from '../file.ts';
import { parseName } from '../variables/name.ts';
import { type Part, parseText, type Slot } from '../variables/parse-text.ts';
import type { ComponentEntry } from './types.ts';

/** A text of the inputs that waits for outputs. */
export interface WaitingText {
  path: Path;
  parts: (string | WantedOutput)[];
}

/** `${alias.output.key, default}` */
export interface WantedOutput {
  /** As it is written, without `${}` and default. */
  name: string;
  alias: string;
  keys: string[];
  fallback?: { value: unknown };
}

/** The texts of a component's inputs that refer to outputs of others. Throws CONFIG. */
export function waitingTexts(entry: ComponentEntry): WaitingText[] {
  const paths = entry.unresolved ?? textsOf(entry.inputs, []);
  return paths.map((path) => {
    const text = path.reduce<unknown>((data, key) => (data as Record<string, unknown>)[key], entry.inputs);
    return { path, parts: parseText(String(text), () => entry.where(path)).map(wanted) };
  });
}

function wanted(part: Part): string | WantedOutput {
  if (typeof part === 'string') return part;
  const name = part.name.map((piece) => (typeof piece === 'string' ? piece : '…')).join('');
  const target = parseName(name);
  const [alias = name, ...keys] = target?.kind === 'path' && !target.self ? target.path : [];
  return { name, alias, keys, ...fallbackOf(part) };
}

function fallbackOf({ fallback }: Slot): Pick<WantedOutput, 'fallback'> {
  return fallback !== undefined && 'value' in fallback ? { fallback } : {};
}

function textsOf(data: unknown, path: Path): Path[] {
  if (typeof data === 'string') return data.includes('${') ? [path] : [];
  if (typeof data !== 'object' || data === null) return [];
  return Object.entries(data).flatMap(([key, item]) =>
    textsOf(item, [...path, Array.isArray(data) ? Number(key) : key]),
  );
}
