import { isAbsolute } from 'node:path';

import { z } from 'zod';

import type { Entry } from '../../runtimes/entry.ts';
import { DEFAULT_LIMITS } from '../types.ts';
import { pathProblems } from './entry-paths.ts';
import { aliasName, functionName, labels, packageDigest } from './names.ts';
import { routeSchema } from './route-schema.ts';
import { siteSchema } from './site-schema.ts';

export { ownRouteSchema } from './route-schema.ts';

// What people and programs hand to the platform is checked here, once: the control API and the store read through it.

const folder = z.string().refine(isAbsolute, { error: 'expected an absolute path' });
/** Absolute, or in the package that the specification names: `pathProblems`. */
const place = z.string().min(1);
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
    libraries: z
      .array(place)
      .exactOptional()
      .describe("Folders behind root on sys.path; with them the interpreter's own packages are not seen"),
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

const packaged = z.strictObject({
  code: packageDigest.describe('The package with the code: its root is `.`'),
  layers: z
    .array(packageDigest)
    .max(5)
    .exactOptional()
    .describe("Packages with a Python app's libraries, each in a folder `python` or at its root"),
});

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
    package: packaged
      .exactOptional()
      .describe('Where the paths of the entry lead; without it they are absolute'),
    interpreter: folder.exactOptional().describe('Python interpreter; required for Python entries'),
    sourceRoot: folder.exactOptional().describe("Folder of the app's source; left out for a package"),
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
    for (const { path, message } of pathProblems(spec)) context.addIssue({ code: 'custom', path, message });
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
  labels: labels.exactOptional(),
  spec: specSchema,
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
  /** Of functions; a site has its own. */
  routes: z.array(routeSchema),
  /** Older states have none. */
  sites: z.record(functionName, siteSchema).default({}),
});

function sum(weights: Record<string, number>): number {
  return Object.values(weights).reduce((total, weight) => total + weight, 0);
}
