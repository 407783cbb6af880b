import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import type { RopewayConfig } from '../../../config/load.ts';
import type { Instance } from '../../../platform/instances/instance.ts';
import { startInstance } from '../../../platform/instances/start.ts';
import { checkEnvironment } from '../../../platform/limits/environment.ts';
import type { Platform } from '../../../platform/platform.ts';
import type { FunctionSpec } from '../../../platform/types.ts';
import { appConfig } from '../../apps/app-config.ts';
import { appFolder } from '../../apps/app-folder.ts';
import { readEnvironment } from '../../apps/environment.ts';
import { stopSignal } from '../../stop-signal.ts';
import { findApp } from '../../apps/find-app.ts';
import { checkOptions, type DevOptions } from './options.ts';
import { createOutput, type Output } from '../../apps/output.ts';
import { prepareApp } from '../../apps/prepare-app.ts';
import { functionSpec } from '../../apps/function-spec.ts';
import { announceRun } from './run-file.ts';
import { watchSource } from './watch-source.ts';

const WATCH_AFTER_MS = 150;
/** Milliseconds after an answer in which a data file that changes was written by the app. */
const OWN_WRITE_MS = 300;

/** Finds, prepares and runs the app of a folder until it is told to stop. */
export async function dev(folder: string, options: DevOptions): Promise<void> {
  checkOptions(options);
  const dir = appFolder(folder, 'dev');
  const output = createOutput(options.json);
  const config = await appConfig(dir);
  const env = { ...config.env, ...readEnvironment(options) };
  await findAndRun(dir, options, config, env, output);
}

async function findAndRun(
  dir: string,
  options: DevOptions,
  config: RopewayConfig,
  env: Record<string, string>,
  output: Output,
): Promise<void> {
  const app = await findApp(dir, options, config, output);
  const interpreter = await prepareApp(dir, app, options, output);
  const spec = functionSpec({ dir, app, interpreter, options, config, env, cold: 'fresh' });
  checkEnvironment(env, spec.limits.environmentBytes);
  const began = Date.now();
  // The app loads while the rest of the platform is still being loaded here.
  const first = startInstance(spec);
  try {
    await serve(dir, spec, first, began, options, output);
  } finally {
    first.kill();
  }
}

async function serve(
  dir: string,
  spec: FunctionSpec,
  first: Instance,
  began: number,
  options: DevOptions,
  output: Output,
): Promise<void> {
  const { makeStateFolder, startPlatform } = await import('../../../platform/platform.ts');
  const { checkEventFormat } = await import('../../apps/event-format.ts');
  checkEventFormat(spec.eventFormat);
  const stopped = stopSignal();
  let lastAnswer = 0;
  const platform = await startPlatform({
    host: options.host,
    port: options.port,
    spec,
    stateFolder: join(makeStateFolder(dir), 'dev'),
    isForDevelopment: true,
    onRecord: (record) => {
      lastAnswer = Date.now();
      output.invocation(record);
    },
    onOutput: output.appLine,
    onNotice: output.notice,
  });
  const withdraw = announceRun(dir, platform.url);
  const url = spec.stage === '' ? platform.url : `${platform.url}/${spec.stage}`;
  try {
    await Promise.race([loadFirst(platform, first, url, spec.name, stopped, options, output), stopped]);
    // Looking through the folder would slow the first answer down; changes made meanwhile are found all the same.
    await Promise.race([sleep(WATCH_AFTER_MS), stopped]);
    const appWrote = (time: number): boolean => platform.busy() || time < lastAnswer + OWN_WRITE_MS;
    const watching = await watchSource(dir, began, appWrote, (files) => {
      output.reload(files);
      platform.reload();
    });
    await stopped;
    await watching.close();
  } finally {
    withdraw();
    await platform.close();
    output.stopped();
  }
}

async function loadFirst(
  platform: Platform,
  first: Instance,
  url: string,
  name: string,
  stopped: Promise<void>,
  options: DevOptions,
  output: Output,
): Promise<void> {
  let stopping = false;
  void stopped.then(() => {
    stopping = true;
  });
  const ready = await platform.prestart(first).catch((error: unknown) => {
    if (!stopping) output.loadFailed(error, url);
    return undefined;
  });
  if (ready !== undefined) output.ready(url, name, ready);
  if (options.open) {
    const { default: openBrowser } = await import('open');
    await openBrowser(url);
  }
}
