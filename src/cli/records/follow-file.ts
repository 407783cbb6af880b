import { type FileHandle, stat } from 'node:fs/promises';

import { type RecordFileName, recordFile } from '../../platform/record-files/names.ts';
import { agesIn, type OpenFile, openIfThere } from '../../platform/record-files/open-files.ts';
import { readChunk } from '../../platform/record-files/read-lines.ts';

export interface FollowedFile {
  /** The whole lines that have come since the last call, about 4 MB of them at most. No two calls at once. */
  read(): Promise<string[]>;
  close(): Promise<void>;
}

/**
 * Follows a kind of record file from the end of the newest of `known`, through rotations: a file that was put aside is
 * read to its end, then the one that follows. A file that was cut off is read from its beginning.
 */
export function followFile(folder: string, name: RecordFileName, known: OpenFile[]): FollowedFile {
  const newest = known.at(-1);
  let reading: Reading | undefined =
    newest === undefined ? undefined : { ...newest, position: newest.end, half: NOTHING };
  /** The file that is read, and those that are older. */
  let seen = new Set(known.map(({ inode }) => inode));

  /** The file that follows the one that is read. */
  const findNext = async (): Promise<ListedFile | undefined> => {
    for (let look = 1; ; look += 1) {
      const files = await listFiles(folder, name);
      const at = files.findIndex(({ inode }) => inode === reading?.inode);
      if (at !== -1) {
        seen = new Set(files.slice(at).map(({ inode }) => inode));
        return files[at - 1];
      }
      // A rotation during the look can hide it; when it is really gone, the oldest of the new ones follows.
      if (reading === undefined || look === LOOKS) return files.findLast(({ inode }) => !seen.has(inode));
    }
  };

  return {
    read: async () => {
      const lines = reading === undefined ? [] : await readOn(reading);
      if (lines.length > 0) return lines;
      const next = await findNext();
      if (next === undefined) return [];
      const opened = await openListed(next);
      if (opened === undefined) return [];
      // It may have been written to between the last read and the rotation.
      const rest = reading === undefined ? [] : await readToEnd(reading);
      await reading?.handle.close();
      reading = opened;
      seen.add(opened.inode);
      return [...rest, ...(await readOn(opened))];
    },
    close: async () => {
      await reading?.handle.close();
    },
  };
}

/** Bytes that are read at once. */
const PORTION_BYTES = 4 * 1024 * 1024;

const LOOKS = 3;
const NEWLINE = 0x0a;
const NOTHING = Buffer.alloc(0);

interface Reading {
  handle: FileHandle;
  inode: number;
  /** Up to where it was read. */
  position: number;
  /** A line that has begun. */
  half: Buffer;
}

interface ListedFile {
  path: string;
  inode: number;
}

/** The files that are there, each once, the newest first. */
async function listFiles(folder: string, name: RecordFileName): Promise<ListedFile[]> {
  const files: ListedFile[] = [];
  for (const age of await agesIn(folder, name)) {
    const path = recordFile(folder, name, age);
    const inode = await stat(path).then(
      ({ ino }) => ino,
      () => undefined,
    );
    if (inode !== undefined && !files.some((file) => file.inode === inode)) files.push({ path, inode });
  }
  return files;
}

/** Undefined when another file has taken its name since it was listed: the next look finds it. */
async function openListed({ path, inode }: ListedFile): Promise<Reading | undefined> {
  const handle = await openIfThere(path);
  if (handle === undefined) return undefined;
  if ((await handle.stat()).ino === inode) return { handle, inode, position: 0, half: NOTHING };
  await handle.close();
  return undefined;
}

async function readToEnd(reading: Reading): Promise<string[]> {
  const portions: string[][] = [];
  for (;;) {
    const before = reading.position;
    portions.push(await readOn(reading));
    if (reading.position === before) return portions.flat();
  }
}

async function readOn(reading: Reading): Promise<string[]> {
  const { size } = await reading.handle.stat();
  if (size < reading.position) [reading.position, reading.half] = [0, NOTHING];
  const chunk = await readChunk(
    reading.handle,
    reading.position,
    Math.min(PORTION_BYTES, size - reading.position),
  );
  reading.position += chunk.length;
  const last = chunk.lastIndexOf(NEWLINE);
  if (last === -1) {
    reading.half = Buffer.concat([reading.half, chunk]);
    return [];
  }
  const whole = Buffer.concat([reading.half, chunk.subarray(0, last)]);
  reading.half = Buffer.from(chunk.subarray(last + 1));
  return whole.toString().split('\n');
}
