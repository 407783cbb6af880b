import type { ImportNode } from '../types.ts';

/** A line of a tree that is shown in parts. */
export interface TreeLine {
  depth: number;
  /** Absent: what stands for several modules that are not shown one by one. */
  node?: ImportNode;
  rest?: { count: number; ms: number };
}

/** Below this share of all no module has a line of its own. */
const LEAST_SHARE = 0.01;

/**
 * At most about so many lines of an import tree, the slowest first: what costs most is opened first, so that the most expensive path is
 * always open, and what is not shown is summed up where it is.
 */
export function shownTree(roots: ImportNode[], lines: number): TreeLine[] {
  const all = roots.reduce((sum, { totalMs }) => sum + totalMs, 0);
  const worthIt = (node: ImportNode): boolean => node.totalMs >= all * LEAST_SHARE;
  const shown = new Set(roots.filter(worthIt));
  const opened = new Set<ImportNode>();
  while (shown.size < lines) {
    const next = [...shown]
      .filter((node) => !opened.has(node) && node.children.some(worthIt))
      .sort((a, b) => b.totalMs - a.totalMs)[0];
    if (next === undefined) break;
    opened.add(next);
    for (const child of next.children.filter(worthIt)) shown.add(child);
  }
  const level = (nodes: ImportNode[], depth: number): TreeLine[] => {
    const [listed, rest] = [
      nodes.filter((node) => shown.has(node)),
      nodes.filter((node) => !shown.has(node)),
    ];
    const sorted = listed.toSorted((a, b) => b.totalMs - a.totalMs);
    const found = sorted.flatMap((node) => [
      { depth, node },
      ...(opened.has(node) ? level(node.children, depth + 1) : []),
    ]);
    const ms = rest.reduce((sum, { totalMs }) => sum + totalMs, 0);
    return rest.length === 0 || listed.length === 0
      ? found
      : [...found, { depth, rest: { count: rest.reduce((sum, node) => sum + size(node), 0), ms } }];
  };
  return level(roots, 0);
}

function size({ children }: ImportNode): number {
  return children.reduce((sum, child) => sum + size(child), 1);
}
