/** What in an app's source is otherwise on functions than on a server. Only what leaves no doubt is told. */
export interface Trait {
  kind:
    /** Something at top level is imported; `what`: its name. */
    | 'import'
    /** A file is written on the disk, not in the folder for temporary files. */
    | 'write'
    /** A database in such a file. */
    | 'sqlite'
    /** What goes on after the answer, or beside requests. */
    | 'background'
    /** What a request leaves in the memory of the process, and another one wants to find there. */
    | 'state'
    | 'session'
    | 'cache'
    | 'websocket'
    | 'upload'
    /** `value`: bytes that an upload may have. */
    | 'upload-limit'
    /** Files that the app serves itself; `path`: their folder. */
    | 'static'
    /** `value`: connections to a database that an instance may hold. */
    | 'pool';
  /** Relative to the app's folder, with forward slashes. */
  file: string;
  /** 1-based. */
  line: number;
  /** The source line, trimmed. */
  text: string;
  /** What it is, for people: `threading.Thread`, `express-session`. */
  what: string;
  /** Of a file or folder, as far as it is known; `…` where it is not. */
  path?: string;
  value?: number;
}
