import { decodeBody } from './body.ts';
import { pushResponseHeader } from './headers.ts';
import { isObject, malformed, scalarText } from './json.ts';
import type { Headers, HttpResponse, JsonObject, JsonValue } from './types.ts';

/**
 * A function's result as a gateway reads it. JSON without `statusCode` is the body of a 200
 * application/json, a string its text. `lists`: a list as header value means repeated headers.
 * `whole`: this gateway takes nothing but a whole result. Throws `EventError` when it is malformed.
 */
export function readResult(result: JsonValue, options: { lists: boolean; whole?: boolean }): HttpResponse {
  if (!isObject(result) || !Object.hasOwn(result, 'statusCode')) {
    if (options.whole === true) throw malformed('result', 'an object with statusCode', result);
    return plainResult(result);
  }
  return {
    status: readStatus(result['statusCode']),
    headers: readResponseHeaders(result['headers'], options.lists),
    body: decodeBody(result['body'], result['isBase64Encoded']),
  };
}

/** Appends the `cookies` of a result as Set-Cookie headers. */
export function readCookies(result: JsonObject, headers: Headers): void {
  const cookies = result['cookies'];
  if (cookies === undefined || cookies === null) return;
  if (!Array.isArray(cookies)) throw malformed('cookies', 'a list of strings', cookies);
  for (const cookie of cookies) {
    if (typeof cookie !== 'string') throw malformed('cookies', 'a list of strings', cookie);
    pushResponseHeader(headers, 'set-cookie', cookie);
  }
}

function plainResult(result: JsonValue): HttpResponse {
  const text = typeof result === 'string' ? result : JSON.stringify(result);
  return { status: 200, headers: [['content-type', 'application/json']], body: Buffer.from(text, 'utf8') };
}

function readStatus(value: JsonValue | undefined): number {
  const status = typeof value === 'string' && /^\d{3}$/.test(value) ? Number(value) : value;
  if (typeof status !== 'number' || !Number.isInteger(status) || status < 200 || status > 999) {
    throw malformed('statusCode', 'a whole number from 200 to 999', value);
  }
  return status;
}

function readResponseHeaders(value: JsonValue | undefined, lists: boolean): Headers {
  const headers: Headers = [];
  if (value === undefined || value === null) return headers;
  if (!isObject(value)) throw malformed('headers', 'an object', value);
  for (const name in value) {
    const item = value[name]!;
    if (item === null) continue;
    for (const single of lists && Array.isArray(item) ? item : [item]) {
      const text = scalarText(single);
      if (text === undefined) {
        throw malformed(
          `headers[${JSON.stringify(name)}]`,
          lists ? 'a string or a list of strings' : 'a string',
          item,
        );
      }
      pushResponseHeader(headers, name, text);
    }
  }
  return headers;
}
