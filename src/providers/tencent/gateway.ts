import { RopewayError } from '../../lib/errors.ts';
import { routeText } from '../route-text.ts';
import type { GatewayDeployment, GatewayRoute } from '../types.ts';
import { changeDomains, listDomains } from './domains.ts';
import { locate } from './look.ts';
import { DEFAULT_NAMESPACE, type FunctionId } from './names.ts';
import type { Tencent } from './tencent.ts';

/** Custom domains whose paths lead to functions. Returns the address of the first. Rejects with ROUTE_NEEDS_DOMAIN, ROUTE_TAKEN, NOT_THERE. */
export async function deployGateway(
  tencent: Tencent,
  { name, routes, before }: GatewayDeployment,
): Promise<{ url: string }> {
  checkRoutes(name, routes);
  for (const { methods, host = '', path } of routes)
    if (methods !== undefined)
      tencent.note(`${host}${path} takes all methods: domains of SCF know paths alone`);
  const [url] = await changeDomains(tencent, {
    id: (functionName) => idOf(tencent, functionName),
    add: unique(routes).map(({ host, path, stage, function: target }) => ({
      host: host!,
      path,
      function: target,
      ...(stage === undefined ? {} : { stage }),
    })),
    remove: before.flatMap(({ host, path }) => (host === undefined ? [] : [{ host, path }])),
  });
  return { url: url! };
}

/** Takes away routes that lead to these functions still. */
export async function removeGateway(tencent: Tencent, routes: GatewayRoute[]): Promise<boolean> {
  const domains = await listDomains(tencent);
  const remove = routes.flatMap(({ host, path, function: target }) => {
    const found = domains
      .find(({ Domain }) => Domain === host?.toLowerCase())
      ?.EndpointsConfig?.some(({ PathMatch, FunctionName }) => PathMatch === path && FunctionName === target);
    return found === true ? [{ host: host!, path }] : [];
  });
  if (remove.length === 0) return false;
  await changeDomains(tencent, { id: (name) => idOf(tencent, name), add: [], remove });
  return true;
}

/** Throws ROUTE_NEEDS_DOMAIN, INPUTS. */
function checkRoutes(name: string, routes: GatewayRoute[]): void {
  const without = routes.find(({ host }) => host === undefined);
  if (without !== undefined) {
    throw new RopewayError({
      code: 'ROUTE_NEEDS_DOMAIN',
      message: `The gateway ${name} has routes without a host, and Tencent Cloud's API Gateway was closed in 2025: only a domain of yours leads paths to several functions.`,
      expected: 'a `host` in every route: `{ host: api.example.com, path: /users/*, function: … }`',
      got: routeText(without),
      fix: 'give each route a `host` (its DNS: a CNAME to <appid>.<region>.tencentscf.com); or drop the gateway and use the address that every function has',
    });
  }
  const byRoute = new Map<string, string>();
  for (const route of routes) {
    const { function: target } = route;
    const text = routeText({ path: route.path, host: route.host! });
    const other = byRoute.get(text);
    if (other !== undefined && other !== target) {
      throw new RopewayError({
        code: 'INPUTS',
        message: `${text} of the gateway ${name} leads to two functions by method, and domains of SCF know paths alone.`,
        expected: 'one function for all methods of a path',
        got: `${other}, ${target}`,
      });
    }
    byRoute.set(text, target);
  }
}

/** One for all methods. */
function unique(routes: GatewayRoute[]): GatewayRoute[] {
  const byRoute = new Map(routes.map((route) => [`${route.host}${route.path}`, route]));
  return [...byRoute.values()];
}

async function idOf(tencent: Tencent, FunctionName: string): Promise<FunctionId> {
  return (await locate(tencent, FunctionName)) ?? { FunctionName, Namespace: DEFAULT_NAMESPACE };
}
