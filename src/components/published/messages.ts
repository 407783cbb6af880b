/** A log line's weight: `log`, `debug` and `status` are what the component calls; `warn` is its stderr and what we notice. */
export type LogLevel = 'log' | 'debug' | 'status' | 'warn';

export interface LogLine {
  level: LogLevel;
  text: string;
}

/** Where requests for a host go instead. `host` is a name or `*.` and the end of one; the first that fits counts. */
export interface HostRedirect {
  host: string;
  /** Of an emulator: `http://127.0.0.1:1234`. */
  url: string;
}

/** What the child is told first. */
export interface StartMessage {
  type: 'start';
  folder: string;
  id: string;
  root: string;
  stateRoot: string;
  /** The same in every run of one project and stage: begins the names that a component makes up. */
  instanceId: string;
  credentials: Record<string, Record<string, string>>;
  redirects?: HostRedirect[];
  method: string;
  inputs?: unknown;
}

/** What a child asks of its parent, which answers each. */
export type Question =
  | { ask: 'read'; id: string }
  | { ask: 'write'; id: string; value: unknown }
  | { ask: 'provides'; name: string }
  | { ask: 'provided'; name: string; id: string; method: string; inputs?: unknown };

export type Answer =
  | { type: 'answer'; question: number; value?: unknown }
  /** `failure` is the parent's number of its own error, for when the component lets it through. */
  | { type: 'answer'; question: number; error: { message: string; failure: number } };

export type ToChild = StartMessage | Answer;

export type FailureKind =
  | 'component'
  | 'not-loaded'
  | 'not-a-component'
  | 'no-such-method'
  | 'credentials'
  | 'unfinished'
  | 'outputs';

export interface Failure {
  kind: FailureKind;
  /** The component's own words. */
  message: string;
  /** The cloud's error code and request id, if the error has them. */
  code?: string;
  requestId?: string;
  /** Methods that there are. */
  expected?: string[];
  /** Of the parent's own error, when it is what ended the component. */
  failure?: number;
}

export type FromChild =
  | { type: 'question'; question: number; about: Question }
  | ({ type: 'log' } & LogLine)
  | { type: 'done'; outputs?: unknown }
  | { type: 'failed'; failure: Failure };
