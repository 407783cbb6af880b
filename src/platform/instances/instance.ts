import type { JsonObject, JsonValue } from '../../events/types.ts';
import type { AppError, Route } from '../../runtimes/protocol.ts';
import type { LineListener } from './lines.ts';

/** One running copy of a function: a process. */
export interface Instance {
  /** Short and unique within the platform. */
  id: string;
  /** `event`: called with events. `web`: an HTTP server behind `port`, proxied. */
  kind: 'event' | 'web';
  pid: number;
  /** Rejects with an `InvocationError` (INIT_FAILED, INIT_TIMEOUT) and the process is gone then. */
  ready: Promise<Ready>;
  /** Settles when the process has ended, for whatever reason. */
  exited: Promise<void>;
  /** False once it has failed or ended. */
  readonly usable: boolean;
  /** One event. Rejects with an `InvocationError`. Only for kind `event`. */
  invoke(call: EventCall): Promise<EventAnswer>;
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

export interface Ready {
  /** Milliseconds to load the app. */
  initMs: number;
  routes: Route[] | null;
}

export interface EventCall {
  requestId: string;
  event: JsonObject;
  context: JsonObject;
  /** Seconds. */
  timeout: number;
}

export interface EventAnswer {
  result: JsonValue;
  /** What the app raised behind a 500 result. */
  error: AppError | undefined;
}
