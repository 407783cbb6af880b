import type { RopewayConfig } from '../../../config/load.ts';
import { RopewayError } from '../../../lib/errors.ts';
import { ownRouteSchema } from '../../../platform/deployments/schema.ts';
import type { OwnRoute } from '../../../platform/deployments/types.ts';

/**
 * The routes of an app: those of its ropeway.yml, else everything (below its stage), or `/<name>/*` when it is one of
 * several (`isOnly` is false). Throws ROUTE.
 */
export function routesOf(
  { routes }: RopewayConfig,
  name: string,
  stage: string,
  isOnly: boolean,
): OwnRoute[] {
  if (routes !== undefined) return routes.map((route) => parseRoute(route, stage));
  const prefix = stage === '' && !isOnly ? name : stage;
  return [prefix === '' ? { path: '/*', stage: '' } : { path: `/${prefix}/*`, stage: prefix }];
}

function parseRoute(route: string | Record<string, unknown>, stage: string): OwnRoute {
  const parsed = ownRouteSchema.safeParse(typeof route === 'string' ? fromText(route, stage) : route);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new RopewayError({
    code: 'ROUTE',
    message: `A route of ropeway.yml is not valid: ${[...issue!.path, issue!.message].join(': ')}.`,
    expected: '/shop/*, shop.example.com/*, or `path: /shop/*` with host, methods, stage, requestBytes, cors',
    got: typeof route === 'string' ? route : JSON.stringify(route),
  });
}

/** `shop.example.com/api/*` */
function fromText(text: string, stage: string): Record<string, unknown> {
  const slash = text.indexOf('/');
  const host = slash === -1 ? text : text.slice(0, slash);
  const path = slash === -1 ? '/*' : text.slice(slash);
  return { ...(host === '' ? {} : { host }), path, stage };
}
