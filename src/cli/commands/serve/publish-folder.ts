import { loadConfig } from '../../../config/load.ts';
import { InvocationError } from '../../../platform/errors.ts';
import type { Server } from '../../../platform/server.ts';
import { readEnvironment } from '../../apps/environment.ts';
import { findApp } from '../../apps/find-app.ts';
import { functionSpec } from '../../apps/function-spec.ts';
import { prepareApp } from '../../apps/prepare-app.ts';
import type { ServeOptions } from './options.ts';
import type { ServeOutput } from './output.ts';
import { routesOf } from './routes.ts';

/**
 * Finds, prepares and publishes the app of a folder. `anew`: also when nothing about it has changed but its code. An app
 * that does not load is told, and what was there before goes on. Throws what is wrong with folder and configuration.
 */
export async function publishFolder(
  server: Server,
  dir: string,
  options: ServeOptions,
  output: ServeOutput,
  { isOnly, anew }: { isOnly: boolean; anew: boolean },
): Promise<void> {
  const config = await loadConfig(dir);
  const env = { ...config.env, ...readEnvironment(options) };
  const app = await findApp(dir, options, config, output);
  const interpreter = await prepareApp(dir, app, options, output);
  const parts = functionSpec({ dir, app, interpreter, options, config, env, cold: 'template' });
  const { name: folderName, stage, ...spec } = parts;
  const name = functionName(folderName);
  const routes = routesOf(config, name, stage, isOnly);
  try {
    output.published(name, await server.publish(name, { spec, routes, anew }));
  } catch (error) {
    if (!(error instanceof InvocationError)) throw error;
    output.notPublished(name, error, Object.hasOwn(server.deployments().functions, name));
  }
}

/** A folder may be called what no function can be. */
function functionName(text: string): string {
  const name = text.replace(/[^\w-]+/g, '-').slice(0, 64);
  return /^[A-Za-z]/.test(name) ? name : `app-${name}`.slice(0, 64);
}
