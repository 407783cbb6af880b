import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { RopewayError } from '../lib/errors.ts';

/** What `ropeway.yml` may say about an app; everything is optional. */
export interface RopewayConfig {
  /** `module:attribute`, `module:factory()`, or a file. */
  app?: string;
  /** A command to run with `PORT` and proxy to, instead of `app`. */
  start?: string;
  /** MB per instance, 32 to 10240. */
  memory?: number;
  /** Seconds per request, 1 to 900. */
  timeout?: number;
  /** Instances at once, 1 to 1000. */
  concurrency?: number;
  /** Environment of the app. */
  env?: Record<string, string>;
  /** Stage prefix of the URL. */
  stage?: string;
  /** Event format. */
  events?: string;
  /** Whether answers that the app writes in parts reach the client in parts; default true. */
  stream?: boolean;
  /** How cold starts are made; default fresh. */
  cold?: 'fresh' | 'template';
  /** Paths that a template serves before it is copied. */
  warmup?: string[];
  /** Name of the function; default: that of the folder. */
  name?: string;
  /** Instances that `ropeway serve` keeps even when nothing is to be done; default 0. */
  minInstances?: number;
  /** Seconds that an idle instance is kept; default auto. */
  keepAlive?: number | 'auto';
  /** MB of temporary files per instance, 1 to 10240; default 512. */
  tmp?: number;
  /** Processor time by memory, as in a cloud (where cgroup v2 is ours), or as much as there is; default free. */
  cpu?: 'share' | 'free';
  /** Where `ropeway serve` lets requests in: `/shop/*`, `shop.example.com/*`, or an object with the same in parts and more. */
  routes?: (string | Record<string, unknown>)[];
}

const NAMES = ['ropeway.yml', 'ropeway.yaml'];

/**
 * Reads `ropeway.yml` of a folder; no file is an empty configuration. Throws CONFIG with file, line and
 * column, expected and got.
 */
export async function loadConfig(dir: string): Promise<RopewayConfig> {
  const found = NAMES.filter((name) => existsSync(join(dir, name)));
  const [name, second] = found;
  if (name === undefined) return {};
  if (second !== undefined) {
    throw new RopewayError({
      code: 'CONFIG',
      message: `There are both ${name} and ${second}.`,
      fix: `keep one of them: ${name}`,
    });
  }
  // YAML and the schema library cost more than the rest of the start; most apps have no such file.
  const { parseConfig } = await import('./parse.ts');
  return parseConfig(dir, name);
}
