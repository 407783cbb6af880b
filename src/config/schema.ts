import { z } from 'zod';

import { STAGE_NAME } from './stage.ts';

const text = z.string().min(1);

const settings = {
  app: text.optional(),
  start: text.optional(),
  memory: z.int().min(32).max(10_240).optional(),
  timeout: z.int().min(1).max(900).optional(),
  concurrency: z.int().min(1).max(1000).optional(),
  env: z
    .record(
      z.string().regex(/^[A-Za-z_]\w*$/),
      z.union([z.string(), z.number(), z.boolean()]).transform(String),
    )
    .optional(),
  stage: z
    .string()
    .regex(/^[\w-]{1,64}$/)
    .optional(),
  events: text.optional(),
  stream: z.boolean().optional(),
  cold: z.enum(['fresh', 'template']).optional(),
  warmup: z
    .array(z.string().regex(/^\/[\x21-\x7e]*$/))
    .max(100)
    .optional(),
  name: z
    .string()
    .regex(/^[A-Za-z][\w-]{0,63}$/)
    .optional(),
  minInstances: z.int().min(0).max(1000).optional(),
  keepAlive: z.union([z.literal('auto'), z.int().min(0).max(86_400)]).optional(),
  tmp: z.int().min(1).max(10_240).optional(),
  cpu: z.enum(['share', 'free']).optional(),
  routes: z.array(z.union([z.string().min(1), z.record(z.string(), z.unknown())])).optional(),
  region: text.optional(),
  runtime: text.optional(),
  include: z.array(text).optional(),
  exclude: z.array(text).optional(),
  target: z.enum(['local', 'tencent', 'aws']).optional(),
};

/** What `ropeway.yml` may hold. Values of `env` become text. */
export const schema = z.strictObject({
  ...settings,
  stages: z.record(z.string().regex(STAGE_NAME), z.strictObject(settings)).optional(),
});

/** For people: what each setting takes. */
export const EXPECTED: Record<keyof z.infer<typeof schema>, string> = {
  app: 'text: module:attribute, module:factory(), or a file',
  start: 'text: a command',
  memory: 'a whole number of MB from 32 to 10240',
  timeout: 'a whole number of seconds from 1 to 900',
  concurrency: 'a whole number from 1 to 1000',
  env: 'names of variables (letters, digits, _) with text, numbers, true or false',
  stage: 'letters, digits, - and _',
  events: 'the name of an event format',
  stream: 'true or false',
  cold: 'fresh or template',
  warmup: 'a list of paths, each beginning with /',
  name: 'a letter, then up to 63 letters, digits, - and _',
  minInstances: 'a whole number from 0 to 1000',
  keepAlive: 'auto, or a whole number of seconds from 0 to 86400',
  tmp: 'a whole number of MB from 1 to 10240',
  cpu: 'share or free',
  routes:
    'a list of routes: /shop/*, shop.example.com/*, or `path: /shop/*` with host, methods, stage, requestBytes, cors',
  region: 'text: a region of the target, such as ap-guangzhou or eu-central-1',
  runtime: 'text: a runtime of the target, such as python3.12 or nodejs20',
  include: 'a list of files and folders to be packed, too',
  exclude: 'a list of patterns, as in .gitignore, of files not to be packed',
  target: 'local, tencent or aws',
  stages: 'names of stages (letters, digits, - and _), each with settings that win in that stage',
};
