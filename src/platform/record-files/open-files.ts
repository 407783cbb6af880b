import { type FileHandle, open, readdir } from 'node:fs/promises';

import { RopewayError, systemCode } from '../../lib/errors.ts';
import { ageOf, type RecordFileName, recordFile } from './names.ts';
import { endOfLines } from './read-lines.ts';

/** A record file as it was when it was opened; a rotation changes its name and not what is read of it. */
export interface OpenFile {
  handle: FileHandle;
  inode: number;
  /** Bytes up to the end of the last whole line. */
  end: number;
  /** When it was last written; ms since 1970. */
  written: number;
}

/** Opens the files of a kind, the oldest first. Close them all. */
export async function openFiles(folder: string, name: RecordFileName): Promise<OpenFile[]> {
  const ages = await agesIn(folder, name);
  const files: OpenFile[] = [];
  // From the newest to the oldest: of files that become older meanwhile one may be seen twice, but none is missed.
  for (const age of [...ages, (ages.at(-1) ?? -1) + 1]) {
    const file = await openFile(recordFile(folder, name, age));
    if (file === undefined) continue;
    if (files.some(({ inode }) => inode === file.inode)) await file.handle.close();
    else files.unshift(file);
  }
  return files;
}

export async function closeFiles(files: OpenFile[]): Promise<void> {
  await Promise.all(files.map(({ handle }) => handle.close()));
}

/** The ages of the files that are there, the newest (0) first. */
export async function agesIn(folder: string, name: RecordFileName): Promise<number[]> {
  const names = await readdir(folder).catch((error: unknown) => {
    if (systemCode(error) === 'ENOENT') return [];
    throw unreadable(folder, error);
  });
  return names
    .map((one) => ageOf(one, name))
    .filter((age) => age !== undefined)
    .sort((a, b) => a - b);
}

/** Opens a file for reading; undefined when it is not there. */
export async function openIfThere(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw unreadable(path, error);
  }
}

async function openFile(path: string): Promise<OpenFile | undefined> {
  const handle = await openIfThere(path);
  if (handle === undefined) return undefined;
  const { ino, size, mtimeMs } = await handle.stat();
  return { handle, inode: ino, end: await endOfLines(handle, size), written: mtimeMs };
}

function unreadable(path: string, error: unknown): RopewayError {
  return new RopewayError({
    code: 'RECORDS_UNREADABLE',
    message: `The records cannot be read: ${systemCode(error) ?? 'unknown error'}.`,
    got: path,
    fix: 'run the command as the user who ran `ropeway dev` or `ropeway serve`',
    cause: error,
  });
}
