import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { collect } from './files/collect.ts';
import { digestOf, fingerprints } from './files/hash.ts';
import type { PackFile } from './files/pack-file.ts';
import type { PackedZip } from './types.ts';
import { hashFile } from './zip/hash-zip.ts';
import { writeZip } from './zip/zip.ts';

export interface FolderOptions {
  /** Absolute; absent: nothing but `include` and `extra`. */
  dir?: string;
  /** As of packages. Without `dir` they are absolute. */
  include?: string[];
  exclude?: string[];
  /** Files that are put into it, by their path: `env.js`. */
  extra?: Record<string, string>;
  /** Folder in the zip that everything is put below. */
  below?: string;
  /** Absolute. */
  outFolder: string;
  onNotice(message: string): void;
  signal?: AbortSignal;
}

/**
 * A folder as a zip, by the rules of packages, without anybody's dependencies: for static files, layers, bare handlers.
 * Throws LINK_OUTSIDE, INCLUDE_MISSING, SAME_NAME, BAD_FILE_NAME, BAD_PATTERN, OUT_FOLDER, FILE_UNREADABLE,
 * TOO_MANY_FILES, NOT_WRITTEN, SOURCE_CHANGED.
 */
export async function packFolder(options: FolderOptions): Promise<PackedZip> {
  const { dir, include = [], exclude = [], extra = {}, below = '', outFolder, signal } = options;
  const { files, notices } = collect({ ...(dir === undefined ? {} : { dir }), include, exclude, outFolder });
  for (const notice of notices) options.onNotice(notice);
  const given = Object.entries(extra).map(([path, text]): PackFile => {
    const source = Buffer.from(text);
    return { path, source, size: source.length, executable: /(?:^|\/)(?:scf_)?bootstrap$/.test(path) };
  });
  const own = files.filter(({ path }) => !Object.hasOwn(extra, path));
  const all = [...own, ...given].map((file) =>
    below === '' ? file : { ...file, path: `${below.replaceAll(/^\/+|\/+$/g, '')}/${file.path}` },
  );
  const target = join(outFolder, `folder-${digestOf(fingerprints(all)).slice(0, 32)}.zip`);
  if (existsSync(target)) {
    const known = await hashFile(target).catch(() => undefined);
    if (known !== undefined) return { file: target, ...known };
  }
  return writeZip(all, target, signal);
}
