import { z } from 'zod';

/** A text with something in it. */
export const text = z
  .string({ error: 'expected a text' })
  .min(1, { error: 'expected a text with something in it' });

/** A text that may have nothing in it. */
export const word = z.string({ error: 'expected a text' });

/** A text that old files write in quotes or without: `memorySize: '128'`. */
export const wholeNumber = z.union([z.int(), z.string().regex(/^\d+$/).transform(Number)], {
  error: 'expected a whole number',
});

/** `TRUE`, `'true'` and `true` are one. */
export const flag = z.union(
  [
    z.boolean(),
    z
      .string()
      .regex(/^(true|false)$/i, { error: 'expected true or false' })
      .transform((text) => text.toLowerCase() === 'true'),
  ],
  { error: 'expected true or false' },
);

/** One, or a list of them; nothing is an empty list. */
export const texts = z
  .union([z.string().transform((text) => (text === '' ? [] : [text])), z.array(z.string()), z.null()], {
    error: 'expected a text, or a list of texts',
  })
  .transform((list) => list ?? []);

/** A mapping that may stand there with nothing in it (`vpcConfig:`). */
export function maybe<T extends z.ZodRawShape>(shape: T) {
  return z
    .preprocess(
      (value) => (value === null || value === '' ? undefined : value),
      z.looseObject(shape, { error: 'expected a mapping' }).optional(),
    )
    .optional();
}

export const environmentValues = z
  .union([z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])), z.null()], {
    error: 'expected names with texts, numbers, true or false',
  })
  .transform((values) =>
    Object.fromEntries(
      Object.entries(values ?? {}).map(([name, value]) => [name, value === null ? '' : String(value)]),
    ),
  );
