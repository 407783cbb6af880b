import { createPathTree, type PathTree } from './path-tree.ts';
import { parsePattern } from './pattern.ts';

/** For people: `/shop/* of shop`. */
function nameOf({ host = '', path, function: name }: RouteKey): string {
  return `${host}${path}${name === undefined ? '' : ` of ${name}`}`;
}

/** What decides whether a request takes a route. */
export interface RouteKey {
  /** `shop.example.com`, `*.example.com`, or absent for any host. */
  host?: string | undefined;
  /** See `parsePattern`. */
  path: string;
  /** Whom it leads to, for messages. */
  function?: string;
}

export interface RouteTable<R extends RouteKey> {
  /** `host` as the Host header has it. The most special host with a matching path wins, then the longest path. */
  match(host: string | undefined, path: string): R | undefined;
}

/** Throws `RouteConflict` for two routes that take the same requests, and for a path that is no pattern. */
export function createRouteTable<R extends RouteKey>(routes: readonly R[]): RouteTable<R> {
  const trees = new Map<string, PathTree<R>>();
  for (const route of routes) {
    const pattern = parsePattern(route.path);
    if (pattern === undefined) throw new RouteConflict(`\`${route.path}\` is no path of a route`);
    const host = (route.host ?? ANY_HOST).toLowerCase();
    const tree = trees.get(host) ?? createPathTree<R>();
    trees.set(host, tree);
    const other = tree.add(pattern, route);
    if (other !== undefined) throw new RouteConflict(`${nameOf(other)} and ${nameOf(route)} take the same`);
  }
  return {
    match: (host, path) => {
      for (const name of hostsToTry(host)) {
        const found = trees.get(name)?.find(path);
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

const ANY_HOST = '*';

/** `a.b.c` → `a.b.c`, `*.b.c`, `*.c`, `*`. */
function hostsToTry(host: string | undefined): string[] {
  if (host === undefined) return [ANY_HOST];
  const name = host.toLowerCase().replace(/:\d+$/, '').replace(/\.$/, '');
  const labels = name.split('.');
  const wildcards = labels.slice(1).map((_, index) => `*.${labels.slice(index + 1).join('.')}`);
  return [name, ...wildcards, ANY_HOST];
}
