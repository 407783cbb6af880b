import type { RouteWish } from '../../../providers/types.ts';
import type { Component } from '../../component.ts';
import type { AppSettings } from './settings.ts';

/**
 * Where an app is reached: where its inputs say, else where it was before, else everywhere when it is alone and nobody is
 * there yet, else below its name.
 */
export async function chooseRoutes(
  { context }: Component,
  name: string,
  { routes, stage, cors }: Pick<AppSettings, 'routes' | 'stage' | 'cors'>,
  before: RouteWish[] | undefined,
  isThere: boolean,
): Promise<RouteWish[] | undefined> {
  if (routes === 'none') return undefined;
  if (context.target !== 'local') return cloudRoutes(routes, cors);
  const withCors = (route: RouteWish): RouteWish =>
    cors && route.cors === undefined ? { ...route, cors: true } : route;
  if (routes !== undefined) return routes.map(withCors);
  if (stage !== '') return [withCors({ path: `/${stage}/*`, stage })];
  const { cors: _, ...kept } = before?.[0] ?? { path: '' };
  const isKept =
    kept.path !== '' && before!.length === 1 && (kept.path === '/*' || kept.path === `/${name}/*`);
  if (isKept && isThere) return [withCors(kept)];
  const owner = context.isOnly ? await context.provider.ownerOfRoute({ path: '/*' }) : 'others';
  return [
    withCors(owner === undefined || owner === name ? { path: '/*' } : { path: `/${name}/*`, stage: name }),
  ];
}

/** A function's address in a cloud is its own; other hosts that lead to it are domains, which the provider is told beside. */
function cloudRoutes(routes: RouteWish[] | undefined, cors: boolean): RouteWish[] {
  const paths = (routes ?? []).filter(({ host, path }) => host === undefined || path !== '/*');
  if (paths.length > 0) return paths;
  return [{ path: '/*', ...((routes?.[0]?.cors ?? cors) ? { cors: routes?.[0]?.cors ?? true } : {}) }];
}
