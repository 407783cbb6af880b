import type { JsonObject, JsonValue } from '../events/types.ts';
import type { NodeEntry, PythonEntry } from './entry.ts';

/**
 * The heads of the frames (frames.ts) between the platform and an instance. An instance starts
 * blank with the socket on file descriptor 3, gets one `init`, then any number of `invoke`, one at
 * a time. The end of the stream is the order to stop.
 */
export type PlatformMessage = InitMessage | RestoreMessage | InvokeMessage | CancelMessage | SocketMessage;

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
  /**
   * Absolute folder of the app's own source: never read from or written to a byte-code cache. Absent: nothing changes, and
   * byte code that is there is used.
   */
  sourceRoot?: string;
  /** Of an app that listens on several ports, the one that is the app. */
  appPort?: number;
  /** Node: absolute folder where compiled code is kept for later instances, where this Node can. */
  compileCache?: string;
  /** The process becomes a template: it loads the app and is copied to make instances. Python on Linux only. */
  template?: TemplateInit;
}

export interface TemplateInit {
  /** Path of the Unix socket on which it takes the connections of its copies. */
  socket: string;
  /** What it serves before it is copied. */
  warmup: { id: string; path: string; event: JsonObject; context: JsonObject }[];
}

/** The first frame to a copy of a template, in the place of `init`; its body is that of an earlier copy's `pages`. */
export interface RestoreMessage {
  type: 'restore';
  /** After its first answer the copy sends `pages`. */
  tellPages: boolean;
  /** Variables that are the copy's own: those of its temporary folder. */
  env: Record<string, string>;
}

/** What a template says, on the socket that it was started with. */
export type TemplateMessage =
  /** It has loaded the app, and can be copied from now on. */
  | { type: 'template' }
  /** A copy of it would not be a good instance; it ends. */
  | { type: 'unsafe'; reasons: string[] }
  | { type: 'failed'; error: AppError }
  | { type: 'exit'; id: null; error: AppError }
  /** The copy whose connections were opened with this id runs. */
  | { type: 'forked'; id: number; pid: number }
  | { type: 'not-forked'; id: number; message: string }
  | { type: 'exited'; pid: number; code: number | null; signal: NodeJS.Signals | null };

export interface InvokeMessage {
  type: 'invoke';
  id: string;
  event: JsonValue;
  context: JsonObject;
  /** The frame's body is `event.body` as UTF-8. */
  hasBody: boolean;
  /** A response that is not there whole may come in parts: `start`, `chunk`s, `end`. */
  stream: boolean;
}

/** The client of a call that streams its answer has gone. */
export interface CancelMessage {
  type: 'cancel';
  id: string;
}

/**
 * WebSocket connections, any number beside the calls. `open` carries the event of the client's handshake. A Node
 * app gets the bytes of the connection (`raw`), since its own WebSocket library speaks the protocol; a Python
 * app gets whole messages, and the platform speaks it.
 */
export type SocketMessage =
  | { type: 'open'; id: string; event: JsonValue; context: JsonObject }
  /** The frame's body: bytes of the connection, or one message, as text or not. */
  | { type: 'data'; id: string; text: boolean }
  | { type: 'close'; id: string; code: number; reason: string };

export type InstanceMessage =
  | { type: 'ready'; initMs: number; routes: Route[] | null; sockets: SocketKind }
  | { type: 'failed'; error: AppError }
  /** With `hasBody` the frame's body is `result.body` as UTF-8. `error`: what the app raised behind a 500. */
  | { type: 'result'; id: string; result: JsonValue; hasBody: boolean; error?: AppError }
  | { type: 'error'; id: string; error: AppError }
  /**
   * The answer comes in parts: its result without `body` now, then `chunk`s, whose bytes are the frame's body. `plain`: the function has
   * written bytes, no HTTP response.
   */
  | { type: 'start'; id: string; result: JsonObject; plain?: boolean }
  | { type: 'chunk'; id: string }
  /** With `error` the app failed in the middle. */
  | { type: 'end'; id: string; error?: AppError }
  | SocketReply
  /** The frame's body: which memory a copy of a template has written in its first call. */
  | { type: 'pages' }
  /** The app ends its own process (`sys.exit`, `process.exit`, an uncaught exception). */
  | { type: 'exit'; id: string | null; error: AppError };

/** What an instance says on a WebSocket connection. */
export type SocketReply =
  /** The app takes it; for messages only (see `SocketMessage`). */
  | { type: 'accept'; id: string; subprotocol: string | null; headers: [string, string][] }
  | { type: 'data'; id: string; text: boolean }
  /** Before `accept`: the app refuses it, with HTTP 403, or 500 when it failed (1011). */
  | { type: 'close'; id: string; code: number; reason: string };

/** How an instance takes WebSocket connections (see `SocketMessage`); null: not at all. */
export type SocketKind = 'raw' | 'messages' | null;

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
