import type { Entry } from '../runtimes/entry.ts';

/** The `file` of evidence that is no file: the user named the app. */
export const GIVEN = '(given)';

/** A place in the user's files that shows why we think so. */
export interface Evidence {
  /** Relative to the app folder, with forward slashes. */
  file: string;
  /** 1-based. */
  line: number;
  /** The source line, trimmed. */
  text: string;
}

/** One app found in a folder. */
export interface DetectedApp {
  /** Framework id: `flask`, `django`, `express`, `wsgi`, `node`, `handler`, `command`… */
  framework: string;
  /** For people: `Flask`, `Django`, `Express`, `plain http.createServer`… */
  title: string;
  entry: Entry;
  /** How a user selects this one: `pkg.module:app`, `server.js`, or a command. */
  selector: string;
  /** At least one, the most telling first. */
  evidence: Evidence[];
  /** A command to run before it can start (a TypeScript build), when its output is missing. */
  build?: string;
}

export type Detection =
  | { kind: 'found'; app: DetectedApp }
  /** `candidates` has at least two. */
  | { kind: 'ambiguous'; candidates: DetectedApp[] }
  /** `lookedFor`: lines for people; `problems`: files that could not be parsed and why. */
  | { kind: 'none'; lookedFor: string[]; problems: string[] };

export interface DetectOptions {
  /** From `ropeway.yml` or `--app`: `module:attribute`, `module:factory()`, or a file. */
  app?: string;
  /** From `ropeway.yml` or `--start`: run this command, proxy to it. */
  start?: string;
}
