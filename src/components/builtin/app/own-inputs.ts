import { z } from 'zod';

import {
  type FunctionConfig,
  functionKey,
  functionProblem,
  functionShape,
} from '../../../config/functions.ts';
import type { RouteWish } from '../../../providers/types.ts';
import { text } from '../old/words.ts';
import { cloudShape, cloudWish, regions } from './cloud-wish.ts';
import type { AppSettings } from './settings.ts';

const list = z.array(text);
const envValue = z.union([z.string(), z.number(), z.boolean()]).transform(String);

export const routeSchema = z.union([
  text,
  z.strictObject({
    host: text.optional(),
    path: z.string().startsWith('/', { error: 'expected a path that begins with /' }),
    stage: z.string().optional(),
    methods: z.array(z.string().regex(/^[A-Z]+$/, { error: 'expected a method such as GET' })).optional(),
    cors: z.union([z.boolean(), z.record(z.string(), z.unknown())]).optional(),
    requestBytes: z.int().min(1).optional(),
  }),
]);

/** Of a function or a site. */
export const nameSchema = z
  .string()
  .regex(/^[A-Za-z][\w-]{0,63}$/, { error: 'expected a letter, then up to 63 letters, digits, - and _' });
export const routesSchema = z.union([z.literal('none'), z.array(routeSchema)]);
/** First segment of paths. */
export const stageSchema = z
  .string()
  .regex(/^[\w-]{0,64}$/)
  .default('');

/** An object that takes these keys alone; the error for another one says which there are. */
export function strict(shape: z.ZodRawShape): z.ZodType {
  const known = Object.keys(shape);
  return z.looseObject(shape).superRefine((value, context) => {
    const unknown = Object.keys(value).filter((key) => !known.includes(key));
    if (unknown.length > 0) {
      context.addIssue({ code: 'custom', message: 'unknown input', path: [unknown[0]!], params: { known } });
    }
  });
}

/** Functions that an app is spread over. */
const functionsSchema = z
  .record(functionKey, strict(functionShape) as z.ZodType<FunctionConfig>)
  .superRefine((functions, context) => {
    const problem = functionProblem(functions);
    if (problem === undefined) return;
    const { path, expected } = problem;
    context.addIssue({ code: 'custom', message: `expected ${expected}`, path });
  });

/** What the components of apps take in our own words, which are those of the short `ropeway.yml`. */
export const ownAppShape = {
  src: text.default('.'),
  app: text.optional(),
  start: text.optional(),
  name: nameSchema.optional(),
  memory: z.int().min(32).max(10_240).optional(),
  timeout: z.int().min(1).max(900).optional(),
  concurrency: z.int().min(1).max(1000).optional(),
  minInstances: z.int().min(0).max(1000).optional(),
  keepAlive: z.union([z.literal('auto'), z.int().min(0).max(86_400)]).optional(),
  tmp: z.int().min(1).max(10_240).optional(),
  cpu: z.enum(['share', 'free']).optional(),
  env: z.record(z.string().regex(/^[A-Za-z_]\w*$/), envValue).default({}),
  routes: routesSchema.optional(),
  stage: stageSchema,
  cors: z.boolean().default(false),
  events: text.optional(),
  stream: z.boolean().default(true),
  cold: z.enum(['fresh', 'template']).optional(),
  warmup: z.array(z.string().startsWith('/')).default([]),
  include: list.default([]),
  exclude: list.default([]),
  dependencies: z.enum(['installed', 'traced', 'bundled']).optional(),
  layers: z
    .array(
      z.union([
        z.string().regex(/^arn:/, { error: 'expected name and version, or an ARN' }),
        z.strictObject({ name: text, version: z.union([text, z.int()]).transform(String) }),
      ]),
    )
    .default([]),
  region: regions.optional(),
  target: text.optional(),
  functions: functionsSchema.optional(),
  ...cloudShape,
};

const ownApp = z.strictObject(ownAppShape);
export type OwnAppInputs = z.infer<typeof ownApp>;

/** The schema of a component of an app; unknown inputs are refused, with those there are. */
export function ownAppSchema(extra: z.ZodRawShape = {}): z.ZodType {
  return strict({ ...ownAppShape, ...extra });
}

export function ownSettings(inputs: OwnAppInputs): AppSettings {
  const { memory, timeout, concurrency, minInstances, keepAlive, tmp, cpu, routes } = inputs;
  const limits = { memory, timeout, instances: concurrency, minInstances, keepAlive, tmp, cpu };
  return {
    src: inputs.src,
    ...defined({ app: inputs.app, start: inputs.start, name: inputs.name, cold: inputs.cold }),
    ...defined({ eventFormat: inputs.events, node: inputs.dependencies }),
    isNamePerStage: true,
    env: inputs.env,
    limits: defined(limits),
    stream: inputs.stream,
    warmup: inputs.warmup,
    include: inputs.include,
    exclude: inputs.exclude,
    ...(routes === undefined
      ? {}
      : { routes: routes === 'none' ? routes : routes.map((one) => toRoute(one, inputs.stage)) }),
    stage: inputs.stage,
    cors: inputs.cors,
    layers: inputs.layers,
    notes: [],
    localNotes: [],
    regions: inputs.region ?? [],
    cloud: cloudWish(inputs),
    functions: inputs.functions ?? {},
  };
}

/** `shop.example.com/api/*`, or the same in parts. */
export function toRoute(route: z.infer<typeof routeSchema>, stage: string): RouteWish {
  if (typeof route !== 'string') return { ...defined(route), path: route.path };
  const slash = route.indexOf('/');
  const host = slash === -1 ? route : route.slice(0, slash);
  return {
    ...(host === '' ? {} : { host }),
    path: slash === -1 ? '/*' : route.slice(slash),
    ...(stage === '' ? {} : { stage }),
  };
}

/** Without the keys that have no value. */
export function defined<T extends object>(values: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}
