/** One file of a package. */
export interface PackFile {
  /** In the package, with forward slashes. */
  path: string;
  /** Absolute path, or what is in it. */
  source: string | Buffer;
  /** Bytes. */
  size: number;
  executable: boolean;
}
