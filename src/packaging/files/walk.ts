import { lstatSync, readdirSync, readlinkSync, realpathSync, type Stats, statSync } from 'node:fs';
import { join, relative, resolve, sep } from 'node:path';

import { errorMessage, RopewayError } from '../../lib/errors.ts';

/** A file on the disk; a link counts as what it leads to. */
export interface FoundFile {
  /** Relative to the folder that was walked, with forward slashes. */
  path: string;
  /** Absolute. */
  file: string;
  size: number;
  executable: boolean;
}

export interface WalkOptions {
  /** Absolute. */
  folder: string;
  /** Whether a file is taken, a folder entered. */
  takes(path: string, file: string, isFolder: boolean): boolean;
  /** A link that leads out of the folder; `true`: it is followed. */
  outside(path: string, target: string): boolean;
  /** What is neither taken nor an error: a broken link, a socket, a circle. */
  onOddity(message: string): void;
}

const MOST_FILES = 200_000;

/** The files of a folder, sorted. Links that lead in circles are not followed. Throws FILE_UNREADABLE, TOO_MANY_FILES. */
export function walk(options: WalkOptions): FoundFile[] {
  const found: FoundFile[] = [];
  const real = readable(options.folder, () => realpathSync(options.folder));
  enter(options, real, options.folder, '', [real], found);
  return found;
}

/** Whether a path is a folder or in it. Both absolute. */
export function isWithin(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return way === '' || (way !== '..' && !way.startsWith(`..${sep}`) && resolve(way) !== way);
}

/** `chain`: the real folders that lead here. */
function enter(
  options: WalkOptions,
  root: string,
  folder: string,
  prefix: string,
  chain: string[],
  found: FoundFile[],
): void {
  const names = readable(folder, () => readdirSync(folder)).toSorted();
  for (const name of names) {
    const file = join(folder, name);
    const path = prefix + name;
    const own = readable(file, () => lstatSync(file));
    const stats = own.isSymbolicLink() ? followed(options, root, path, file, own) : own;
    if (stats === undefined) continue;
    if (stats.isDirectory()) {
      if (!options.takes(path, file, true)) continue;
      const real = own.isSymbolicLink() ? realpathSync(file) : join(chain.at(-1)!, name);
      if (chain.includes(real)) options.onOddity(`${path} leads back to a folder that it is in: left out`);
      else enter(options, root, file, `${path}/`, [...chain, real], found);
    } else if (stats.isFile()) {
      if (!options.takes(path, file, false)) continue;
      found.push({ path, file, size: stats.size, executable: (stats.mode & 0o100) !== 0 });
      if (found.length > MOST_FILES) throw tooMany(options.folder);
    } else if (options.takes(path, file, false)) {
      options.onOddity(`${path} is neither a file nor a folder: left out`);
    }
  }
}

/** What a link leads to; undefined when it is to be left out. */
function followed(
  options: WalkOptions,
  root: string,
  path: string,
  file: string,
  own: Stats,
): Stats | undefined {
  const stats = statSync(file, { throwIfNoEntry: false });
  if (!options.takes(path, file, stats?.isDirectory() ?? own.isDirectory())) return undefined;
  if (stats === undefined) {
    options.onOddity(`${path} is a link to ${readlinkSync(file)}, which does not exist: left out`);
    return undefined;
  }
  const target = readable(file, () => realpathSync(file));
  return isWithin(target, root) || options.outside(path, target) ? stats : undefined;
}

function readable<Value>(path: string, read: () => Value): Value {
  try {
    return read();
  } catch (error) {
    throw new RopewayError({
      code: 'FILE_UNREADABLE',
      message: `This cannot be read: ${errorMessage(error)}`,
      got: path,
      fix: 'make it readable, or leave it out with a line in .ropewayignore',
      cause: error,
    });
  }
}

function tooMany(folder: string): RopewayError {
  return new RopewayError({
    code: 'TOO_MANY_FILES',
    message: `${folder} has more than ${MOST_FILES} files.`,
    fix: 'leave data out with lines in .ropewayignore',
  });
}
