import { z } from 'zod';

import type { RouteWish } from '../../../providers/types.ts';
import { oldTags, oldVpc } from '../app/cloud-wish.ts';
import { defined } from '../app/own-inputs.ts';
import type { AppSettings } from '../app/settings.ts';
import { GATEWAY_NOTE, memoryNote, roomyMemory, runtimeNote, unknownNotes, unusedNotes } from './notes.ts';
import { environmentValues, flag, maybe, texts, wholeNumber, text } from './words.ts';

/** What the later merged component takes (`component: http`). */
export const httpSchema = z.looseObject({
  src: z
    .union([
      text,
      z.looseObject({
        src: text.optional(),
        dist: z.string().optional(),
        hook: z.string().optional(),
        exclude: texts.optional(),
        bucket: z.string().optional(),
        object: z.string().optional(),
      }),
    ])
    .optional(),
  region: texts.optional(),
  type: z.enum(['event', 'web']).optional(),
  faas: maybe({
    framework: z.string().optional(),
    runtime: text.optional(),
    name: text.optional(),
    timeout: wholeNumber.optional(),
    memorySize: wholeNumber.optional(),
    environments: z
      .union([
        z.array(
          z.looseObject({ key: text, value: z.union([z.string(), z.number(), z.boolean(), z.null()]) }),
        ),
        z.null(),
      ])
      .optional(),
    environment: maybe({ variables: environmentValues.optional() }),
    vpc: maybe({ vpcId: z.string().nullish(), subnetId: z.string().nullish() }),
    layers: z
      .union([
        z.array(z.looseObject({ name: text, version: z.union([z.string(), z.number()]).transform(String) })),
        z.null(),
      ])
      .optional(),
    tags: z.unknown().optional(),
  }),
  apigw: maybe({
    protocols: texts.optional(),
    environment: z.string().optional(),
    timeout: wholeNumber.optional(),
    cors: flag.optional(),
    qualifier: z.string().optional(),
    customDomains: z.union([z.array(z.looseObject({ domain: text })), z.null()]).optional(),
  }),
  assets: maybe({ cos: z.unknown().optional(), cdn: z.unknown().optional() }),
  entryFile: text.optional(),
  projectName: text.optional(),
});

export type HttpInputs = z.infer<typeof httpSchema>;

const KNOWN = new Set(Object.keys(httpSchema.shape));

export function httpSettings(inputs: HttpInputs): AppSettings {
  const { faas, apigw, src } = inputs;
  const from = typeof src === 'object' ? src : {};
  const framework = faas?.framework?.toLowerCase();
  const project = inputs.projectName;
  const app = project === undefined ? inputs.entryFile : `${project}.wsgi:application`;
  const hosts = (apigw?.customDomains ?? []).map(({ domain }) => domain);
  const listed = (faas?.environments ?? []).map(({ key, value }) => [
    key,
    value === null ? '' : String(value),
  ]);
  return {
    src: typeof src === 'string' ? src : (from.src ?? from.dist ?? '.'),
    ...defined({ app, name: faas?.name }),
    ...(framework === undefined || ANY_FRAMEWORK.has(framework) ? {} : { frameworks: [framework] }),
    isNamePerStage: false,
    env: { ...faas?.environment?.variables, ...Object.fromEntries(listed) },
    limits: { timeout: faas?.timeout ?? 10, memory: faas?.memorySize ?? 512 },
    localLimits: { memory: roomyMemory(faas?.memorySize ?? 512) },
    // A web function of the cloud streams, an event function does not.
    stream: inputs.type !== 'event',
    warmup: [],
    include: [],
    exclude: from.exclude ?? [],
    ...(hosts.length === 0 ? {} : { routes: hosts.map((host): RouteWish => ({ host, path: '/*' })) }),
    stage: '',
    cors: apigw?.cors ?? false,
    layers: (faas?.layers ?? []).map(({ name, version }) => ({ name, version })),
    regions: inputs.region ?? [],
    cloud: {
      ...oldVpc(faas?.vpc),
      ...oldTags(faas?.tags),
      ...defined({ type: inputs.type, runtime: faas?.runtime }),
    },
    notes: notesOf(inputs, from),
    localNotes: localNotesOf(inputs),
  };
}

/** Frameworks whose component took any app, or that detection has other names for. */
const ANY_FRAMEWORK = new Set(['', 'nextjs', 'nuxtjs', 'nestjs', 'egg', 'laravel', 'thinkphp', 'sls']);

function notesOf({ apigw, assets, ...rest }: HttpInputs, from: Record<string, unknown>): string[] {
  return [
    ...(apigw === undefined ? [] : [GATEWAY_NOTE]),
    ...unusedNotes(
      { hook: from['hook'], cos: assets?.['cos'], cdn: assets?.['cdn'] },
      {
        hook: 'build the app before it is deployed: `hooks: {before: …}` beside `inputs`',
        cos: 'the app itself answers for its static files; `component: static` serves a folder',
        cdn: 'a CDN is for you to put in front of the address',
      },
    ),
    ...unknownNotes(rest, KNOWN),
  ];
}

function localNotesOf({ faas }: HttpInputs): string[] {
  const runtime = runtimeNote(faas?.runtime);
  return [
    ...(runtime === undefined ? [] : [runtime]),
    ...memoryNote(faas?.memorySize ?? 512),
    ...unusedNotes(
      { vpc: faas?.vpc, tags: faas?.tags },
      {
        vpc: 'there is no private network on this machine',
        tags: 'tags belong to a cloud and mean nothing here',
      },
    ),
  ];
}
