import { z } from 'zod';

import { defined, nameSchema, routesSchema, stageSchema, strict, toRoute } from '../app/own-inputs.ts';
import { unknownNotes, unusedNotes } from '../old/notes.ts';
import { environmentValues, flag, maybe, texts, text } from '../old/words.ts';
import type { SiteSettings } from './site-settings.ts';

const ownShape = {
  src: text,
  name: nameSchema.optional(),
  index: text.default('index.html'),
  error: text.optional(),
  spa: z.boolean().default(false),
  build: text.optional(),
  env: environmentValues.default({}),
  include: z.array(text).default([]),
  exclude: z.array(text).default([]),
  routes: routesSchema.optional(),
  stage: stageSchema,
  cors: z.boolean().default(false),
};
type OwnInputs = z.infer<z.ZodObject<typeof ownShape>>;

/** What `static` takes. */
export const staticSchema: z.ZodType = strict(ownShape);

export function staticSettings(inputs: OwnInputs): SiteSettings {
  const { src, index, spa, build, env, include, exclude, stage, cors, routes } = inputs;
  return {
    src,
    isNamePerStage: true,
    index,
    errorStatus: spa ? 200 : 404,
    ...defined({ name: inputs.name, error: spa ? (inputs.error ?? index) : inputs.error }),
    ...(build === undefined ? {} : { build: { command: build, folder: '.' } }),
    env,
    include,
    exclude,
    ...(routes === undefined
      ? {}
      : { routes: routes === 'none' ? routes : routes.map((one) => toRoute(one, stage)) }),
    stage,
    cors,
    notes: [],
  };
}

/** What `@serverless/tencent-website` takes. */
export const websiteSchema = z.looseObject({
  code: maybe({
    root: text.optional(),
    src: text.optional(),
    hook: z.string().optional(),
    index: text.optional(),
    error: text.optional(),
    envPath: z.string().optional(),
  }),
  bucketName: z.string().optional(),
  bucket: z.string().optional(),
  region: z.string().optional(),
  protocol: z.string().optional(),
  env: environmentValues.optional(),
  hosts: z.union([z.array(z.looseObject({ host: text })), z.null()]).optional(),
  cors: z.unknown().optional(),
  autoSetupAcl: flag.optional(),
});

const WEBSITE_WORDS = new Set([...Object.keys(websiteSchema.shape), 'fromClientRemark']);

export function websiteSettings(inputs: z.infer<typeof websiteSchema>): SiteSettings {
  const { code } = inputs;
  const root = code?.root ?? '.';
  const bucket = inputs.bucketName ?? inputs.bucket;
  const hosts = (inputs.hosts ?? []).map(({ host }) => ({ host, path: '/*' }));
  return {
    src: code?.src === undefined ? root : `${root}/${code.src}`,
    isNamePerStage: false,
    index: code?.index ?? 'index.html',
    error: code?.error ?? 'error.html',
    errorStatus: 404,
    ...(code?.hook ? { build: { command: code.hook, folder: root } } : {}),
    env: inputs.env ?? {},
    include: [],
    exclude: [],
    ...(hosts.length === 0 ? {} : { routes: hosts }),
    stage: '',
    cors: inputs.cors !== undefined && inputs.cors !== null,
    ...defined({ bucket, name: bucket === undefined ? undefined : siteName(bucket), region: inputs.region }),
    notes: [
      ...unusedNotes(
        { protocol: inputs.protocol === 'https' ? 'https' : '' },
        { protocol: 'https is for the server in front of this machine; here it is http' },
      ),
      ...((inputs.hosts ?? []).length > 0
        ? ['hosts: there is no CDN on one machine; the hosts lead to the files themselves']
        : []),
      ...unknownNotes(inputs, WEBSITE_WORDS),
    ],
  };
}

/** What `@serverless/tencent-cos` takes; `src` came with its last version. */
export const bucketSchema = z.looseObject({
  bucket: text,
  region: z.string().optional(),
  src: z.union([text, z.looseObject({ src: text, exclude: texts.optional() })]).optional(),
  acl: maybe({ permissions: z.string().optional() }),
  cors: z.unknown().optional(),
  tags: z.unknown().optional(),
});

const BUCKET_WORDS = new Set([...Object.keys(bucketSchema.shape), 'fromClientRemark']);

export function bucketSettings(inputs: z.infer<typeof bucketSchema>): SiteSettings {
  const { bucket, src, acl } = inputs;
  const isPublic = acl?.permissions?.startsWith('public-read') === true;
  return {
    ...defined({ src: typeof src === 'object' ? src.src : src, region: inputs.region }),
    name: siteName(bucket),
    bucket,
    isNamePerStage: false,
    index: 'index.html',
    errorStatus: 404,
    env: {},
    include: [],
    exclude: typeof src === 'object' ? (src.exclude ?? []) : [],
    // As in the cloud: what is private has no address.
    ...(isPublic ? {} : { routes: 'none' as const }),
    stage: '',
    cors: inputs.cors !== undefined && inputs.cors !== null,
    notes: [
      ...(isPublic ? [] : ['acl: the bucket is private (`permissions: public-read` gives it an address)']),
      ...unusedNotes(inputs, { tags: 'tags belong to a cloud and mean nothing here' }),
      ...unknownNotes(inputs, BUCKET_WORDS),
    ],
  };
}

/** A bucket may be called what no site can be. */
function siteName(bucket: string): string {
  const word = bucket.replace(/[^\w-]+/g, '-').slice(0, 60);
  return /^[A-Za-z]/.test(word) ? word : `bucket-${word}`;
}
