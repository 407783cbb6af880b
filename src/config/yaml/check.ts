import {
  type Alias,
  type Document,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  type Node,
  type Scalar,
} from 'yaml';

/** Characters of the file when every alias is written out. */
const MAX_SIZE = 5_000_000;
/** Levels, those behind aliases too. */
const MAX_DEPTH = 100;
const TOO_DEEP = 'it is nested too deeply';
const TOO_LARGE = `it is longer than ${MAX_SIZE / 1_000_000} million characters when its aliases are written out`;

export interface Problem {
  offset: number;
  message: string;
}

/** What each alias stands for, in the order of the file. */
export type Aliases = ReadonlyMap<Alias, Node>;

/** How much a node is when it is written out. */
interface Extent {
  size: number;
  depth: number;
}

/**
 * Looks for what plain data cannot hold, and for aliases that lead nowhere, round in circles, or to more than memory
 * can hold.
 */
export function checkNodes(
  document: Document,
  { textIsBroken }: { textIsBroken: boolean },
): { aliases: Aliases } | { problem: Problem } {
  const aliases = new Map<Alias, Node>();
  const anchors = new Map<string, Node>();
  const extents = new Map<Node, Extent>();
  let problem: Problem | undefined;

  const fail = (node: unknown, message: string): Extent => {
    problem ??= { offset: isNode(node) ? (node.range?.[0] ?? 0) : 0, message };
    return { size: 0, depth: 0 };
  };

  const measure = (node: unknown, level: number): Extent => {
    if (problem !== undefined || !isNode(node)) return { size: 1, depth: 1 };
    if (level > MAX_DEPTH) return fail(node, TOO_DEEP);
    if (isAlias(node)) return follow(node);
    if (node.anchor !== undefined) anchors.set(node.anchor, node);
    const extent = isScalar(node) ? measureScalar(node) : measureItems(node, level);
    extents.set(node, extent);
    return extent;
  };

  const follow = (alias: Alias): Extent => {
    const target = anchors.get(alias.source);
    if (target === undefined) return fail(alias, 'there is no anchor (&name) above for this alias (*name)');
    aliases.set(alias, target);
    // What is not measured yet is still open around the alias.
    return extents.get(target) ?? fail(alias, 'this alias (*name) stands inside of what it repeats');
  };

  const measureScalar = (node: Scalar): Extent => {
    const { value, source } = node;
    if (typeof value === 'number' && !Number.isFinite(value)) return fail(node, 'numbers have an end');
    if (textIsBroken && String(value).includes('\uFFFD')) return fail(node, 'this text is not UTF-8');
    return { size: 1 + (source?.length ?? 0), depth: 1 };
  };

  const measureItems = (node: Node, level: number): Extent => {
    const extent = { size: 1, depth: 1 };
    const add = (part: unknown): boolean => {
      const { size, depth } = measure(part, level + 1);
      extent.size += size;
      extent.depth = Math.max(extent.depth, depth + 1);
      if (extent.size > MAX_SIZE) fail(isNode(part) ? part : node, TOO_LARGE);
      if (level + extent.depth > MAX_DEPTH) fail(isNode(part) ? part : node, TOO_DEEP);
      return problem === undefined;
    };
    if (isSeq(node)) node.items.every(add);
    if (!isMap(node)) return extent;
    const names = new Set<string>();
    for (const { key, value } of node.items) {
      if (!isScalar(key)) return fail(isNode(key) ? key : node, 'a key is a text');
      const name = isMerge(key) ? '<<' : `key ${String(key.value)}`;
      // `1` and `"1"` are one key of plain data, two of YAML.
      if (names.has(name)) return fail(key, 'Map keys must be unique');
      names.add(name);
      if (!add(key) || !add(value)) break;
      if (isMerge(key) && !isMergeable(value)) return fail(key, '<< takes a mapping, or a list of mappings');
    }
    return extent;
  };

  const isMergeable = (value: unknown): boolean => {
    const target = isAlias(value) ? aliases.get(value) : value;
    if (!isSeq(target)) return isMap(target);
    return target.items.every((item) => isMap(isAlias(item) ? aliases.get(item) : item));
  };

  measure(document.contents, 0);
  return problem === undefined ? { aliases } : { problem };
}

/** Whether a key stands for the mappings that are its value; `"<<"` in quotes is a key like others. */
export function isMerge(key: Scalar): boolean {
  // The text is there where a tag (`!`) says that it is one; the library takes that for a merge, too.
  return key.type === 'PLAIN' && (typeof key.value === 'symbol' || key.value === '<<');
}
