import { z } from 'zod';

import { PATTERN_FORM, parsePattern } from '../../lib/path-pattern.ts';
import { isRouteHost } from '../routing/table.ts';
import { aliasName, functionName } from './names.ts';

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
  methods: z
    .array(z.string().regex(/^[A-Z]+(-[A-Z]+)*$/))
    .min(1)
    .max(32)
    .refine((methods) => new Set(methods).size === methods.length, { error: 'a method is there twice' })
    .exactOptional()
    .describe(
      'Methods that it takes, HEAD with GET; absent: those that no other route of its host and path names',
    ),
  stage: z
    .string()
    .regex(/^[\w-]{0,64}$/)
    .default('')
    .describe('First segment of the path that the app does not see (SCRIPT_NAME), as a gateway stage'),
  requestBytes: z
    .int()
    .min(1)
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
export const routeSchema = z
  .strictObject({
    ...routeShape,
    function: functionName,
    alias: aliasName.default('live'),
    gateway: z
      .string()
      .min(1)
      .max(128)
      .exactOptional()
      .describe('Whose route it is, if not its own: the publication of its function leaves it as it is'),
  })
  .refine(beginsWithStage, STAGE_RULE);

export const siteRouteSchema = z
  .strictObject({ ...routeShape, site: functionName })
  .refine(beginsWithStage, STAGE_RULE);
