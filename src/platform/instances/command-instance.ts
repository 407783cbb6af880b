import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { accepts, freePort } from '../../lib/ports.ts';
import type { CommandEntry } from '../../runtimes/entry.ts';
import { InvocationError } from '../errors.ts';
import type { FunctionSpec, Limits } from '../types.ts';
import type { Enclosure } from '../limits/enclosure.ts';
import { exitError } from './diagnosis.ts';
import type { Instance, Ready } from './instance.ts';
import { lineSink } from './lines.ts';
import { listensOn } from './listeners.ts';
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
    failure ??= portTaken(spec.entry, process.errorTail(), started);
    failure ??= exitError(status, process.errorTail(), spec, started, enclosure);
    // Who waits for it is to know first: else another one is started for them.
    await ready.catch(() => undefined);
  });
  const ready: Promise<Ready> = launched.then(async (process) => {
    const ports = [port, ...(spec.entry.web === undefined ? [] : [spec.entry.web.port])];
    const open = await portOpen(ports, process, spec.limits.initTimeout, () => failure === undefined);
    if (open !== undefined) {
      started = true;
      port = open.port;
      return { initMs: open.initMs, routes: null, sockets: null };
    }
    const message = notListening(spec, port);
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

/**
 * The one of `ports` that accepted a connection, and after how many milliseconds; undefined when none did in time, or it is given up. All but the
 * first may be somebody else's.
 */
async function portOpen(
  [own, ...others]: number[],
  { pid }: InstanceProcess,
  seconds: number,
  goOn: () => boolean,
): Promise<{ port: number; initMs: number } | undefined> {
  const start = performance.now();
  while (goOn() && performance.now() - start < seconds * 1000) {
    for (const port of [own!, ...others]) {
      if (!(await accepts({ host: '127.0.0.1', port }))) continue;
      // Without /proc nobody tells; an app that finds it taken ends by itself.
      const isOurs = port === own || (listensOn(pid, port) ?? true);
      if (isOurs) return { port, initMs: performance.now() - start };
    }
    await sleep(POLL_MS);
  }
  return undefined;
}

function notListening({ entry, limits }: { entry: CommandEntry; limits: Limits }, port: number): string {
  if (entry.web === undefined)
    return `\`${entry.command}\` did not listen on PORT=${port} within ${limits.initTimeout} s; if it takes its port as an option, pass it on: --start '… --port $PORT'`;
  const { file, port: usual } = entry.web;
  return `${file} did not listen on port ${usual} (here also PORT=${port}) within ${limits.initTimeout} s`;
}

/** What an app tells that listens on the cloud's port, whatever `PORT` says, and finds it taken. */
function portTaken({ web }: CommandEntry, errors: string, started: boolean): InvocationError | undefined {
  if (web === undefined || started || !/EADDRINUSE|address already in use/i.test(errors)) return undefined;
  const message = `the app listens on port ${web.port} itself, which another instance or program has: let it listen on the port that the variable PORT tells, or stop the other one`;
  return new InvocationError('INIT_FAILED', message, { type: 'PortTaken', message, traceback: errors });
}
