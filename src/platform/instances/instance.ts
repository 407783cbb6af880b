import type { Readable } from 'node:stream';

import type { JsonObject, JsonValue } from '../../events/types.ts';
import type { AppError, Route, SocketKind, SocketReply } from '../../runtimes/protocol.ts';
import type { LineListener } from './lines.ts';

/** One running copy of a function: a process. */
export interface Instance {
  /** Short and unique within the platform. */
  id: string;
  /** `event`: called with events. `web`: an HTTP server behind `port`, proxied. */
  kind: 'event' | 'web';
  origin: Origin;
  /** Absolute path of the folder for its temporary files. */
  tempFolder: string;
  /** -1 as long as the system has not told it. */
  readonly pid: number;
  /** Rejects with an `InvocationError` (INIT_FAILED, INIT_TIMEOUT) and the process is gone then. */
  ready: Promise<Ready>;
  /** Settles when the process has ended, for whatever reason. */
  exited: Promise<void>;
  /** False once it has failed or ended. */
  readonly usable: boolean;
  /** One event. Rejects with an `InvocationError`. Only for kind `event`. */
  invoke(call: EventCall): Promise<EventAnswer>;
  /** A WebSocket connection beside the calls. Only for kind `event`, when `ready` tells of `sockets`. */
  connect(call: EventCall, listener: SocketListener): InstanceSocket;
  /** WebSocket connections that it has: it is not idle as long as there is one. */
  readonly connections: number;
  /** Loopback port; only for kind `web`, once ready. */
  port: number;
  /** The request that it serves now, for its output lines. */
  requestId: string | undefined;
  /** Who gets the lines that it prints; earlier ones are kept until then. */
  onLine(listener: LineListener): void;
  /** Ends it because of `reason`, which the request in hand gets as its error. */
  fail(reason: Error): void;
  stop(): Promise<void>;
  kill(): void;
}

/**
 * How an instance came about. `fresh`: a process was started and loaded the app, as in a cloud. `blank`: the process
 * had been started ahead. `fork`: a copy of a template that had loaded it. `spare`: made ahead of any request.
 */
export type Origin = 'fresh' | 'blank' | 'fork' | 'spare';

export interface Ready {
  /** Milliseconds to load the app. */
  initMs: number;
  routes: Route[] | null;
  /** How it takes WebSocket connections. */
  sockets: SocketKind;
}

export interface EventCall {
  requestId: string;
  event: JsonValue;
  context: JsonObject;
  /** Seconds. */
  timeout: number;
  /** The answer may come in parts. */
  stream?: boolean;
}

export interface EventAnswer {
  /** Without `body` when there is a `stream`. */
  result: JsonValue;
  /** The rest of an answer that comes in parts; fails with an `InvocationError`. */
  stream?: AnswerBody;
  /** What the app raised behind a 500 result. */
  error: AppError | undefined;
}

/** A body in parts, and when the instance has said its last word on the call, whoever reads. */
export interface AnswerBody {
  body: Readable;
  done: Promise<void>;
  /** The function wrote its answer as it is, no HTTP response: the result is what an HTTP front has of it. */
  plain?: boolean;
}

/** The instance's end of one WebSocket connection. */
export interface InstanceSocket {
  /** False: the instance has more than enough to read. */
  data(bytes: Uint8Array, text: boolean): boolean;
  close(code: number, reason: string): void;
}

export type SocketListener = (message: SocketReply, bytes: Buffer) => void;
