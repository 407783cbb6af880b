import type { AppOptions } from '../../apps/options.ts';

/** The command line of `ropeway profile` as parsed. */
export interface ProfileOptions {
  requests?: string;
  runs: number;
  count: number;
  lines: number;
  app?: string;
  start?: string;
  env: string[];
  envFile: string[];
  yes: boolean;
  report?: string;
  json: boolean;
}

/** What finding and running the app needs of options that say no more about it. */
export function asAppOptions(
  options: Pick<ProfileOptions, 'app' | 'start' | 'env' | 'envFile' | 'yes' | 'json'>,
): AppOptions {
  const { app, start, env, envFile, yes, json } = options;
  return {
    ...(app === undefined ? {} : { app }),
    ...(start === undefined ? {} : { start }),
    env,
    envFile,
    yes,
    json,
    stream: false,
  };
}
