import { RopewayError } from '../../../lib/errors.ts';
import type { Deployments, OwnRoute, VersionSpec } from '../../../platform/deployments/types.ts';
import { allRoutes } from '../../../platform/deployments/routes.ts';
import { InvocationError } from '../../../platform/errors.ts';
import type { Server } from '../../../platform/server.ts';
import { appConfig } from '../../apps/app-config.ts';
import { readEnvironment } from '../../apps/environment.ts';
import { findApp } from '../../apps/find-app.ts';
import { functionSpec } from '../../apps/function-spec.ts';
import { prepareApp } from '../../apps/prepare-app.ts';
import type { ServeOptions } from './options.ts';
import type { ServeOutput } from './output.ts';
import { routesOf } from './routes.ts';

/**
 * Finds, prepares and publishes the apps of these folders. `anew`: also when nothing about them has changed but their code.
 * An app that does not load is told, and what was there before goes on. Throws what is wrong with folders and configurations
 * before anything is published.
 */
export async function publishFolders(
  server: Server,
  dirs: string[],
  options: ServeOptions,
  output: ServeOutput,
  anew: boolean,
): Promise<void> {
  const plans: Plan[] = [];
  for (const dir of dirs) plans.push(await plan(server, dir, options, output, dirs.length === 1));
  refuseEqualNames(plans);
  for (const { name, spec, routes } of plans) {
    try {
      output.published(name, await server.publish(name, { spec, routes, anew }));
    } catch (error) {
      if (!(error instanceof InvocationError)) throw error;
      output.notPublished(name, error, Object.hasOwn(server.deployments().functions, name));
    }
  }
}

/** What a folder is to be. */
interface Plan {
  dir: string;
  name: string;
  spec: VersionSpec;
  routes: OwnRoute[];
}

async function plan(
  server: Server,
  dir: string,
  options: ServeOptions,
  output: ServeOutput,
  isOnly: boolean,
): Promise<Plan> {
  const config = await appConfig(dir);
  const env = { ...config.env, ...readEnvironment(options) };
  const app = await findApp(dir, options, config, output);
  const interpreter = await prepareApp(dir, app, options, output);
  const parts = functionSpec({ dir, app, interpreter, options, config, env, cold: 'template' });
  const { name: folderName, stage, ...spec } = parts;
  const name = functionName(folderName);
  const owner = ownerOfEverything(server.deployments());
  const isTaken = owner !== undefined && owner !== name;
  if (isOnly && isTaken && config.routes === undefined && stage === '') {
    output.notice(`/* leads to ${owner}, which was deployed before: ${name} is at /${name}/*`);
  }
  return { dir, name, spec, routes: routesOf(config, name, stage, isOnly && !isTaken) };
}

function ownerOfEverything(deployments: Deployments): string | undefined {
  const route = allRoutes(deployments).find(({ host, path }) => host === undefined && path === '/*');
  return route && (route.function ?? route.site);
}

/** A folder may be called what no function can be. */
function functionName(text: string): string {
  const name = text.replace(/[^\w-]+/g, '-').slice(0, 64);
  return /^[A-Za-z]/.test(name) ? name : `app-${name}`.slice(0, 64);
}

/** One would take the other's place. */
function refuseEqualNames(plans: Plan[]): void {
  const seen = new Map<string, Plan>();
  for (const one of plans) {
    const other = seen.get(one.name);
    if (other !== undefined) {
      throw new RopewayError({
        code: 'NAME_TWICE',
        message: `Two folders would be the same function, ${one.name}.`,
        got: `${other.dir}, ${one.dir}`,
        fix: `give one of them another name: \`name: ${one.name}-2\` in its ropeway.yml`,
      });
    }
    seen.set(one.name, one);
  }
}
