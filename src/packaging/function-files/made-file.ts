import type { PackFile } from '../files/pack-file.ts';

/** A file of a package that is made, not found. */
export function madeFile(path: string, content: string | Buffer, executable = false): PackFile {
  const source = Buffer.from(content);
  return { path, source, size: source.length, executable };
}
