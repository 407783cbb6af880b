import type { ApiAnswer } from '../../server.ts';
import { AwsError } from '../service.ts';
import { functionArnOf } from './answers.ts';
import { type Api, badRequest, findApi, newId } from './books.ts';
import {
  apiOf,
  changeApi,
  type Desk,
  type GatewayCall,
  json,
  listAnswer,
  nothing,
  type Operation,
  stamp,
  without,
} from './desk.ts';
import { type Input, pick, tagsOf, textOf } from './input.ts';
import { checkRouteKey } from './route-key.ts';

export const apiOperations: Operation[] = [
  { name: 'CreateApi', method: 'POST', path: '/v2/apis', run: createApi },
  {
    name: 'GetApis',
    method: 'GET',
    path: '/v2/apis',
    run: (desk, call) => {
      const all = Object.values(desk.store.current().apis).filter(({ region }) => region === call.region);
      return listAnswer(
        all.map((api) => shown(desk, api)),
        call,
      );
    },
  },
  {
    name: 'GetApi',
    method: 'GET',
    path: '/v2/apis/*',
    run: (desk, call) => json(200, shown(desk, apiOf(desk, call))),
  },
  { name: 'UpdateApi', method: 'PATCH', path: '/v2/apis/*', run: updateApi },
  { name: 'DeleteApi', method: 'DELETE', path: '/v2/apis/*', run: deleteApi },
  {
    name: 'DeleteCorsConfiguration',
    method: 'DELETE',
    path: '/v2/apis/*/cors',
    run: async (desk, call) => {
      await changeApi(desk, call, (api) => {
        const { corsConfiguration: _, ...settings } = api.settings;
        return { api: { ...api, settings }, result: undefined };
      });
      return nothing();
    },
  },
];

const SETTINGS = {
  name: 'text',
  description: 'text',
  version: 'text',
  protocolType: 'text',
  routeSelectionExpression: 'text',
  disableExecuteApiEndpoint: 'flag',
  corsConfiguration: 'object',
  ipAddressType: 'text',
} as const;

async function createApi(desk: Desk, call: GatewayCall): Promise<ApiAnswer> {
  const { input, region } = call;
  const settings = settingsOf(input);
  textOf(settings, 'name');
  const protocol = textOf(settings, 'protocolType');
  if (protocol !== 'HTTP')
    throw badRequest(
      protocol === 'WEBSOCKET'
        ? 'WEBSOCKET APIs are not emulated'
        : `Invalid protocol specified. Must be one of [HTTP, WEBSOCKET]`,
    );
  const quick = quickParts(desk, input);
  const id = newId(10);
  const api: Api = {
    id,
    region,
    createdAt: stamp(desk),
    settings: { routeSelectionExpression: '$request.method $request.path', ...settings },
    tags: tagsOf(input),
    deployments: {},
    ...quick,
    port: await desk.listeners.start(id),
  };
  await desk.store.change((books) => ({
    value: { ...books, apis: { ...books.apis, [id]: api } },
    result: undefined,
  }));
  return json(201, shown(desk, api));
}

/** "Quick create": one route to one function, which is served at once. */
function quickParts(desk: Desk, input: Input): Pick<Api, 'integrations' | 'routes' | 'stages'> {
  const { target, routeKey = '$default' } = pick(input, { target: 'text', routeKey: 'text' });
  if (target === undefined) return { integrations: {}, routes: {}, stages: {} };
  checkRouteKey(String(routeKey));
  if (functionArnOf({ integrationUri: target }) === undefined)
    throw badRequest('A target that is no function is not emulated');
  const [integrationId, routeId] = [newId(), newId()];
  const managed = { apiGatewayManaged: true };
  return {
    integrations: {
      [integrationId]: {
        ...managed,
        integrationId,
        integrationType: 'AWS_PROXY',
        integrationMethod: 'POST',
        integrationUri: target,
        connectionType: 'INTERNET',
        payloadFormatVersion: '2.0',
        timeoutInMillis: 30_000,
      },
    },
    routes: {
      [routeId]: {
        ...managed,
        routeId,
        routeKey,
        target: `integrations/${integrationId}`,
        authorizationType: 'NONE',
        apiKeyRequired: false,
      },
    },
    stages: {
      $default: {
        ...managed,
        stageName: '$default',
        autoDeploy: true,
        createdDate: stamp(desk),
        lastUpdatedDate: stamp(desk),
        tags: {},
      },
    },
  };
}

async function updateApi(desk: Desk, call: GatewayCall): Promise<ApiAnswer> {
  const { protocolType: _, ...settings } = settingsOf(call.input);
  const api = await changeApi(desk, call, (before) => {
    const changed = { ...before, settings: { ...before.settings, ...settings } };
    return { api: changed, result: changed };
  });
  return json(200, shown(desk, api));
}

async function deleteApi(desk: Desk, { region, ids }: GatewayCall): Promise<ApiAnswer> {
  const id = ids[0]!;
  await desk.store.change((books) => {
    findApi(books, region, id);
    return { value: { ...books, apis: without(books.apis, id) }, result: undefined };
  });
  await desk.listeners.stop(id);
  return nothing();
}

function settingsOf(input: Input): Input {
  const settings = pick(input, SETTINGS);
  const cors = settings['corsConfiguration'];
  if (cors === undefined) return settings;
  const configuration = pick(cors as Input, {
    allowOrigins: 'texts',
    allowMethods: 'texts',
    allowHeaders: 'texts',
    exposeHeaders: 'texts',
    allowCredentials: 'flag',
    maxAge: 'number',
  });
  const origins = (configuration['allowOrigins'] ?? []) as string[];
  if (configuration['allowCredentials'] === true && origins.includes('*'))
    throw badRequest('allow-credentials is not supported for wildcard origin');
  return { ...settings, corsConfiguration: configuration };
}

function shown(desk: Desk, api: Api): object {
  return {
    apiEndpoint: desk.listeners.endpoint(api),
    apiId: api.id,
    apiKeySelectionExpression: '$request.header.x-api-key',
    createdDate: api.createdAt,
    disableExecuteApiEndpoint: false,
    ...api.settings,
    tags: api.tags,
  };
}

/** For paths that stand for nothing here. */
export function unknownOperation(method: string, path: string): AwsError {
  return new AwsError(404, 'NotFoundException', `${method} ${path} is no operation that is emulated.`);
}
