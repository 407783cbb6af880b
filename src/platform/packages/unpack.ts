import { createWriteStream } from 'node:fs';
import { mkdir, open, symlink, writeFile as write } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';

import type { Entry, ZipFile } from 'yauzl';

import { RopewayError, systemCode } from '../../lib/errors.ts';
import { DAMAGED, isSmall, readBig, readSmall, type ZipSource } from './content.ts';
import { checkLink, planEntry, type PlannedEntry, refuseClashes } from './entries.ts';
import { badEntry, noZip, tooLarge } from './errors.ts';
import { MOST_ENTRIES, MOST_UNPACKED_BYTES } from './limits.ts';

interface Planned extends PlannedEntry {
  entry: Entry;
  path: string;
}

/** Files that are written at once: enough for the disk to sync them together. */
const AT_ONCE = 8;
/** Bytes of the path that a link holds. */
const MOST_LINK = 4096;

/**
 * Unpacks a zip into a new folder, and sees to it that all of it is on the disk; `folder` itself is not there yet. Files
 * cannot be written to (0444, 0555). Resolves with the bytes of all files. Rejects with PACKAGE_FORMAT, PACKAGE_ENTRY,
 * PACKAGE_TOO_LARGE, and what the disk says; `folder` holds a part then.
 */
export async function unpack(file: string, folder: string): Promise<number> {
  const { openPromise } = await import('yauzl');
  const zip = await openPromise(file, { lazyEntries: true, autoClose: false, decodeStrings: false }).catch(
    (error: unknown) => {
      throw noZip(error);
    },
  );
  const handle = await open(file, 'r');
  try {
    const source: ZipSource = { zip, file, handle };
    const planned = await readEntries(zip, folder);
    refuseClashes(planned);
    const folders = foldersOf(planned, folder);
    // Parents come before what is in them.
    for (const path of folders) await mkdir(path, { mode: 0o755 });
    const files = planned.filter(({ kind }) => kind === 'file');
    await writeFiles(source, files);
    // Last, so that nothing is ever written through one.
    for (const one of planned) if (one.kind === 'link') await makeLink(source, one);
    for (const path of folders) await syncFolder(path);
    return files.reduce((sum, { entry }) => sum + entry.uncompressedSize, 0);
  } finally {
    zip.close();
    await handle.close();
  }
}

async function readEntries(zip: ZipFile, folder: string): Promise<Planned[]> {
  const { getFileNameLowLevel } = await import('yauzl');
  if (zip.entryCount > MOST_ENTRIES) throw tooLarge('many entries', String(MOST_ENTRIES));
  const planned: Planned[] = [];
  let bytes = 0;
  try {
    for await (const entry of zip.eachEntry()) {
      const name = getFileNameLowLevel(
        entry.generalPurposeBitFlag,
        entry.fileNameRaw,
        entry.extraFields,
        true,
      );
      const plan = planEntry({ name, mode: modeOf(entry) });
      if (plan.kind === 'file' && !entry.canDecodeFileData()) {
        throw badEntry(name, 'an entry is encrypted, or compressed by other means than deflate');
      }
      bytes += entry.uncompressedSize;
      if (bytes > MOST_UNPACKED_BYTES) throw tooLarge('many bytes unpacked', `${MOST_UNPACKED_BYTES} bytes`);
      planned.push({ ...plan, entry, path: join(folder, ...plan.segments) });
    }
  } catch (error) {
    throw error instanceof RopewayError ? error : noZip(error);
  }
  return planned;
}

/** Systems that write a Unix mode into the upper half of the attributes: Unix and macOS. */
const UNIX = new Set([3, 19]);

function modeOf({ versionMadeBy, externalFileAttributes }: Entry): number {
  return UNIX.has(versionMadeBy >> 8) ? externalFileAttributes >>> 16 : 0;
}

/** The package's own folder and all below it, each after its parent. */
function foldersOf(planned: readonly Planned[], folder: string): Set<string> {
  const folders = new Set([folder]);
  for (const { segments, kind } of planned) {
    const depth = kind === 'folder' ? segments.length : segments.length - 1;
    for (let length = 1; length <= depth; length++) folders.add(join(folder, ...segments.slice(0, length)));
  }
  return folders;
}

/** Several at once; rejects with the first problem, when all of them have come to an end. */
async function writeFiles(source: ZipSource, files: readonly Planned[]): Promise<void> {
  const rest = files.values();
  let failed = false;
  const write = async (): Promise<void> => {
    for (const one of rest) {
      if (failed) return;
      await writeFile(source, one).catch((error: unknown) => {
        failed = true;
        throw error;
      });
    }
  };
  const ends = await Promise.allSettled(Array.from({ length: AT_ONCE }, write));
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
}

async function writeFile(source: ZipSource, { entry, path, segments, executable }: Planned): Promise<void> {
  const name = segments.join('/');
  // `wx`: where names that differ in case alone are the same, the second is refused.
  const options = { flag: 'wx', flags: 'wx', mode: executable ? 0o555 : 0o444, flush: true };
  try {
    if (isSmall(entry)) await write(path, await readSmall(source, entry, name), options);
    else await pipeline(await readBig(source, entry, name), createWriteStream(path, options));
  } catch (error) {
    throw explained(error, name);
  }
}

async function makeLink(source: ZipSource, { entry, path, segments }: Planned): Promise<void> {
  const name = segments.join('/');
  if (entry.uncompressedSize > MOST_LINK || !isSmall(entry)) throw badEntry(name, 'a link is too long');
  try {
    const target = (await readSmall(source, entry, name)).toString('utf8');
    checkLink(segments, target);
    await symlink(target, path);
  } catch (error) {
    throw explained(error, name);
  }
}

function explained(error: unknown, name: string): unknown {
  const code = systemCode(error) ?? '';
  if (code === 'EEXIST') return badEntry(name, 'two entries have the same name on this disk');
  return code.startsWith('Z_') ? badEntry(name, DAMAGED) : error;
}

/** Names are on the disk when their folder is (fsync(2)). */
export async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
