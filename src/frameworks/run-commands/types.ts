import type { Evidence } from '../types.ts';

/** A command by which the app's users start it, taken from one of their files. */
export interface RunCommand {
  /** Where it stands: Procfile line, Dockerfile CMD, package.json script. */
  evidence: Evidence;
  /** The shell line as written, for running it as it is. */
  line: string;
  /** Program and arguments: environment assignments and wrappers (`exec`, `poetry run`, `npx`) are stripped. */
  words: string[];
  /** Environment assigned in front of the program. */
  env: Record<string, string>;
}
