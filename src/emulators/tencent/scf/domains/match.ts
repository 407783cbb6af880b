import type { DomainRecord } from '../books.ts';

type Endpoint = DomainRecord['endpoints'][number];

/** Where a path of a custom domain leads, and as what the function sees it. Undefined: nowhere. */
export function matchPath(
  endpoints: Endpoint[],
  path: string,
): { endpoint: Endpoint; path: string } | undefined {
  const fitting = endpoints
    .filter(({ PathMatch }) => isMatch(PathMatch, path))
    // The longest one, and of two the one without a star.
    .sort((a, b) => weight(b.PathMatch) - weight(a.PathMatch));
  const [endpoint] = fitting;
  return endpoint === undefined ? undefined : { endpoint, path: rewritten(endpoint, path) };
}

/** `/`, `/*`, `/shop`, `/shop/a`, `/shop/*`. */
export function isPathMatch(text: string): boolean {
  return /^\/(?:[^*?#\s]*[^*?#\s/])?\/?(?:(?<=\/)\*)?$/.test(text);
}

function isMatch(pattern: string, path: string): boolean {
  if (!pattern.endsWith('/*')) return path === pattern;
  const before = pattern.slice(0, -1);
  return path.startsWith(before) || path === before.slice(0, -1);
}

function weight(pattern: string): number {
  return pattern.endsWith('/*') ? pattern.length * 2 - 3 : pattern.length * 2;
}

/** By the first rule that fits; `$` and `$1` in it: what its star stands for. */
function rewritten({ PathRewrite: rules }: Endpoint, path: string): string {
  for (const { Path, Type, Rewrite } of rules ?? []) {
    const isExact = Type === 'ExactRules';
    if (isExact ? path !== Path : !isMatch(Path, path)) continue;
    const rest = isExact || !Path.endsWith('/*') ? '' : path.slice(Path.length - 1);
    const target = Rewrite.replace(/\$1?/g, () => rest);
    return target.startsWith('/') ? target : `/${target}`;
  }
  return path;
}
