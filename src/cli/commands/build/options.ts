import type { PackageOptions, Target } from '../../../packaging/types.ts';
import type { TargetName } from '../../../packaging/targets.ts';
import type { AppOptions } from '../../apps/options.ts';

/** The command line of `ropeway build` as parsed. */
export interface BuildOptions {
  out?: string;
  target?: TargetName;
  arch?: Target['arch'];
  runtime?: string;
  type?: 'event' | 'web';
  node?: NonNullable<PackageOptions['node']>;
  include: string[];
  exclude: string[];
  size: boolean;
  /** False with --no-boot. */
  boot: boolean;
  app?: string;
  start?: string;
  env: string[];
  envFile: string[];
  initTimeout?: number;
  yes: boolean;
  json: boolean;
}

/** What verbs that run an app take, of which this one knows a part. */
export function appOptions(options: BuildOptions): AppOptions {
  const { app, start, env, envFile, initTimeout, yes, json } = options;
  return {
    ...(app === undefined ? {} : { app }),
    ...(start === undefined ? {} : { start }),
    ...(initTimeout === undefined ? {} : { initTimeout }),
    env,
    envFile,
    stream: false,
    yes,
    json,
  };
}
