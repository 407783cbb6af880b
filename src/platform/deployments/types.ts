import type { z } from 'zod';

import type { ownRouteSchema, routeSchema } from './route-schema.ts';
import type {
  aliasSchema,
  deploymentsSchema,
  functionSchema,
  labels,
  specSchema,
  versionSchema,
} from './schema.ts';

/** All that a platform has been told to run. Never changed in place: a change makes a new one. */
export type Deployments = z.infer<typeof deploymentsSchema>;
export type DeployedFunction = z.infer<typeof functionSchema>;
export type Version = z.infer<typeof versionSchema>;
/** What deployers write on a version, for themselves. */
export type Labels = z.infer<typeof labels>;
export type Alias = z.infer<typeof aliasSchema>;
export type Route = z.infer<typeof routeSchema>;
/** A route without what its function's publication says already. */
export type OwnRoute = z.infer<typeof ownRouteSchema>;
/** What a version runs: a `FunctionSpec` without what its name and its routes say. */
export type VersionSpec = z.infer<typeof specSchema>;

/** The alias that routes name unless they say otherwise. */
export const LIVE = 'live';

export const NO_DEPLOYMENTS: Deployments = { functions: {}, routes: [] };
