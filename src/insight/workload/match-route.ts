import type { Workload } from './types.ts';

/**
 * Finds the route that a request of a log belongs to: by the path itself, else by a pattern (`<name>`, `:name`, `{name}`, `*`), the
 * one with the most fixed characters first. -1: none of those that were measured. The answers for paths are kept.
 */
export function routeMatcher({ routes }: Pick<Workload, 'routes'>): (method: string, path: string) => number {
  const exact = new Map<string, number>();
  const patterns: { method: string; expression: RegExp; fixed: number; index: number }[] = [];
  for (const [index, route] of routes.entries()) {
    for (const path of route.paths) {
      if (!HOLES.test(path)) exact.set(`${route.method} ${path}`, index);
      else patterns.push({ method: route.method, ...expressionOf(path), index });
    }
  }
  patterns.sort((a, b) => b.fixed - a.fixed);
  const known = new Map<string, number>();
  const find = (method: string, path: string): number => {
    const asked = method === 'HEAD' ? 'GET' : method;
    const same = exact.get(`${asked} ${path}`);
    if (same !== undefined) return same;
    return patterns.find((one) => one.method === asked && one.expression.test(path))?.index ?? -1;
  };
  return (method, target) => {
    const path = target.replace(/[?#].*$/s, '');
    const key = `${method} ${path}`;
    let index = known.get(key);
    if (index === undefined) {
      index = find(method, path);
      if (known.size >= MOST_KNOWN) known.clear();
      known.set(key, index);
    }
    return index;
  };
}

const MOST_KNOWN = 10_000;

/** `<int:id>`, `:id`, `{id}`, `{*path}`, `*` */
const HOLE = /<(?<converter>[^<>:]*:)?[^<>]*>|:[A-Za-z_]\w*|\{[^{}]*\}|\*+/g;
const HOLES = new RegExp(HOLE.source);

function expressionOf(pattern: string): { expression: RegExp; fixed: number } {
  let text = '';
  let fixed = 0;
  let at = 0;
  for (const hole of pattern.matchAll(HOLE)) {
    const before = pattern.slice(at, hole.index);
    fixed += before.length;
    const isRest = /^<path:|^\{\*|^\{.*:path\}$|^\*\*|^\*$/.test(hole[0]);
    const isLast = hole.index + hole[0].length === pattern.length;
    // `/users/*` of the records stands for one segment that is an id; a last `*` of a gateway for everything below.
    text += escape(before) + (isRest && (isLast || hole[0] !== '*') ? '.*' : '[^/]+');
    at = hole.index + hole[0].length;
  }
  fixed += pattern.length - at;
  return { expression: new RegExp(`^${text}${escape(pattern.slice(at))}$`, 's'), fixed };
}

function escape(text: string): string {
  return text.replaceAll(/[$()*+.?[\\\]^{|}]/g, String.raw`\$&`);
}
