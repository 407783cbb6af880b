import type { IncomingMessage } from 'node:http';

import type { JsonObject, JsonValue } from '../../../events/types.ts';
import { RopewayError } from '../../../lib/errors.ts';
import type { Listening, Refused, Routed } from '../../types.ts';
import { flag, optionalText, text } from '../call-parameters.ts';
import type { QualifiedFunction, TencentContext } from '../context.ts';
import { matchRequest, type Match } from './match.ts';
import { isSignedRequest } from './secret-auth.ts';
import type { Api, Service, Told } from './types.ts';

/** The addresses of services: a port each, since `service-….apigw.tencentcs.com` leads nowhere without DNS. */
export interface Listeners {
  /** Begins to answer for a service, and resolves with its port. */
  start(serviceId: string, port?: number): Promise<number>;
  stop(serviceId: string): Promise<void>;
  /** `127.0.0.1:40123`: what stands in the place of a sub-domain. */
  subDomain(service: Service): string;
  close(): Promise<void>;
}

export function createListeners(context: TencentContext, current: () => Told): Listeners {
  const listening = new Map<string, Listening>();

  async function start(serviceId: string, port?: number): Promise<number> {
    const route = (request: IncomingMessage): Routed | Refused =>
      routeRequest(context, current(), serviceId, request);
    const found = await context.platform
      .listen({ ...(port === undefined ? {} : { port }), route })
      .catch((error: unknown) => {
        if (port === undefined || !(error instanceof RopewayError)) throw error;
        context.onNotice(`${serviceId} gets another address: ${error.message}`);
        return context.platform.listen({ route });
      });
    listening.set(serviceId, found);
    return found.port;
  }

  return {
    start,
    stop: async (serviceId) => {
      const found = listening.get(serviceId);
      listening.delete(serviceId);
      await found?.close();
    },
    subDomain: ({ id, port }) => {
      const url = listening.get(id)?.url;
      return url === undefined ? `127.0.0.1:${port}` : url.replace('http://', '');
    },
    close: async () => {
      await Promise.all([...listening.values()].map((one) => one.close()));
      listening.clear();
    },
  };
}

function routeRequest(
  context: TencentContext,
  told: Told,
  serviceId: string,
  request: IncomingMessage,
): Routed | Refused {
  const service = told.services.find(({ id }) => id === serviceId);
  const { method = 'GET', url = '/', headers } = request;
  const path = url.split('?', 1)[0]!;
  const host = (headers.host ?? '').replace(/:\d+$/, '').toLowerCase();
  if (service === undefined) return refused(404, 'The service does not exist');
  // A browser's question before the request is one for the method that it is about.
  const isPreflight = method === 'OPTIONS' && headers['access-control-request-method'] !== undefined;
  const asked = isPreflight ? headers['access-control-request-method']! : method;
  const match = matchRequest(service, { method: asked, path, host });
  if ('missing' in match) return refused(404, match.missing);
  const { settings } = match.api;
  const auth = optionalText(settings, 'AuthType') ?? 'NONE';
  if (!isPreflight && auth === 'SECRET' && !isAllowed(context, told, match, request)) {
    return refused(401, 'HMAC signature cannot be verified');
  }
  if (auth !== 'SECRET' && auth !== 'NONE') {
    return refused(501, `Requests with AuthType ${auth} are not emulated`);
  }
  return backend(context, service, match);
}

/** The key must be enabled, and in a usage plan that is bound to the API, or to all of its environment. */
function isAllowed(
  { now }: TencentContext,
  { plans, keys }: Told,
  { api, environment }: Match,
  { headers }: IncomingMessage,
): boolean {
  return isSignedRequest(headers, now(), (id) => {
    const isBound = plans.some(
      ({ keyIds, bindings }) =>
        keyIds.includes(id) &&
        bindings.some(
          (one) =>
            one.serviceId === api.serviceId &&
            one.environment === environment &&
            (one.apiId === undefined || one.apiId === api.id),
        ),
    );
    return isBound ? keys.find((key) => key.id === id && key.isEnabled)?.secret : undefined;
  });
}

function backend(context: TencentContext, service: Service, match: Match): Routed | Refused {
  const { settings } = match.api;
  const kind = optionalText(settings, 'ServiceType') ?? 'SCF';
  if (kind === 'MOCK') {
    const body = optionalText(settings, 'ServiceMockReturnMessage') ?? '';
    return { kind: 'refused', status: 200, headers: [['Content-Type', 'text/html; charset=utf-8']], body };
  }
  if (kind !== 'SCF') return refused(501, `Backends of the type ${kind} are not emulated`);
  const target = functionOf(service, match.api);
  const code = context.peers.functions?.running(target);
  if (code === undefined)
    return refused(404, `The function ${target.name} does not exist, or cannot be called`);
  const config = settings['RequestConfig'] as JsonObject;
  return {
    kind: 'routed',
    code,
    route: `/${match.environment}${text(config, 'Path')}`,
    eventFormat: 'tencent-apigw',
    stage: match.stage,
    ...(flag(settings, 'EnableCORS') ? { cors: { allowOrigins: ['*'] } } : {}),
    finishEvent: (event) => finishEvent(event, service, match),
    ...(flag(settings, 'ServiceScfIsIntegratedResponse') ? {} : { finishResult: asBody }),
    stream: false,
  };
}

export function functionOf({ region }: Service, { settings }: Api): QualifiedFunction {
  return {
    region,
    namespace: optionalText(settings, 'ServiceScfFunctionNamespace') || 'default',
    name: optionalText(settings, 'ServiceScfFunctionName') ?? '',
    qualifier: optionalText(settings, 'ServiceScfFunctionQualifier') || '$DEFAULT',
  };
}

/** What the gateway knows, and the format does not. */
function finishEvent(event: JsonObject, service: Service, match: Match): JsonObject {
  const config = match.api.settings['RequestConfig'] as JsonObject;
  const context = event['requestContext'] as JsonObject;
  return {
    ...event,
    requestContext: {
      ...context,
      serviceId: service.id,
      path: text(config, 'Path'),
      httpMethod: text(config, 'Method').toUpperCase(),
      stage: match.environment,
    },
    pathParameters: match.pathParameters,
    stageVariables: { stage: match.environment },
  };
}

/** Without the integrated response all that a function returns is the body. */
function asBody(result: JsonValue): JsonValue {
  const body = typeof result === 'string' ? result : JSON.stringify(result);
  return { statusCode: 200, headers: { 'content-type': 'application/json' }, body, isBase64Encoded: false };
}

function refused(status: number, message: string): Refused {
  return {
    kind: 'refused',
    status,
    headers: [['Content-Type', 'application/json; charset=utf-8']],
    body: `${JSON.stringify({ message })}\n`,
  };
}
