/** Paths below the same folder that are more than this are one route: they are names, not routes. */
const MOST_CHILDREN = 8;
/** Routes that are told apart; the rarest others are one. */
const MOST_ROUTES = 40;

export const OTHER = '(other)';

/**
 * Under which name each of the recorded routes (`GET /hello/Ada`, with how often it was) is to be counted: those that differ only in their last
 * part, and are many, become `GET /hello/*`; beyond 40, the rarest become `(other)`.
 */
export function foldRoutes(counts: ReadonlyMap<string, number>): Map<string, string> {
  const children = new Map<string, number>();
  for (const name of counts.keys()) {
    const parent = parentOf(name);
    children.set(parent, (children.get(parent) ?? 0) + 1);
  }
  const folded = new Map<string, string>();
  const sums = new Map<string, number>();
  for (const [name, count] of counts) {
    const parent = parentOf(name);
    const to = name !== OTHER && children.get(parent)! > MOST_CHILDREN ? `${parent}/*` : name;
    folded.set(name, to);
    sums.set(to, (sums.get(to) ?? 0) + count);
  }
  const rare = new Set(
    [...sums]
      .sort(([, a], [, b]) => b - a)
      .slice(MOST_ROUTES)
      .map(([name]) => name),
  );
  for (const [name, to] of folded) if (rare.has(to)) folded.set(name, OTHER);
  return folded;
}

/** `GET /hello/Ada` → `GET /hello`; of what is directly below the root, that alone: `GET `. */
function parentOf(name: string): string {
  return name.slice(0, Math.max(name.lastIndexOf('/'), 0));
}
