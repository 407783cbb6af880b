import type { IncomingMessage } from 'node:http';

import type { JsonObject, JsonValue } from '../../../events/types.ts';
import type { Cors, Refused, Routed } from '../../types.ts';
import type { AwsContext } from '../context.ts';
import { ACCOUNT } from '../service.ts';
import type { Api, Resource } from './books.ts';
import type { Input } from './input.ts';
import { chooseRoute } from './route-key.ts';

/** What a stage of an API serves at the moment. */
interface Served {
  stage: Resource;
  /** First segment of the path that is the stage's name, or ''. */
  prefix: string;
  /** Without the stage. */
  path: string;
  routes: Record<string, Resource>;
  integrations: Record<string, Resource>;
}

/** Where a request goes that came to the address of an API. */
export function routeRequest(
  context: AwsContext,
  api: Api | undefined,
  { method = 'GET', url = '/', headers }: Pick<IncomingMessage, 'method' | 'url' | 'headers'>,
): Routed | Refused {
  if (api === undefined || api.settings['disableExecuteApiEndpoint'] === true) return NOT_FOUND;
  const served = servedBy(api, url.split('?', 1)[0]!);
  if (served === undefined) return NOT_FOUND;
  const cors = corsOf(api.settings['corsConfiguration']);
  // A browser's question before the request is one for the method that it is about.
  const asked = headers['access-control-request-method'];
  const isPreflight = cors !== undefined && method === 'OPTIONS' && asked !== undefined;
  const wanted = isPreflight ? asked : method;
  const match = chooseRoute(Object.values(served.routes), wanted, served.path);
  if (match === undefined) return isPreflight ? { ...NOT_FOUND, status: 204, body: '' } : NOT_FOUND;
  const { route, pathParameters } = match;
  const integration = served.integrations[String(route['target'] ?? '').replace('integrations/', '')];
  const arn = functionArnOf(integration);
  const key = String(route['routeKey']);
  const stage = String(served.stage['stageName']);
  const code = arn === undefined ? undefined : context.peers.functions?.running(arn);
  const source = `arn:aws:execute-api:${api.region}:${ACCOUNT}:${api.id}/${stage}/${placeOf(key, wanted)}`;
  const mayCall =
    arn !== undefined && context.peers.functions?.allows(arn, 'apigateway.amazonaws.com', source) === true;
  if (code === undefined || !mayCall) return INTERNAL_ERROR;
  const own = { api, stage, key, pathParameters, variables: served.stage['stageVariables'] };
  const isOld = integration?.['payloadFormatVersion'] === '1.0';
  return {
    kind: 'routed',
    code,
    route: key.split(' ').at(-1)!,
    eventFormat: isOld ? 'aws-v1' : 'aws-v2',
    stage: served.prefix,
    ...(cors === undefined ? {} : { cors }),
    requestBytes: 10 * 1024 * 1024,
    finishEvent: (event) => (isOld ? finishV1 : finishV2)(event, own),
    stream: false,
  };
}

function servedBy({ stages, routes, integrations, deployments }: Api, whole: string): Served | undefined {
  const first = whole.split('/')[1] ?? '';
  const isNamed = first !== '$default' && Object.hasOwn(stages, first);
  const stage = isNamed ? stages[first] : stages['$default'];
  if (stage === undefined) return undefined;
  const at = {
    stage,
    prefix: isNamed ? first : '',
    path: isNamed ? whole.slice(first.length + 1) || '/' : whole,
  };
  if (stage['autoDeploy'] === true) return { ...at, routes, integrations };
  const deployment = deployments[String(stage['deploymentId'])];
  return deployment && { ...at, ...deployment };
}

/** `arn:aws:lambda:…`, or the address of the call in API Gateway's own words. */
export function functionArnOf(integration: Resource | undefined): string | undefined {
  const uri = String(integration?.['integrationUri'] ?? '');
  const path = /^arn:aws[\w-]*:apigateway:[^:]+:lambda:path\/2015-03-31\/functions\/(.+)\/invocations$/.exec(
    uri,
  );
  const arn = path?.[1] ?? uri;
  return /^arn:aws[\w-]*:lambda:/.test(arn) ? arn : undefined;
}

/** As permissions name it: `GET/users/*`. */
function placeOf(key: string, method: string): string {
  if (key === '$default') return key;
  const [wanted = '', path = ''] = key.split(' ');
  return `${wanted === 'ANY' ? method : wanted}${path}`;
}

interface Own {
  api: Api;
  stage: string;
  key: string;
  pathParameters: Record<string, string>;
  variables: JsonValue | undefined;
}

function finishV2(event: JsonObject, { api, stage, key, pathParameters, variables }: Own): JsonObject {
  const context = event['requestContext'] as JsonObject;
  return {
    ...event,
    routeKey: key,
    ...(Object.keys(pathParameters).length === 0 ? {} : { pathParameters }),
    ...(variables === undefined ? {} : { stageVariables: variables }),
    requestContext: {
      ...context,
      accountId: ACCOUNT,
      apiId: api.id,
      domainPrefix: api.id,
      routeKey: key,
      stage,
    },
  };
}

function finishV1(event: JsonObject, { api, stage, key, pathParameters, variables }: Own): JsonObject {
  const context = event['requestContext'] as JsonObject;
  const resource = key.split(' ').at(-1)!;
  return {
    version: '1.0',
    ...event,
    resource,
    pathParameters: Object.keys(pathParameters).length === 0 ? null : pathParameters,
    stageVariables: variables ?? null,
    requestContext: {
      ...context,
      accountId: ACCOUNT,
      apiId: api.id,
      domainPrefix: api.id,
      resourceId: key,
      resourcePath: resource,
      stage,
    },
  };
}

function corsOf(configuration: JsonValue | undefined): Cors | undefined {
  if (configuration === undefined) return undefined;
  const cors = configuration as Input;
  const list = (name: string): string[] | undefined => cors[name] as string[] | undefined;
  return {
    allowOrigins: list('allowOrigins') ?? [],
    allowMethods: list('allowMethods'),
    allowHeaders: list('allowHeaders'),
    exposeHeaders: list('exposeHeaders'),
    allowCredentials: cors['allowCredentials'] as boolean | undefined,
    maxAge: cors['maxAge'] as number | undefined,
  };
}

const NOT_FOUND = refused(404, 'Not Found');
const INTERNAL_ERROR = refused(500, 'Internal Server Error');

function refused(status: number, message: string): Refused {
  return {
    kind: 'refused',
    status,
    headers: [['Content-Type', 'application/json']],
    body: JSON.stringify({ message }),
  };
}
