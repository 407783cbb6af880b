import { median } from '../stats/quantile.ts';
import type { ImportNode } from '../types.ts';
import type { LoadedModule } from './records.ts';

export interface TreeOptions {
  /** Processes that were asked for times, one list each; at least one. */
  times: LoadedModule[][];
  /** Processes that were asked for memory; may be none. */
  memory: LoadedModule[][];
  /** `app`, the name of a package, or `(standard library)`; undefined: a module that is none of the app's affair, and what it imports. */
  ownerOf(module: LoadedModule): string | undefined;
  /** For people: a dotted name, or the path within its package. */
  nameOf(module: LoadedModule): string;
}

const MEGABYTE = 1024 * 1024;

/** What was imported, the medians of several processes, in the order of the first one that has the most modules. */
export function importTree({ times, memory, ownerOf, nameOf }: TreeOptions): ImportNode[] {
  const base = times.reduce((most, one) => (one.length > most.length ? one : most), []);
  const selfMs = medians(times, ({ selfMs: ms }) => ms);
  // Nobody can tell where the system does not: all are 0 then.
  const tellsMemory = memory.some((modules) => modules.some(({ selfBytes }) => selfBytes !== 0));
  const selfMb = medians(memory, ({ selfBytes }) => selfBytes / MEGABYTE);
  const known = new Set(base.map(({ key }) => key));
  const below = new Map<string | undefined, LoadedModule[]>();
  for (const module of base) {
    const parent = module.parent !== undefined && known.has(module.parent) ? module.parent : undefined;
    below.set(parent, [...(below.get(parent) ?? []), module]);
  }
  const build = (module: LoadedModule): { node: ImportNode; mb: number }[] => {
    const owner = ownerOf(module);
    if (owner === undefined) return [];
    const parts = (below.get(module.key) ?? []).flatMap(build);
    const children = parts.map(({ node }) => node);
    const own = selfMs.get(module.key) ?? 0;
    const mb = parts.reduce((sum, part) => sum + part.mb, selfMb.get(module.key) ?? 0);
    const node: ImportNode = {
      name: nameOf(module),
      selfMs: rounded(own),
      totalMs: rounded(children.reduce((sum, { totalMs }) => sum + totalMs, own)),
      ...(tellsMemory ? { totalMb: rounded(Math.max(0, mb)) } : {}),
      owner,
      children,
    };
    return [{ node, mb }];
  };
  return (below.get(undefined) ?? []).flatMap(build).map(({ node }) => node);
}

/** What the modules of each owner cost, without what others of theirs cost: largest first. */
export interface OwnerCost {
  owner: string;
  modules: number;
  ms: number;
  /** Of everything below its topmost modules, with packages that only it brings; absent where it cannot be told. */
  withOthersMs: number;
  withOthersMb?: number;
}

/** Sums a tree up by owner. */
export function costByOwner(tree: ImportNode[]): OwnerCost[] {
  const costs = new Map<string, OwnerCost>();
  const visit = (node: ImportNode, above: ReadonlySet<string>): void => {
    const cost = costs.get(node.owner) ?? { owner: node.owner, modules: 0, ms: 0, withOthersMs: 0 };
    costs.set(node.owner, cost);
    cost.modules += 1;
    cost.ms += node.selfMs;
    if (!above.has(node.owner)) {
      cost.withOthersMs += node.totalMs;
      if (node.totalMb !== undefined) cost.withOthersMb = (cost.withOthersMb ?? 0) + node.totalMb;
    }
    const path = above.has(node.owner) ? above : new Set([...above, node.owner]);
    for (const child of node.children) visit(child, path);
  };
  for (const root of tree) visit(root, new Set());
  return [...costs.values()].sort((a, b) => b.ms - a.ms);
}

function medians(runs: LoadedModule[][], of: (module: LoadedModule) => number): Map<string, number> {
  const values = new Map<string, number[]>();
  for (const module of runs.flat()) {
    const list = values.get(module.key);
    if (list === undefined) values.set(module.key, [of(module)]);
    else list.push(of(module));
  }
  return new Map([...values].map(([key, list]) => [key, median(list)]));
}

function rounded(value: number): number {
  return Math.round(value * 1000) / 1000;
}
