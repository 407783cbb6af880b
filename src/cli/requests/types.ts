/** Headers in the order in which they are sent or came, repeats included. */
export type HeaderList = [name: string, value: string][];

/** Lines written in the file itself. Never empty; no two such parts follow one another. */
export interface BodyText {
  kind: 'text';
  /** Lines joined by `\n`, whatever the file's own line ends are. */
  text: string;
}

/** `< ./file`: the file's bytes. `<@ ./file`: its text, with variables filled in. */
export interface BodyFile {
  kind: 'file';
  /** As written: relative to the folder of the .http file, or absolute. */
  path: string;
  substitute: boolean;
  /** Of the file's text (`<@latin1 ./file`); UTF-8 when absent. Only with `substitute`. */
  encoding?: string;
}

/** The parts of a body stand on lines of their own. */
export type BodyPart = BodyText | BodyFile;

/** What the answer must be like; what is absent is not checked. */
export interface Expectation {
  status?: number;
  /** Media type (`text/html`), with or without parameters. */
  contentType?: string;
}

/** One request of a .http file, with variables not yet filled in. */
export interface SavedRequest {
  /** The text after `###`, or empty. */
  title: string;
  /** `# @name x`: how later requests refer to this one's answer. */
  name?: string;
  /** `# @no-cookie-jar`: neither sends nor keeps the shared cookies. */
  noCookieJar: boolean;
  /** Upper case. */
  method: string;
  /** On one line, even when the file spreads the query over several. */
  url: string;
  /** `1.1` of `HTTP/1.1`, where the file says it. Requests are sent as HTTP/1.1 in any case. */
  httpVersion?: string;
  headers: HeaderList;
  /** Empty: no body. */
  body: BodyPart[];
  expect: Expectation;
}

/** What a .http file says. */
export interface RequestFile {
  /** `@name = value`, in order; of two with one name the later counts. Values may hold `{{other}}`. */
  variables: [name: string, value: string][];
  /** `# @cookie-jar`: answers' cookies go with the later requests of a replay. */
  cookieJar: boolean;
  requests: SavedRequest[];
}

/** Where a request stands in its file, and the lines around it that a rewrite must keep. */
export interface RequestSource {
  /** Index of the block's first line: its `###`, or the file's first line. */
  start: number;
  /** Index of the request line. */
  requestLine: number;
  /** Index behind the block's last line that is not blank. */
  end: number;
  /** `###`, comments, variables and scripts before the body, as they are, without `@expect`. */
  keptBefore: string[];
  /** Response handlers and the like, as they are. */
  keptAfter: string[];
}

export interface ParsedRequest extends SavedRequest {
  source: RequestSource;
}

export interface ParsedFile extends RequestFile {
  /** As given to the parser; for messages. */
  fileName: string;
  lines: string[];
  requests: ParsedRequest[];
  /** What was read over because it is not done here: scripts, redirections to files. */
  notes: string[];
}

/** A request ready to be sent: nothing left to fill in. */
export interface OutgoingRequest {
  method: string;
  /** Absolute, `http:` or `https:`. The path goes out as it is written here. */
  url: string;
  /** Whether defaults (Host, User-Agent, Accept, Content-Length) are added is the sender's affair. */
  headers: HeaderList;
  body: Buffer | undefined;
}

/** An answer as it came. */
export interface Answer {
  httpVersion: string;
  status: number;
  reason: string;
  /** Raw, in order, repeats included. */
  headers: HeaderList;
  /** Untouched: still compressed when it came so. */
  body: Buffer;
  /** From before the connection to the last byte, in ms. */
  timeMs: number;
}

/** What the local platform says about the invocation. Times in ms, memory in MB. */
export interface Invocation {
  requestId: string;
  /** `cold` or `warm`. */
  start: string | undefined;
  durationMs: number | undefined;
  billedMs: number | undefined;
  memoryMb: number | undefined;
  /** Cold only. */
  initMs: number | undefined;
  /** Code of the platform's error, when the answer is the platform's and not the app's. */
  error: string | undefined;
}

/** Empty for answers that did not come from the local platform. */
export type Trace = Partial<Invocation>;
