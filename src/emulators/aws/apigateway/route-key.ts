import { badRequest, type Resource } from './books.ts';

// "Routing API requests" of the API Gateway developer guide (HTTP APIs).

const METHODS = new Set(['ANY', 'GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS']);
const GREEDY = /^\{([\w.-]+)\+\}$/;
const ONE = /^\{([\w.-]+)\}$/;

/** Throws BadRequestException when it is neither `$default` nor `GET /users/{id}`. */
export function checkRouteKey(key: string): void {
  if (key === '$default') return;
  const [method = '', path = '', ...more] = key.split(' ');
  const isGood = METHODS.has(method) && path.startsWith('/') && more.length === 0 && !/\{\w+\+\}./.test(path);
  if (!isGood)
    throw badRequest(
      'The provided route key is not formatted properly for HTTP protocol. Format should be "<HTTP METHOD> /<RESOURCE PATH>" or "$default"',
    );
  const names = segmentsOf(path).flatMap((one) => (GREEDY.exec(one) ?? ONE.exec(one))?.slice(1) ?? []);
  if (new Set(names).size < names.length) throw badRequest('A path variable stands twice in the route key');
}

export interface RouteMatch {
  route: Resource;
  /** Values of `{id}` and `{proxy+}`. */
  pathParameters: Record<string, string>;
}

/**
 * The route that takes a request: one for the whole path before one with `{proxy+}` before `$default`; of several the one that says most (text before `{id}`, segment by
 * segment), with a method before `ANY`. `path`: encoded, without a stage.
 */
export function chooseRoute(
  routes: readonly Resource[],
  method: string,
  path: string,
): RouteMatch | undefined {
  const segments = segmentsOf(path);
  const fitting = routes.flatMap((route) => {
    const [wanted = '', pattern = ''] = String(route['routeKey']).split(' ');
    if (wanted === '$default' || (wanted !== 'ANY' && wanted !== method)) return [];
    const fit = fitOf(segmentsOf(pattern), segments);
    if (fit === undefined) return [];
    const { rank, pathParameters } = fit;
    return [{ route, pathParameters, rank: `${rank}${wanted === 'ANY' ? 1 : 0}` }];
  });
  const [best] = fitting.toSorted((a, b) => (a.rank < b.rank ? -1 : 1));
  if (best !== undefined) return { route: best.route, pathParameters: best.pathParameters };
  const rest = routes.find((route) => route['routeKey'] === '$default');
  return rest && { route: rest, pathParameters: {} };
}

/** `rank`: a digit for the whole path and one for each segment, the lower the better. */
function fitOf(
  pattern: string[],
  segments: string[],
): { rank: string; pathParameters: Record<string, string> } | undefined {
  const pathParameters: Record<string, string> = {};
  let rank = '';
  for (const [index, part] of pattern.entries()) {
    const segment = segments[index];
    if (segment === undefined) return undefined;
    const greedy = GREEDY.exec(part)?.[1];
    if (greedy !== undefined) {
      const rest = segments.slice(index).map(decoded).join('/');
      if (rest === '') return undefined;
      return { rank: `1${rank}2`, pathParameters: { ...pathParameters, [greedy]: rest } };
    }
    const name = ONE.exec(part)?.[1];
    if (name === undefined ? part !== segment && part !== decoded(segment) : segment === '') return undefined;
    if (name !== undefined) pathParameters[name] = decoded(segment);
    rank += name === undefined ? '0' : '1';
  }
  return pattern.length === segments.length ? { rank: `0${rank}`, pathParameters } : undefined;
}

/** `/a/b` → `a`, `b`; `/` has one that is empty. */
function segmentsOf(path: string): string[] {
  return path.slice(1).split('/');
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
