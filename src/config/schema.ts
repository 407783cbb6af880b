import { z } from 'zod';

import { EXPECTED_OF_FUNCTION, functionKey, functionShape } from './functions.ts';
import { STAGE_NAME } from './stage.ts';

const text = z.string().min(1);

const settings = {
  app: text.optional(),
  start: text.optional(),
  memory: functionShape.memory,
  timeout: functionShape.timeout,
  concurrency: functionShape.concurrency,
  env: functionShape.env,
  stage: z
    .string()
    .regex(/^[\w-]{1,64}$/)
    .optional(),
  events: text.optional(),
  stream: z.boolean().optional(),
  cold: functionShape.cold,
  warmup: functionShape.warmup,
  name: z
    .string()
    .regex(/^[A-Za-z][\w-]{0,63}$/)
    .optional(),
  minInstances: functionShape.minInstances,
  keepAlive: functionShape.keepAlive,
  tmp: functionShape.tmp,
  cpu: functionShape.cpu,
  routes: z.array(z.union([z.string().min(1), z.record(z.string(), z.unknown())])).optional(),
  region: text.optional(),
  runtime: text.optional(),
  include: z.array(text).optional(),
  exclude: z.array(text).optional(),
  target: z.enum(['local', 'tencent', 'aws']).optional(),
  functions: z.record(functionKey, z.strictObject(functionShape)).optional(),
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
  memory: EXPECTED_OF_FUNCTION.memory,
  timeout: EXPECTED_OF_FUNCTION.timeout,
  concurrency: EXPECTED_OF_FUNCTION.concurrency,
  env: EXPECTED_OF_FUNCTION.env,
  stage: 'letters, digits, - and _',
  events: 'the name of an event format',
  stream: 'true or false',
  cold: EXPECTED_OF_FUNCTION.cold,
  warmup: EXPECTED_OF_FUNCTION.warmup,
  name: 'a letter, then up to 63 letters, digits, - and _',
  minInstances: EXPECTED_OF_FUNCTION.minInstances,
  keepAlive: EXPECTED_OF_FUNCTION.keepAlive,
  tmp: EXPECTED_OF_FUNCTION.tmp,
  cpu: EXPECTED_OF_FUNCTION.cpu,
  routes:
    'a list of routes: /shop/*, shop.example.com/*, or `path: /shop/*` with host, methods, stage, requestBytes, cors',
  region: 'text: a region of the target, such as ap-guangzhou or eu-central-1',
  runtime: 'text: a runtime of the target, such as python3.12 or nodejs20',
  include: 'a list of files and folders to be packed, too',
  exclude: 'a list of patterns, as in .gitignore, of files not to be packed',
  target: 'local, tencent or aws',
  functions:
    'names of functions (a letter, then up to 31 letters, digits, - and _), each with what it has otherwise than the app',
  stages: 'names of stages (letters, digits, - and _), each with settings that win in that stage',
};
