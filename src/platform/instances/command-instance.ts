import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { accepts, freePort } from '../../lib/ports.ts';
import type { CommandEntry } from '../../runtimes/entry.ts';
import { InvocationError } from '../errors.ts';
import type { FunctionSpec } from '../types.ts';
import type { Enclosure } from '../limits/enclosure.ts';
import { exitError } from './diagnosis.ts';
import type { Instance, Ready } from './instance.ts';
import { lineSink } from './lines.ts';
import { type InstanceProcess, startProcess } from './process.ts';

const POLL_MS = 20;

/**
 * A web function: the app's own start command with `PORT` (and `HOST`) set, ready once the port
 * accepts connections. A guard process reads our socket and kills the group when it ends, so that
 * nothing outlives the platform however that ends.
 */
export function commandInstance(
  id: string,
  spec: FunctionSpec & { entry: CommandEntry },
  env: Record<string, string>,
  enclosure: Enclosure,
): Instance {
  const lines = lineSink();
  let port = 0;
  let child: InstanceProcess | undefined;
  let failure: Error | undefined;
  let started = false;

  const launched = freePort().then((free) => {
    port = free;
    child = startProcess({
      command: '/bin/sh',
      args: ['-c', `(cat <&3 >/dev/null 2>&1; kill -9 0) & exec 3<&-; ${spec.entry.command}`],
      cwd: spec.entry.root,
      env: { ...env, PATH: commandPath(spec.entry.root, env), PORT: String(port), HOST: '127.0.0.1' },
    });
    child.onLine(lines.push);
    enclosure.hold(child, spec.limits);
    if (failure !== undefined) child.kill();
    return child;
  });
  const fail = (error: Error): void => {
    failure ??= error;
    child?.kill();
  };
  const exited = launched.then(async (process) => {
    const status = await process.exited;
    failure ??= exitError(status, process.errorTail(), spec, started, enclosure);
  });
  const ready: Promise<Ready> = launched.then(async (process) => {
    const initMs = await portOpen(port, spec.limits.initTimeout, () => failure === undefined);
    if (initMs !== undefined) {
      started = true;
      return { initMs, routes: null, sockets: null };
    }
    const message = `\`${spec.entry.command}\` did not listen on PORT=${port} within ${spec.limits.initTimeout} s; if it takes its port as an option, pass it on: --start '… --port $PORT'`;
    fail(
      new InvocationError('INIT_TIMEOUT', message, {
        type: 'Timeout',
        message,
        traceback: process.errorTail(),
      }),
    );
    throw failure ?? new Error(message);
  });
  ready.catch(() => undefined);

  return {
    id,
    kind: 'web',
    origin: 'fresh',
    tempFolder: enclosure.tempFolder.path,
    get pid() {
      return child?.pid ?? -1;
    },
    get port() {
      return port;
    },
    requestId: undefined,
    ready,
    exited,
    get usable() {
      return failure === undefined;
    },
    invoke: () => Promise.reject(new Error('a web function takes requests, not events')),
    connect: () => {
      throw new Error('a web function takes connections itself');
    },
    connections: 0,
    onLine: lines.listen,
    fail,
    stop: async () => {
      failure ??= new InvocationError('STOPPING', 'the instance was stopped');
      await (await launched).stop();
    },
    kill: () => fail(new InvocationError('STOPPING', 'the instance was stopped')),
  };
}

/** The app's own programs first, as in an npm script. */
function commandPath(root: string, env: Record<string, string>): string {
  return [join(root, 'node_modules', '.bin'), env['PATH'] ?? ''].join(delimiter);
}

/** Milliseconds until the port accepted a connection; undefined when it did not in time, or it is given up. */
async function portOpen(port: number, seconds: number, goOn: () => boolean): Promise<number | undefined> {
  const start = performance.now();
  while (goOn() && performance.now() - start < seconds * 1000) {
    if (await accepts({ host: '127.0.0.1', port })) return performance.now() - start;
    await sleep(POLL_MS);
  }
  return undefined;
}
