import { z } from 'zod';

import { parsePattern, PATTERN_FORM, type PathPattern, patternKey } from '../lib/path-pattern.ts';
import { shown } from './data.ts';

/** The function that takes every path that no other one takes. */
export const DEFAULT_FUNCTION = 'default';

/** What one of an app's functions has otherwise than the app; absent: as the app says. */
export interface FunctionConfig {
  /** MB per instance, 32 to 10240. */
  memory?: number | undefined;
  /** Seconds per request, 1 to 900. */
  timeout?: number | undefined;
  /** Instances at once, 1 to 1000. */
  concurrency?: number | undefined;
  minInstances?: number | undefined;
  /** Seconds that an idle instance is kept. */
  keepAlive?: number | 'auto' | undefined;
  /** MB of temporary files per instance. */
  tmp?: number | undefined;
  cpu?: 'share' | 'free' | undefined;
  /** On top of the app's: a variable of the same name is the function's. */
  env?: Record<string, string> | undefined;
  cold?: 'fresh' | 'template' | undefined;
  warmup?: string[] | undefined;
  /** Which of the app's paths it takes; of `default` there are none. */
  routes?: FunctionRoute[] | undefined;
}

/** Paths as the app sees them. */
export interface FunctionRoute {
  /** `/jieba/*` */
  path: string;
  /** Absent: all that no other function names. */
  methods?: string[] | undefined;
}

const path = z
  .string()
  .regex(/^\//, { error: 'expected a path that begins with /' })
  .refine((text) => parsePattern(text) !== undefined, { error: `expected ${PATTERN_FORM}` });

const route = z.union(
  [
    path.transform((text): FunctionRoute => ({ path: text })),
    z.strictObject({
      path,
      methods: z
        .array(z.string().regex(/^[A-Z]+$/))
        .min(1)
        .optional(),
    }),
  ],
  { error: 'expected a path of the app such as /jieba/*, or `path` and `methods`' },
);

/** Settings that a function may have for itself. */
export const functionShape = {
  memory: z.int().min(32).max(10_240).optional(),
  timeout: z.int().min(1).max(900).optional(),
  concurrency: z.int().min(1).max(1000).optional(),
  minInstances: z.int().min(0).max(1000).optional(),
  keepAlive: z.union([z.literal('auto'), z.int().min(0).max(86_400)]).optional(),
  tmp: z.int().min(1).max(10_240).optional(),
  cpu: z.enum(['share', 'free']).optional(),
  env: z
    .record(
      z.string().regex(/^[A-Za-z_]\w*$/),
      z.union([z.string(), z.number(), z.boolean()]).transform(String),
    )
    .optional(),
  cold: z.enum(['fresh', 'template']).optional(),
  warmup: z
    .array(z.string().regex(/^\/[\x21-\x7e]*$/))
    .max(100)
    .optional(),
  routes: z.array(route).min(1).optional(),
};

/** For people: what each setting of a function takes. */
export const EXPECTED_OF_FUNCTION: Record<keyof typeof functionShape, string> = {
  memory: 'a whole number of MB from 32 to 10240',
  timeout: 'a whole number of seconds from 1 to 900',
  concurrency: 'a whole number from 1 to 1000',
  minInstances: 'a whole number from 0 to 1000',
  keepAlive: 'auto, or a whole number of seconds from 0 to 86400',
  tmp: 'a whole number of MB from 1 to 10240',
  cpu: 'share or free',
  env: 'names of variables (letters, digits, _) with text, numbers, true or false',
  cold: 'fresh or template',
  warmup: 'a list of paths, each beginning with /',
  routes: 'a list of paths of the app: /jieba/*, or `path: /jieba/*` with methods',
};

/** Behind the app's name in that of the deployed function. */
export const functionKey = z.string().regex(/^[A-Za-z][\w-]{0,31}$/, {
  error: 'expected a letter, then up to 31 letters, digits, - and _',
});

export interface FunctionProblem {
  /** From the mapping of the functions down. */
  path: (string | number)[];
  expected: string;
  got: string;
}

/** What is wrong with an app's functions together: with their routes. The first is told. */
export function functionProblem(
  functions: Readonly<Record<string, FunctionConfig>>,
): FunctionProblem | undefined {
  const taken: { name: string; path: string; key: string; methods: string[] | undefined }[] = [];
  for (const [name, { routes }] of Object.entries(functions)) {
    if (name === DEFAULT_FUNCTION) {
      if (routes === undefined) continue;
      return {
        path: [name, 'routes'],
        expected: `no routes: \`${name}\` takes every path that no other function takes`,
        got: shown(routes.map(routeShown)),
      };
    }
    if (routes === undefined) {
      return {
        path: [name],
        expected: '`routes`: the paths that this function takes, such as [/jieba/*]',
        got: 'no routes',
      };
    }
    for (const [index, one] of routes.entries()) {
      const at = [name, 'routes', index];
      const pattern = parsePattern(one.path)!;
      if (isEverything(pattern) && one.methods === undefined) {
        const expected = `paths that are not all of the app's: those are for \`${DEFAULT_FUNCTION}\``;
        return { path: at, expected, got: one.path };
      }
      const key = patternKey(pattern);
      const other = taken.find((before) => before.key === key && haveOneMethod(before.methods, one.methods));
      if (other !== undefined) {
        const whose = other.name === name ? 'this function' : `\`${other.name}\``;
        const expected = `a route that no function has yet: ${whose} has ${other.path}`;
        return { path: at, expected, got: routeShown(one) };
      }
      taken.push({ name, path: routeShown(one), key, methods: one.methods });
    }
  }
  return undefined;
}

function isEverything({ segments, open }: PathPattern): boolean {
  return open && segments.length === 0;
}

/** A route without methods takes what the others leave: it is in nobody's way but that of another one. */
function haveOneMethod(one: string[] | undefined, other: string[] | undefined): boolean {
  if (one === undefined || other === undefined) return one === other;
  return one.some((method) => other.includes(method));
}

function routeShown({ path: text, methods }: FunctionRoute): string {
  return methods === undefined ? text : `${methods.join(',')} ${text}`;
}
