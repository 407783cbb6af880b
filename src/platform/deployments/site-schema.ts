import { z } from 'zod';

import { PATTERN_FORM, parsePattern } from '../../lib/path-pattern.ts';
import { staysInside } from './entry-paths.ts';
import { labels, packageDigest } from './names.ts';
import { ownRouteSchema } from './route-schema.ts';

/** What the gateway itself says about an answer. */
const GOVERNED =
  /^(connection|content-(length|range)|etag|keep-alive|last-modified|te|trailer|transfer-encoding|upgrade)$/i;

const headerName = z
  .string()
  .regex(/^[!#$%&'*+.^_`|~\w-]+$/)
  .refine((name) => !GOVERNED.test(name), { error: 'the gateway says this header itself' });

const file = z.string().refine((path) => path !== '.' && staysInside(path), {
  error: 'expected the path of a file in the package with forward slashes, without ..',
});

const shape = {
  package: packageDigest,
  index: z
    .string()
    .regex(/^[^/\\\0.][^/\\\0]*$/)
    .default('index.html')
    .describe('Name of the file that is the answer for its folder'),
  error: file.exactOptional().describe('File that is the answer where there is none, such as 404.html'),
  errorStatus: z
    .union([z.literal(404), z.literal(200)])
    .default(404)
    .describe('Status of the error file; 200 for an app of one page that has its own routes'),
  headers: z
    .array(
      z.strictObject({
        path: z
          .string()
          .refine((path) => parsePattern(path) !== undefined, { error: `expected ${PATTERN_FORM}` })
          .describe(`Of the file in the package: ${PATTERN_FORM}`),
        set: z.record(headerName, z.string().regex(/^[\x20-\x7e\x80-\xff]*$/)),
      }),
    )
    .max(100)
    .default([])
    .describe('Headers of answers, of each file those of all that match; the last one counts'),
  labels: labels.exactOptional(),
};

/** A site as its publication says it. */
export const sitePublicationSchema = z.strictObject({
  ...shape,
  routes: z.array(ownRouteSchema).exactOptional().describe('The only routes of the site from then on'),
});

export const siteSchema = z.strictObject({
  ...shape,
  routes: z.array(ownRouteSchema),
  createdAt: z.iso.datetime(),
  /** When anything of it was changed last. */
  updatedAt: z.iso.datetime(),
});
