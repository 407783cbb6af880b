import type { RopewayConfig } from '../../config/load.ts';
import type { DetectedApp } from '../../frameworks/types.ts';
import { checkEnvironment } from '../../platform/limits/environment.ts';
import type { FunctionSpec } from '../../platform/types.ts';
import { appConfig } from '../apps/app-config.ts';
import { appFolder } from '../apps/app-folder.ts';
import { readEnvironment } from '../apps/environment.ts';
import { findApp } from '../apps/find-app.ts';
import { functionSpec } from '../apps/function-spec.ts';
import type { AppOptions } from '../apps/options.ts';
import { prepareApp } from '../apps/prepare-app.ts';
import { outputAsProgress, type Progress } from './progress.ts';

/** An app that is there to be measured. */
export interface AppSubject {
  /** Absolute. */
  dir: string;
  app: DetectedApp;
  config: RopewayConfig;
  /** As it would run, with instances that load the app and no bound that would cut a measurement short. */
  spec: FunctionSpec;
}

/** MB: the most that a function may have in a cloud. */
const ROOM = 10_240;
const INIT_SECONDS = 120;

/** Finds the app of a folder and installs what it lacks, as `ropeway dev` does. Throws what these do. */
export async function subjectOf(
  folder: string,
  verb: string,
  options: AppOptions,
  progress: Progress,
): Promise<AppSubject> {
  const dir = appFolder(folder, verb);
  const output = outputAsProgress(progress);
  const config = await appConfig(dir);
  const env = { ...config.env, ...readEnvironment(options) };
  const app = await findApp(dir, options, config, output);
  const interpreter = await prepareApp(dir, app, options, output);
  progress.end();
  const spec = functionSpec({ dir, app, interpreter, options, config, env, cold: 'fresh' });
  checkEnvironment(env, spec.limits.environmentBytes);
  return {
    dir,
    app,
    config,
    spec: { ...spec, cold: 'fresh', stream: false, limits: unbounded(spec.limits) },
  };
}

function unbounded(limits: FunctionSpec['limits']): FunctionSpec['limits'] {
  const initTimeout = Math.max(limits.initTimeout, INIT_SECONDS);
  return { ...limits, memory: ROOM, initTimeout, cpu: 'free', minInstances: 0 };
}

/** `python`, `node`, or `other` for what only its start command can run. */
export function runtimeOf({ app }: AppSubject): 'python' | 'node' | 'other' {
  return app.entry.runtime === 'command' ? 'other' : app.entry.runtime;
}
