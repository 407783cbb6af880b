import { encodeBody, readContent } from '../body.ts';
import { forwardedHeaders } from '../headers.ts';
import { isObject, objectAt, timeOf } from '../json.ts';
import { readMethod } from '../method.ts';
import { headerLists } from '../multi-value.ts';
import { mount, readTarget } from '../path.ts';
import { formatQuery, queryLists } from '../query.ts';
import { readResult } from '../result.ts';
import { singleValues } from '../single-value.ts';
import { statusDescription } from '../status.ts';
import type { EventFormat, HttpRequest, HttpResponse, JsonObject, JsonValue } from '../types.ts';

const MICROSECONDS = 1000;

/**
 * AWS VPC Lattice, event version 2.0: the query stands inside the path, headers are lists. The result has one
 * value per header. (VPC Lattice User Guide, "Lambda functions as targets".)
 */
export const awsLattice: EventFormat = {
  name: 'aws-lattice',
  detect,
  toEvent,
  toRequest,
  toResult,
  fromResult,
};

function detect(event: JsonObject): boolean {
  const context = event['requestContext'];
  return (
    isObject(context) && typeof context['serviceArn'] === 'string' && typeof event['method'] === 'string'
  );
}

function toEvent(request: HttpRequest): JsonObject {
  const { text, base64 } = encodeBody(request.body, request.headers);
  const arn = 'arn:aws:vpc-lattice:local:123456789012';
  return {
    version: '2.0',
    path: request.query === '' ? request.path : `${request.path}?${request.query}`,
    method: request.method,
    headers: headerLists(request, forwardedHeaders(request)),
    ...(request.query === '' ? {} : { queryStringParameters: queryLists(request.query, true) }),
    ...(request.body.length > 0 ? { body: text } : {}),
    isBase64Encoded: base64,
    requestContext: {
      serviceNetworkArn: `${arn}:servicenetwork/sn-local`,
      serviceArn: `${arn}:service/svc-local`,
      targetGroupArn: `${arn}:targetgroup/tg-local`,
      identity: {},
      region: 'local',
      timeEpoch: String(request.time * MICROSECONDS),
    },
  };
}

function toRequest(event: JsonObject): HttpRequest {
  const method = readMethod(event, 'method', event['method'], event['path']);
  const { body, headers, host, scheme, address } = readContent(event, event['headers']);
  const target = readTarget(event['path'], '');
  return {
    method,
    ...mount(target.path, host, '', false),
    // The path has it to the letter; beside it stands the same once more, decoded.
    query:
      target.query === ''
        ? formatQuery([['queryStringParameters', event['queryStringParameters']]])
        : target.query,
    headers,
    body,
    scheme,
    remoteAddress: address,
    requestId: '',
    time: Math.floor(timeOf(objectAt(event, 'requestContext')['timeEpoch']) / MICROSECONDS),
  };
}

function toResult(response: HttpResponse): JsonObject {
  const { text, base64 } = encodeBody(response.body, response.headers);
  return {
    statusCode: response.status,
    statusDescription: statusDescription(response.status),
    headers: singleValues(response.headers),
    body: text,
    isBase64Encoded: base64,
  };
}

function fromResult(result: JsonValue): HttpResponse {
  return readResult(result, { lists: false, whole: true });
}
