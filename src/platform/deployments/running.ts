import { eventFormats } from '../../events/list.ts';
import { RopewayError } from '../../lib/errors.ts';
import { runFunction, type FunctionOptions, type RunningFunction } from '../function.ts';
import { checkEnvironment } from '../limits/environment.ts';
import type { Packages } from '../packages/packages.ts';
import { findVersion, namedVersions } from './find.ts';
import { functionSpec, packagesOf } from './packaged.ts';
import { chooseVersion } from './weights.ts';
import type { Alias, Deployments, VersionSpec } from './types.ts';

export interface RunningOptions extends Pick<FunctionOptions, 'onNotice' | 'capacity'> {
  onLine(functionName: string, ...line: Parameters<FunctionOptions['onLine']>): void;
  packages: Packages;
  /** Seconds that a version has to finish what it serves when it is no longer wanted. */
  drainSeconds: number;
}

/** The versions of all functions that run, or would with the next request. */
export interface RunningVersions {
  /** Runs a version apart from the others, so that it can be tried; `apply` takes it in, or it is to be closed. */
  start(name: string, version: number, spec: VersionSpec): RunningFunction;
  /** From now on these: what is no longer named by an alias finishes what it serves and ends. */
  apply(deployments: Deployments, started?: { name: string; fn: RunningFunction }): void;
  /** One of the versions that an alias leads to, by its weights. Only for aliases that were applied. */
  pick(name: string, alias: Alias): RunningFunction;
  all(): RunningFunction[];
  /** Finishes what is in flight or waits, for at most so many seconds, then ends everything. */
  drain(seconds: number): Promise<void>;
}

export function createRunningVersions(options: RunningOptions): RunningVersions {
  const running = new Map<string, RunningFunction>();
  /** On their way out. */
  const leaving = new Set<Promise<void>>();

  const { packages } = options;
  const start = (name: string, version: number, spec: VersionSpec): RunningFunction => {
    const release = packages.hold(packagesOf(spec));
    const fn = runFunction({
      spec: functionSpec(name, spec, packages),
      version,
      onNotice: options.onNotice,
      onLine: (...line) => options.onLine(name, ...line),
      ...(options.capacity === undefined ? {} : { capacity: options.capacity }),
    });
    const ended = (): void => {
      release();
      packages.sweep();
    };
    return {
      ...fn,
      drain: (seconds) => fn.drain(seconds).finally(ended),
      close: () => fn.close().finally(ended),
    };
  };

  const drain = (fn: RunningFunction, seconds: number): void => {
    const end = fn.drain(seconds).finally(() => leaving.delete(end));
    leaving.add(end);
  };

  return {
    start,
    apply: (deployments, started) => {
      if (started !== undefined) {
        const key = keyOf(started.name, started.fn.version());
        // Whoever came in between has started it already.
        if (running.has(key)) drain(started.fn, 0);
        else running.set(key, started.fn);
      }
      const wanted = new Set<string>();
      for (const [name, fn] of Object.entries(deployments.functions)) {
        for (const number of namedVersions(fn)) {
          const key = keyOf(name, number);
          wanted.add(key);
          if (!running.has(key)) running.set(key, start(name, number, findVersion(fn, name, number).spec));
        }
      }
      for (const [key, fn] of running) {
        if (wanted.has(key)) fn.fill();
        else {
          running.delete(key);
          drain(fn, options.drainSeconds);
        }
      }
    },
    pick: (name, alias) => running.get(keyOf(name, chooseVersion(alias, Math.random())))!,
    all: () => [...running.values()],
    drain: async (seconds) => {
      for (const fn of running.values()) drain(fn, seconds);
      await Promise.all(leaving);
    },
  };
}

/** Throws BAD_SPEC and ENV_TOO_LARGE for what can be seen without starting anything. */
export function checkSpec({ entry, interpreter, eventFormat, env, limits }: VersionSpec): void {
  checkEnvironment(env, limits.environmentBytes);
  if (entry.runtime === 'python' && interpreter === undefined) {
    throw new RopewayError({
      code: 'BAD_SPEC',
      message: 'A Python function needs an interpreter.',
      expected: '`interpreter`: absolute path of a Python',
    });
  }
  if (eventFormats.some(({ name }) => name === eventFormat)) return;
  throw new RopewayError({
    code: 'BAD_SPEC',
    message: 'There is no such event format.',
    expected: eventFormats.map(({ name }) => name).join(', '),
    got: eventFormat,
  });
}

function keyOf(name: string, version: number): string {
  return `${name}:${version}`;
}
