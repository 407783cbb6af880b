/** A file as it will be in a package. */
export interface PackFile {
  /** Path in the package, with forward slashes. */
  name: string;
  /** Absolute path of what it holds. */
  path?: string;
  /** What it holds, or where a link leads. */
  content?: Buffer;
  kind: 'file' | 'executable' | 'link';
}

/** In the one order that packages have; of two files of one name the later one stays. */
export function inOrder(files: readonly PackFile[]): PackFile[] {
  const byName = new Map(files.map((file) => [file.name, file]));
  return [...byName.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}
