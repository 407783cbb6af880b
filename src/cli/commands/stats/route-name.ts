import type { InvocationRecord } from '../../../platform/types.ts';

/** Characters of a path that tell groups apart. */
const MAX_PATH = 120;

/** What names one of many in a path: a number, a UUID, a long hexadecimal id. */
const ID = /^(?:\d+|[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}|(?=.*\d)[\da-f]{16,})$/i;

/**
 * The route of a request: the gateway's pattern where that says what the request was, else, below a `*`, the method and the
 * path without its query, with `*` for each id: `GET /users/*`.
 */
export function routeName({ route, method, path }: InvocationRecord): string {
  // Everything below goes to one function: the pattern would tell nothing.
  if (route !== undefined && !route.endsWith('/*')) return route;
  return `${method} ${normalPath(path)}`;
}

function normalPath(path: string): string {
  const bare = path.replace(/[?#].*$/s, '');
  const normal = bare
    .split('/')
    .map((segment) => (ID.test(segment) ? '*' : segment))
    .join('/');
  return normal.length > MAX_PATH ? `${normal.slice(0, MAX_PATH - 1)}…` : normal;
}
