import type { Dirent } from 'node:fs';
import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** Files that are looked at in one go. */
const BATCH = 32;
/** Entries after which a walk gives up and tells what it has counted so far. */
const MOST_ENTRIES = 100_000;

/**
 * Bytes on the disk of a folder and of what is in it, links not followed. Stops counting above `enough`. What goes
 * away meanwhile counts nothing; neither does a file that was deleted but is still open.
 */
export async function diskUse(folder: string, enough: number): Promise<number> {
  const folders = [folder];
  let bytes = 0;
  let entries = 0;
  for (let next = folders.pop(); next !== undefined; next = folders.pop()) {
    const found = await list(next);
    entries += found.length;
    for (let start = 0; start < found.length; start += BATCH) {
      const batch = found.slice(start, start + BATCH).map((entry) => join(entry.parentPath, entry.name));
      for (const size of await Promise.all(batch.map(sizeOf))) bytes += size;
      if (bytes > enough) return bytes;
    }
    if (entries > MOST_ENTRIES) return bytes;
    for (const entry of found) if (entry.isDirectory()) folders.push(join(entry.parentPath, entry.name));
  }
  return bytes;
}

async function list(folder: string): Promise<Dirent[]> {
  try {
    return await readdir(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}

/** Not the length: a file with holes takes less. Windows tells no blocks. */
async function sizeOf(path: string): Promise<number> {
  try {
    const { blocks, size } = await lstat(path);
    return (blocks as number | undefined) === undefined ? size : blocks * 512;
  } catch {
    return 0;
  }
}
