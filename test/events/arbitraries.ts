import fc from 'fast-check';

import type { Headers, HttpRequest, JsonObject, JsonValue } from '../../src/events/types.ts';

const token = fc.stringMatching(/^[a-zA-Z][a-zA-Z0-9-]{0,12}$/);
/** As Node reads it from the wire: bytes as latin-1. */
export const headerText = fc.stringMatching(/^[\x21-\x7e\x80-\xff][\x20-\x7e\x80-\xff]{0,20}$/);
export const path = fc
  .array(
    fc.oneof(fc.stringMatching(/^[\w.~!$&'()*+,;=:@-]{0,8}$/), fc.constant('%2F'), fc.constant('%E6%97%A5')),
  )
  .map((parts) => `/${parts.join('/')}`);
export const body = fc.oneof(
  fc.uint8Array({ maxLength: 50 }),
  fc.string({ unit: 'binary' }).map((text) => Buffer.from(text)),
);
/** Names that the conversion itself sets, or that a format keeps elsewhere. */
const special = /^(cookie|content-length|transfer-encoding|host|x-forwarded-.*|x-scf-.*)$/i;
export const headers: fc.Arbitrary<Headers> = fc
  .array(fc.tuple(token, headerText), { maxLength: 6 })
  .map((pairs) => pairs.filter(([name]) => !special.test(name)));
/** Written the way encodeURIComponent does, the spelling that survives decoding and encoding. */
export const query = fc
  .uniqueArray(
    fc.tuple(
      fc.string({ unit: 'grapheme' }),
      fc.array(fc.option(fc.string()), { minLength: 1, maxLength: 3 }),
    ),
    {
      selector: ([name]) => name,
      maxLength: 4,
    },
  )
  // A JavaScript object moves names that look like an index to the front.
  .map((pairs) => pairs.filter(([name]) => name !== '' && !/^\d+$/.test(name)))
  .map((pairs) =>
    pairs
      .flatMap(([name, values]) =>
        values.map((value) => {
          const key = encodeURIComponent(name);
          return value === null ? key : `${key}=${encodeURIComponent(value)}`;
        }),
      )
      .join('&'),
  );

export const request: fc.Arbitrary<HttpRequest> = fc.record({
  method: fc.constantFrom('GET', 'POST', 'DELETE', 'PROPFIND'),
  path,
  query,
  headers: headers.map((list): Headers => [['Host', 'localhost:3000'], ...list]),
  body,
  scheme: fc.constantFrom('http', 'https'),
  remoteAddress: fc.ipV4(),
  stage: fc.constantFrom('', 'release'),
  requestId: fc.uuid(),
  time: fc.integer({ min: 0, max: 4e12 }),
});

/** What every format carries of a list of headers: lower-case names, repeated ones joined. */
export function joined(list: Headers, glue = ','): Record<string, string> {
  const result = new Map<string, string>();
  for (const [name, value] of list) {
    const lower = name.toLowerCase();
    if (special.test(lower) && lower !== 'host') continue;
    const earlier = result.get(lower);
    result.set(lower, earlier === undefined ? value : `${earlier}${glue}${value}`);
  }
  return Object.fromEntries(result);
}

export const json = fc.jsonValue({ maxDepth: 4 }) as fc.Arbitrary<JsonValue>;
/** JSON that has the keys of events and results, with anything in them. */
export const nearEvent = fc.dictionary(
  fc.constantFrom(
    ...['httpMethod', 'path', 'rawPath', 'rawQueryString', 'queryString', 'queryStringParameters', 'headers'],
    ...[
      'body',
      'isBase64Encoded',
      'cookies',
      'requestContext',
      'version',
      'statusCode',
      'method',
      'resource',
    ],
    ...['multiValueHeaders', 'multiValueQueryStringParameters', 'queryParameters'],
  ),
  fc.oneof(
    json,
    fc.constantFrom<JsonValue>(
      200,
      'GET',
      '/x',
      true,
      'text',
      ['a'],
      { a: 'b' },
      { http: { method: 'GET' } },
    ),
    fc.dictionary(
      fc.constantFrom('http', 'stage', 'sourceIp', 'requestId', 'identity', 'cookie', 'host'),
      json,
    ),
  ),
) as fc.Arbitrary<JsonObject>;

/** What of a request's surroundings a format has a place for. */
export const CARRIED: Record<string, ('stage' | 'requestId' | 'time')[]> = {
  'tencent-apigw': ['stage', 'requestId'],
  'aws-v1': ['stage', 'requestId', 'time'],
  'aws-v2': ['stage', 'requestId', 'time'],
  'aws-lattice': ['time'],
  'alibaba-fc': ['requestId', 'time'],
};

/** What formats that send a query decoded make of it. */
export const QUERY: Record<string, (raw: string) => string> = {
  // `?name` and `?name=` are alike.
  'aws-v1': (raw) => valued(raw).join('&'),
  'aws-alb': (raw) => valued(raw).join('&'),
  // Values of one name are one, joined with ",".
  'alibaba-fc': (raw) => {
    const values = new Map<string, string>();
    for (const part of valued(raw)) {
      const [name = '', value = ''] = part.split('=');
      const earlier = values.get(name);
      values.set(name, earlier === undefined ? value : `${earlier}%2C${value}`);
    }
    return [...values].map(([name, value]) => `${name}=${value}`).join('&');
  },
};

function valued(raw: string): string[] {
  return raw === '' ? [] : raw.split('&').map((part) => (part.includes('=') ? part : `${part}=`));
}

/** Removes or replaces one value somewhere in the event; `place` chooses which. */
export function mutate(event: JsonObject, place: number, value: JsonValue, remove: boolean): JsonObject {
  const copy = JSON.parse(JSON.stringify(event)) as JsonObject;
  const places: [JsonObject, string][] = [];
  const visit = (object: JsonObject): void => {
    for (const key of Object.keys(object)) {
      places.push([object, key]);
      const inner = object[key];
      if (typeof inner === 'object' && inner !== null) visit(inner as JsonObject);
    }
  };
  visit(copy);
  const [parent, key] = places[place % places.length]!;
  if (remove && Array.isArray(parent)) parent.splice(Number(key), 1);
  else if (remove) delete parent[key];
  else parent[key] = value;
  return copy;
}
