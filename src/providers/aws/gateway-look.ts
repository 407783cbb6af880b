import type { Api, Integration, Route } from '@aws-sdk/client-apigatewayv2';

import type { RouteWish } from '../types.ts';
import type { Aws } from './aws.ts';
import { gone, orUndefined } from './clients.ts';
import { keysOf, routesOfKeys } from './gateway-routes.ts';
import type { Statement } from './look.ts';

const NAME_TAG = 'ropeway:gateway';
const PROJECT_TAG = 'ropeway:project';
/** Of permissions that a function gives to gateways; behind it stands the API's id. */
export const PERMISSION = 'ropeway-api-';

/** An HTTP API that is a gateway of ours. */
export interface SeenApi {
  id: string;
  /** `https://abc.execute-api.eu-central-1.amazonaws.com` */
  endpoint: string;
  cors: Api['CorsConfiguration'];
  /** Names, `$default` among them. */
  stages: string[];
  /** Functions by the ids of their integrations. */
  integrations: Map<string, string>;
  routes: SeenRoute[];
}

export interface SeenRoute {
  id: string;
  /** `ANY /shop/{proxy+}` */
  key: string;
  /** Absent: it leads to something else. */
  function?: string;
}

export function gatewayTags(aws: Aws, name: string): Record<string, string> {
  return { [NAME_TAG]: name, ...(aws.project === undefined ? {} : { [PROJECT_TAG]: aws.project }) };
}

/** Our gateways of a name, or all, the oldest first: a call that was answered too late may have made two. */
export async function findApis(aws: Aws, name?: string): Promise<Api[]> {
  const apis = await allPages(async (page) => (await aws.clients.gateway()).getApis(page));
  return apis
    .filter(({ Tags = {} }) => Tags[NAME_TAG] !== undefined && Tags[PROJECT_TAG] === aws.project)
    .filter(({ Tags = {} }) => name === undefined || Tags[NAME_TAG] === name)
    .sort(
      (a, b) => Number(a.CreatedDate ?? 0) - Number(b.CreatedDate ?? 0) || (a.ApiId! < b.ApiId! ? -1 : 1),
    );
}

export async function lookAtApi(
  aws: Aws,
  { ApiId, ApiEndpoint = '', CorsConfiguration }: Pick<Api, 'ApiId' | 'ApiEndpoint' | 'CorsConfiguration'>,
): Promise<SeenApi> {
  const gateway = await aws.clients.gateway();
  const [integrations, routes, stages] = await Promise.all([
    allPages<Integration>((page) => gateway.getIntegrations({ ApiId, ...page })),
    allPages<Route>((page) => gateway.getRoutes({ ApiId, ...page })),
    allPages((page) => gateway.getStages({ ApiId, ...page })),
  ]);
  const functions = new Map(
    integrations.map(({ IntegrationId, IntegrationUri }) => [IntegrationId!, functionOf(IntegrationUri)]),
  );
  return {
    id: ApiId!,
    endpoint: ApiEndpoint,
    cors: CorsConfiguration,
    stages: stages.map(({ StageName }) => StageName!),
    integrations: functions,
    routes: routes.map(({ RouteId, RouteKey, Target = '' }) => {
      const target = functions.get(Target.replace(/^integrations\//, ''));
      return { id: RouteId!, key: RouteKey!, ...(target === undefined ? {} : { function: target }) };
    }),
  };
}

/** Routes of gateways that lead to a function. Which gateways those are say its permissions. */
export async function gatewayRoutesOf(
  aws: Aws,
  functionName: string,
  statements: readonly Statement[],
): Promise<RouteWish[]> {
  const ids = statements.flatMap(({ Sid }) =>
    Sid.startsWith(PERMISSION) ? [Sid.slice(PERMISSION.length)] : [],
  );
  const routes = ids.map(async (ApiId) => {
    const api = await orUndefined(lookAtApi(aws, { ApiId }));
    if (api === undefined) return [];
    const keys = api.routes.filter((route) => route.function === functionName).map(({ key }) => key);
    return routesOfKeys(keys, stageOf(api));
  });
  return (await Promise.all(routes)).flat();
}

/** Who takes the requests of a route of a gateway; undefined: nobody, or not all of them. */
export async function functionOfRoute(
  aws: Aws,
  gatewayName: string,
  route: RouteWish,
): Promise<string | undefined> {
  const [api] = await findApis(aws, gatewayName);
  if (api === undefined) return undefined;
  const seen = await lookAtApi(aws, api);
  const owners = keysOf(route).map((key) => seen.routes.find((one) => one.key === key)?.function);
  return stageOf(seen) === (route.stage ?? '') && new Set(owners).size === 1 ? owners[0] : undefined;
}

/** First segment of its paths; '' when there is none. */
export function stageOf({ stages }: Pick<SeenApi, 'stages'>): string {
  return stages.find((stage) => stage !== '$default') ?? '';
}

export async function removeApi(aws: Aws, ApiId: string): Promise<boolean> {
  return gone((await aws.clients.gateway()).deleteApi({ ApiId }));
}

/** `arn:aws:lambda:eu-central-1:1:function:shop:live` is of `shop`. */
function functionOf(uri = ''): string {
  return /:function:([^:/]+)/.exec(uri)?.[1] ?? '';
}

async function allPages<T>(
  read: (page: {
    NextToken?: string;
  }) => Promise<{ Items?: T[] | undefined; NextToken?: string | undefined }>,
): Promise<T[]> {
  const all: T[] = [];
  let next: string | undefined;
  do {
    const page = await read(next === undefined ? {} : { NextToken: next });
    all.push(...(page.Items ?? []));
    next = page.NextToken;
  } while (next !== undefined && next !== '');
  return all;
}
