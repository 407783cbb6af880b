import type { RouteWish } from '../types.ts';

/** The rest of a path in the words of API Gateway. */
const REST = '/{proxy+}';
/** All requests for which there is no other route. */
const ALL = '$default';

/**
 * Keys of the routes of an HTTP API that together take what a route takes. The stage is the API's own: its routes know nothing of it.
 * `/shop/*` takes `/shop`, too, and nothing of API Gateway takes both.
 */
export function keysOf({ path, stage = '', methods }: RouteWish): string[] {
  const within = stage !== '' && path.startsWith(`/${stage}/`) ? path.slice(stage.length + 1) : path;
  if (within === '/*' && methods === undefined) return [ALL];
  const paths = within.endsWith('/*') ? [within.slice(0, -2) || '/', within.slice(0, -2) + REST] : [within];
  return (methods ?? ['ANY']).flatMap((method) => paths.map((one) => `${method} ${one}`));
}

/** The routes that such keys stand for. */
export function routesOfKeys(keys: readonly string[], stage: string): RouteWish[] {
  const methodsOf = new Map<string, string[]>();
  for (const key of keys) {
    const [method = '', path = ''] = key === ALL ? ['ANY', REST] : key.split(' ');
    methodsOf.set(path, [...(methodsOf.get(path) ?? []), method]);
  }
  const routes: RouteWish[] = [];
  for (const [path, methods] of methodsOf) {
    // The other half of `/shop/*`.
    if (methodsOf.has((path === '/' ? '' : path) + REST)) continue;
    const whole = path.endsWith(REST) ? `${path.slice(0, -REST.length)}/*` : path;
    routes.push({
      path: stage === '' ? whole : `/${stage}${whole}`,
      ...(stage === '' ? {} : { stage }),
      ...(methods.includes('ANY') ? {} : { methods }),
    });
  }
  return routes;
}
