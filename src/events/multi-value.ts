import { clientHeaders, lowerName, pushResponseHeader, setOwn } from './headers.ts';
import { isObject, malformed } from './json.ts';
import type { Headers, HttpRequest, JsonObject, JsonValue } from './types.ts';

/** Event side: what has several values, in both forms: all of them, and the last one alone. */
export function bothForms(lists: Record<string, string[]>): { single: JsonObject; multi: JsonObject } {
  const single: JsonObject = {};
  for (const name of Object.keys(lists)) setOwn(single, name, lists[name]!.at(-1)!);
  return { single, multi: lists };
}

/** A request's headers as lists, names in the case in which they came first. `added` wins. */
export function headerLists(
  request: HttpRequest,
  added: [lower: string, value: string][],
): Record<string, string[]> {
  const names = new Map<string, string>();
  const lists = new Map<string, string[]>();
  for (const [name, value] of clientHeaders(request)) {
    const lower = lowerName(name);
    const first = names.get(lower) ?? name;
    names.set(lower, first);
    const earlier = lists.get(first);
    if (earlier === undefined) lists.set(first, [value]);
    else earlier.push(value);
  }
  for (const [lower, value] of added) lists.set(names.get(lower) ?? lower, [value]);
  return Object.fromEntries(lists);
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
