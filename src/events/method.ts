import { EventError, type JsonObject, type JsonValue } from './types.ts';
import { malformed } from './json.ts';

const TOKEN = /^[\w!#$%&'*+.^`|~-]+$/;
/** The usual ones need no regular expression. */
const USUAL = new Set(['GET', 'POST', 'PUT', 'DELETE', 'HEAD', 'OPTIONS', 'PATCH']);

/** The method of an event, `GET` when only a path is there. Throws `EventError` when neither is. */
export function readMethod(
  event: JsonObject,
  key: string,
  value: JsonValue | undefined,
  path: unknown,
): string {
  if (value === undefined || value === null) {
    if (path !== undefined && path !== null) return 'GET';
    const keys = Object.keys(event).slice(0, 10).join(', ');
    throw new EventError(
      `no HTTP event: neither ${key} nor a path; its keys: ${keys === '' ? 'none' : keys}`,
    );
  }
  if (typeof value === 'string' && (USUAL.has(value) || TOKEN.test(value))) return value;
  throw malformed(key, 'an HTTP method', value);
}
