import { clockTime, hostLabel } from '../aws-context.ts';
import { encodeBody, readContent } from '../body.ts';
import { forwardedHeaders, groupHeaders, headerValue, setOwn } from '../headers.ts';
import { isObject, objectAt, textAt, timeOf } from '../json.ts';
import { readMethod } from '../method.ts';
import { eventHeaders, headerLists, lastValues, readMultiValueHeaders } from '../multi-value.ts';
import { mount, readTarget } from '../path.ts';
import { formatQuery, queryLists } from '../query.ts';
import { readResult } from '../result.ts';
import type { EventFormat, HttpRequest, HttpResponse, JsonObject, JsonValue } from '../types.ts';

const NO_STAGE = '$default';

/**
 * AWS API Gateway REST API (Lambda proxy integration), and HTTP API with payload 1.0. The path has no stage, the
 * query is decoded, and everything with several values is there twice: all of them under `multiValue…`, the last
 * one alone. (API Gateway Developer Guide, "Lambda proxy integrations".)
 */
export const awsV1: EventFormat = { name: 'aws-v1', detect, toEvent, toRequest, toResult, fromResult };

function detect(event: JsonObject): boolean {
  if (typeof event['httpMethod'] !== 'string' || typeof event['path'] !== 'string') return false;
  const context = event['requestContext'];
  if (isObject(context) && ('elb' in context || 'serviceId' in context)) return false;
  // Tencent's and Alibaba's events have the same two keys, and one of these.
  if ('queryString' in event || 'headerParameters' in event || 'queryParameters' in event) return false;
  return (
    'resource' in event ||
    'multiValueHeaders' in event ||
    'queryStringParameters' in event ||
    'multiValueQueryStringParameters' in event
  );
}

function toEvent(request: HttpRequest): JsonObject {
  const host = headerValue(request.headers, 'host') ?? '';
  const headers = headerLists(request, forwardedHeaders(request));
  const query = queryLists(request.query, true);
  const hasQuery = request.query !== '';
  const { text, base64 } = encodeBody(request.body, request.headers);
  const label = hostLabel(host);
  const stage = request.stage === '' ? NO_STAGE : request.stage;
  return {
    resource: '/{proxy+}',
    path: request.path,
    httpMethod: request.method,
    headers: lastValues(headers),
    multiValueHeaders: headers,
    queryStringParameters: hasQuery ? lastValues(query) : null,
    multiValueQueryStringParameters: hasQuery ? query : null,
    pathParameters: { proxy: request.path.slice(1) },
    stageVariables: null,
    requestContext: {
      accountId: '123456789012',
      apiId: label,
      domainName: host,
      domainPrefix: label,
      httpMethod: request.method,
      identity: {
        sourceIp: request.remoteAddress,
        userAgent: headerValue(request.headers, 'user-agent') ?? null,
      },
      path: request.stage === '' ? request.path : `/${request.stage}${request.path}`,
      protocol: 'HTTP/1.1',
      requestId: request.requestId,
      requestTime: clockTime(request.time),
      requestTimeEpoch: request.time,
      resourceId: 'local',
      resourcePath: '/{proxy+}',
      stage,
    },
    body: request.body.length > 0 ? text : null,
    isBase64Encoded: base64,
  };
}

function toRequest(event: JsonObject): HttpRequest {
  const method = readMethod(event, 'httpMethod', event['httpMethod'], event['path']);
  const context = objectAt(event, 'requestContext');
  const { body, headers, host, scheme, address } = readContent(event, eventHeaders(event));
  const query = formatQuery([
    ['multiValueQueryStringParameters', event['multiValueQueryStringParameters']],
    ['queryStringParameters', event['queryStringParameters']],
  ]);
  const stage = textAt(context, 'stage') ?? NO_STAGE;
  const target = readTarget(event['path'], query);
  return {
    method,
    ...mount(target.path, host, stage === NO_STAGE ? '' : stage, false),
    query: target.query,
    headers,
    body,
    scheme,
    remoteAddress: textAt(objectAt(context, 'identity'), 'sourceIp') ?? address,
    requestId: textAt(context, 'requestId') ?? '',
    time: timeOf(context['requestTimeEpoch']),
  };
}

function toResult(response: HttpResponse): JsonObject {
  const headers: JsonObject = {};
  let multi: JsonObject | undefined;
  for (const { name, values } of groupHeaders(response.headers)) {
    if (values.length === 1) setOwn(headers, name, values[0]!);
    else setOwn((multi ??= {}), name, values);
  }
  const { text, base64 } = encodeBody(response.body, response.headers);
  const result: JsonObject = { statusCode: response.status, headers, body: text, isBase64Encoded: base64 };
  if (multi !== undefined) result['multiValueHeaders'] = multi;
  return result;
}

function fromResult(result: JsonValue): HttpResponse {
  const response = readResult(result, { lists: false, whole: true });
  readMultiValueHeaders(result as JsonObject, response.headers);
  return response;
}
