import { RopewayError } from '../../lib/errors.ts';
import { routeText } from '../route-text.ts';
import type { RouteWish } from '../types.ts';

/** What a function is to be reached by. */
export interface WantedRoutes {
  /** The one that is its function URL. */
  url?: RouteWish;
  /** Those on domains of one's own. */
  hosts: (RouteWish & { host: string })[];
}

/** Sorts a function's routes. Throws ROUTE_NEEDS_DOMAIN for paths without a host: a function URL is one for all paths. */
export function sortRoutes(name: string, routes: readonly RouteWish[]): WantedRoutes {
  const other = routes.find(({ host, path }) => host === undefined && path !== '/*');
  if (other !== undefined) {
    throw new RopewayError({
      code: 'ROUTE_NEEDS_DOMAIN',
      message: `The function ${name} cannot have the route ${routeText(other)} on SCF: its own address is for all paths.`,
      expected: '`/*`, or a route with a `host`',
      got: routeText(other),
      fix: 'leave out `routes`; or give the route a `host`, a domain of yours, which SCF leads to functions by path',
    });
  }
  const url = routes.find(({ host }) => host === undefined);
  const hosts = routes.filter((route): route is RouteWish & { host: string } => route.host !== undefined);
  return { hosts, ...(url === undefined ? {} : { url }) };
}

const WORDS: Record<string, string> = {
  allowOrigins: 'Origins',
  allowMethods: 'Methods',
  allowHeaders: 'Headers',
  exposeHeaders: 'ExposeHeaders',
  allowCredentials: 'Credentials',
  maxAge: 'MaxAge',
};
/** Pages of any origin may call it. */
const OPEN = { Origins: ['*'], Methods: ['*'], Headers: ['*'] };

/** CORS in the words of a function URL, without `Enable`. `allowOrigins`, `AllowOrigins` and `Origins` are the same. Throws INPUTS. */
export function corsOf(cors: RouteWish['cors']): Record<string, unknown> | undefined {
  if (cors === undefined || cors === false) return undefined;
  if (cors === true) return OPEN;
  return Object.fromEntries(
    Object.entries(cors)
      .filter(([key]) => key !== 'Enable')
      .map(([key, value]) => [corsWord(key), value]),
  );
}

/** The same for the same settings, whatever order they come in, and whether what is not set is there or not. */
export function corsText(cors: unknown): string {
  if (typeof cors !== 'object' || cors === null) return '';
  const entries = Object.entries(cors)
    .filter(([key]) => key !== 'Enable')
    .filter(([, value]) => value !== undefined && value !== null && value !== 0 && value !== false)
    .filter(([, value]) => !(Array.isArray(value) && value.length === 0))
    .map(([key, value]) => [key, Array.isArray(value) ? [...(value as string[])].sort() : (value as unknown)])
    .sort(([a], [b]) => (String(a) < String(b) ? -1 : 1));
  return entries.length === 0 ? '' : JSON.stringify(Object.fromEntries(entries));
}

function corsWord(key: string): string {
  const word = WORDS[key[0]!.toLowerCase() + key.slice(1)];
  if (word !== undefined) return word;
  if (Object.values(WORDS).includes(key)) return key;
  throw new RopewayError({
    code: 'INPUTS',
    message: '`cors` has a setting that a function URL of SCF does not know.',
    expected: Object.keys(WORDS).join(', '),
    got: key,
  });
}
