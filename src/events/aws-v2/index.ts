import { clockTime, hostLabel } from '../aws-context.ts';
import { encodeBody, readContent } from '../body.ts';
import { asJson, forwardedHeaders, groupHeaders, headerValue, requestHeaders, setOwn } from '../headers.ts';
import { isObject, malformed, objectAt, textAt, timeOf } from '../json.ts';
import { readMethod } from '../method.ts';
import { encodeUnsafe, mount, readTarget } from '../path.ts';
import { formatQuery, joinedQuery } from '../query.ts';
import { readCookies, readResult } from '../result.ts';
import type { EventFormat, HttpRequest, HttpResponse, JsonObject, JsonValue } from '../types.ts';

const DEFAULT_STAGE = '$default';

/**
 * AWS API Gateway HTTP API with payload 2.0, and Lambda function URLs. The raw path carries the
 * stage unless it is `$default`; Cookie is split into `cookies`.
 */
export const awsV2: EventFormat = { name: 'aws-v2', detect, toEvent, toRequest, toResult, fromResult };

function detect(event: JsonObject): boolean {
  const context = event['requestContext'];
  if (!isObject(context) || !isObject(context['http'])) return false;
  // Alibaba's HTTP trigger has the same context with version "v1".
  if (event['version'] === 'v1') return false;
  return event['version'] === '2.0' || typeof event['rawPath'] === 'string';
}

function toEvent(request: HttpRequest): JsonObject {
  const host = headerValue(request.headers, 'host') ?? '';
  const path = request.stage === '' ? request.path : `/${request.stage}${request.path}`;
  const headers = requestHeaders(request, forwardedHeaders(request));
  const cookies = headers.get('cookie')?.split(/; */).filter(Boolean) ?? [];
  headers.delete('cookie');
  const { text, base64 } = encodeBody(request.body, request.headers);
  const label = hostLabel(host);
  return {
    version: '2.0',
    routeKey: DEFAULT_STAGE,
    rawPath: path,
    rawQueryString: request.query,
    ...(cookies.length > 0 ? { cookies } : {}),
    headers: asJson(headers),
    ...(request.query === '' ? {} : { queryStringParameters: joinedQuery(request.query) }),
    requestContext: {
      accountId: '123456789012',
      apiId: label,
      domainName: host,
      domainPrefix: label,
      http: {
        method: request.method,
        path,
        protocol: 'HTTP/1.1',
        sourceIp: request.remoteAddress,
        userAgent: headers.get('user-agent') ?? '',
      },
      requestId: request.requestId,
      routeKey: DEFAULT_STAGE,
      stage: request.stage === '' ? DEFAULT_STAGE : request.stage,
      time: clockTime(request.time),
      timeEpoch: request.time,
    },
    ...(request.body.length > 0 ? { body: text } : {}),
    isBase64Encoded: base64,
  };
}

function toRequest(event: JsonObject): HttpRequest {
  const context = objectAt(event, 'requestContext');
  const http = objectAt(context, 'http');
  const rawPath = event['rawPath'] ?? http['path'];
  const method = readMethod(
    event,
    'requestContext.http.method',
    http['method'] ?? event['httpMethod'],
    rawPath,
  );
  const { body, headers, host, scheme, address } = readContent(
    event,
    event['headers'],
    readEventCookies(event['cookies']),
  );
  const stage = textAt(context, 'stage') ?? DEFAULT_STAGE;
  const raw = textAt(event, 'rawQueryString');
  const query =
    raw === undefined
      ? formatQuery([['queryStringParameters', event['queryStringParameters']]])
      : encodeUnsafe(raw);
  const target = readTarget(rawPath, query);
  return {
    method,
    ...mount(target.path, host, stage === DEFAULT_STAGE ? '' : stage, true),
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
  const headers: JsonObject = {};
  let cookies: string[] | undefined;
  for (const { lower, name, values } of groupHeaders(response.headers)) {
    if (lower === 'set-cookie') cookies = values;
    else setOwn(headers, name, values.length === 1 ? values[0]! : values.join(', '));
  }
  const { text, base64 } = encodeBody(response.body, response.headers);
  const result: JsonObject = { statusCode: response.status, headers, body: text, isBase64Encoded: base64 };
  if (cookies !== undefined) result['cookies'] = cookies;
  return result;
}

function fromResult(result: JsonValue): HttpResponse {
  const response = readResult(result, { lists: false });
  if (isObject(result) && Object.hasOwn(result, 'statusCode')) readCookies(result, response.headers);
  return response;
}

function readEventCookies(value: JsonValue | undefined): string[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw malformed('cookies', 'a list of strings', value);
  return value.map((cookie) => {
    if (typeof cookie !== 'string') throw malformed('cookies', 'a list of strings', cookie);
    return cookie;
  });
}
