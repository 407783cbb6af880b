import { z } from 'zod';

import type { RouteWish } from '../../../providers/types.ts';
import { oldTags, oldVpc } from '../app/cloud-wish.ts';
import { defined, ownAppShape, type OwnAppInputs, ownSettings, strict } from '../app/own-inputs.ts';
import type { AppSettings } from '../app/settings.ts';
import { endpointRoutes, endpointSchema } from '../gateway/endpoints.ts';
import { memoryNote, roomyMemory, runtimeNote, unknownNotes, unusedNotes } from '../old/notes.ts';
import { environmentValues, maybe, texts, wholeNumber, text } from '../old/words.ts';

const handler = z
  .string()
  .regex(/^[\w./-]+\.\w+$/, { error: 'expected file.function, such as index.main_handler' });

const { app: _app, start: _start, ...shape } = ownAppShape;
const ownShape = { ...shape, handler };

/** What `function` takes: an app's inputs, with the handler instead of the app. It is reached over HTTP only where `routes` says so. */
export const functionSchema: z.ZodType = strict(ownShape);

export function functionSettings({
  handler: name,
  ...inputs
}: OwnAppInputs & { handler: string }): AppSettings {
  return { ...ownSettings({ ...inputs, routes: inputs.routes ?? 'none' }), handler: name };
}

const trigger = z.looseObject({
  name: z.string().optional(),
  parameters: maybe({
    serviceName: z.string().optional(),
    serviceId: z.string().optional(),
    environment: z.string().optional(),
    endpoints: z.array(endpointSchema).optional(),
  }),
});

/** What `@serverless/tencent-scf` takes. */
export const scfSchema = z.looseObject({
  name: text.optional(),
  codeUri: text.optional(),
  code: text.optional(),
  src: z.union([text, z.looseObject({ src: text.optional(), exclude: texts.optional() })]).optional(),
  handler: handler.default('index.main_handler'),
  runtime: text.optional(),
  region: texts.optional(),
  description: z.string().nullish(),
  enableRoleAuth: z.unknown().optional(),
  memorySize: wholeNumber.optional(),
  timeout: wholeNumber.optional(),
  include: texts.optional(),
  exclude: texts.optional(),
  environment: maybe({ variables: environmentValues.optional() }),
  vpcConfig: maybe({ vpcId: z.string().nullish(), subnetId: z.string().nullish() }),
  vpc: maybe({ vpcId: z.string().nullish(), subnetId: z.string().nullish() }),
  layers: z
    .union([
      z.array(z.looseObject({ name: text, version: z.union([z.string(), z.number()]).transform(String) })),
      z.null(),
    ])
    .optional(),
  events: z.union([z.array(z.record(z.string(), trigger)), z.null()]).optional(),
  role: z.string().nullish(),
  tags: z.unknown().optional(),
  namespace: z.string().optional(),
  eip: z.unknown().optional(),
});

const KNOWN = new Set([...Object.keys(scfSchema.shape), 'fromClientRemark']);

export function scfSettings(inputs: z.infer<typeof scfSchema>): AppSettings {
  const { src } = inputs;
  const from = typeof src === 'object' ? src : {};
  const routes = (inputs.events ?? []).flatMap(routesOf);
  return {
    src: inputs.codeUri ?? inputs.code ?? (typeof src === 'string' ? src : (from.src ?? '.')),
    handler: inputs.handler,
    ...defined({ name: inputs.name }),
    isNamePerStage: false,
    env: inputs.environment?.variables ?? {},
    limits: { timeout: inputs.timeout ?? 3, memory: inputs.memorySize ?? 128 },
    localLimits: { memory: roomyMemory(inputs.memorySize ?? 128) },
    stream: false,
    warmup: [],
    // The event that such a handler was written for.
    eventFormat: 'tencent-apigw',
    include: inputs.include ?? [],
    exclude: [...(inputs.exclude ?? []), ...(from.exclude ?? [])],
    routes: routes.length === 0 ? 'none' : routes,
    stage: '',
    cors: false,
    layers: (inputs.layers ?? []).map(({ name, version }) => ({ name, version })),
    regions: inputs.region ?? [],
    cloud: {
      type: 'event',
      ...oldVpc(inputs.vpcConfig ?? inputs.vpc),
      ...oldTags(inputs.tags),
      ...defined({
        runtime: inputs.runtime,
        role: inputs.role || undefined,
        namespace: inputs.namespace,
        description: inputs.description || undefined,
      }),
    },
    notes: notesOf(inputs),
    localNotes: localNotesOf(inputs),
    oldOutputs: {
      nameKey: 'Name',
      values: {
        Runtime: inputs.runtime,
        Handler: inputs.handler,
        MemorySize: inputs.memorySize ?? 128,
        Timeout: inputs.timeout ?? 3,
        Region: inputs.region?.[0] ?? 'ap-guangzhou',
        Namespace: inputs.namespace ?? 'default',
      },
    },
  };
}

function routesOf(event: Record<string, z.infer<typeof trigger>>): RouteWish[] {
  const parameters = event['apigw']?.parameters;
  if (parameters === undefined) return [];
  return endpointRoutes(parameters.endpoints ?? [{ path: '/' }], parameters.environment ?? 'release');
}

function notesOf(inputs: z.infer<typeof scfSchema>): string[] {
  const kinds = (inputs.events ?? []).flatMap((event) => Object.keys(event));
  const others = [...new Set(kinds.filter((kind) => kind !== 'apigw'))];
  return [
    ...(kinds.includes('apigw')
      ? [
          'events.apigw: API Gateway was closed in 2025; its endpoints are routes of the gateway here, below their environment',
        ]
      : []),
    ...others.map((kind) => `events.${kind}: nothing here triggers it; \`ropeway invoke\` gives it an event`),
    ...unusedNotes(inputs, { eip: 'an address of its own is for you to set in the console' }),
    ...unknownNotes(inputs, KNOWN),
  ];
}

function localNotesOf(inputs: z.infer<typeof scfSchema>): string[] {
  const runtime = runtimeNote(inputs.runtime);
  return [
    ...(runtime === undefined ? [] : [runtime]),
    ...memoryNote(inputs.memorySize ?? 128),
    ...unusedNotes(
      {
        vpcConfig: inputs.vpcConfig?.vpcId ?? inputs.vpc?.vpcId,
        role: inputs.role,
        tags: inputs.tags,
        namespace: inputs.namespace === 'default' ? '' : inputs.namespace,
      },
      {
        vpcConfig:
          'there is no private network on this machine; what it leads to is reached as from any program here',
        role: 'roles belong to a cloud and mean nothing here',
        tags: 'tags belong to a cloud and mean nothing here',
        namespace: 'there is one namespace here',
      },
    ),
  ];
}
