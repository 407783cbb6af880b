import type { z } from 'zod';

import type { labels } from './names.ts';
import type { ownRouteSchema, routeSchema, siteRouteSchema } from './route-schema.ts';
import type { sitePublicationSchema, siteSchema } from './site-schema.ts';
import type { aliasSchema, deploymentsSchema, functionSchema, specSchema, versionSchema } from './schema.ts';

/** All that a platform has been told to run. Never changed in place: a change makes a new one. */
export type Deployments = z.infer<typeof deploymentsSchema>;
export type DeployedFunction = z.infer<typeof functionSchema>;
export type Version = z.infer<typeof versionSchema>;
/** What deployers write on a version, for themselves. */
export type Labels = z.infer<typeof labels>;
export type Alias = z.infer<typeof aliasSchema>;
/** A route that leads to a function. */
export type Route = z.infer<typeof routeSchema> & { site?: undefined };
/** A route that leads to a site. */
export type SiteRoute = z.infer<typeof siteRouteSchema> & { function?: undefined };
export type AnyRoute = Route | SiteRoute;
/** A route without what the publication of its function or site says already. */
export type OwnRoute = z.infer<typeof ownRouteSchema>;
/** Files of a package that are served as they are. */
export type Site = z.infer<typeof siteSchema>;
export type SitePublication = z.infer<typeof sitePublicationSchema>;
/** What a version runs: a `FunctionSpec` without what its name and its routes say. */
export type VersionSpec = z.infer<typeof specSchema>;

/** The alias that routes name unless they say otherwise. */
export const LIVE = 'live';

export const NO_DEPLOYMENTS: Deployments = { functions: {}, routes: [], sites: {} };
