import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { type Document, isMap, isNode, isPair, LineCounter, parseDocument } from 'yaml';
import { z } from 'zod';

import { RopewayError } from '../lib/errors.ts';
import type { RopewayConfig } from './load.ts';
import { nearest } from './nearest.ts';

const text = z.string().min(1);
const schema = z.strictObject({
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
});

const EXPECTED: Record<string, string> = {
  app: 'text: module:attribute, module:factory(), or a file',
  start: 'text: a command',
  memory: 'a whole number of MB from 32 to 10240',
  timeout: 'a whole number of seconds from 1 to 900',
  concurrency: 'a whole number from 1 to 1000',
  env: 'names of variables (letters, digits, _) with text, numbers, true or false',
  stage: 'letters, digits, - and _',
  events: 'the name of an event format',
};

/** Parses one configuration file. Throws CONFIG. */
export function parseConfig(dir: string, name: string): RopewayConfig {
  const lines = new LineCounter();
  const document = parseDocument(readFileSync(join(dir, name), 'utf8'), {
    lineCounter: lines,
    prettyErrors: false,
  });
  const place = (offset: number): string => {
    const { line, col } = lines.linePos(offset);
    return `${name}:${line}:${col}`;
  };
  const [broken] = document.errors;
  if (broken !== undefined) throw invalid(`${place(broken.pos[0])}: ${broken.message}`, {});
  const value: unknown = document.toJS();
  if (value === null || value === undefined) return {};
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0]!;
  const path = issue.code === 'unrecognized_keys' ? [...issue.path, issue.keys[0] ?? ''] : issue.path;
  const where = place(keyOffset(document, path.map(String)));
  if (issue.code === 'unrecognized_keys') throw unknownKey(where, issue.keys[0] ?? '');
  const key = String(path[0] ?? '');
  throw invalid(`${where}: \`${path.length === 0 ? name : path.join('.')}\` is not valid.`, {
    expected: EXPECTED[key] ?? 'keys and values',
    // A value of env may be a secret.
    ...(key === 'env' ? {} : { got: shown(document.getIn(path)) }),
  });
}

function unknownKey(where: string, key: string): RopewayError {
  const known = Object.keys(EXPECTED);
  const meant = nearest(key, known);
  return invalid(`${where}: there is no setting \`${key}\`.`, {
    expected: `one of ${known.join(', ')}`,
    ...(meant === undefined ? {} : { fix: `did you mean \`${meant}\`?` }),
  });
}

function invalid(message: string, more: { expected?: string; got?: string; fix?: string }): RopewayError {
  return new RopewayError({ code: 'CONFIG', message, ...more });
}

/** Where the key at the end of a path begins; the nearest one above it that exists. */
function keyOffset(document: Document, path: string[]): number {
  let node: unknown = document.contents;
  let offset = 0;
  for (const part of path) {
    if (!isMap(node)) break;
    const pair = node.items.find((item) => isPair(item) && String(item.key) === part);
    if (pair === undefined) break;
    if (isNode(pair.key)) offset = pair.key.range?.[0] ?? offset;
    node = pair.value;
  }
  return offset;
}

function shown(value: unknown): string {
  const json = JSON.stringify(value) ?? String(value);
  return json.length > 80 ? `${json.slice(0, 77)}…` : json;
}
