import { createPathTree, type PathTree } from './path-tree.ts';
import { parsePattern } from './pattern.ts';

/** For people: `/shop/* of shop`. */
function nameOf({ host = '', path, methods, function: fn, site }: RouteKey): string {
  const name = fn ?? site;
  return `${methods === undefined ? '' : `${methods.join(',')} `}${host}${path}${name === undefined ? '' : ` of ${name}`}`;
}

/** What decides whether a request takes a route. */
export interface RouteKey {
  /** `shop.example.com`, `*.example.com`, or absent for any host. */
  host?: string | undefined;
  /** See `parsePattern`. */
  path: string;
  /** Absent: any that no other route of the same host and path names. */
  methods?: readonly string[];
  /** Whom it leads to, for messages. */
  function?: string;
  site?: string;
}

export interface RouteTable<R extends RouteKey> {
  /**
   * `host` as the Host header has it. The most special host with a matching path wins, then the longest path; a path of which no
   * route takes the method is none. Without a method routes of any match.
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
    const fresh: MethodRoutes<R> = { byMethod: new Map() };
    const other = addByMethod(tree.add(pattern, fresh) ?? fresh, route);
    if (other !== undefined) throw new RouteConflict(`${nameOf(other)} and ${nameOf(route)} take the same`);
  }
  return {
    match: (host, path, method) => {
      for (const name of hostsToTry(host)) {
        const found = trees.get(name)?.find(path, (routes) => takes(routes, method) !== undefined);
        if (found !== undefined) return takes(found, method);
      }
      return undefined;
    },
  };
}

/** The routes of one host and path. */
interface MethodRoutes<R> {
  byMethod: Map<string, R>;
  any?: R;
}

/** The route that takes the same already, and then nothing changes. */
function addByMethod<R extends RouteKey>(routes: MethodRoutes<R>, route: R): R | undefined {
  const { methods } = route;
  if (methods === undefined) {
    if (routes.any !== undefined) return routes.any;
    routes.any = route;
    return undefined;
  }
  const other = methods.map((method) => routes.byMethod.get(method)).find((one) => one !== undefined);
  if (other === undefined) for (const method of methods) routes.byMethod.set(method, route);
  return other;
}

function takes<R>({ byMethod, any }: MethodRoutes<R>, method: string | undefined): R | undefined {
  if (method === undefined) return any ?? byMethod.values().next().value;
  // HEAD is a GET without its body (RFC 9110, 9.3.2).
  return byMethod.get(method) ?? (method === 'HEAD' ? byMethod.get('GET') : undefined) ?? any;
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
