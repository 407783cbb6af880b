import { isAbsolute, posix } from 'node:path';

import { z } from 'zod';

import type { Entry } from '../../runtimes/entry.ts';
import { isRouteHost } from '../routing/table.ts';
import { PATTERN_FORM, parsePattern } from '../routing/pattern.ts';
import { DEFAULT_LIMITS } from '../types.ts';

// What people and programs hand to the platform is checked here, once: the control API and the store read through it.

/** As both clouds have it: a letter, then letters, digits, - and _. */
export const functionName = z
  .string()
  .regex(/^[A-Za-z][\w-]{0,63}$/)
  .describe('Name of a function: a letter, then up to 63 letters, digits, - and _');
export const aliasName = z
  .string()
  .regex(/^(?!\d+$)[\w$-]{1,128}$/)
  .describe('Name of an alias: letters, digits, -, _ and $, not a number');

const folder = z.string().refine(isAbsolute, { error: 'expected an absolute path' });
/** Absolute, or in a package: see `specSchema`. */
const place = z.string().min(1);
export const digest = z
  .string()
  .regex(/^[0-9a-f]{64}$/, { error: 'expected the SHA-256 of a package, 64 lower-case hexadecimal digits' })
  .describe('SHA-256 of a package, in lower-case hexadecimal digits');
const bytes = z.int().min(1);
const environment = z.record(z.string().regex(/^[A-Za-z_]\w*$/), z.string());

const entry = z.discriminatedUnion('runtime', [
  z.strictObject({
    runtime: z.literal('python'),
    interface: z.enum(['wsgi', 'asgi', 'handler', 'auto']),
    root: place,
    from: z.union([
      z.strictObject({ module: z.string().min(1), attribute: z.string().min(1), factory: z.boolean() }),
      z.strictObject({ script: place }),
    ]),
    env: environment,
    libraries: z.array(folder).exactOptional(),
  }),
  z.strictObject({
    runtime: z.literal('node'),
    interface: z.enum(['listener', 'handler']),
    root: place,
    file: place,
    attribute: z.string().min(1).exactOptional(),
    nodeOptions: z.array(z.string()),
  }),
  z.strictObject({ runtime: z.literal('command'), root: place, command: z.string().min(1) }),
]) satisfies z.ZodType<Entry>;

const limits = z.strictObject({
  memory: z.int().min(32).max(10_240).describe('MB of resident memory per instance'),
  timeout: z.number().min(0.1).max(900).describe('Seconds per invocation'),
  initTimeout: z.number().min(0.1).max(900).describe('Seconds until a new instance must be ready'),
  instances: z.int().min(1).max(1000).describe('Instances at once'),
  minInstances: z.int().min(0).max(1000).describe('Instances that are there even when nothing is to be done'),
  concurrency: z.int().min(1).max(1000).describe('Requests at once per instance'),
  queueLength: z.int().min(0).max(100_000).describe('Requests that may wait for an instance'),
  queueTimeout: z.number().min(0.1).max(900).describe('Seconds that a request may wait'),
  keepAlive: z
    .union([z.literal('auto'), z.number().min(0).max(86_400)])
    .describe('Seconds that an idle instance is kept; auto: learned from the traffic'),
  requestBytes: bytes.describe('Bytes of a request body'),
  responseBytes: bytes.describe('Bytes of a result'),
  environmentBytes: bytes.describe('Bytes of the environment, names and values'),
  tmp: z.int().min(1).max(10_240).describe("MB of an instance's temporary files"),
  cpu: z
    .enum(['share', 'free'])
    .describe('Processor time by memory, where the system can, or as much as there is'),
});

/** What is to run, as a caller describes it: limits that are left out are the default ones. */
export const specSchema = z
  .strictObject({
    entry,
    package: z
      .strictObject({ code: digest, layers: z.array(digest).max(5).default([]) })
      .exactOptional()
      .describe('Packages that were uploaded; paths of the entry are then relative to the root of `code`'),
    interpreter: folder.exactOptional().describe('Python interpreter; required for Python entries'),
    sourceRoot: place.exactOptional().describe("Folder of the app's source; not with a package"),
    env: environment.default({}).describe('Environment of the app; never shown again'),
    limits: limits
      .partial()
      .prefault({})
      .transform((given) => ({ ...DEFAULT_LIMITS, ...given })),
    eventFormat: z.string().default('aws-v2'),
    stream: z.boolean().default(true),
    appPort: z.int().min(1).max(65_535).exactOptional(),
    cold: z.enum(['fresh', 'template']).default('template'),
    spares: z.int().min(0).max(16).default(1),
    warmup: z
      .array(z.string().regex(/^\/[\x21-\x7e]*$/))
      .max(100)
      .default([]),
  })
  .superRefine((spec, context) => {
    const isRight = spec.package === undefined ? isAbsolute : isInside;
    const error =
      spec.package === undefined ? 'expected an absolute path' : 'expected a path inside of the package';
    for (const [name, path] of Object.entries(pathsOf(spec.entry))) {
      if (!isRight(path)) context.addIssue({ code: 'custom', path: ['entry', name], message: error });
    }
    const isOfFolder = spec.sourceRoot !== undefined && isAbsolute(spec.sourceRoot);
    if (isOfFolder !== (spec.package === undefined)) {
      const message =
        spec.package === undefined ? 'expected an absolute path' : 'a package has no source folder';
      context.addIssue({ code: 'custom', path: ['sourceRoot'], message });
    }
  });

/** Where an entry points to. */
function pathsOf(from: Entry): Record<string, string> {
  if (from.runtime === 'node') return { root: from.root, file: from.file };
  if (from.runtime === 'python' && 'script' in from.from)
    return { root: from.root, script: from.from.script };
  return { root: from.root };
}

/** Of a path with forward slashes. */
function isInside(path: string): boolean {
  return !isAbsolute(path) && !path.includes('\\') && posix.normalize(path).split('/')[0] !== '..';
}

/** By which a deployer knows again what it has made. */
export const labelsSchema = z
  .record(z.string().regex(/^[\w.-]{1,64}$/), z.string().max(256))
  .refine((labels) => Object.keys(labels).length <= 16, { error: 'expected at most 16 labels' });

const cors = z.strictObject({
  allowOrigins: z.array(z.string().min(1)).min(1),
  allowMethods: z.array(z.string().min(1)).exactOptional(),
  allowHeaders: z.array(z.string().min(1)).exactOptional(),
  exposeHeaders: z.array(z.string().min(1)).exactOptional(),
  allowCredentials: z.boolean().exactOptional(),
  maxAge: z.int().min(0).max(86_400).exactOptional(),
});

const routeShape = {
  host: z
    .string()
    .refine(isRouteHost, { error: 'expected a host name without port, *. in front for all below it' })
    .exactOptional()
    .describe('Host of the request, without port; *.example.com for all below it; absent: any'),
  path: z
    .string()
    .refine((path) => parsePattern(path) !== undefined, { error: `expected ${PATTERN_FORM}` })
    .describe(`Of the request: ${PATTERN_FORM}`),
  stage: z
    .string()
    .regex(/^[\w-]{0,64}$/)
    .default('')
    .describe('First segment of the path that the app does not see (SCRIPT_NAME), as a gateway stage'),
  methods: z
    .array(z.string().regex(/^[A-Z][A-Z-]*$/, { error: 'expected a method in capitals, such as GET' }))
    .min(1)
    .exactOptional()
    .describe('Methods of the request; absent: any that no other route of the same host and path names'),
  requestBytes: bytes
    .exactOptional()
    .describe('Bytes of a request body, instead of the limit of the function'),
  cors: cors.exactOptional(),
};
const beginsWithStage = ({ stage, path }: { stage: string; path: string }): boolean =>
  stage === '' || path === `/${stage}` || path.startsWith(`/${stage}/`);
const STAGE_RULE = {
  error: 'the path of a route with a stage begins with it: /<stage>/*',
  path: ['path'],
};

/** A route as its function's publication says it. */
export const ownRouteSchema = z.strictObject(routeShape).refine(beginsWithStage, STAGE_RULE);
/** A route leads to a function's alias or to a site. */
export const routeSchema = z
  .strictObject({
    ...routeShape,
    function: functionName.exactOptional(),
    alias: aliasName.default('live'),
    site: functionName.exactOptional(),
    gateway: z
      .string()
      .min(1)
      .max(128)
      .exactOptional()
      .describe('Whose route it is, if not its own: the publication of its function leaves it as it is'),
  })
  .refine(beginsWithStage, STAGE_RULE)
  .refine((route) => (route.function === undefined) !== (route.site === undefined), {
    error: 'expected either `function` or `site`',
    path: ['function'],
  });

/** A folder of files that is served as it is. */
export const siteSchema = z.strictObject({
  package: digest,
  index: z.string().min(1).default('index.html').describe('File that a folder shows'),
  error: z.string().min(1).exactOptional().describe('File for what is not there'),
  errorStatus: z
    .union([z.literal(404), z.literal(200)])
    .default(404)
    .describe('200 for single-page apps'),
  labels: labelsSchema.exactOptional(),
});

export const aliasSchema = z.strictObject({
  version: z.int().min(1).describe('The version that gets what the weights leave'),
  weights: z
    .record(z.string().regex(/^\d+$/), z.number().min(0).max(1))
    .default({})
    .refine((weights) => sum(weights) <= 1, { error: 'the weights are more than 1 together' })
    .describe('Share of the requests, 0 to 1, of other versions: {"4": 0.1}'),
});

export const versionSchema = z.strictObject({
  version: z.int().min(1),
  createdAt: z.iso.datetime(),
  spec: specSchema,
  labels: labelsSchema.exactOptional(),
});

export const functionSchema = z.strictObject({
  /** Numbers are never given twice. */
  nextVersion: z.int().min(1),
  versions: z.array(versionSchema),
  aliases: z.record(aliasName, aliasSchema),
});

/** All that a platform has been told to run. */
export const deploymentsSchema = z.strictObject({
  functions: z.record(functionName, functionSchema),
  routes: z.array(routeSchema),
  // Older states have none.
  sites: z.record(functionName, siteSchema).default({}),
});

function sum(weights: Record<string, number>): number {
  return Object.values(weights).reduce((total, weight) => total + weight, 0);
}
