import { RopewayError } from '../../lib/errors.ts';
import type { GatewayDeployment, GatewayRoute } from '../types.ts';
import type { Aws } from './aws.ts';
import { awsCode, gone, isThere, orUndefined } from './clients.ts';
import { findApis, gatewayTags, lookAtApi, PERMISSION, removeApi, type SeenApi } from './gateway-look.ts';
import { keysOf } from './gateway-routes.ts';
import { statementsOf } from './look.ts';
import { functionArn, LIVE } from './names.ts';
import { allow, forbid } from './permissions.ts';
import { corsOf, corsText } from './routes.ts';

/** Milliseconds after which an HTTP API gives up: the most that it can be told. */
const TIMEOUT_MS = 30_000;

/** An HTTP API whose routes lead to functions: new ones are there before old ones go. Returns the address of the first. */
export async function deployGateway(aws: Aws, { name, routes }: GatewayDeployment): Promise<{ url: string }> {
  const stage = checkRoutes(name, routes);
  const api = await ensureApi(aws, name, routes);
  const functions = [...new Set(routes.map((route) => route.function))];
  for (const one of functions) await permit(aws, api.id, one);
  const integrations = await ensureIntegrations(aws, api, functions);
  await ensureRoutes(aws, api, routes, integrations);
  await ensureStage(aws, api, stage);
  await removeIntegrations(aws, api, integrations);
  const [first] = routes;
  // `/v1/*` takes `/v1` and what is below it; `/v1/` is neither to API Gateway.
  return { url: api.endpoint + first!.path.replace(/(?<=.)\/\*$|\*$/, '') };
}

/** Removes a gateway, or, without its name, those routes wherever they are. */
export async function removeGateway(aws: Aws, routes: GatewayRoute[], name?: string): Promise<boolean> {
  let isAny = false;
  for (const api of await findApis(aws, name)) {
    const seen = await lookAtApi(aws, api);
    const meant = seen.routes.filter(({ key, function: target }) =>
      routes.some((route) => route.function === target && keysOf(route).includes(key)),
    );
    if (name === undefined && meant.length === 0) continue;
    isAny = true;
    if (name !== undefined || meant.length === seen.routes.length) await removeWhole(aws, seen);
    else for (const { id } of meant) await removeRoute(aws, seen, id);
  }
  return isAny;
}

/** Its stage. Throws ROUTE_NEEDS_DOMAIN, INPUTS. */
function checkRoutes(name: string, routes: GatewayRoute[]): string {
  const onHost = routes.find(({ host }) => host !== undefined);
  if (onHost !== undefined) {
    throw new RopewayError({
      code: 'ROUTE_NEEDS_DOMAIN',
      message: `The gateway ${name} cannot take the host ${onHost.host}: on AWS that needs a domain of API Gateway with a certificate.`,
      got: `${onHost.host}${onHost.path}`,
      fix: 'leave out the host, and map the domain to the gateway by hand (API Gateway > Custom domain names)',
    });
  }
  const stages = [...new Set(routes.map(({ stage = '' }) => stage))];
  if (stages.length <= 1) return stages[0] ?? '';
  throw new RopewayError({
    code: 'INPUTS',
    message: `The routes of the gateway ${name} have more than one stage, and on AWS all of a gateway's are in the same.`,
    expected: 'one stage for all routes',
    got: stages.map((stage) => stage || 'none').join(', '),
  });
}

/** Rejects with NOT_THERE when one of its functions is not. */
async function ensureApi(aws: Aws, name: string, routes: GatewayRoute[]): Promise<SeenApi> {
  const gateway = await aws.clients.gateway();
  const cors = routes.map((route) => corsOf(route.cors)).find((one) => one !== undefined);
  const [found, ...twins] = await findApis(aws, name);
  for (const { ApiId } of twins) await removeApi(aws, ApiId!);
  const api =
    found ??
    (await gateway.createApi({
      Name: name,
      ProtocolType: 'HTTP',
      Tags: gatewayTags(aws, name),
      ...(cors === undefined ? {} : { CorsConfiguration: cors }),
    }));
  const { ApiId, CorsConfiguration } = api;
  if (cors === undefined && corsText(CorsConfiguration) !== '')
    await gateway.deleteCorsConfiguration({ ApiId });
  else if (corsText(CorsConfiguration) !== corsText(cors))
    await gateway.updateApi({ ApiId, CorsConfiguration: cors });
  return lookAtApi(aws, api);
}

/** Lets the API call a function. */
async function permit(aws: Aws, apiId: string, name: string): Promise<void> {
  const lambda = await aws.clients.lambda();
  const { id, partition, region } = await aws.account();
  const at = { FunctionName: name, Qualifier: LIVE };
  const there = statementsOf((await orUndefined(lambda.getPolicy(at)))?.Policy);
  try {
    await allow(aws, name, there, [
      {
        StatementId: PERMISSION + apiId,
        Action: 'lambda:InvokeFunction',
        Principal: 'apigateway.amazonaws.com',
        SourceArn: `arn:${partition}:execute-api:${region}:${id}:${apiId}/*`,
      },
    ]);
  } catch (error) {
    if (awsCode(error) !== 'ResourceNotFoundException') throw error;
    throw new RopewayError({
      code: 'NOT_THERE',
      message: `A route leads to the function ${name}, which is not there.`,
      fix: 'deploy that function first, and name it by a reference (`function: ${api.name}`): then it is',
      cause: error,
    });
  }
}

/** Ids of the integrations by function. */
async function ensureIntegrations(aws: Aws, api: SeenApi, functions: string[]): Promise<Map<string, string>> {
  const gateway = await aws.clients.gateway();
  const account = await aws.account();
  const ids = new Map([...api.integrations].map(([id, name]) => [name, id]));
  for (const name of functions) {
    if (ids.has(name)) continue;
    const { IntegrationId } = await gateway.createIntegration({
      ApiId: api.id,
      IntegrationType: 'AWS_PROXY',
      IntegrationMethod: 'POST',
      IntegrationUri: `${functionArn(account, name)}:${LIVE}`,
      PayloadFormatVersion: '2.0',
      TimeoutInMillis: TIMEOUT_MS,
    });
    ids.set(name, IntegrationId!);
  }
  return new Map([...ids].filter(([name]) => functions.includes(name)));
}

/** Adds and changes routes first, then removes those that are not wanted any more. */
async function ensureRoutes(
  aws: Aws,
  api: SeenApi,
  routes: GatewayRoute[],
  integrations: Map<string, string>,
): Promise<void> {
  const gateway = await aws.clients.gateway();
  const wanted = new Map(
    routes.flatMap((route) => keysOf(route).map((key) => [key, route.function] as const)),
  );
  for (const [RouteKey, target] of wanted) {
    const found = api.routes.find(({ key }) => key === RouteKey);
    const route = { ApiId: api.id, RouteKey, Target: `integrations/${integrations.get(target)}` };
    if (found?.function === target) continue;
    if (found !== undefined) await gateway.updateRoute({ ...route, RouteId: found.id });
    else await createRoute(aws, route);
  }
  for (const { id, key } of api.routes) if (!wanted.has(key)) await removeRoute(aws, api, id);
}

async function createRoute(
  aws: Aws,
  route: { ApiId: string; RouteKey: string; Target: string },
): Promise<void> {
  const gateway = await aws.clients.gateway();
  try {
    await gateway.createRoute(route);
  } catch (error) {
    // The answer to an earlier try was lost.
    if (!isThere(error)) throw error;
    const { routes } = await lookAtApi(aws, { ApiId: route.ApiId });
    const there = routes.find(({ key }) => key === route.RouteKey);
    if (there === undefined) throw error;
    await gateway.updateRoute({ ...route, RouteId: there.id });
  }
}

/** What is changed in an API is served at once. */
async function ensureStage(aws: Aws, api: SeenApi, stage: string): Promise<void> {
  const gateway = await aws.clients.gateway();
  const StageName = stage === '' ? '$default' : stage;
  if (!api.stages.includes(StageName)) {
    try {
      await gateway.createStage({ ApiId: api.id, StageName, AutoDeploy: true });
    } catch (error) {
      if (!isThere(error)) throw error;
    }
  }
  for (const other of api.stages) {
    if (other !== StageName) await gone(gateway.deleteStage({ ApiId: api.id, StageName: other }));
  }
}

/** Those of functions that no route leads to, and second ones for the same. */
async function removeIntegrations(aws: Aws, api: SeenApi, kept: Map<string, string>): Promise<void> {
  const gateway = await aws.clients.gateway();
  for (const [IntegrationId, name] of api.integrations) {
    if (kept.get(name) === IntegrationId) continue;
    if (!kept.has(name)) await withdraw(aws, api.id, name);
    await gone(gateway.deleteIntegration({ ApiId: api.id, IntegrationId }));
  }
}

async function removeWhole(aws: Aws, api: SeenApi): Promise<void> {
  for (const name of new Set(api.integrations.values())) await withdraw(aws, api.id, name);
  await removeApi(aws, api.id);
}

async function removeRoute(aws: Aws, { id }: SeenApi, RouteId: string): Promise<void> {
  await gone((await aws.clients.gateway()).deleteRoute({ ApiId: id, RouteId }));
}

/** The function may be gone already. */
async function withdraw(aws: Aws, apiId: string, name: string): Promise<void> {
  const lambda = await aws.clients.lambda();
  const policy = await orUndefined(lambda.getPolicy({ FunctionName: name, Qualifier: LIVE }));
  await forbid(aws, name, statementsOf(policy?.Policy), [PERMISSION + apiId]);
}
