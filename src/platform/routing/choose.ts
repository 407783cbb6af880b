import type { IncomingMessage } from 'node:http';

import { type Cors, isPreflight } from './cors.ts';
import type { RouteKey, RouteTable } from './table.ts';

/** Where a request goes, and whether the gateway answers it itself as a preflight. */
export interface Choice<R> {
  route: R;
  preflight: boolean;
}

/**
 * The route of a request. A browser's preflight asks about a request to come: it is answered as the route of that one
 * says; has that route no CORS, the preflight is an OPTIONS request as any other, which some app may answer.
 */
export function chooseRoute<R extends RouteKey & { cors?: Cors | undefined }>(
  table: RouteTable<R>,
  incoming: Pick<IncomingMessage, 'method' | 'headers'>,
  path: string,
): Choice<R> | undefined {
  const { host } = incoming.headers;
  if (isPreflight(incoming)) {
    const asked = table.match(host, path, incoming.headers['access-control-request-method']);
    if (asked?.cors !== undefined) return { route: asked, preflight: true };
  }
  const route = table.match(host, path, incoming.method);
  return route && { route, preflight: false };
}
