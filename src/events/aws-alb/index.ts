import { encodeBody, readContent } from '../body.ts';
import { forwardedHeaders, headerValue, lowerName } from '../headers.ts';
import { isObject } from '../json.ts';
import { readMethod } from '../method.ts';
import { eventHeaders, headerLists, listValues, readMultiValueHeaders } from '../multi-value.ts';
import { mount, readTarget } from '../path.ts';
import { formatSentQuery, queryLists } from '../query.ts';
import { readResult } from '../result.ts';
import { singleValues } from '../single-value.ts';
import { statusDescription } from '../status.ts';
import type { EventFormat, HttpRequest, HttpResponse, JsonObject, JsonValue } from '../types.ts';

/**
 * AWS Application Load Balancer with a Lambda target. Query names and values stand as they were sent. A target
 * group has multi-value headers or not: an event has one of the two forms, and the result must have the same.
 * Locally they are on, so that nothing is lost. (Elastic Load Balancing, "Lambda functions as targets".)
 */
export const awsAlb: EventFormat = { name: 'aws-alb', detect, toEvent, toRequest, toResult, fromResult };

function detect(event: JsonObject): boolean {
  const context = event['requestContext'];
  return isObject(context) && isObject(context['elb']);
}

function toEvent(request: HttpRequest): JsonObject {
  const { text, base64 } = encodeBody(request.body, request.headers);
  return {
    requestContext: {
      elb: {
        targetGroupArn: 'arn:aws:elasticloadbalancing:local:123456789012:targetgroup/local/0000000000000000',
      },
    },
    httpMethod: request.method,
    path: request.path,
    multiValueQueryStringParameters: queryLists(request.query, false),
    multiValueHeaders: headerLists(request, forwardedHeaders(request)),
    body: text,
    isBase64Encoded: base64,
  };
}

function toRequest(event: JsonObject): HttpRequest {
  const method = readMethod(event, 'httpMethod', event['httpMethod'], event['path']);
  const { body, headers, host, scheme } = readContent(event, eventHeaders(event));
  const query = formatSentQuery([
    ['multiValueQueryStringParameters', event['multiValueQueryStringParameters']],
    ['queryStringParameters', event['queryStringParameters']],
  ]);
  // The balancer appends the client that it sees; what stands before was sent by that client.
  const forwarded = headers.findLast(([name]) => lowerName(name) === 'x-forwarded-for');
  const target = readTarget(event['path'], query);
  return {
    method,
    ...mount(target.path, host, '', false),
    query: target.query,
    headers,
    body,
    scheme,
    remoteAddress: forwarded?.[1].split(',').at(-1)?.trim() ?? '',
    requestId: headerValue(headers, 'x-amzn-trace-id') ?? '',
    time: 0,
  };
}

function toResult(response: HttpResponse, event?: JsonObject): JsonObject {
  const { text, base64 } = encodeBody(response.body, response.headers);
  return {
    statusCode: response.status,
    statusDescription: statusDescription(response.status),
    ...(event !== undefined && !isObject(event['multiValueHeaders'])
      ? { headers: singleValues(response.headers) }
      : { multiValueHeaders: listValues(response.headers) }),
    body: text,
    isBase64Encoded: base64,
  };
}

function fromResult(result: JsonValue): HttpResponse {
  const response = readResult(result, { lists: false, whole: true });
  readMultiValueHeaders(result as JsonObject, response.headers);
  return response;
}
