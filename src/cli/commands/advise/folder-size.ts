import { type Dirent, lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** Folders that hold no files of the app's own. */
const OTHERS = /^(?:node_modules|site-packages|\..*|venv|env|__pycache__)$/;
const MAX_DEPTH = 8;

/** Files below a folder, links not followed. */
export function folderSize(folder: string): { files: number; bytes: number } {
  let [files, bytes] = [0, 0];
  for (const entry of entriesOf(folder)) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      const inner = folderSize(path);
      files += inner.files;
      bytes += inner.bytes;
    } else if (entry.isFile()) {
      files += 1;
      bytes += lstatSync(path).size;
    }
  }
  return { files, bytes };
}

/** The folders of this name that are nearest to the top of each branch. */
export function foldersNamed(dir: string, name: string, depth = 0): string[] {
  if (depth > MAX_DEPTH) return [];
  return entriesOf(dir)
    .filter((entry) => entry.isDirectory())
    .flatMap((entry) => {
      const path = join(dir, entry.name);
      if (entry.name === name) return [path];
      return OTHERS.test(entry.name) ? [] : foldersNamed(path, name, depth + 1);
    });
}

/** What is in a folder of packages, largest first. */
export function sizesBelow(
  folder: string,
  except: RegExp = /^\./,
): { bytes: number; largest: { name: string; bytes: number }[] } {
  const sizes = entriesOf(folder)
    .filter((entry) => entry.isDirectory() && !except.test(entry.name))
    .map(({ name }) => ({ name, bytes: folderSize(join(folder, name)).bytes }))
    .sort((a, b) => b.bytes - a.bytes);
  return { bytes: sizes.reduce((sum, { bytes }) => sum + bytes, 0), largest: sizes.slice(0, 10) };
}

function entriesOf(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}
