import { existsSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';

import { loadConfig, type RopewayConfig } from '../../../config/load.ts';
import { RopewayError } from '../../../lib/errors.ts';
import { type BlankNode, startBlankNode } from '../../../platform/instances/start.ts';
import { startPlatform, type Platform } from '../../../platform/platform.ts';
import { makeStateFolder } from '../../../platform/records.ts';
import { findApp } from './find-app.ts';
import { checkOptions, type DevOptions, readEnvironment } from './options.ts';
import { createOutput, type Output } from './output.ts';
import { prepareApp } from './prepare-app.ts';
import { functionSpec } from './function-spec.ts';
import { announceRun } from './run-file.ts';
import { watchSource } from './watch-source.ts';

/** Finds, prepares and runs the app of a folder until it is told to stop. */
export async function dev(folder: string, options: DevOptions): Promise<void> {
  checkOptions(options);
  const dir = appFolder(folder);
  const output = createOutput(options.json);
  const config = await loadConfig(dir);
  const env = { ...config.env, ...readEnvironment(options) };
  // Boots while the app is being looked for; thrown away if the app is not a Node app.
  const blank = existsSync(join(dir, 'package.json')) ? startBlankNode(dir, env) : undefined;
  try {
    await findAndRun(dir, options, config, env, blank, output);
  } catch (error) {
    blank?.process.kill();
    throw error;
  }
}

async function findAndRun(
  dir: string,
  options: DevOptions,
  config: RopewayConfig,
  env: Record<string, string>,
  blank: BlankNode | undefined,
  output: Output,
): Promise<void> {
  const app = await findApp(dir, options, config, output);
  const interpreter = await prepareApp(dir, app, options, output);
  const spec = functionSpec({ dir, app, interpreter, options, config, env });
  const stateFolder = join(makeStateFolder(dir), 'dev');
  const stopped = stopSignal();
  const platform = await startPlatform({
    host: options.host,
    port: options.port,
    spec,
    stateFolder,
    showErrors: true,
    ...(blank === undefined ? {} : { blank }),
    onRecord: output.invocation,
    onOutput: output.appLine,
    onNotice: output.notice,
  });
  const withdraw = announceRun(dir, platform.url);
  const url = (options.stage ?? config.stage) ? `${platform.url}/${spec.stage}` : platform.url;
  try {
    const watcher = watchSource(dir, (files) => {
      output.reload(files);
      platform.reload();
    });
    await loadFirst(platform, url, spec.name, options, output);
    await stopped;
    await watcher.then((watching) => watching.close());
  } finally {
    withdraw();
    await platform.close();
    output.stopped();
  }
}

async function loadFirst(
  platform: Platform,
  url: string,
  name: string,
  options: DevOptions,
  output: Output,
): Promise<void> {
  const ready = await platform.prestart().catch((error: unknown) => {
    output.loadFailed(error, url);
    return undefined;
  });
  if (ready !== undefined) output.ready(url, name, ready);
  if (options.open) {
    const { default: openBrowser } = await import('open');
    await openBrowser(url);
  }
}

function appFolder(folder: string): string {
  const dir = resolve(folder);
  if (!existsSync(dir) || !statSync(dir).isDirectory()) {
    throw new RopewayError({
      code: 'NO_FOLDER',
      message: 'There is no such folder.',
      expected: 'the folder of a web app',
      got: folder,
      fix: `ropeway dev <folder>`,
    });
  }
  return dir;
}

/** Resolves at the first SIGINT, SIGTERM or SIGHUP; the second one ends the process on the spot. */
function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    let asked = false;
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.on(signal, () => {
        // Instances are killed by the handler of the process's own exit.
        if (asked) process.exit(130);
        asked = true;
        resolve();
      });
    }
  });
}
