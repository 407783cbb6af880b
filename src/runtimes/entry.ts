/**
 * What a runtime is told to load: the one description of an app that detection produces and an
 * instance consumes. Plain JSON: it crosses the process boundary.
 */
export type Entry = PythonEntry | NodeEntry | CommandEntry;

export interface PythonEntry {
  runtime: 'python';
  /** How the object is called: PEP 3333, ASGI 3, `handler(event, context)`; `auto`: the object itself tells. */
  interface: 'wsgi' | 'asgi' | 'handler' | 'auto';
  /** Absolute folder: working directory and first on `sys.path`. */
  root: string;
  from: PythonObject | PythonScript;
  /** Environment that the app needs to load, such as `DJANGO_SETTINGS_MODULE`. */
  env: Record<string, string>;
  /**
   * Absolute folders that come after `root` on `sys.path`. With them (also with an empty list) the interpreter's own
   * site-packages stay out, as in a cloud: the app has what its package has and nothing else.
   */
  libraries?: string[];
}

/** `module:attribute`, called without arguments first when it is a factory. */
export interface PythonObject {
  /** Dotted module name, importable from `root`. */
  module: string;
  /** Dotted attribute path. */
  attribute: string;
  factory: boolean;
}

/** A script that makes the app and then runs a server: run as `__main__`, the server call captured. */
export interface PythonScript {
  /** Absolute path. */
  script: string;
}

export interface NodeEntry {
  runtime: 'node';
  /** A request listener (captured `listen()` or exported app), or `handler(event, context)`. */
  interface: 'listener' | 'handler';
  /** Absolute folder: working directory. */
  root: string;
  /** Absolute path of the main module. */
  file: string;
  /** Exported name; without it the captured server, else the default export, else a known name. */
  attribute?: string;
  /** Options for `node` itself, such as `--import tsx`, taken from the start command. */
  nodeOptions: string[];
}

/** An app that only its own start command can run: it gets `PORT` and is proxied (web function). */
export interface CommandEntry {
  runtime: 'command';
  root: string;
  /** Shell command line. */
  command: string;
}

/** A program that asks for its events over a cloud's Runtime API (custom runtime); only emulators have such ones. */
export interface CustomEntry {
  runtime: 'custom';
  /** Absolute folder: working directory. */
  root: string;
  /** Absolute path of the program, executable; it may not be there. */
  file: string;
  api: 'lambda' | 'scf';
}
