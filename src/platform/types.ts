import type { JsonObject } from '../events/types.ts';
import type { CustomEntry, Entry } from '../runtimes/entry.ts';
import type { AppError } from '../runtimes/protocol.ts';
import type { InvocationErrorCode } from './errors.ts';

/** A deployed unit: what to load, with which limits. */
export interface FunctionSpec {
  name: string;
  entry: Entry | CustomEntry;
  /** Absolute path of the Python interpreter; required for Python entries. */
  interpreter?: string;
  /** Absolute folder of the app's source, which may change at any time; absent: a package, which never does. */
  sourceRoot?: string;
  /** Environment of the app, on top of the few variables every process needs. */
  env: Record<string, string>;
  limits: Limits;
  /** Name of the event format that its gateway speaks. */
  eventFormat: string;
  /** Stage prefix of the URL (`release`), or ''. */
  stage: string;
  /** Answers that an app writes in parts reach the client in parts; else they are kept until they are whole. */
  stream: boolean;
  /** Of an app that listens on several ports, the one that is the app. */
  appPort?: number;
  /**
   * `fresh`: every cold start is a process that loads the app, as in a cloud. `template`: a loaded process is copied
   * (Python on Linux), or loaded processes are kept ready (Node).
   */
  cold: 'fresh' | 'template';
  /** Instances that are kept ready beside those that serve; only with `cold: template`. */
  spares: number;
  /** Paths that a template serves before it is copied: what an app loads in its first request is there then. */
  warmup: string[];
  /** What a handler's context has beside what every platform gives it. */
  context?: JsonObject;
}

export interface Limits {
  /** MB of resident memory per instance. */
  memory: number;
  /** Seconds per invocation. */
  timeout: number;
  /** Seconds until a new instance must be ready. */
  initTimeout: number;
  /** Instances at once. */
  instances: number;
  /** Instances that are there even when nothing is to be done (provisioned concurrency). */
  minInstances: number;
  /** Requests at once per instance: 1 for event functions. */
  concurrency: number;
  /** Requests that may wait for an instance. */
  queueLength: number;
  /** Seconds that a request may wait. */
  queueTimeout: number;
  /** Seconds that an idle instance is kept; `auto`: learned from how long the function's instances are idle. */
  keepAlive: number | 'auto';
  /** Bytes of a request body. */
  requestBytes: number;
  /** Bytes of a result. */
  responseBytes: number;
  /** Bytes of the app's own environment, names and values. */
  environmentBytes: number;
  /** MB of an instance's temporary files. */
  tmp: number;
  /** `share`: processor time by memory, as in a cloud, where the system can; `free`: as much as there is. */
  cpu: 'share' | 'free';
}

/** The limits of the clouds' event functions, and what one machine bears. */
export const DEFAULT_LIMITS: Limits = {
  memory: 512,
  timeout: 30,
  initTimeout: 10,
  instances: 2,
  minInstances: 0,
  concurrency: 1,
  queueLength: 1000,
  queueTimeout: 30,
  keepAlive: 'auto',
  requestBytes: 6 * 1024 * 1024,
  responseBytes: 6 * 1024 * 1024,
  environmentBytes: 4096,
  tmp: 512,
  cpu: 'free',
};

/** One row per request. Times in milliseconds, memory in MB, sizes in bytes. */
export interface InvocationRecord {
  time: string;
  requestId: string;
  function: string;
  /** Counts up with every reload. */
  version: number;
  /** Absent when no instance was reached. */
  instance?: string;
  method: string;
  path: string;
  /** The pattern of the route that the gateway chose (`/shop/*`); `/*` when the function has the whole gateway. */
  route?: string;
  /** The alias that the route named, when it named one. */
  alias?: string;
  status: number;
  /** Cold: the request waited for an instance made on demand. */
  start: 'cold' | 'warm' | 'none';
  /** From arrival until an instance took it, loading included. */
  queueMs: number;
  /** Time to load the app; only on a cold start. */
  initMs?: number;
  /** How the instance of a cold start came about. */
  origin?: 'fresh' | 'blank' | 'fork' | 'spare';
  /** Time in the instance; of a file of a site, until it was sent. */
  durationMs: number;
  /** Duration (and loading on a cold start) rounded up to whole milliseconds. */
  billedMs: number;
  totalMs: number;
  /** Highest resident memory of the instance so far; absent where the system does not tell. */
  memoryMb?: number;
  memoryLimitMb: number;
  requestBytes: number;
  responseBytes: number;
  /** The answer went out in parts as the app wrote it. */
  streamed?: boolean;
  error?: { code: InvocationErrorCode | 'APP_ERROR'; message: string; app?: AppError };
}

/** A line that an instance wrote. */
export interface OutputLine {
  time: string;
  function: string;
  instance: string;
  requestId?: string;
  stream: 'stdout' | 'stderr';
  line: string;
}
