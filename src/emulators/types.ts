import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';

import type { Headers, JsonObject, JsonValue } from '../events/types.ts';

/** A cloud's control API in front of the platform of this machine. */
export interface Emulator {
  name: 'tencent' | 'aws';
  /** Where its API answers: `http://127.0.0.1:4566`. */
  url: string;
  /** What a client of this cloud needs in its environment to end up here, keys included. */
  env: Record<string, string>;
  faults: Faults;
  /** Takes no more calls; what it has been told is kept in its folder. */
  close(): Promise<void>;
}

export interface EmulatorOptions {
  /** Address to listen on: a loopback one, unless the user wants it otherwise. */
  host: string;
  /** 0: any free port. */
  port: number;
  /** Absolute folder for all that must outlive the process, even `kill -9`. */
  folder: string;
  platform: EmulatedPlatform;
  /** The only keys that it takes signatures of. */
  keys: Keys;
  /** Something to tell the operator that concerns no call. */
  onNotice(message: string): void;
  /** The clock that signatures are held against; default `Date.now`. */
  now?(): number;
}

export interface Keys {
  id: string;
  secret: string;
}

/** Errors on demand, so that what a program does about them can be tried. */
export interface Faults {
  /** From now on, until it has happened `times` (default 1) times. */
  add(fault: Fault): void;
  clear(): void;
}

export interface Fault {
  /** Name of the operation as the cloud calls it (`CreateFunction`); `*`: any. */
  operation: string;
  times?: number;
  /** HTTP status and the cloud's own error code and message. `dropped`: the connection ends before the call is done; `late`: after. */
  error: { status: number; code: string; message: string } | 'dropped' | 'late';
}

/** What an emulator is handed of the platform. It keeps the books (versions, aliases, addresses) itself. */
export interface EmulatedPlatform {
  /** Takes a zip in. Rejects with `RopewayError` when it is none, or too large. */
  addPackage(zip: Buffer): Promise<CodePackage>;
  /** Absolute folder of a package that is there. */
  packageFolder(digest: string): string | undefined;
  /** Packages of which `digests` tells are kept, whether anything runs or not; all others go in time. To be called before anything else. */
  keepPackages(digests: () => Iterable<string>): void;
  /**
   * Code that can be called from now on. Returns at once: nothing is started before the first call, except for
   * `limits.minInstances`. Throws `RopewayError` when the machine lacks what it takes (RUNTIME_MISSING: no such interpreter).
   */
  run(code: CodeSpec): RunningCode;
  /** An HTTP address of its own whose requests become events for what `route` names. */
  listen(options: ListenOptions): Promise<Listening>;
  /** Lines that functions have printed, and START, END, REPORT lines, oldest first. */
  logs(query: LogQuery): Promise<LogLine[]>;
}

export interface CodePackage {
  /** SHA-256 of the zip, lower-case hex. */
  digest: string;
  bytes: number;
  unpackedBytes: number;
  /** Absolute folder that it was unpacked to; never to be changed. */
  folder: string;
}

export interface CodeSpec {
  /** As records and logs have it, unique for a function: letters, digits, `.`, `-`, `_`. `aws.us-east-1.hello` */
  name: string;
  /** 0: the code that can still be changed (`$LATEST`). */
  version: number;
  /** Digests of packages. */
  code: string;
  layers: string[];
  start: CodeStart;
  /** The function's own, and what the cloud sets for it (`AWS_REGION`, `SCF_FUNCTIONNAME`). */
  env: Record<string, string>;
  limits: CodeLimits;
  /** What the handler's context has beside what the platform gives it: `{invoked_function_arn: …}`, keys as in Python. */
  context: JsonObject;
}

export type CodeStart =
  /** A handler that the platform's own runtime calls. */
  | { kind: 'handler'; language: 'python' | 'node'; version: string; handler: string }
  /** A custom runtime: a program that asks for its events over the cloud's Runtime API. `file`: `bootstrap` */
  | { kind: 'bootstrap'; api: 'lambda' | 'scf'; file: string }
  /** A web function: a program that listens on a port. `file`: `scf_bootstrap` */
  | { kind: 'web'; file: string; port: number };

export interface CodeLimits {
  /** MB. */
  memory: number;
  /** Seconds per call. */
  timeout: number;
  /** Seconds; default 10, 65 for web functions. */
  initTimeout?: number;
  /** MB of `/tmp`; default 512. */
  tmp?: number;
  /** Instances at once; default: as many as the platform bears. */
  instances?: number;
  /** Provisioned concurrency. */
  minInstances?: number;
  /** Calls at once per instance; default 1, 100 for web functions. */
  concurrency?: number;
}

export interface RunningCode {
  spec: CodeSpec;
  /** Never rejects: what went wrong is in `error`. */
  invoke(call: CodeCall): Promise<CodeAnswer>;
  /** Instances that are there now, and those that have loaded the app. */
  instances(): { all: number; ready: number };
  /** Ends when what it serves is answered, at most so many seconds later. Nothing may be called any more. */
  close(drainSeconds: number): Promise<void>;
}

export interface CodeCall {
  requestId: string;
  event: JsonValue;
  /** Laid over `CodeSpec.context`: `{client_context: …}`. */
  context?: JsonObject;
  /** The answer may come in parts. */
  stream?: boolean;
}

export interface CodeAnswer {
  /** What the handler returned; without `body` when there is a `stream`. Absent with `error`. */
  result?: JsonValue;
  /** `plain`: the function wrote bytes, no HTTP response; `result` is what an HTTP front has of it. */
  stream?: { body: Readable; done: Promise<void>; plain?: boolean };
  error?: CodeError;
  report: CodeReport;
  /** What it printed in this call, with START, END and REPORT; of a stream those until it began. */
  lines: LogLine[];
}

export interface CodeError {
  /** INIT_FAILED, INIT_TIMEOUT, FUNCTION_ERROR, FUNCTION_EXITED, FUNCTION_TIMEOUT, MEMORY_EXCEEDED, QUEUE_FULL… */
  code: string;
  message: string;
  /** What the app raised. `traceback`: the app's own frames, as its language writes them. */
  app?: { type: string; message: string; traceback: string };
}

export interface CodeReport {
  start: 'cold' | 'warm' | 'none';
  durationMs: number;
  billedMs: number;
  initMs?: number;
  memoryMb?: number;
  memoryLimitMb: number;
}

export interface ListenOptions {
  /** Absent or 0: any free one. Rejects with PORT_TAKEN. */
  port?: number;
  route(request: IncomingMessage): Routed | Refused | undefined;
}

export interface Routed {
  kind: 'routed';
  code: RunningCode;
  /** For records: `/users/*`. */
  route: string;
  /** Name of the format of `src/events` that the cloud's front speaks here. */
  eventFormat: string;
  /** First segment of the path that the app does not see, or ''. */
  stage: string;
  cors?: Cors;
  /** Bytes; default 6 MB. */
  requestBytes?: number;
  /** The last word on the event: ids of the API, path parameters, authorizer. */
  finishEvent?(event: JsonObject): JsonObject;
  /** The last word on what the function returned, before the format reads it. */
  finishResult?(result: JsonValue): JsonValue;
  /** Answers that the app writes in parts reach the client in parts. */
  stream: boolean;
}

/** The names are those of the clouds' function URLs. */
export interface Cors {
  allowOrigins: string[];
  allowMethods?: string[] | undefined;
  allowHeaders?: string[] | undefined;
  exposeHeaders?: string[] | undefined;
  allowCredentials?: boolean | undefined;
  /** Seconds. */
  maxAge?: number | undefined;
}

/** An answer without any function. */
export interface Refused {
  kind: 'refused';
  status: number;
  headers: Headers;
  body: string;
}

export interface Listening {
  port: number;
  /** `http://127.0.0.1:40123`, without a slash at the end. */
  url: string;
  close(): Promise<void>;
}

export interface LogQuery {
  /** `CodeSpec.name` */
  function: string;
  /** Milliseconds since 1970, both included. */
  since: number;
  until: number;
  requestId?: string;
  /** The latest so many; default 10,000. */
  limit?: number;
}

export interface LogLine {
  /** Milliseconds since 1970. */
  time: number;
  /** Id of the instance: what clouds call a log stream. */
  instance: string;
  requestId?: string;
  stream: 'stdout' | 'stderr' | 'platform';
  line: string;
}
