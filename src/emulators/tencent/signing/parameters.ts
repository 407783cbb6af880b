import type { JsonObject, JsonValue } from '../../../events/types.ts';
import { TencentError } from '../service.ts';

/** Most levels of a form's keys, and the highest index of a list. */
const DEEPEST = 16;
const HIGHEST_INDEX = 9999;

/** A form or a query as flat parameters. Throws `TencentError` when a name stands in it twice, for then it is not clear what was signed. */
export function readForm(...texts: string[]): Record<string, string> {
  const flat: Record<string, string> = Object.create(null) as Record<string, string>;
  for (const [key, value] of texts.flatMap((text) => [...new URLSearchParams(text)])) {
    if (key in flat)
      throw new TencentError('InvalidParameter', `The parameter \`${key}\` is there more than once.`);
    flat[key] = value;
  }
  return { ...flat };
}

/** `Environment.Variables.0.Key` → `{Environment: {Variables: [{Key}]}}`. */
export function treeOf(flat: Record<string, string>): JsonObject {
  const root = newNode();
  for (const [name, value] of Object.entries(flat)) {
    const parts = name.split('.');
    if (parts.length > DEEPEST) throw ambiguous(name);
    let at = root;
    for (const part of parts.slice(0, -1)) {
      const next = (at[part] ??= newNode());
      if (typeof next === 'string') throw ambiguous(name);
      at = next;
    }
    const last = parts.at(-1)!;
    if (last in at) throw ambiguous(name);
    at[last] = value;
  }
  return finished(root, '') as JsonObject;
}

/** A `multipart/form-data` body: texts, and JSON where a text is an object or a list; what is octets, in base64. Throws `TencentError`. */
export function readMultipart(body: Buffer, contentType: string): JsonObject {
  const [, quoted, plain] = /;\s*boundary=(?:"([^"]+)"|([^;\s]+))/i.exec(contentType) ?? [];
  const boundary = quoted ?? plain;
  if (boundary === undefined) throw malformed();
  const whole: JsonObject = {};
  for (const part of partsOf(body, boundary)) {
    const end = part.indexOf('\r\n\r\n');
    const head = end === -1 ? '' : part.subarray(0, end).toString('utf8');
    const name = /^content-disposition:[^\r\n]*;\s*name="([^"]+)"/im.exec(head)?.[1];
    if (name === undefined || name in whole) throw malformed();
    const content = part.subarray(end + 4);
    whole[name] = /^content-type:\s*application\/octet-stream/im.test(head)
      ? content.toString('base64')
      : jsonOr(content.toString('utf8'));
  }
  return whole;
}

interface Node {
  [part: string]: Node | string;
}

function newNode(): Node {
  return Object.create(null) as Node;
}

function finished(node: Node | string, path: string): JsonValue {
  if (typeof node === 'string') return node;
  const keys = Object.keys(node);
  if (keys.length === 0 || !keys.every((key) => /^\d+$/.test(key)))
    return Object.fromEntries(keys.map((key) => [key, finished(node[key]!, `${path}${key}.`)]));
  if (keys.some((key) => Number(key) > HIGHEST_INDEX)) throw ambiguous(path);
  return keys.sort((a, b) => Number(a) - Number(b)).map((key) => finished(node[key]!, `${path}${key}.`));
}

function partsOf(body: Buffer, boundary: string): Buffer[] {
  const mark = Buffer.from(`--${boundary}`);
  const parts: Buffer[] = [];
  let at = body.indexOf(mark);
  if (at === -1) throw malformed();
  for (;;) {
    const start = at + mark.length;
    if (body.subarray(start, start + 2).toString('latin1') === '--') return parts;
    const next = body.indexOf(Buffer.concat([Buffer.from('\r\n'), mark]), start);
    if (next === -1) throw malformed();
    parts.push(body.subarray(start + 2, next));
    at = next + 2;
  }
}

function jsonOr(text: string): JsonValue {
  if (!/^\s*[[{]/.test(text)) return text;
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    return text;
  }
}

function ambiguous(name: string): TencentError {
  return new TencentError('InvalidParameter', `The parameter \`${name}\` is at odds with another one.`);
}

function malformed(): TencentError {
  return new TencentError('InvalidRequest', 'The body is not valid multipart/form-data.');
}
