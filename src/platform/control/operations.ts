import { z } from 'zod';

import type { JsonObject } from '../../events/types.ts';
import { packageVersion } from '../../lib/package-root.ts';
import { findAlias, findFunction, findSite, findVersion } from '../deployments/find.ts';
import { aliasName, functionName, labels, packageDigest } from '../deployments/names.ts';
import { ownRouteSchema, routeSchema, siteRouteSchema } from '../deployments/route-schema.ts';
import { allRoutes } from '../deployments/routes.ts';
import { aliasSchema, specSchema } from '../deployments/schema.ts';
import { sitePublicationSchema } from '../deployments/site-schema.ts';
import type { DeployedFunction, Site, Version } from '../deployments/types.ts';
import type { Upload } from '../packages/receive.ts';
import { recentMemory } from '../instances/memory.ts';
import type { Server } from '../server.ts';

/** One thing that the control API does. Both the server and its OpenAPI description are made of these. */
export interface Operation {
  id: string;
  method: 'GET' | 'PUT' | 'POST' | 'DELETE';
  /** `/v1/functions/{name}` */
  path: string;
  summary: string;
  /** What the body must be; none without. */
  body?: z.ZodType;
  /** The media type of a body that is no JSON: `run` gets it as an `Upload`. */
  upload?: string;
  /** Works without the token: it tells nothing that has to be kept. */
  open?: boolean;
  run(server: Server, parameters: PathValues, body: unknown): unknown;
}

/** Values of `{…}` in the path, checked. */
type PathValues = Record<string, string>;

/** What each parameter of a path must be. */
export const PARAMETERS: Record<string, z.ZodType<string>> = {
  name: functionName,
  alias: aliasName,
  version: z
    .string()
    .regex(/^\d{1,9}$/)
    .describe('Number of a version'),
  digest: packageDigest,
};

const publication = z.strictObject({
  spec: specSchema,
  alias: aliasName.exactOptional().describe('Leads to the new version from then on; default live'),
  routes: z.array(ownRouteSchema).exactOptional().describe('The only routes of the function from then on'),
  labels: labels.exactOptional().describe('Kept with the version, by which deployers find what is theirs'),
  canary: z
    .number()
    .gt(0)
    .lt(1)
    .exactOptional()
    .describe('Share of the requests that the new version gets; the one before keeps the rest'),
});
const routes = z.strictObject({
  routes: z.array(z.union([routeSchema, siteRouteSchema])).describe('Each leads to a function, or to a site'),
});
const routeChange = z.strictObject({
  remove: z
    .array(ownRouteSchema)
    .default([])
    .describe('Known by host, path and methods; what is not there is no failure'),
  add: z.array(z.union([routeSchema, siteRouteSchema])).default([]),
});
const event = z.record(z.string(), z.unknown());
const moment = z.number().min(0).describe('Milliseconds since 1970');
const logQuery = z.strictObject({
  since: moment.default(0),
  until: moment.exactOptional(),
  requestId: z.string().exactOptional(),
  limit: z.int().min(1).max(100_000).exactOptional().describe('The latest so many; default 10,000'),
});

export const OPERATIONS: readonly Operation[] = [
  {
    id: 'health',
    method: 'GET',
    path: '/v1/health',
    summary: 'Whether the platform takes requests: 200, or 503 while it stops',
    open: true,
    run: (server) => ({
      status: server.draining ? 'draining' : 'ok',
      version: packageVersion(),
      pid: process.pid,
      uptimeSeconds: Math.round(process.uptime()),
      url: server.url,
    }),
  },
  {
    id: 'listFunctions',
    method: 'GET',
    path: '/v1/functions',
    summary: 'All functions with their aliases, versions and instances',
    run: (server) => {
      const { functions } = server.deployments();
      return { functions: Object.entries(functions).map(([name, fn]) => shownFunction(server, name, fn)) };
    },
  },
  {
    id: 'getFunction',
    method: 'GET',
    path: '/v1/functions/{name}',
    summary: 'One function',
    run: (server, { name }) => shownFunction(server, name!, findFunction(server.deployments(), name!)),
  },
  {
    id: 'publish',
    method: 'PUT',
    path: '/v1/functions/{name}',
    summary:
      'Publishes a version: loads the app, then lets the alias lead to it. Requests in flight finish where they are. What does not load changes nothing',
    body: publication,
    run: async (server, { name }, body) => {
      const { version, unchanged, ready } = await server.publish(name!, body as z.infer<typeof publication>);
      return { function: name, version, unchanged, ...(ready === undefined ? {} : { initMs: ready.initMs }) };
    },
  },
  {
    id: 'removeFunction',
    method: 'DELETE',
    path: '/v1/functions/{name}',
    summary: 'Removes a function, its versions, aliases and routes',
    run: async (server, { name }) => {
      await server.removeFunction(name!);
      return { function: name, removed: true };
    },
  },
  {
    id: 'getVersion',
    method: 'GET',
    path: '/v1/functions/{name}/versions/{version}',
    summary: 'What a version runs; of its environment the names alone',
    run: (server, { name, version }) =>
      shownVersion(findVersion(findFunction(server.deployments(), name!), name!, Number(version))),
  },
  {
    id: 'removeVersion',
    method: 'DELETE',
    path: '/v1/functions/{name}/versions/{version}',
    summary: 'Removes a version that no alias leads to',
    run: async (server, { name, version }) => {
      await server.removeVersion(name!, Number(version));
      return { function: name, version: Number(version), removed: true };
    },
  },
  {
    id: 'getAlias',
    method: 'GET',
    path: '/v1/functions/{name}/aliases/{alias}',
    summary: 'Where an alias leads',
    run: (server, { name, alias }) => findAlias(findFunction(server.deployments(), name!), name!, alias!),
  },
  {
    id: 'setAlias',
    method: 'PUT',
    path: '/v1/functions/{name}/aliases/{alias}',
    summary:
      'Makes an alias, or lets it lead elsewhere: back to an older version, or a share of the requests to another',
    body: aliasSchema,
    run: async (server, { name, alias }, body) => {
      await server.setAlias(name!, alias!, body as z.infer<typeof aliasSchema>);
      return body;
    },
  },
  {
    id: 'removeAlias',
    method: 'DELETE',
    path: '/v1/functions/{name}/aliases/{alias}',
    summary: 'Removes an alias that no route names',
    run: async (server, { name, alias }) => {
      await server.removeAlias(name!, alias!);
      return { function: name, alias, removed: true };
    },
  },
  {
    id: 'invoke',
    method: 'POST',
    path: '/v1/functions/{name}/aliases/{alias}/invocations',
    summary: 'Gives an event to a function and answers with its result and its record',
    body: event,
    run: (server, { name, alias }, body) => server.invoke(name!, alias!, body as JsonObject),
  },
  {
    id: 'logs',
    method: 'POST',
    path: '/v1/functions/{name}/logs',
    summary: 'What a function printed, with START, END and REPORT of each call, oldest first',
    body: logQuery,
    run: async (server, { name }, body) => {
      findFunction(server.deployments(), name!);
      const { since, until = Date.now(), ...more } = body as z.infer<typeof logQuery>;
      return { lines: await server.logs({ function: name!, since, until, ...more }) };
    },
  },
  {
    id: 'putPackage',
    method: 'PUT',
    path: '/v1/packages/{digest}',
    summary:
      'Takes a package in: a zip of up to 500 MB, which must have this SHA-256. One that is there already is not read',
    upload: 'application/zip',
    run: (server, { digest }, body) => server.packages.add(digest!, body as Upload),
  },
  {
    id: 'getPackage',
    method: 'GET',
    path: '/v1/packages/{digest}',
    summary: 'Whether a package is here',
    run: (server, { digest }) => server.packages.describe(digest!),
  },
  {
    id: 'listSites',
    method: 'GET',
    path: '/v1/sites',
    summary: 'All sites',
    run: (server) => ({
      sites: Object.entries(server.deployments().sites).map(([name, site]) => shownSite(name, site)),
    }),
  },
  {
    id: 'getSite',
    method: 'GET',
    path: '/v1/sites/{name}',
    summary: 'One site',
    run: (server, { name }) => shownSite(name!, findSite(server.deployments(), name!)),
  },
  {
    id: 'putSite',
    method: 'PUT',
    path: '/v1/sites/{name}',
    summary:
      'Serves the files of a package, in the place of those that the site had: from one request to the next',
    body: sitePublicationSchema,
    run: async (server, { name }, body) => {
      const publication = body as z.infer<typeof sitePublicationSchema>;
      const { unchanged } = await server.putSite(name!, publication);
      return { site: name, package: publication.package, unchanged };
    },
  },
  {
    id: 'removeSite',
    method: 'DELETE',
    path: '/v1/sites/{name}',
    summary: 'Removes a site and its routes',
    run: async (server, { name }) => {
      await server.removeSite(name!);
      return { site: name, removed: true };
    },
  },
  {
    id: 'listRoutes',
    method: 'GET',
    path: '/v1/routes',
    summary: 'All routes of the gateway',
    run: (server) => ({ routes: allRoutes(server.deployments()) }),
  },
  {
    id: 'setRoutes',
    method: 'PUT',
    path: '/v1/routes',
    summary: 'Replaces all routes of the gateway at once',
    body: routes,
    run: async (server, _, body) => {
      await server.setRoutes((body as z.infer<typeof routes>).routes);
      return { routes: allRoutes(server.deployments()) };
    },
  },
  {
    id: 'changeRoutes',
    method: 'POST',
    path: '/v1/routes',
    summary: 'Takes routes away and adds others, at once',
    body: routeChange,
    run: async (server, _, body) => {
      const { remove, add } = body as z.infer<typeof routeChange>;
      return { removed: await server.changeRoutes(remove, add), added: add.length };
    },
  },
];

function shownFunction(server: Server, name: string, fn: DeployedFunction): object {
  const running = server.running().filter((one) => one.spec().name === name);
  return {
    name,
    aliases: fn.aliases,
    versions: fn.versions.map(summary),
    routes: server.deployments().routes.filter((route) => route.function === name),
    instances: running.flatMap((one) =>
      one.instances().map((instance) => ({
        id: instance.id,
        version: one.version(),
        origin: instance.origin,
        pid: instance.pid,
        memoryMb: recentMemory(instance)?.now,
        busy: instance.requestId !== undefined,
      })),
    ),
    load: running.map((one) => ({ version: one.version(), ...one.load() })),
  };
}

function shownSite(name: string, { labels: own = {}, ...site }: Site): object {
  return { name, ...site, labels: own };
}

/** Values of the environment may be secrets. */
function shownVersion(version: Version): object {
  const { spec } = version;
  return { ...summary(version), spec: { ...spec, env: Object.keys(spec.env) } };
}

function summary({ version, createdAt, labels: own = {}, spec }: Version): object {
  return {
    version,
    createdAt,
    labels: own,
    ...(spec.package === undefined ? {} : { package: spec.package }),
  };
}
