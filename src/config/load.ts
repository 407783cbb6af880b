import { existsSync } from 'node:fs';
import { join } from 'node:path';

import type { FunctionConfig } from './functions.ts';
import { onlyOne } from './only-one.ts';

/** What `ropeway.yml` may say about an app, that of one stage; everything is optional. */
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
  /** Of the target: `ap-guangzhou`. */
  region?: string;
  /** Of the target: `python3.12`, `nodejs20`. */
  runtime?: string;
  /** Files and folders to be packed, too. */
  include?: string[];
  /** Patterns, as in .gitignore, of files not to be packed. */
  exclude?: string[];
  /** Where it is deployed. */
  target?: 'local' | 'tencent' | 'aws';
  /** Functions that the app is spread over, by their names; absent: one with all paths. */
  functions?: Record<string, FunctionConfig>;
}

export interface LoadOptions {
  /** Of deployment: chooses among `stages:`, and is `${stage}`; default `dev`. */
  stage?: string;
  /** For `${env.NAME}`; default: that of the process. */
  env?: Record<string, string | undefined>;
}

const NAMES = ['ropeway.yml', 'ropeway.yaml'];

/**
 * Reads `ropeway.yml` of a folder, variables and the settings of the stage put in. No file, and one of components, is an
 * empty configuration. Throws CONFIG, ENV_MISSING, UNKNOWN_REFERENCE and CYCLE with file, line and column.
 */
export async function loadConfig(
  dir: string,
  { stage = 'dev', env = process.env }: LoadOptions = {},
): Promise<RopewayConfig> {
  const name = onlyOne(NAMES.filter((name) => existsSync(join(dir, name))));
  if (name === undefined) return {};
  // YAML and the schema library cost more than the rest of the start; most apps have no such file.
  const { parseConfig } = await import('./parse.ts');
  return parseConfig(dir, name, { stage, env });
}
