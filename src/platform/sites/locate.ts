import type { Stats } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';

import { systemCode } from '../../lib/errors.ts';

/** What a path of a request leads to. */
export type Found =
  /** `path`: in the site's folder, with forward slashes. */
  | { kind: 'file'; path: string }
  /** A folder with an index; its answer is at the path with a slash behind. */
  | { kind: 'folder' }
  | { kind: 'none' }
  /** It is no path: `%zz`. */
  | { kind: 'malformed' };

/**
 * Finds the file for a path, percent-encoded, that begins with `/`. Nothing outside of the folder is looked at, and nothing
 * whose name begins with a dot but `/.well-known/` (RFC 8615). Rejects with what the disk says, but that it is not there.
 */
export async function locate(folder: string, index: string, path: string): Promise<Found> {
  const decoded = decode(path);
  if (decoded === undefined || decoded.includes('\0')) return { kind: 'malformed' };
  const segments = decoded.split('/').slice(1);
  const isFolder = segments.at(-1) === '';
  if (isFolder) segments.pop();
  if (!decoded.startsWith('/') || !segments.every(isServed)) return { kind: 'none' };
  const found = await look(join(folder, ...segments));
  if (found?.isFile() === true && !isFolder) return { kind: 'file', path: segments.join('/') };
  if (found?.isDirectory() !== true) return { kind: 'none' };
  const inside = await look(join(folder, ...segments, index));
  if (inside?.isFile() !== true) return { kind: 'none' };
  return isFolder ? { kind: 'file', path: [...segments, index].join('/') } : { kind: 'folder' };
}

function isServed(segment: string, position: number): boolean {
  if (segment === '' || segment.includes('\\')) return false;
  return !segment.startsWith('.') || (position === 0 && segment === '.well-known');
}

function decode(path: string): string | undefined {
  try {
    return decodeURIComponent(path);
  } catch {
    return undefined;
  }
}

const ABSENT = new Set(['ENOENT', 'ENOTDIR', 'ENAMETOOLONG', 'ELOOP']);

async function look(path: string): Promise<Stats | undefined> {
  try {
    return await stat(path);
  } catch (error) {
    if (ABSENT.has(systemCode(error) ?? '')) return undefined;
    throw error;
  }
}
