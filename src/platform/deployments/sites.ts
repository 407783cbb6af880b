import { isDeepStrictEqual } from 'node:util';

import { findSite, own, refuseTaken } from './find.ts';
import { checkRoutes } from './routes.ts';
import type { Deployments, Site, SitePublication } from './types.ts';

// Pure, as changes.ts.

/**
 * Adds a site, or makes another of the one that is there: all of it but routes and labels that are not said. The same
 * deployments when it is the same already. Throws NAME_TAKEN, ROUTE_CONFLICT.
 */
export function setSite(
  deployments: Deployments,
  name: string,
  { routes, labels, ...publication }: SitePublication,
  now: Date,
): Deployments {
  refuseTaken(deployments.functions, name, 'function');
  const old = own(deployments.sites, name);
  const keptLabels = labels ?? old?.labels;
  const time = now.toISOString();
  const site: Site = {
    ...publication,
    routes: routes ?? old?.routes ?? [],
    ...(keptLabels === undefined ? {} : { labels: keptLabels }),
    createdAt: old?.createdAt ?? time,
    updatedAt: old?.updatedAt ?? time,
  };
  if (isDeepStrictEqual(site, old)) return deployments;
  return checkRoutes({
    ...deployments,
    sites: { ...deployments.sites, [name]: { ...site, updatedAt: time } },
  });
}

/** With its routes. Throws NO_SUCH_SITE. */
export function removeSite(deployments: Deployments, name: string): Deployments {
  findSite(deployments, name);
  const { [name]: _, ...sites } = deployments.sites;
  return { ...deployments, sites };
}
