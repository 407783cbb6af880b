import { availableParallelism } from 'node:os';
import { basename } from 'node:path';

import type { RopewayConfig } from '../../config/load.ts';
import type { DetectedApp } from '../../frameworks/types.ts';
import { DEFAULT_LIMITS, type FunctionSpec } from '../../platform/types.ts';
import type { AppOptions } from './options.ts';

export interface SpecParts {
  dir: string;
  app: DetectedApp;
  interpreter: string | undefined;
  options: AppOptions;
  config: RopewayConfig;
  env: Record<string, string>;
  /** What the verb does when nobody says how instances are made. */
  cold: FunctionSpec['cold'];
}

/** Keeps binary bodies whole, unlike the documented event of Tencent's function URL. */
const DEFAULT_EVENTS = 'aws-v2';
/** Instances kept ready with --cold template; a burst makes more on demand. */
const SPARES = 1;
/** A web function's process serves several requests at once, as in the cloud. */
const WEB_CONCURRENCY = 100;

/** The function that an app's folder is: options first, then ropeway.yml, then defaults. */
export function functionSpec({
  dir,
  app,
  interpreter,
  options,
  config,
  env,
  cold,
}: SpecParts): FunctionSpec & Pick<DetectedApp, 'entry'> {
  const web = app.entry.runtime === 'command';
  const instances =
    options.concurrency ?? config.concurrency ?? (web ? 1 : Math.max(2, availableParallelism()));
  return {
    name: config.name ?? (basename(dir) || 'app'),
    entry: app.entry,
    ...(interpreter === undefined ? {} : { interpreter }),
    sourceRoot: dir,
    env,
    limits: {
      ...DEFAULT_LIMITS,
      instances: Math.max(instances, config.minInstances ?? 0),
      minInstances: config.minInstances ?? DEFAULT_LIMITS.minInstances,
      keepAlive: config.keepAlive ?? DEFAULT_LIMITS.keepAlive,
      tmp: config.tmp ?? DEFAULT_LIMITS.tmp,
      cpu: config.cpu ?? DEFAULT_LIMITS.cpu,
      concurrency: web ? WEB_CONCURRENCY : 1,
      memory: options.memory ?? config.memory ?? DEFAULT_LIMITS.memory,
      timeout: options.timeout ?? config.timeout ?? DEFAULT_LIMITS.timeout,
      initTimeout: options.initTimeout ?? (web ? 60 : DEFAULT_LIMITS.initTimeout),
    },
    eventFormat: options.events ?? config.events ?? DEFAULT_EVENTS,
    stage: options.stage ?? config.stage ?? '',
    stream: options.stream && (config.stream ?? true),
    cold: options.cold ?? config.cold ?? cold,
    spares: SPARES,
    warmup: config.warmup ?? [],
    ...(options.appPort === undefined ? {} : { appPort: options.appPort }),
  };
}
