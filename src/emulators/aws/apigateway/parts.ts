import type { ApiAnswer } from '../../server.ts';
import { functionArnOf } from './answers.ts';
import { type Api, badRequest, conflict, findIn, newId, notFound, type Resource } from './books.ts';
import {
  apiOf,
  changeApi,
  type Desk,
  type GatewayCall,
  json,
  listAnswer,
  nothing,
  type Operation,
  without,
} from './desk.ts';
import { type Input, pick, textOf } from './input.ts';
import { checkRouteKey } from './route-key.ts';

/** Integrations and routes: what an API is made of. */
export const partOperations: Operation[] = [
  ...operationsOf({
    name: 'Integration',
    key: 'integrations',
    id: 'integrationId',
    read: readIntegration,
    check: () => undefined,
    checkRemoval: (api, id) => {
      const route = Object.values(api.routes).find((one) => one['target'] === `integrations/${id}`);
      if (route !== undefined)
        throw conflict(
          `Cannot delete Integration '${id}', because it is referenced by Route '${String(route['routeId'])}'`,
        );
    },
  }),
  ...operationsOf({
    name: 'Route',
    key: 'routes',
    id: 'routeId',
    read: readRoute,
    check: checkRoute,
    checkRemoval: () => undefined,
  }),
];

interface Part {
  name: string;
  key: 'integrations' | 'routes';
  /** Name of its id. */
  id: string;
  /** What is given, of what may be. */
  read(input: Input): Input;
  check(api: Api, part: Resource): void;
  checkRemoval(api: Api, id: string): void;
}

function operationsOf(part: Part): Operation[] {
  const { name, key } = part;
  const [all, one] = [`/v2/apis/*/${key}`, `/v2/apis/*/${key}/*`];
  return [
    { name: `Create${name}`, method: 'POST', path: all, run: (desk, call) => create(part, desk, call) },
    {
      name: `Get${name}s`,
      method: 'GET',
      path: all,
      run: (desk, call) => listAnswer(Object.values(apiOf(desk, call)[key]), call),
    },
    {
      name: `Get${name}`,
      method: 'GET',
      path: one,
      run: (desk, call) => json(200, findIn(apiOf(desk, call)[key], name, call.ids[1]!)),
    },
    { name: `Update${name}`, method: 'PATCH', path: one, run: (desk, call) => update(part, desk, call) },
    { name: `Delete${name}`, method: 'DELETE', path: one, run: (desk, call) => remove(part, desk, call) },
  ];
}

async function create(
  { key, id: idName, read, check }: Part,
  desk: Desk,
  call: GatewayCall,
): Promise<ApiAnswer> {
  const id = newId();
  const made = { ...DEFAULTS[key], ...read(call.input), [idName]: id };
  await changeApi(desk, call, (api) => {
    check(api, made);
    return { api: { ...api, [key]: { ...api[key], [id]: made } }, result: undefined };
  });
  return json(201, made);
}

const DEFAULTS: Record<Part['key'], Input> = {
  integrations: { connectionType: 'INTERNET', integrationMethod: 'POST', timeoutInMillis: 30_000 },
  routes: { apiKeyRequired: false, authorizationType: 'NONE' },
};

async function update({ key, name, read, check }: Part, desk: Desk, call: GatewayCall): Promise<ApiAnswer> {
  const id = call.ids[1]!;
  const changed = await changeApi(desk, call, (api) => {
    const before = findIn(api[key], name, id);
    // What is required in the beginning is there already.
    const after = { ...before, ...read({ ...before, ...call.input }) };
    check(api, after);
    return { api: { ...api, [key]: { ...api[key], [id]: after } }, result: after };
  });
  return json(200, changed);
}

async function remove({ key, name, checkRemoval }: Part, desk: Desk, call: GatewayCall): Promise<ApiAnswer> {
  const id = call.ids[1]!;
  await changeApi(desk, call, (api) => {
    findIn(api[key], name, id);
    checkRemoval(api, id);
    return { api: { ...api, [key]: without(api[key], id) }, result: undefined };
  });
  return nothing();
}

function readIntegration(input: Input): Input {
  const found = pick(input, {
    integrationType: 'text',
    integrationUri: 'text',
    integrationMethod: 'text',
    payloadFormatVersion: 'text',
    timeoutInMillis: 'number',
    description: 'text',
    connectionType: 'text',
    credentialsArn: 'text',
  });
  if (textOf(found, 'integrationType') !== 'AWS_PROXY')
    throw badRequest(`Integrations of the type ${String(found['integrationType'])} are not emulated`);
  if (functionArnOf(found) === undefined)
    throw badRequest('Invalid integrationUri: it must be the ARN of a function');
  const version = found['payloadFormatVersion'];
  if (version === undefined) throw badRequest('PayloadFormatVersion is a required parameter for integration');
  if (version !== '1.0' && version !== '2.0')
    throw badRequest('PayloadFormatVersion must be either 1.0 or 2.0');
  const timeout = Number(found['timeoutInMillis'] ?? 30_000);
  if (timeout < 50 || timeout > 30_000) throw badRequest('Timeout should be between 50 ms and 30000 ms');
  return found;
}

function readRoute(input: Input): Input {
  const found = pick(input, {
    routeKey: 'text',
    target: 'text',
    authorizationType: 'text',
    operationName: 'text',
    apiKeyRequired: 'flag',
  });
  checkRouteKey(textOf(found, 'routeKey'));
  const type = found['authorizationType'] ?? 'NONE';
  if (type !== 'NONE')
    throw badRequest(`Routes with the authorization type ${String(type)} are not emulated`);
  return found;
}

function checkRoute({ routes, integrations }: Api, { routeId, routeKey, target }: Resource): void {
  const twin = Object.values(routes).find(
    (one) => one['routeKey'] === routeKey && one['routeId'] !== routeId,
  );
  if (twin !== undefined) throw conflict(`Route with key ${String(routeKey)} already exists for this API`);
  const id = typeof target === 'string' ? target.replace(/^integrations\//, '') : undefined;
  if (id !== undefined && !Object.hasOwn(integrations, id)) throw notFound('Integration', id);
}
