import { availableParallelism } from 'node:os';

import type { JsonObject } from '../../events/types.ts';
import type {
  DeployedVersion,
  FunctionDeployment,
  GatewayDeployment,
  GatewayRoute,
  InvokeAnswer,
  LiveFunction,
  LiveSite,
  PackageFile,
  Provider,
  RouteWish,
  SiteDeployment,
} from '../types.ts';
import { routeText } from '../route-text.ts';
import type { ControlClient } from './control-client.ts';
import { readLogs } from './logs.ts';

/** The alias that routes of the platform name. */
const LIVE = 'live';
/** A web function's process serves several requests at once, as in the cloud. */
const WEB_CONCURRENCY = 100;
/** Seconds that a web function has to listen. */
const WEB_INIT_TIMEOUT = 60;

/** Deploys to a `ropeway serve` of this machine over its control API. */
export function localProvider(client: ControlClient): Provider {
  const address = async (): Promise<string> => (await client.call<{ url: string }>('GET', '/v1/health')).url;
  const upload = async ({ digest, file }: PackageFile): Promise<void> => {
    const path = `/v1/packages/${digest}`;
    if ((await client.find(path)) === undefined) await client.upload(path, file);
  };
  const urlOf = async (routes: readonly ShownRoute[]): Promise<string | undefined> => {
    // Through a gateway it has the gateway's address.
    const own = routes.find(({ gateway }) => gateway === undefined);
    return own === undefined ? undefined : urlOfRoute(await address(), own);
  };

  return {
    name: 'local',
    findFunction: async (name) => {
      const found = await client.find<ShownFunction>(functionPath(name));
      return found && toLiveFunction(found, await urlOf(found.routes));
    },
    deployFunction: async (deployment): Promise<DeployedVersion> => {
      await Promise.all([deployment.code, ...deployment.layers].map(upload));
      const { version, unchanged } = await client.call<{ version: number; unchanged: boolean }>(
        'PUT',
        functionPath(deployment.name),
        publication(deployment),
      );
      const { routes } = await client.call<ShownFunction>('GET', functionPath(deployment.name));
      const url = await urlOf(routes);
      return { version: String(version), unchanged, ...(url === undefined ? {} : { url }) };
    },
    setTraffic: async (name, { version, canary }) => {
      await client.call('PUT', `${functionPath(name)}/aliases/${LIVE}`, {
        version: Number(version),
        ...(canary === undefined ? {} : { weights: { [canary.version]: canary.weight } }),
      });
    },
    logs: (name, query) => readLogs(client, functionPath(name), query),
    removeFunction: (name) => removed(client, functionPath(name)),
    invoke: async (name, event): Promise<InvokeAnswer> => {
      const path = `${functionPath(name)}/aliases/${LIVE}/invocations`;
      const { record, result, error } = await client.call<Invoked>('POST', path, event);
      const failure = record.error;
      return {
        record: record as unknown as JsonObject,
        ...(result === undefined ? {} : { result }),
        ...(failure === undefined
          ? {}
          : {
              error: {
                code: failure.code,
                message: failure.message,
                ...((failure.app ?? error)?.traceback
                  ? { traceback: (failure.app ?? error)!.traceback }
                  : {}),
              },
            }),
      };
    },
    ownerOfRoute: async (route) => {
      const { routes } = await client.call<{ routes: ShownRoute[] }>('GET', '/v1/routes');
      const found = routes.find((one) => isSameRoute(one, route));
      return found && (found.function ?? found.site);
    },
    deployGateway: async ({ name, routes, before }: GatewayDeployment) => {
      await client.call('POST', '/v1/routes', {
        remove: before.map(toRoute),
        add: routes.map((route) => ({ ...toRoute(route), function: route.function, gateway: name })),
      });
      return { url: urlOfRoute(await address(), routes[0]!) };
    },
    removeGateway: async (routes: GatewayRoute[]) => {
      const { removed: count } = await client.call<{ removed: number }>('POST', '/v1/routes', {
        remove: routes.map(toRoute),
        add: [],
      });
      return count > 0;
    },
    deploySite: async (deployment: SiteDeployment) => {
      await upload(deployment.package);
      const { name, package: files, index, error, errorStatus, routes, labels } = deployment;
      const { unchanged } = await client.call<{ unchanged: boolean }>('PUT', sitePath(name), {
        package: files.digest,
        index,
        ...(error === undefined ? {} : { error }),
        ...(errorStatus === undefined ? {} : { errorStatus }),
        routes: routes.map(toRoute),
        labels,
      });
      const url = await urlOf(routes);
      return { unchanged, ...(url === undefined ? {} : { url }) };
    },
    findSite: async (name): Promise<LiveSite | undefined> => {
      const found = await client.find<ShownSite>(sitePath(name));
      if (found === undefined) return undefined;
      const url = await urlOf(found.routes);
      return { digest: found.package, labels: found.labels ?? {}, ...(url === undefined ? {} : { url }) };
    },
    removeSite: (name) => removed(client, sitePath(name)),
  };
}

interface ShownFunction {
  name: string;
  aliases: Record<string, { version: number; weights?: Record<string, number> }>;
  versions: {
    version: number;
    createdAt: string;
    labels?: Record<string, string>;
    package?: { code: string };
  }[];
  routes: ShownRoute[];
}

type ShownRoute = RouteWish & { function?: string; site?: string; gateway?: string };

interface ShownSite {
  package: string;
  labels?: Record<string, string>;
  routes: ShownRoute[];
}

interface Invoked {
  record: { error?: { code: string; message: string; app?: { traceback: string } } };
  result?: unknown;
  error?: { traceback: string };
}

function publication(deployment: FunctionDeployment): object {
  const { code, layers, labels, routes, canary } = deployment;
  const { entry, interpreter, env, limits, eventFormat, stream, warmup, cold } = deployment;
  const isWeb = entry.runtime === 'command';
  return {
    spec: {
      entry,
      package: { code: code.digest, layers: layers.map(({ digest }) => digest) },
      ...(interpreter === undefined ? {} : { interpreter }),
      env,
      limits: {
        instances: isWeb ? 1 : Math.max(2, availableParallelism(), limits.minInstances ?? 0),
        ...(isWeb ? { concurrency: WEB_CONCURRENCY, initTimeout: WEB_INIT_TIMEOUT } : {}),
        ...limits,
      },
      ...(eventFormat === undefined ? {} : { eventFormat }),
      ...(cold === undefined ? {} : { cold }),
      stream,
      warmup,
    },
    ...(routes === undefined ? {} : { routes: routes.map(toRoute) }),
    ...(canary === undefined ? {} : { canary }),
    labels,
  };
}

/** Any page may call it. */
const OPEN_CORS = { allowOrigins: ['*'] };

/** As the control API has it. */
function toRoute({ host, path, stage, methods, cors, requestBytes }: RouteWish): object {
  return {
    path,
    ...(host === undefined ? {} : { host }),
    ...(stage === undefined ? {} : { stage }),
    ...(methods === undefined ? {} : { methods }),
    ...(cors === undefined || cors === false ? {} : { cors: cors === true ? OPEN_CORS : cors }),
    ...(requestBytes === undefined ? {} : { requestBytes }),
  };
}

function isSameRoute(one: RouteWish, other: RouteWish): boolean {
  const overlap =
    one.methods === undefined ||
    other.methods === undefined ||
    one.methods.some((method) => other.methods!.includes(method));
  return (one.host ?? '') === (other.host ?? '') && one.path === other.path && overlap;
}

function toLiveFunction(
  { name, aliases, versions, routes }: ShownFunction,
  url: string | undefined,
): LiveFunction {
  const serving = aliases[LIVE]?.version;
  const [share] = Object.entries(aliases[LIVE]?.weights ?? {});
  return {
    name,
    ...(serving === undefined ? {} : { version: String(serving) }),
    versions: versions.map(({ version, createdAt, labels = {}, package: files }) => ({
      version: String(version),
      createdAt,
      labels,
      ...(files === undefined ? {} : { code: files.code }),
    })),
    ...(url === undefined ? {} : { url }),
    routes: routes.map(routeText),
    ...(share === undefined ? {} : { canary: { version: share[0], weight: share[1] } }),
  };
}

/** `/shop/*` of `http://127.0.0.1:3000` is `http://127.0.0.1:3000/shop/`. */
function urlOfRoute(base: string, { host, path }: RouteWish): string {
  const url = new URL(base);
  // *.example.com is many: any name below it stands for them.
  if (host !== undefined) url.hostname = host.replace(/^\*\./, 'www.');
  return `${url.origin}${path.replace(/\*$/, '')}`;
}

async function removed(client: ControlClient, path: string): Promise<boolean> {
  if ((await client.find(path)) === undefined) return false;
  try {
    await client.call('DELETE', path);
    return true;
  } catch (error) {
    // Somebody else was faster.
    if ((await client.find(path)) === undefined) return false;
    throw error;
  }
}

function functionPath(name: string): string {
  return `/v1/functions/${encodeURIComponent(name)}`;
}

function sitePath(name: string): string {
  return `/v1/sites/${encodeURIComponent(name)}`;
}
