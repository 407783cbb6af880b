import { EventError, type JsonObject, type JsonValue } from './types.ts';

/** `null`, `list`, `object`, or the JavaScript type: the "got" of a message. */
export function kindOf(value: JsonValue | undefined): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  return Array.isArray(value) ? 'list' : typeof value;
}

export function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const NOTHING: JsonObject = {};

/** The object at `key`; an empty one for null and for a missing key. Throws `EventError` otherwise. */
export function objectAt(parent: JsonObject, key: string): JsonObject {
  const value = parent[key];
  if (value === undefined || value === null) return NOTHING;
  if (!isObject(value)) throw malformed(key, 'an object', value);
  return value;
}

/** The text at `key`; undefined for null, '' and a missing key. Throws `EventError` otherwise. */
export function textAt(parent: JsonObject, key: string): string | undefined {
  const value = parent[key];
  if (value === undefined || value === null || value === '') return undefined;
  if (typeof value !== 'string') throw malformed(key, 'a string', value);
  return value;
}

/** A single value as text, or undefined for a list or an object. */
export function scalarText(value: JsonValue): string | undefined {
  if (typeof value === 'string') return value;
  if (value === null) return '';
  return typeof value === 'object' ? undefined : String(value);
}

/** A time as a number or the digits of one; 0 for anything else. */
export function timeOf(value: JsonValue | undefined): number {
  if (typeof value === 'number') return value >= 0 ? value : 0;
  return typeof value === 'string' && /^\d{1,20}$/.test(value) ? Number(value) : 0;
}

/** The text with lone surrogates replaced, which have no UTF-8 form. */
export function wellFormed(text: string): string {
  return Buffer.from(text, 'utf8').toString('utf8');
}

/** The error of a wrong value at `key`. */
export function malformed(key: string, expected: string, got: JsonValue | undefined): EventError {
  const shown =
    typeof got === 'string' || typeof got === 'number' ? ` ${JSON.stringify(got).slice(0, 60)}` : '';
  return new EventError(`${key}: expected ${expected}, got ${kindOf(got)}${shown}`);
}
