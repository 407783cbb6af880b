import { type FileHandle, mkdir, open, rename, rm, stat } from 'node:fs/promises';

import { systemCode } from '../../lib/errors.ts';
import { type RecordFileName, recordFile } from './names.ts';

export interface RotatingFileOptions {
  folder: string;
  name: RecordFileName;
  /** Bytes from which on a file is put aside; one line that is longer has a file of its own. */
  maxBytes: number;
  /** Old files that are kept. */
  keep: number;
  /** Milliseconds after which it is looked whether the file is still in its place, and how large it is. */
  lookMs: number;
}

export interface RotatingFile {
  /**
   * Appends lines, each with its newline, and begins a new file between two of them where needed. Never rejects: on
   * a failure it tells how many lines are whole in a file. No two calls at once.
   */
  append(lines: string[]): Promise<Appended>;
  close(): Promise<void>;
}

export interface Appended {
  written: number;
  error?: Error;
}

/** A file of lines that is opened with the first `append`, and put aside when it is full. */
export function rotatingFile(options: RotatingFileOptions): RotatingFile {
  let handle: FileHandle | undefined;
  /** Bytes of the file when it was looked at last, and what was written since; fresh: it was looked at just now. */
  let known: { bytes: number; at: number; isFresh: boolean } | undefined;
  const close = async (): Promise<void> => {
    const closing = handle;
    [handle, known] = [undefined, undefined];
    await closing?.close();
  };
  const sizeNow = async (): Promise<number | undefined> => {
    if (handle === undefined) return undefined;
    if (known !== undefined && performance.now() - known.at < options.lookMs) {
      known.isFresh = false;
      return known.bytes;
    }
    const bytes = await sizeInPlace(handle, options);
    known = bytes === undefined ? undefined : { bytes, at: performance.now(), isFresh: true };
    return bytes;
  };

  const appendAll = async (lines: string[], appended: Appended): Promise<void> => {
    do {
      let size = await sizeNow();
      if (handle === undefined || size === undefined) {
        await close();
        handle = await openForLines(options);
        size = (await handle.stat()).size;
        known = { bytes: size, at: performance.now(), isFresh: true };
      }
      const fits = fitting(lines, appended.written, options.maxBytes - size);
      if (fits.lines === 0 && appended.written === lines.length) return;
      const batch = fits.lines === 0 && size === 0 ? oneLine(lines[appended.written]!) : fits;
      if (batch.lines > 0) {
        await writeBatch(handle, batch, appended);
        known!.bytes += batch.bytes.length;
      } else if (known!.isFresh) {
        await close();
        await putAside(options);
      } else known = undefined;
    } while (appended.written < lines.length);
  };

  return {
    append: async (lines) => {
      const appended: Appended = { written: 0 };
      try {
        await appendAll(lines, appended);
      } catch (error) {
        appended.error = error instanceof Error ? error : new Error(String(error));
        // The next attempt opens the file anew, and ends the line that this one may have left half.
        await close().catch(() => undefined);
      }
      return appended;
    },
    close,
  };
}

interface Batch {
  bytes: Buffer;
  lines: number;
}

/**
 * Bytes of the file; undefined when somebody took it away or put another in its place: another run of ours that
 * rotated, or a person.
 */
async function sizeInPlace(
  handle: FileHandle,
  { folder, name }: RotatingFileOptions,
): Promise<number | undefined> {
  try {
    const [ours, there] = await Promise.all([handle.stat(), stat(recordFile(folder, name))]);
    return ours.ino === there.ino && ours.dev === there.dev ? ours.size : undefined;
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** Opens the file; a half line at its end, left by a process that was killed, is ended. */
async function openForLines({ folder, name }: RotatingFileOptions): Promise<FileHandle> {
  await mkdir(folder, { recursive: true });
  const handle = await open(recordFile(folder, name), 'a+');
  try {
    const about = await handle.stat();
    if (about.isFile() && about.size > 0) {
      const last = await handle.read(Buffer.alloc(1), 0, 1, about.size - 1);
      if (last.buffer[0] !== NEWLINE) await handle.write('\n');
    }
    return handle;
  } catch (error) {
    await handle.close().catch(() => undefined);
    throw error;
  }
}

const NEWLINE = 0x0a;

/** As many of the lines from `first` on as fit into `room` bytes. */
function fitting(lines: string[], first: number, room: number): Batch {
  const all = Buffer.from(lines.slice(first).join(''));
  if (all.length <= room) return { bytes: all, lines: lines.length - first };
  let count = 0;
  let length = 0;
  for (const line of lines.slice(first)) {
    const next = length + Buffer.byteLength(line);
    if (next > room) break;
    length = next;
    count += 1;
  }
  return { bytes: all.subarray(0, length), lines: count };
}

function oneLine(line: string): Batch {
  return { bytes: Buffer.from(line), lines: 1 };
}

async function writeBatch(handle: FileHandle, batch: Batch, appended: Appended): Promise<void> {
  let done = 0;
  try {
    while (done < batch.bytes.length) done += (await handle.write(batch.bytes, done)).bytesWritten;
    appended.written += batch.lines;
  } catch (error) {
    // A disk that fills up takes a part.
    appended.written += batch.bytes.subarray(0, done).filter((byte) => byte === NEWLINE).length;
    throw error;
  }
}

/** Every old file becomes one older, the last one goes, and the current one is the newest old one. */
async function putAside({ folder, name, keep }: RotatingFileOptions): Promise<void> {
  if (keep === 0) return await rm(recordFile(folder, name), { force: true });
  for (let age = await oldestToMove(folder, name, keep); age >= 0; age -= 1) {
    try {
      await rename(recordFile(folder, name, age), recordFile(folder, name, age + 1));
    } catch (error) {
      if (systemCode(error) !== 'ENOENT') throw error;
    }
  }
}

/** The age of the last file before the first gap: whatever is older than a gap need not move. */
async function oldestToMove(folder: string, name: RecordFileName, keep: number): Promise<number> {
  let age = 0;
  while (age < keep - 1 && (await isThere(recordFile(folder, name, age + 1)))) age += 1;
  return age;
}

async function isThere(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return false;
    throw error;
  }
}
