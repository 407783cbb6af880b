import { encodeBody, readContent } from '../body.ts';
import { asJson, requestHeaders } from '../headers.ts';
import { isObject, objectAt, textAt } from '../json.ts';
import { readMethod } from '../method.ts';
import { mount, readTarget } from '../path.ts';
import { formatQuery, queryObject } from '../query.ts';
import { fromTencentResult, toTencentResult } from '../tencent-result.ts';
import type { EventFormat, HttpRequest, JsonObject } from '../types.ts';

/**
 * Tencent Cloud API Gateway, integrated response. `queryString` is decoded, a repeated name is a
 * list and one without "=" is true; the path has no stage. The documentation has no binary bodies:
 * `isBase64Encoded: true` is there only when the body is not UTF-8 text.
 */
export const tencentApigw: EventFormat = {
  name: 'tencent-apigw',
  detect,
  toEvent,
  toRequest,
  toResult: toTencentResult,
  fromResult: fromTencentResult,
};

function detect(event: JsonObject): boolean {
  const context = event['requestContext'];
  if (!isObject(context) || typeof event['httpMethod'] !== 'string') return false;
  // AWS has the same names, but neither of these.
  return 'queryString' in event || 'headerParameters' in event || typeof context['serviceId'] === 'string';
}

function toEvent(request: HttpRequest): JsonObject {
  const { stage } = request;
  const { text, base64 } = encodeBody(request.body, request.headers);
  return {
    requestContext: {
      serviceId: 'service-local',
      path: '/',
      httpMethod: 'ANY',
      requestId: request.requestId,
      identity: {},
      sourceIp: request.remoteAddress,
      stage,
    },
    headers: asJson(requestHeaders(request, [['x-forwarded-proto', request.scheme]])),
    ...(request.body.length > 0 ? { body: text } : {}),
    ...(base64 ? { isBase64Encoded: true } : {}),
    pathParameters: {},
    queryStringParameters: {},
    headerParameters: {},
    stageVariables: stage === '' ? {} : { stage },
    path: request.path,
    queryString: queryObject(request.query),
    httpMethod: request.method,
  };
}

function toRequest(event: JsonObject): HttpRequest {
  const method = readMethod(event, 'httpMethod', event['httpMethod'], event['path']);
  const context = objectAt(event, 'requestContext');
  const { body, headers, host, scheme, address } = readContent(event, event['headers']);
  const query = formatQuery([
    ['queryString', event['queryString']],
    ['queryStringParameters', event['queryStringParameters']],
  ]);
  const target = readTarget(event['path'], query);
  return {
    method,
    ...mount(target.path, host, textAt(context, 'stage') ?? '', false),
    query: target.query,
    headers,
    body,
    scheme,
    remoteAddress:
      textAt(context, 'sourceIp') ?? textAt(objectAt(context, 'identity'), 'sourceIp') ?? address,
    requestId: textAt(context, 'requestId') ?? '',
    time: 0,
  };
}
