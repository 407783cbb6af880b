import { createWriteStream } from 'node:fs';
import { chmod, mkdir, readlink, symlink } from 'node:fs/promises';
import { dirname, join, posix, resolve, sep } from 'node:path';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';

import { openPromise, type Entry, type ZipFile } from 'yauzl';

import { errorMessage, RopewayError } from '../../lib/errors.ts';

/** What an unpacked package may be at most. */
export interface UnpackLimits {
  /** Bytes of all files together. */
  bytes: number;
  entries: number;
}

/**
 * Unpacks a zip into a new folder and returns the bytes of its files. Nothing is ever written outside of the folder: names that lead
 * out of it, links that do, and two entries of one name are refused. Throws PACKAGE_ENTRY, PACKAGE_TOO_LARGE, PACKAGE_BROKEN.
 */
export async function unpack(file: string, folder: string, limits: UnpackLimits): Promise<number> {
  const zip = await openZip(file);
  const seen = new Set<string>();
  const links: { path: string; target: string }[] = [];
  let bytes = 0;
  try {
    for await (const entry of zip.eachEntry()) {
      const name = checkedName(entry, seen);
      bytes += entry.uncompressedSize;
      if (bytes > limits.bytes || seen.size > limits.entries) throw tooLarge(limits);
      const path = join(folder, name);
      if (entry.fileName.endsWith('/')) {
        await mkdir(path, { recursive: true });
        continue;
      }
      await mkdir(dirname(path), { recursive: true });
      const stream = await zip.openReadStreamPromise(entry);
      if (isLink(entry)) links.push({ path, target: await text(stream) });
      else {
        // Never over something that is there: that could be a link's target.
        await pipeline(stream, createWriteStream(path, { flags: 'wx' }));
        await chmod(path, isExecutable(entry) ? 0o555 : 0o444);
      }
    }
    // Last: nothing is written through a link.
    for (const link of links) await makeLink(folder, link);
  } catch (error) {
    throw error instanceof RopewayError ? error : broken(error);
  } finally {
    zip.close();
  }
  return bytes;
}

async function openZip(file: string): Promise<ZipFile> {
  try {
    return await openPromise(file, { autoClose: false, strictFileNames: true });
  } catch (error) {
    throw broken(error);
  }
}

/** The library has refused absolute names, `..` and backslashes already. */
function checkedName({ fileName }: Entry, seen: Set<string>): string {
  const name = posix.normalize(fileName).replace(/\/$/, '');
  const isOdd =
    name === '.' || name.startsWith('..') || posix.isAbsolute(name) || /[\0\\]|^[A-Za-z]:/.test(name);
  if (isOdd || seen.has(name))
    throw badEntry(fileName, isOdd ? 'it leads out of the package' : 'there are two of this name');
  seen.add(name);
  return name;
}

async function makeLink(folder: string, { path, target }: { path: string; target: string }): Promise<void> {
  const end = resolve(dirname(path), target);
  if (!`${end}${sep}`.startsWith(folder + sep))
    throw badEntry(path.slice(folder.length + 1), `it is a link to ${target}`);
  await symlink(target, path);
  // A link in the middle of the way of another one could lead out after all.
  if ((await readlink(path)) !== target)
    throw badEntry(path.slice(folder.length + 1), 'it is a link that changes');
}

/** Unix modes are in the upper half (APPNOTE 4.4.15). */
function modeOf({ externalFileAttributes }: Entry): number {
  return externalFileAttributes >>> 16;
}

function isLink(entry: Entry): boolean {
  return (modeOf(entry) & 0o170000) === 0o120000;
}

function isExecutable(entry: Entry): boolean {
  return (modeOf(entry) & 0o111) !== 0;
}

function badEntry(name: string, why: string): RopewayError {
  return new RopewayError({
    code: 'PACKAGE_ENTRY',
    message: 'The package has an entry that cannot be unpacked.',
    expected: 'names of files inside of the package, each once; links that stay inside of it',
    got: `${JSON.stringify(name)}: ${why}`,
  });
}

function tooLarge({ bytes, entries }: UnpackLimits): RopewayError {
  return new RopewayError({
    code: 'PACKAGE_TOO_LARGE',
    message: 'The package is too large when it is unpacked.',
    expected: `at most ${bytes} bytes in ${entries} files`,
    fix: 'ropeway build --size shows what takes the room',
  });
}

function broken(cause: unknown): RopewayError {
  return new RopewayError({
    code: 'PACKAGE_BROKEN',
    message: 'The package is no zip that can be read.',
    got: errorMessage(cause),
    cause,
  });
}
