import { clientHeaders, groupHeaders, lowerName, pushResponseHeader } from './headers.ts';
import { isObject, malformed } from './json.ts';
import type { Headers, HttpRequest, JsonObject, JsonValue } from './types.ts';

/** The last value of each, which is what an event has beside all of them. */
export function lastValues(lists: Record<string, string[]>): JsonObject {
  return Object.fromEntries(Object.entries(lists).map(([name, values]) => [name, values.at(-1)!]));
}

/** Headers as lists of values, names in the case in which they came first. */
export function listValues(headers: Headers): Record<string, string[]> {
  return Object.fromEntries(groupHeaders(headers).map(({ name, values }) => [name, values]));
}

/** The headers of a request's event as lists; `added` wins over what the client sent. */
export function headerLists(
  request: HttpRequest,
  added: [lower: string, value: string][],
): Record<string, string[]> {
  const headers = clientHeaders(request);
  for (const [lower, value] of added) setHeader(headers, lower, value);
  return listValues(headers);
}

/** `multiValueHeaders` of an event when they are there, else `headers`. */
export function eventHeaders(event: JsonObject): JsonValue | undefined {
  const multi = event['multiValueHeaders'];
  if (multi === undefined || multi === null) return event['headers'];
  return isObject(multi) && Object.keys(multi).length === 0 ? event['headers'] : multi;
}

/** Result → response: appends `multiValueHeaders`, which win over `headers` of the same name. */
export function readMultiValueHeaders(result: JsonObject, headers: Headers): void {
  const multi = result['multiValueHeaders'];
  if (multi === undefined || multi === null) return;
  if (!isObject(multi)) throw malformed('multiValueHeaders', 'an object', multi);
  for (const name of Object.keys(multi)) {
    const values = multi[name]!;
    const lower = lowerName(name);
    for (let index = headers.length - 1; index >= 0; index--) {
      if (lowerName(headers[index]![0]) === lower) headers.splice(index, 1);
    }
    for (const value of Array.isArray(values) ? values : [values]) {
      if (typeof value !== 'string')
        throw malformed(`multiValueHeaders[${JSON.stringify(name)}]`, 'strings', value);
      pushResponseHeader(headers, name, value);
    }
  }
}

/** Sets a header, replacing every earlier one of that name in the place of the first. */
function setHeader(headers: Headers, lower: string, value: string): void {
  const first = headers.findIndex(([name]) => lowerName(name) === lower);
  if (first === -1) {
    headers.push([lower, value]);
    return;
  }
  const name = headers[first]![0];
  const rest = headers.splice(first).filter(([other]) => lowerName(other) !== lower);
  headers.push([name, value], ...rest);
}
