import type { JsonObject, JsonValue } from '../events/types.ts';
import type { NodeEntry, PythonEntry } from './entry.ts';

/**
 * The heads of the frames (frames.ts) between the platform and an instance. An instance starts
 * blank with the socket on file descriptor 3, gets one `init`, then any number of `invoke`, one at
 * a time. The end of the stream is the order to stop.
 */
export type PlatformMessage = InitMessage | InvokeMessage;

export interface InitMessage {
  type: 'init';
  entry: PythonEntry | NodeEntry;
  /** The whole environment of the app; a process that was booted ahead has none of it yet. */
  env: Record<string, string>;
  /** Name of the function. */
  name: string;
  /** MB. */
  memory: number;
  /** Seconds. */
  timeout: number;
  /** Whether `ready` should list the app's routes where they can be listed. */
  listRoutes: boolean;
  /** Absolute folder of the app's own source: never read from or written to a byte-code cache. */
  sourceRoot: string;
  /** Of an app that listens on several ports, the one that is the app. */
  appPort?: number;
}

export interface InvokeMessage {
  type: 'invoke';
  id: string;
  event: JsonValue;
  context: JsonObject;
  /** The frame's body is `event.body` as UTF-8. */
  hasBody: boolean;
}

export type InstanceMessage =
  | { type: 'ready'; initMs: number; routes: Route[] | null }
  | { type: 'failed'; error: AppError }
  /** With `hasBody` the frame's body is `result.body` as UTF-8. `error`: what the app raised behind a 500. */
  | { type: 'result'; id: string; result: JsonValue; hasBody: boolean; error?: AppError }
  | { type: 'error'; id: string; error: AppError }
  /** The app ends its own process (`sys.exit`, `process.exit`, an uncaught exception). */
  | { type: 'exit'; id: string | null; error: AppError };

/** What the app raised, for people. */
export interface AppError {
  type: string;
  message: string;
  /** The app's own frames first; no frame of ours. */
  traceback: string;
  /** The module that could not be found. */
  missing?: string;
}

export interface Route {
  methods: string[];
  path: string;
}

/** The file descriptor on which an instance finds its socket. */
export const INSTANCE_FD = 3;
