import {
  type Document,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  type Node,
  type Pair,
  type YAMLMap,
} from 'yaml';

import type { Path } from '../file.ts';
import { type Aliases, isMerge } from './check.ts';

/** Where the key, or the item of a list, at the end of a path begins; the nearest one above it that exists. */
export function offsetOf(document: Document, aliases: Aliases, path: Path): number {
  let node: unknown = document.contents;
  let offset = 0;
  for (const part of path) {
    const target = follow(node, aliases);
    if (isMap(target)) {
      const pair = findPair(target, String(part), aliases);
      if (pair === undefined) break;
      if (isNode(pair.key)) offset = pair.key.range?.[0] ?? offset;
      node = pair.value;
    } else if (isSeq(target)) {
      const item = target.items[Number(part)];
      if (!isNode(item)) break;
      offset = item.range?.[0] ?? offset;
      node = item;
    } else break;
  }
  return offset;
}

/** A key of a mapping itself, else of the mappings that it takes in by `<<`, the first one first. */
function findPair(map: YAMLMap, name: string, aliases: Aliases): Pair | undefined {
  const own = map.items.find(({ key }) => isScalar(key) && !isMerge(key) && String(key.value) === name);
  if (own !== undefined) return own;
  for (const { key, value } of map.items) {
    if (!isScalar(key) || !isMerge(key)) continue;
    const target = follow(value, aliases);
    for (const source of isSeq(target) ? target.items : [target]) {
      const taken = follow(source, aliases);
      const found = isMap(taken) ? findPair(taken, name, aliases) : undefined;
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

function follow(node: unknown, aliases: Aliases): Node | undefined {
  if (isAlias(node)) return aliases.get(node);
  return isNode(node) ? node : undefined;
}
