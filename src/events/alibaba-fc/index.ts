import { hostLabel } from '../aws-context.ts';
import { encodeBody, readContent } from '../body.ts';
import { asJson, forwardedHeaders, headerValue, requestHeaders } from '../headers.ts';
import { isObject, objectAt, textAt, timeOf } from '../json.ts';
import { readMethod } from '../method.ts';
import { decodePercent, mount, readTarget } from '../path.ts';
import { formatQuery, joinedQuery } from '../query.ts';
import { readResult } from '../result.ts';
import { singleValues } from '../single-value.ts';
import type { EventFormat, HttpRequest, HttpResponse, JsonObject, JsonValue } from '../types.ts';

/**
 * Alibaba Cloud Function Compute: the HTTP trigger of FC 3.0 (version "v1"; "Use an HTTP trigger to invoke a
 * function"), and the older API Gateway event (`httpMethod`, `path`, `queryParameters`). The query is decoded and
 * the values of a repeated name are joined with ",": which commas were the client's cannot be told. `rawPath` is the
 * path as sent, `http.path` the decoded one. Go functions for this trigger declare the result's headers as strings;
 * that several spellings of Set-Cookie all get through has not been tried in the cloud.
 */
export const alibabaFc: EventFormat = {
  name: 'alibaba-fc',
  detect,
  toEvent,
  toRequest,
  toResult,
  fromResult,
};

function detect(event: JsonObject): boolean {
  const context = event['requestContext'];
  if (isObject(context)) return event['version'] === 'v1' && isObject(context['http']);
  return typeof event['httpMethod'] === 'string' && 'queryParameters' in event;
}

function toEvent(request: HttpRequest): JsonObject {
  const host = headerValue(request.headers, 'host') ?? '';
  const forwarded = forwardedHeaders(request).filter(([name]) => name !== 'x-forwarded-port');
  const headers = requestHeaders(request, forwarded);
  const { text, base64 } = encodeBody(request.body, request.headers);
  return {
    version: 'v1',
    rawPath: request.path,
    body: text,
    isBase64Encoded: base64,
    headers: asJson(headers),
    queryParameters: joinedQuery(request.query),
    requestContext: {
      accountId: '1234567890123456',
      domainName: host,
      domainPrefix: hostLabel(host),
      http: {
        method: request.method,
        // One that is no percent-encoded UTF-8 stays as it was sent.
        path: decodePercent(request.path) ?? request.path,
        protocol: 'HTTP/1.1',
        sourceIp: request.remoteAddress,
        userAgent: headers.get('user-agent') ?? '',
      },
      requestId: request.requestId,
      time: new Date(request.time).toISOString(),
      timeEpoch: String(request.time),
    },
  };
}

function toRequest(event: JsonObject): HttpRequest {
  const context = objectAt(event, 'requestContext');
  const http = objectAt(context, 'http');
  const rawPath = event['rawPath'] ?? event['path'] ?? http['path'];
  const method = readMethod(event, 'httpMethod', http['method'] ?? event['httpMethod'], rawPath);
  const { body, headers, host, scheme, address } = readContent(event, event['headers']);
  const query = formatQuery([['queryParameters', event['queryParameters']]]);
  const target = readTarget(rawPath, query);
  return {
    method,
    ...mount(target.path, host, '', false),
    query: target.query,
    headers,
    body,
    scheme,
    remoteAddress: textAt(http, 'sourceIp') ?? address,
    requestId: textAt(context, 'requestId') ?? '',
    time: timeOf(context['timeEpoch']),
  };
}

function toResult(response: HttpResponse): JsonObject {
  const { text, base64 } = encodeBody(response.body, response.headers);
  return {
    statusCode: response.status,
    headers: singleValues(response.headers),
    body: text,
    isBase64Encoded: base64,
  };
}

function fromResult(result: JsonValue): HttpResponse {
  return readResult(result, { lists: false });
}
