import { createMethodRoutes, type MethodRoutes } from './methods.ts';
import { createPathTree, type PathTree } from './path-tree.ts';
import { parsePattern } from '../../lib/path-pattern.ts';

/** What decides whether a request takes a route. */
export interface RouteKey {
  /** `shop.example.com`, `*.example.com`, or absent for any host. */
  host?: string | undefined;
  /** See `parsePattern`. */
  path: string;
  /** Methods that it takes (`GET`; it takes HEAD then, too); absent: what no other route of its host and path names. */
  methods?: readonly string[] | undefined;
  /** Whom it leads to, for messages. */
  function?: string | undefined;
  site?: string | undefined;
}

export interface RouteTable<R extends RouteKey> {
  /**
   * `host` as the Host header has it. The most special host with a matching path wins, then the longest path; one that
   * does not take the method is passed over.
   */
  match(host: string | undefined, path: string, method?: string): R | undefined;
}

/** Throws `RouteConflict` for two routes that take the same requests, and for a path that is no pattern. */
export function createRouteTable<R extends RouteKey>(routes: readonly R[]): RouteTable<R> {
  const trees = new Map<string, PathTree<MethodRoutes<R>>>();
  for (const route of routes) {
    const pattern = parsePattern(route.path);
    if (pattern === undefined) throw new RouteConflict(`\`${route.path}\` is no path of a route`);
    const host = (route.host ?? ANY_HOST).toLowerCase();
    const tree = trees.get(host) ?? createPathTree<MethodRoutes<R>>();
    trees.set(host, tree);
    const other = tree.at(pattern, createMethodRoutes<R>).add(route);
    if (other !== undefined) throw new RouteConflict(`${nameOf(other)} and ${nameOf(route)} take the same`);
  }
  return {
    match: (host, path, method = 'GET') => {
      for (const name of hostsToTry(host)) {
        const found = trees.get(name)?.find(path, (routes) => routes.find(method));
        if (found !== undefined) return found;
      }
      return undefined;
    },
  };
}

export class RouteConflict extends Error {
  override readonly name = 'RouteConflict';
}

/** Whether a text is a host of a route: a name or an address, without port; `*.` in front for all below it. */
export function isRouteHost(host: string): boolean {
  return /^(\*\.)?[a-z0-9]([a-z0-9.-]*[a-z0-9])?$|^\[[0-9a-f:.]+\]$/i.test(host);
}

/** For people: `GET, HEAD /shop/* of shop`. */
function nameOf({ host = '', path, methods, function: fn, site }: RouteKey): string {
  const owner = fn ?? site;
  const method = methods === undefined ? '' : `${methods.join(', ')} `;
  return `${method}${host}${path}${owner === undefined ? '' : ` of ${owner}`}`;
}

const ANY_HOST = '*';

/** `a.b.c` → `a.b.c`, `*.b.c`, `*.c`, `*`. */
function hostsToTry(host: string | undefined): string[] {
  if (host === undefined) return [ANY_HOST];
  const name = host.toLowerCase().replace(/:\d+$/, '').replace(/\.$/, '');
  const labels = name.split('.');
  const wildcards = labels.slice(1).map((_, index) => `*.${labels.slice(index + 1).join('.')}`);
  return [name, ...wildcards, ANY_HOST];
}
