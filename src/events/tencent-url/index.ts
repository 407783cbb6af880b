import { encodeBody, readContent } from '../body.ts';
import { asJson, headerValue, requestHeaders } from '../headers.ts';
import { readMethod } from '../method.ts';
import { mount, readTarget } from '../path.ts';
import { formatQuery, queryObject } from '../query.ts';
import { fromTencentResult, toTencentResult } from '../tencent-result.ts';
import type { EventFormat, HttpRequest, JsonObject } from '../types.ts';

/**
 * Tencent Cloud function URL: only `body, headers, httpMethod, path, queryString`; the client is in
 * `x-scf-remote-addr`. The documented event cannot carry a binary body and does not say what becomes
 * of one. Here such a body is sent as base64 with an undocumented `isBase64Encoded: true`, so that
 * nothing is lost on this machine; in the cloud an app with binary uploads needs a web function.
 */
export const tencentUrl: EventFormat = {
  name: 'tencent-url',
  detect,
  toEvent,
  toRequest,
  toResult: toTencentResult,
  fromResult: fromTencentResult,
};

function detect(event: JsonObject): boolean {
  return (
    typeof event['httpMethod'] === 'string' &&
    typeof event['path'] === 'string' &&
    'queryString' in event &&
    (event['requestContext'] === undefined || event['requestContext'] === null)
  );
}

function toEvent(request: HttpRequest): JsonObject {
  const { text, base64 } = encodeBody(request.body, request.headers);
  const headers = requestHeaders(request, [
    ['x-forwarded-proto', request.scheme],
    ['x-scf-remote-addr', request.remoteAddress],
  ]);
  return {
    body: text,
    headers: asJson(headers),
    httpMethod: request.method,
    path: request.path,
    queryString: queryObject(request.query),
    ...(base64 ? { isBase64Encoded: true } : {}),
  };
}

function toRequest(event: JsonObject): HttpRequest {
  const method = readMethod(event, 'httpMethod', event['httpMethod'], event['path']);
  const { body, headers, host, scheme, address } = readContent(event, event['headers']);
  const query = formatQuery([
    ['queryString', event['queryString']],
    ['queryStringParameters', event['queryStringParameters']],
  ]);
  const target = readTarget(event['path'], query);
  return {
    method,
    ...mount(target.path, host, '', false),
    query: target.query,
    headers,
    body,
    scheme,
    remoteAddress: address,
    requestId: headerValue(headers, 'x-scf-request-id') ?? '',
    time: 0,
  };
}
