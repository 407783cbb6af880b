import { z } from 'zod';

import type { RouteWish } from '../../../providers/types.ts';
import type { AppSettings } from '../app/settings.ts';
import { oldTags, oldVpc } from '../app/cloud-wish.ts';
import { defined } from '../app/own-inputs.ts';
import { GATEWAY_NOTE, memoryNote, roomyMemory, runtimeNote, unknownNotes, unusedNotes } from './notes.ts';
import { environmentValues, flag, maybe, texts, wholeNumber, text, word } from './words.ts';

const layer = z.looseObject({
  name: text,
  version: z.union([z.string(), z.number()]).transform(String),
});

/** What the framework components of 2019 and 2020 take (`@serverless/tencent-flask` and its like). */
export const oldAppSchema = z.looseObject({
  region: texts.optional(),
  functionName: text.optional(),
  /** What `functionName` was called in some of them. */
  name: text.optional(),
  runtime: text.optional(),
  code: text.optional(),
  /** What `code` was called later. */
  src: z
    .union(
      [
        text,
        z.looseObject({
          src: text.optional(),
          exclude: texts.optional(),
          bucket: word.optional(),
          object: word.optional(),
        }),
      ],
      { error: 'expected a folder, or `src` and `exclude`' },
    )
    .optional(),
  include: texts.optional(),
  exclude: texts.optional(),
  entry: text.optional(),
  entryFile: text.optional(),
  djangoProjectName: text.optional(),
  projectName: text.optional(),
  serviceName: word.optional(),
  serviceId: word.optional(),
  functionConf: maybe({
    timeout: wholeNumber.optional(),
    memorySize: wholeNumber.optional(),
    environment: maybe({ variables: environmentValues.optional() }),
    vpcConfig: maybe({ vpcId: word.nullish(), subnetId: word.nullish() }),
  }),
  apigatewayConf: maybe({
    protocols: texts.optional(),
    environment: word.optional(),
    usagePlan: z.unknown().optional(),
    auth: z.unknown().optional(),
    customDomain: z
      .union(
        [
          z.array(z.union([z.string().transform((domain) => ({ domain })), z.looseObject({ domain: text })])),
          z.null(),
        ],
        { error: 'expected a list of domains' },
      )
      .optional(),
    enableCORS: flag.optional(),
    serviceTimeout: wholeNumber.optional(),
  }),
  layers: z
    .union([z.array(layer), z.null()], { error: 'expected a list of layers: name and version' })
    .optional(),
  role: word.nullish(),
  tags: z.unknown().optional(),
});

export type OldAppInputs = z.infer<typeof oldAppSchema>;

const KNOWN = new Set([...Object.keys(oldAppSchema.shape), 'fromClientRemark']);
/** Those of the old components: seconds and MB. */
const DEFAULTS = { timeout: 3, memory: 128 };

/** What stands in an old file, in today's words, with notes where it means something else. */
export function oldAppSettings(inputs: OldAppInputs, kind: OldKind): AppSettings {
  const { functionConf, apigatewayConf, src } = inputs;
  const from = typeof src === 'object' ? src : {};
  const hosts = (apigatewayConf?.customDomain ?? []).map(({ domain }) => domain);
  const vpc = functionConf?.vpcConfig;
  const name = inputs.functionName ?? inputs.name;
  const entry = kind.entry(inputs);
  return {
    src: inputs.code ?? (typeof src === 'string' ? src : (from.src ?? '.')),
    ...(entry === undefined ? {} : { app: entry }),
    ...(kind.frameworks === undefined ? {} : { frameworks: kind.frameworks }),
    ...(name === undefined ? {} : { name }),
    isNamePerStage: false,
    env: functionConf?.environment?.variables ?? {},
    limits: {
      timeout: functionConf?.timeout ?? DEFAULTS.timeout,
      memory: functionConf?.memorySize ?? DEFAULTS.memory,
    },
    localLimits: { memory: roomyMemory(functionConf?.memorySize ?? DEFAULTS.memory) },
    stream: false,
    warmup: [],
    include: inputs.include ?? [],
    exclude: [...(inputs.exclude ?? []), ...(from.exclude ?? [])],
    ...(hosts.length === 0 ? {} : { routes: hosts.map((host): RouteWish => ({ host, path: '/*' })) }),
    stage: '',
    cors: apigatewayConf?.enableCORS ?? false,
    layers: (inputs.layers ?? []).map(({ name: layerName, version }) => ({ name: layerName, version })),
    regions: inputs.region ?? [],
    cloud: {
      ...oldVpc(vpc),
      ...oldTags(inputs.tags),
      ...defined({ runtime: inputs.runtime, role: inputs.role || undefined }),
    },
    notes: notesOf(inputs),
    localNotes: localNotesOf(inputs, vpc?.vpcId ?? '', from),
  };
}

/** How one framework's component says which app is meant. */
export interface OldKind {
  frameworks?: readonly string[];
  entry(inputs: OldAppInputs): string | undefined;
}

function notesOf(inputs: OldAppInputs): string[] {
  const { apigatewayConf, functionConf } = inputs;
  const timeout = functionConf?.timeout ?? DEFAULTS.timeout;
  const serviceTimeout = apigatewayConf?.serviceTimeout;
  return [
    ...(apigatewayConf === undefined ? [] : [GATEWAY_NOTE]),
    ...unusedNotes(apigatewayConf ?? {}, {
      usagePlan: 'plans of use went with API Gateway: nobody counts requests any more',
      auth: 'keys of API Gateway went with it: anyone who reaches the address may call it',
    }),
    ...(serviceTimeout !== undefined && serviceTimeout < timeout
      ? [`serviceTimeout: requests have the function's ${timeout} s, not ${serviceTimeout}`]
      : []),
    ...unusedNotes(inputs, {
      serviceId: 'the service went with API Gateway',
      serviceName: 'services went with API Gateway',
    }),
    ...unknownNotes(inputs, KNOWN),
  ];
}

function localNotesOf(
  inputs: OldAppInputs,
  vpcId: string,
  from: { bucket?: string | undefined; object?: string | undefined },
): string[] {
  const runtime = runtimeNote(inputs.runtime);
  return [
    ...(runtime === undefined ? [] : [runtime]),
    ...memoryNote(inputs.functionConf?.memorySize ?? DEFAULTS.memory),
    ...((inputs.apigatewayConf?.protocols ?? []).some((one) => /https/i.test(one))
      ? ['protocols: https is for the server in front of this machine; here it is http']
      : []),
    ...((inputs.region?.length ?? 0) > 1 ? ['region: several mean nothing on one machine'] : []),
    ...unusedNotes(
      { vpcConfig: vpcId, role: inputs.role, tags: inputs.tags, bucket: from.bucket, object: from.object },
      {
        vpcConfig:
          'there is no private network on this machine; what it leads to is reached as from any program here',
        role: 'roles belong to a cloud and mean nothing here',
        tags: 'tags belong to a cloud and mean nothing here',
        bucket: 'code is not uploaded to object storage here',
        object: 'the code of the folder is deployed, not an object of the storage',
      },
    ),
  ];
}
