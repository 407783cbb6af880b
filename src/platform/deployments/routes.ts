import { RopewayError } from '../../lib/errors.ts';
import { createRouteTable, RouteConflict } from '../routing/table.ts';
import { findAlias, findFunction, findSite } from './find.ts';
import type { AnyRoute, Deployments, Route } from './types.ts';

// Pure, as changes.ts.

/** The routes of all functions, then of all sites. */
export function allRoutes({ routes, sites }: Deployments): AnyRoute[] {
  const ofSites = Object.entries(sites).flatMap(([site, { routes: own }]) =>
    own.map((route) => ({ ...route, site })),
  );
  return [...routes, ...ofSites];
}

/** These and no others. Throws NO_SUCH_FUNCTION, NO_SUCH_ALIAS, NO_SUCH_SITE, ROUTE_CONFLICT. */
export function setRoutes(deployments: Deployments, routes: AnyRoute[]): Deployments {
  for (const { site } of routes) if (site !== undefined) findSite(deployments, site);
  const sites = Object.entries(deployments.sites).map(([name, one]) => {
    const own = routes.flatMap(({ site, ...route }) => (site === name ? [route] : []));
    return [name, { ...one, routes: own }] as const;
  });
  return checkRoutes({
    ...deployments,
    routes: routes.filter((route): route is Route => route.site === undefined),
    sites: Object.fromEntries(sites),
  });
}

/** By which a route is known. */
export type RouteKey = Pick<Route, 'host' | 'path' | 'methods'>;

/** The same without some routes (what is not there is no failure) and with others, at once. Throws as `setRoutes`. */
export function changeRoutes(
  deployments: Deployments,
  remove: readonly RouteKey[],
  add: readonly AnyRoute[],
): { deployments: Deployments; removed: number } {
  const keyOf = ({ host, path, methods }: RouteKey): string =>
    JSON.stringify([host ?? '', path, methods ?? []]);
  const going = new Set(remove.map(keyOf));
  const before = allRoutes(deployments);
  const kept = before.filter((route) => !going.has(keyOf(route)));
  return { deployments: setRoutes(deployments, [...kept, ...add]), removed: before.length - kept.length };
}

/** The same with these as the only routes of one function, beside those that a gateway has. Throws as `setRoutes`. */
export function setFunctionRoutes(deployments: Deployments, name: string, routes: Route[]): Deployments {
  const others = deployments.routes.filter((route) => route.function !== name || route.gateway !== undefined);
  return checkRoutes({ ...deployments, routes: [...others, ...routes] });
}

/** The same deployments. Throws NO_SUCH_FUNCTION, NO_SUCH_ALIAS, ROUTE_CONFLICT. */
export function checkRoutes(deployments: Deployments): Deployments {
  for (const route of deployments.routes)
    findAlias(findFunction(deployments, route.function), route.function, route.alias);
  try {
    createRouteTable(allRoutes(deployments));
  } catch (error) {
    if (!(error instanceof RouteConflict)) throw error;
    throw new RopewayError({
      code: 'ROUTE_CONFLICT',
      message: `The routes contradict each other: ${error.message}.`,
      fix: 'give one of them another host, path or methods, or remove what is not wanted any more',
      cause: error,
    });
  }
  return deployments;
}
