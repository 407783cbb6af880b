import { isMapping } from '../data.ts';
import type { Path } from '../file.ts';
import { escapeText } from './parse-text.ts';

/** An output of a component, known when it is deployed. */
export interface Wanted {
  /** The component's alias, then keys of its outputs. */
  path: string[];
  fallback?: string | number | boolean | null;
}

/** A text that is more than text: it has outputs in it that are still to come, or it may be a secret. */
export class Filled {
  readonly parts: readonly (string | Wanted)[];
  readonly secret: boolean;

  constructor(parts: readonly (string | Wanted)[], secret: boolean) {
    this.parts = parts;
    this.secret = secret;
  }
}

/** Plain data in which some texts are `Filled`; undefined: nothing. */
export type Tree = unknown;

/** Data with everything in it that is known before anything is deployed. */
export interface Resolved {
  /** Plain; outputs that are still to come stand in it as `${alias.output}`, and `$${` for `${` in the texts that have any. */
  value: unknown;
  /** Paths of what came from the environment. */
  secret: Path[];
  /** Paths of the texts that wait for outputs. */
  unresolved: Path[];
  /** Aliases of the components whose outputs are wanted. */
  components: Set<string>;
}

export function toPlain(tree: Tree): Resolved {
  const resolved: Resolved = { value: undefined, secret: [], unresolved: [], components: new Set() };
  const walk = (node: Tree, path: Path): unknown => {
    if (Array.isArray(node)) return node.map((item: unknown, index) => walk(item, [...path, index]));
    if (!(node instanceof Filled)) {
      if (!isMapping(node)) return node;
      return Object.fromEntries(Object.entries(node).map(([key, item]) => [key, walk(item, [...path, key])]));
    }
    if (node.secret) resolved.secret.push(path);
    const wanted = node.parts.filter((part) => typeof part !== 'string');
    if (wanted.length > 0) resolved.unresolved.push(path);
    for (const { path: of } of wanted) resolved.components.add(of[0]!);
    return wanted.length > 0 ? node.parts.map(written).join('') : node.parts.join('');
  };
  resolved.value = walk(tree, []);
  return resolved;
}

/** As it would stand in a file. */
function written(part: string | Wanted): string {
  if (typeof part === 'string') return escapeText(part);
  const name = part.path.join('.');
  if (part.fallback === undefined) return `\${${name}}`;
  const { fallback } = part;
  return `\${${name}, ${typeof fallback === 'string' ? `'${fallback.replaceAll("'", "''")}'` : fallback}}`;
}
