import { RopewayError } from '../../lib/errors.ts';
import type { RouteWish } from '../types.ts';

/** What a function's or site's own address can be. Throws ROUTE_NEEDS_GATEWAY for anything but all of it. */
export function ownRoute(
  kind: 'function' | 'site',
  name: string,
  routes: RouteWish[],
): RouteWish | undefined {
  const other = routes.find(
    ({ host, path, methods }) => host !== undefined || path !== '/*' || methods !== undefined,
  );
  if (other === undefined) return routes[0];
  const { host = '', path, methods } = other;
  const asked = `${methods === undefined ? '' : `${methods.join(',')} `}${host}${path}`;
  const isHost = host !== '';
  throw new RopewayError({
    code: 'ROUTE_NEEDS_GATEWAY',
    message: `The ${kind} ${name} cannot have the route ${asked} on AWS: its address is one of its own, for all paths.`,
    expected: '`/*`, or no routes',
    got: asked,
    fix:
      kind === 'site'
        ? 'leave out `routes`, and put CloudFront before the site for a host of your own'
        : isHost
          ? 'leave out the host, and let CloudFront or a domain of API Gateway lead to the address'
          : 'leave out `routes`, or set `routes: none` and lead the path to it with a `gateway` component',
  });
}

/** CORS in AWS's words. Shared by function URLs and HTTP APIs. */
export interface AwsCors {
  AllowOrigins?: string[];
  AllowMethods?: string[];
  AllowHeaders?: string[];
  ExposeHeaders?: string[];
  AllowCredentials?: boolean;
  MaxAge?: number;
}

const WORDS = ['allowOrigins', 'allowMethods', 'allowHeaders', 'exposeHeaders', 'allowCredentials', 'maxAge'];
/** Pages of any origin may call it. */
const OPEN: AwsCors = { AllowOrigins: ['*'], AllowMethods: ['*'], AllowHeaders: ['*'] };

/** What a route says of CORS, for AWS. `allowOrigins` and `AllowOrigins` are the same. Throws INPUTS. */
export function corsOf(cors: RouteWish['cors']): AwsCors | undefined {
  if (cors === undefined || cors === false) return undefined;
  if (cors === true) return OPEN;
  const unknown = Object.keys(cors).find((key) => !WORDS.includes(lowerFirst(key)));
  if (unknown !== undefined) {
    throw new RopewayError({
      code: 'INPUTS',
      message: '`cors` has a setting that AWS does not know.',
      expected: WORDS.join(', '),
      got: unknown,
    });
  }
  return Object.fromEntries(
    Object.entries(cors).map(([key, value]) => [key[0]!.toUpperCase() + key.slice(1), value]),
  );
}

/** The same for the same settings, whatever order they come in, and whether what is not set is there or not. */
export function corsText(cors: object | undefined): string {
  const entries = Object.entries(cors ?? {})
    .filter(([, value]) => value !== undefined && value !== 0 && value !== false && !isEmpty(value))
    .map(([key, value]) => [key, Array.isArray(value) ? [...(value as string[])].sort() : value] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return entries.length === 0 ? '' : JSON.stringify(Object.fromEntries(entries));
}

function isEmpty(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0;
}

function lowerFirst(word: string): string {
  return word[0]!.toLowerCase() + word.slice(1);
}
