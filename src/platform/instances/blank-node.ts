import { join } from 'node:path';

import { packageRoot } from '../../lib/package-root.ts';
import { baseEnvironment, type InstanceProcess, startProcess } from './process.ts';

let booted: InstanceProcess | undefined;

/**
 * Boots a Node runtime process without an app, ahead of knowing which: `init` tells it folder and
 * environment later. The first Node instance takes it over and saves the time that it took to boot.
 */
export function bootBlankNode(): void {
  booted ??= startNodeRuntime([], process.cwd(), baseEnvironment());
}

/** The process booted ahead, if there is one; whoever takes it must use or kill it. */
export function takeBlankNode(): InstanceProcess | undefined {
  const taken = booted;
  booted = undefined;
  return taken;
}

/** Ends the process booted ahead when nobody took it. */
export function dropBlankNode(): void {
  takeBlankNode()?.kill();
}

/** Starts a Node runtime process. */
export function startNodeRuntime(
  nodeOptions: string[],
  cwd: string,
  env: Record<string, string>,
): InstanceProcess {
  return startProcess({
    command: process.execPath,
    // A port of its own for the debugger, so that a hanging app can be asked where it is.
    args: [
      '--inspect-port=127.0.0.1:0',
      ...nodeOptions,
      join(packageRoot, 'dist/runtimes/node/instance/main.js'),
    ],
    cwd,
    env,
  });
}
