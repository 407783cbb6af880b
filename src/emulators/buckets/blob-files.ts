import { randomBytes } from 'node:crypto';
import { mkdirSync, renameSync } from 'node:fs';
import { type FileHandle, open, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Readable } from 'node:stream';

/** A file with content and, behind it, JSON that says what it is: both are there, or neither is. */
export interface BlobFile<About> {
  about: About;
  bytes: number;
  /** So many bytes from `start` on, or all; closes the file when it ends. */
  stream(start?: number, bytes?: number): Readable;
  close(): Promise<void>;
}

/**
 * Writes one durably: what was there before stays until all is on the disk. `about` is asked when the content has been written;
 * `onPlaced` is called in the same moment in which the file takes the place of an older one, `check` right before it: what it throws leaves all as
 * it was.
 */
export async function writeBlob<About>(
  path: string,
  content: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
  about: () => About,
  onPlaced: (about: About) => void,
  check: () => void = () => undefined,
): Promise<About> {
  const folder = dirname(path);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const draft = `${path}.${randomBytes(6).toString('hex')}.new`;
  const file = await open(draft, 'wx', 0o600);
  try {
    for await (const part of content) await file.appendFile(part);
    const made = about();
    const json = Buffer.from(JSON.stringify(made));
    await file.appendFile(json);
    await file.appendFile(String(json.length).padStart(LENGTH_DIGITS));
    await file.sync();
    await file.close();
    check();
    renameSync(draft, path);
    onPlaced(made);
    await syncFolder(folder);
    return made;
  } catch (error) {
    await file.close().catch(() => undefined);
    await rm(draft, { force: true });
    throw error;
  }
}

/** Rejects with ENOENT when there is none. */
export async function openBlob<About>(path: string): Promise<BlobFile<About>> {
  const file = await open(path, 'r');
  try {
    const { about, bytes } = await readEnd(file);
    return {
      about: about as About,
      bytes,
      stream: (start = 0, wanted = bytes - start) => {
        if (wanted > 0) return file.createReadStream({ start, end: start + wanted - 1 });
        void file.close();
        return Readable.from([]);
      },
      close: () => file.close(),
    };
  } catch (error) {
    await file.close();
    throw error;
  }
}

/** Digits of the length of the JSON, at the very end. */
const LENGTH_DIGITS = 12;
/** Nearly always all of the JSON. */
const FIRST_READ = 4096;

async function readEnd(file: FileHandle): Promise<{ about: unknown; bytes: number }> {
  const { size } = await file.stat();
  let end = await readAt(file, Math.max(0, size - FIRST_READ), Math.min(size, FIRST_READ));
  const length = Number(end.toString('latin1', end.length - LENGTH_DIGITS));
  const bytes = size - length - LENGTH_DIGITS;
  if (length > end.length - LENGTH_DIGITS) end = await readAt(file, bytes, size - bytes);
  const json = end.toString('utf8', end.length - LENGTH_DIGITS - length, end.length - LENGTH_DIGITS);
  return { about: JSON.parse(json) as unknown, bytes };
}

async function readAt(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, position);
  return buffer.subarray(0, bytesRead);
}

/** A rename or a removal is on the disk when its folder is (fsync(2)). */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
