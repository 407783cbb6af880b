import { type Document, isAlias, isMap, isScalar, isSeq, visit } from 'yaml';

import type { Aliases } from './check.ts';

/** Keys of mappings whose values are environment variables. */
const ENVIRONMENTS = new Set(['env', 'variables']);
/** Key of a list of `key: NAME, value: …`. */
const LIST = 'environments';

/** An environment variable is text: `VERSION: 1.10` means 1.10, not the number 1.1. */
export function keepNumbersAsWritten(document: Document, aliases: Aliases): void {
  const follow = (node: unknown): unknown => (isAlias(node) ? aliases.get(node) : node);
  visit(document, {
    Pair(_, pair) {
      if (!isScalar(pair.key)) return;
      const value = follow(pair.value);
      if (ENVIRONMENTS.has(String(pair.key.value)) && isMap(value)) {
        for (const variable of value.items) asWritten(variable.value);
      }
      if (pair.key.value !== LIST || !isSeq(value)) return;
      for (const item of value.items) if (isMap(item)) asWritten(item.get('value', true));
    },
  });
}

/** Numbers that are the same when they are written again stay numbers. */
function asWritten(node: unknown): void {
  if (!isScalar(node) || typeof node.value !== 'number' || node.source === undefined) return;
  if (String(node.value) !== node.source) node.value = node.source;
}
