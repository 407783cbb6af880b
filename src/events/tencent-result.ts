import { encodeBody } from './body.ts';
import { groupHeaders, setOwn } from './headers.ts';
import { readResult } from './result.ts';
import type { HttpResponse, JsonObject, JsonValue } from './types.ts';

/** Response → result of both Tencent gateways: repeated headers as a list of strings. */
export function toTencentResult(response: HttpResponse): JsonObject {
  const headers: JsonObject = {};
  for (const { name, values } of groupHeaders(response.headers)) {
    setOwn(headers, name, values.length === 1 ? values[0]! : values);
  }
  const { text, base64 } = encodeBody(response.body, response.headers);
  return {
    isBase64Encoded: base64,
    statusCode: response.status,
    headers,
    body: text,
  };
}

/** Result → response of both Tencent gateways. Throws `EventError`. */
export function fromTencentResult(result: JsonValue): HttpResponse {
  return readResult(result, { lists: true });
}
