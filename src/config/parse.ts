import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import {
  type Document,
  isAlias,
  isMap,
  isNode,
  isPair,
  isScalar,
  LineCounter,
  parseDocument,
  visit,
  type YAMLError,
} from 'yaml';

import { errorMessage, RopewayError } from '../lib/errors.ts';
import type { RopewayConfig } from './load.ts';
import { nearest } from './nearest.ts';
import { EXPECTED, schema } from './schema.ts';

/** Parses one configuration file. Throws CONFIG; its text never has a value of `env` in it. */
export function parseConfig(dir: string, name: string): RopewayConfig {
  const lines = new LineCounter();
  const document = parseDocument(readText(dir, name), {
    lineCounter: lines,
    prettyErrors: false,
    // Its warnings would go to the terminal by themselves.
    logLevel: 'error',
  });
  const place = (offset: number): string => {
    const { line, col } = lines.linePos(offset);
    return `${name}:${line}:${col}`;
  };
  const [broken] = document.errors;
  if (broken !== undefined) throw notYaml(place(broken.pos[0]), syntaxMessage(broken));
  refuseAliases(document, place);
  keepNumbersAsWritten(document);
  const value: unknown = document.toJS();
  if (value === null || value === undefined) return {};
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0]!;
  const path = issue.code === 'unrecognized_keys' ? [...issue.path, issue.keys[0] ?? ''] : issue.path;
  const where = place(keyOffset(document, path.map(String)));
  if (issue.code === 'unrecognized_keys') throw unknownKey(where, issue.keys[0] ?? '');
  if (path.length === 0) {
    throw invalid(`${where}: \`${name}\` is not valid.`, {
      expected: `settings, one a line: ${Object.keys(EXPECTED).join(', ')}`,
      got: kindOf(value),
    });
  }
  const key = String(path[0]);
  const found: unknown = document.getIn(path);
  throw invalid(`${where}: \`${path.join('.')}\` is not valid.`, {
    expected: Object.hasOwn(EXPECTED, key) ? EXPECTED[key as keyof typeof EXPECTED] : 'a setting',
    // A value of env may be a secret.
    got: key === 'env' ? kindOf(found) : shown(found),
  });
}

function readText(dir: string, name: string): string {
  try {
    return readFileSync(join(dir, name), 'utf8');
  } catch (error) {
    throw new RopewayError({
      code: 'CONFIG',
      message: `${name} cannot be read.`,
      expected: 'a file of text',
      got: errorMessage(error),
      fix: `make ${join(dir, name)} a readable file, or remove it`,
      cause: error,
    });
  }
}

/** The parser's message without what it quotes of the file. */
function syntaxMessage({ code, message }: YAMLError): string {
  if (code === 'MULTIPLE_DOCS') return 'a second document begins here';
  if (code === 'TAG_RESOLVE_FAILED') return 'tags (!name) are not supported';
  return message.replace(/(Invalid escape sequence) .*$/s, '$1').replace(/(?<=\w): .*$/s, '');
}

/** A setting said twice by reference would save nothing here, and a chain of them can fill the memory. */
function refuseAliases(document: Document, place: (offset: number) => string): void {
  visit(document, (_, node) => {
    if (isAlias(node)) throw notYaml(place(node.range?.[0] ?? 0), 'aliases (*name) are not supported');
  });
}

/** `VERSION: 1.10` in `env` means the text 1.10, not the number 1.1. */
function keepNumbersAsWritten(document: Document): void {
  const env: unknown = document.get('env');
  if (!isMap(env)) return;
  for (const { value } of env.items) {
    if (isScalar(value) && typeof value.value === 'number' && value.source !== undefined) {
      value.value = value.source;
    }
  }
}

function notYaml(where: string, message: string): RopewayError {
  return invalid(`${where}: ${message}`, {
    expected: 'YAML: one `setting: value` a line, text with special characters in quotes',
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

function kindOf(value: unknown): string {
  const plain: unknown = isNode(value) ? value.toJSON() : value;
  if (plain === null || plain === undefined) return 'nothing';
  if (Array.isArray(plain)) return 'a list';
  return typeof plain === 'object' ? 'a mapping' : `a ${typeof plain === 'string' ? 'text' : typeof plain}`;
}
