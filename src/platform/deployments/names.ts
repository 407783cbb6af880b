import { z } from 'zod';

/** As both clouds have it: a letter, then letters, digits, - and _. */
export const functionName = z
  .string()
  .regex(/^[A-Za-z][\w-]{0,63}$/)
  .describe('Name of a function or a site: a letter, then up to 63 letters, digits, - and _');
export const aliasName = z
  .string()
  .regex(/^(?!\d+$)[\w$-]{1,128}$/)
  .describe('Name of an alias: letters, digits, -, _ and $, not a number');

export const packageDigest = z
  .string()
  .regex(/^[0-9a-f]{64}$/)
  .describe('SHA-256 of a package, in lower-case hexadecimal');

/** Short texts by which deployers find what is theirs. */
export const labels = z
  .record(z.string().regex(/^[\w./-]{1,63}$/), z.string().max(256))
  .refine((all) => Object.keys(all).length <= 16, { error: 'there are more than 16 labels' });
