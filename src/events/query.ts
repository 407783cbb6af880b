import { isObject, malformed, scalarText, wellFormed } from './json.ts';
import { decodePercent, encodeUnsafe } from './path.ts';
import type { JsonObject, JsonValue } from './types.ts';

/** One parameter; `value` is true for `?name` without "=". */
type Parameter = [name: string, value: string | true];

/**
 * A raw query as Tencent sends it: decoded, repeated names as a list, `?name` without "=" as true.
 * Text that is not percent-encoded UTF-8 stays as it was sent.
 */
export function queryObject(query: string): JsonObject {
  const values = new Map<string, JsonValue>();
  for (const [name, value] of parameters(query)) {
    const earlier = values.get(name);
    if (earlier === undefined) values.set(name, value);
    else if (Array.isArray(earlier)) earlier.push(value);
    else values.set(name, [earlier, value]);
  }
  return Object.fromEntries(values);
}

/** A raw query as lists of values: decoded, or as it was sent. `?name` without "=" is an empty value. */
export function queryLists(query: string, decoded: boolean): Record<string, string[]> {
  const values = new Map<string, string[]>();
  for (const [name, value] of parameters(query, decoded ? decode : asSent)) {
    const text = value === true ? '' : value;
    const earlier = values.get(name);
    if (earlier === undefined) values.set(name, [text]);
    else earlier.push(text);
  }
  return Object.fromEntries(values);
}

/** A raw query as AWS sends it beside the raw one: decoded, repeated names joined with ",". */
export function joinedQuery(query: string): JsonObject {
  const values = new Map<string, string>();
  for (const [name, value] of parameters(query)) {
    const text = value === true ? '' : value;
    const earlier = values.get(name);
    values.set(name, earlier === undefined ? text : `${earlier},${text}`);
  }
  return Object.fromEntries(values);
}

/**
 * The raw query of decoded values: the reverse of `queryObject`. Each source is an object, a raw
 * query, or null; of a name that is in several sources the first counts. Numbers and false become
 * text, null becomes `name=`. Throws `EventError` on nested objects.
 */
export function formatQuery(sources: [key: string, value: JsonValue | undefined][]): string {
  return format(sources, encode);
}

/** The same of names and values that stand as they were sent: one that is encoded stays, any other is encoded. */
export function formatSentQuery(sources: [key: string, value: JsonValue | undefined][]): string {
  return format(sources, encodeSent);
}

function format(
  sources: [key: string, value: JsonValue | undefined][],
  write: (text: string) => string,
): string {
  const parts: string[] = [];
  const seen = new Set<string>();
  for (const [key, source] of sources) {
    if (source === undefined || source === null || source === '') continue;
    if (typeof source === 'string') {
      if (parts.length === 0) parts.push(encodeUnsafe(source.startsWith('?') ? source.slice(1) : source));
      continue;
    }
    if (!isObject(source)) throw malformed(key, 'an object', source);
    for (const name in source) {
      if (seen.has(name)) continue;
      seen.add(name);
      const value = source[name]!;
      for (const item of Array.isArray(value) ? value : [value]) {
        const text = item === true ? true : scalarText(item);
        if (text === undefined) throw malformed(`${key}[${JSON.stringify(name)}]`, 'a string', item);
        parts.push(text === true ? write(name) : `${write(name)}=${write(text)}`);
      }
    }
  }
  return parts.join('&');
}

function* parameters(query: string, read: (text: string) => string = decode): Generator<Parameter> {
  if (query === '') return;
  for (const part of query.split('&')) {
    if (part === '') continue;
    const equals = part.indexOf('=');
    if (equals === -1) yield [read(part), true];
    else yield [read(part.slice(0, equals)), read(part.slice(equals + 1))];
  }
}

function decode(text: string): string {
  const spaced = text.includes('+') ? text.replaceAll('+', ' ') : text;
  return spaced.includes('%') ? (decodePercent(spaced) ?? text) : spaced;
}

function asSent(text: string): string {
  return text;
}

const PLAIN = /^[\w.~-]*$/;

function encode(text: string): string {
  return PLAIN.test(text) ? text : encodeURIComponent(wellFormed(text));
}

/** Text that was sent encoded: decoded first, so that `%41` and `A` are alike; what does not decode stays. */
function encodeSent(text: string): string {
  const decoded = decode(text);
  return decoded === text && text.includes('%') ? encodeUnsafe(text) : encode(decoded);
}
