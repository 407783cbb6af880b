import { createWriteStream, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

import { type Entry, openPromise, type ZipFile } from 'yauzl';

import { errorMessage, RopewayError } from '../lib/errors.ts';
import { isPackagePath } from './zip/names.ts';

export interface UnpackLimits {
  /** Of all files together; default 2 GB. */
  bytes?: number;
  /** Default 100,000. */
  files?: number;
}

const DEFAULT_BYTES = 2 * 1024 ** 3;
const DEFAULT_FILES = 100_000;
const TYPE_MASK = 0o170000;
const REGULAR = 0o100000;
const FOLDER = 0o040000;

/**
 * Unpacks a zip into a folder. Nothing is written outside of it, nothing is overwritten, and links are not made.
 * Throws BAD_ZIP; what was written before that stays.
 */
export async function unpackZip(file: string, folder: string, limits: UnpackLimits = {}): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const most = limits.bytes ?? DEFAULT_BYTES;
  let bytes = 0;
  await eachEntry(file, limits.files ?? DEFAULT_FILES, async (entry, open) => {
    bytes += entry.uncompressedSize;
    if (bytes > most) throw badZip(file, `it unpacks to more than ${most} bytes`);
    if (entry.fileName.endsWith('/')) {
      mkdirSync(join(folder, entry.fileName), { recursive: true });
      return;
    }
    const target = join(folder, entry.fileName);
    mkdirSync(dirname(target), { recursive: true });
    const mode = (entry.externalFileAttributes >>> 16) & 0o111 ? 0o755 : 0o644;
    await pipeline(await open(), createWriteStream(target, { flags: 'wx', mode }));
  });
}

/** Names and sizes of the files in a zip. Throws BAD_ZIP. */
export async function listZip(file: string): Promise<{ path: string; packed: number; unpacked: number }[]> {
  const entries: { path: string; packed: number; unpacked: number }[] = [];
  await eachEntry(file, Infinity, (entry) => {
    if (!entry.fileName.endsWith('/')) {
      entries.push({
        path: entry.fileName,
        packed: entry.compressedSize,
        unpacked: entry.uncompressedSize,
      });
    }
  });
  return entries;
}

async function eachEntry(
  file: string,
  most: number,
  visit: (entry: Entry, open: () => Promise<Readable>) => Promise<void> | void,
): Promise<void> {
  let zip: ZipFile | undefined;
  try {
    zip = await openPromise(file, { autoClose: false });
    if (zip.entryCount > most) throw badZip(file, `it has more than ${most} files`);
    for await (const entry of zip.eachEntry()) {
      checkEntry(file, entry);
      await visit(entry, () => zip!.openReadStreamPromise(entry));
    }
  } catch (error) {
    throw error instanceof RopewayError ? error : badZip(file, errorMessage(error));
  } finally {
    zip?.close();
  }
}

function checkEntry(file: string, entry: Entry): void {
  const name = entry.fileName.replace(/\/$/, '');
  if (!isPackagePath(name)) throw badZip(file, `it has a file called ${JSON.stringify(entry.fileName)}`);
  const type = (entry.externalFileAttributes >>> 16) & TYPE_MASK;
  // Zips from systems without modes say nothing.
  if (type !== 0 && type !== REGULAR && type !== FOLDER)
    throw badZip(file, `${name} is a link or a device, not a file`);
}

function badZip(file: string, why: string): RopewayError {
  return new RopewayError({
    code: 'BAD_ZIP',
    message: `${file} cannot be unpacked: ${why}.`,
    expected: 'a zip of regular files with relative names',
  });
}
