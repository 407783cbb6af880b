import type { RouteWish } from './types.ts';

/** A route as one text, by which it is known: `GET,POST shop.example.com/users/*`. */
export function routeText({ host = '', path, methods }: RouteWish): string {
  return `${methods === undefined ? '' : `${methods.join(',')} `}${host}${path}`;
}
