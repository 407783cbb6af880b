import type { IncomingMessage } from 'node:http';

import type { Headers, JsonObject, JsonValue } from '../../events/types.ts';
import type { AnswerBody } from '../instances/instance.ts';
import type { Cors } from '../routing/cors.ts';
import type { InvocationRecord } from '../types.ts';

/**
 * Functions that run on the platform and of which somebody else keeps the books: versions, aliases and addresses are theirs. What is
 * not said here is said where they are: an emulator's view of the platform has the same shape.
 */
export interface Guests {
  addPackage(zip: Buffer): Promise<GuestPackage>;
  packageFolder(digest: string): string | undefined;
  /** Packages of which `digests` tells are kept. To be called before anything else. */
  keepPackages(digests: () => Iterable<string>): void;
  /** Throws RUNTIME_MISSING. Nothing is started before the first call, except for `minInstances`. */
  run(code: GuestSpec): RunningGuest;
  /** Rejects with PORT_TAKEN. */
  listen(options: GuestListenOptions): Promise<GuestListening>;
  logs(query: LogQuery): Promise<LogLine[]>;
  /** Ends all that runs and listens; calls in flight have so many seconds. */
  close(drainSeconds: number): Promise<void>;
}

export interface GuestPackage {
  /** SHA-256 of the zip, lower-case hex. */
  digest: string;
  bytes: number;
  unpackedBytes: number;
  folder: string;
}

export interface GuestSpec {
  name: string;
  version: number;
  code: string;
  layers: string[];
  start: GuestStart;
  env: Record<string, string>;
  limits: GuestLimits;
  context: JsonObject;
}

export type GuestStart =
  | { kind: 'handler'; language: 'python' | 'node'; version: string; handler: string }
  | { kind: 'bootstrap'; api: 'lambda' | 'scf'; file: string }
  | { kind: 'web'; file: string; port: number };

export interface GuestLimits {
  memory: number;
  timeout: number;
  initTimeout?: number;
  tmp?: number;
  instances?: number;
  minInstances?: number;
  concurrency?: number;
}

export interface RunningGuest {
  spec: GuestSpec;
  invoke(call: GuestCall): Promise<GuestAnswer>;
  instances(): { all: number; ready: number };
  close(drainSeconds: number): Promise<void>;
}

export interface GuestCall {
  requestId: string;
  event: JsonValue;
  context?: JsonObject;
  stream?: boolean;
}

export interface GuestAnswer {
  result?: JsonValue;
  stream?: AnswerBody;
  error?: { code: string; message: string; app?: { type: string; message: string; traceback: string } };
  report: Pick<
    InvocationRecord,
    'start' | 'durationMs' | 'billedMs' | 'initMs' | 'memoryMb' | 'memoryLimitMb'
  >;
  lines: LogLine[];
}

export interface GuestListenOptions {
  port?: number;
  route(request: IncomingMessage): GuestRoute | Refused | undefined;
}

export interface GuestRoute {
  kind: 'routed';
  code: RunningGuest;
  route: string;
  eventFormat: string;
  stage: string;
  cors?: Cors;
  requestBytes?: number;
  finishEvent?(event: JsonObject): JsonObject;
  finishResult?(result: JsonValue): JsonValue;
  stream: boolean;
}

export interface Refused {
  kind: 'refused';
  status: number;
  headers: Headers;
  body: string;
}

export interface GuestListening {
  port: number;
  url: string;
  close(): Promise<void>;
}

export interface LogQuery {
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
  instance: string;
  requestId?: string;
  stream: 'stdout' | 'stderr' | 'platform';
  line: string;
}
