import { createReadStream } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { crc32, createInflateRaw, inflateRawSync } from 'node:zlib';

import type { Entry, ZipFile } from 'yauzl';

import { errorMessage, systemCode } from '../../lib/errors.ts';
import { badEntry } from './errors.ts';

/** A zip that is open. */
export interface ZipSource {
  zip: ZipFile;
  /** Its path, and the same file open. */
  file: string;
  handle: FileHandle;
}

/** Bytes up to which an entry is read and unpacked in one go: most files of most packages, in a fraction of the time. */
const SMALL = 256 * 1024;

export function isSmall({ compressedSize, uncompressedSize }: Entry): boolean {
  return Math.max(compressedSize, uncompressedSize) <= SMALL;
}

/** An entry's content, checked: as long as it says, and the bytes that were packed. Rejects with PACKAGE_ENTRY. */
export async function readSmall(source: ZipSource, entry: Entry, name: string): Promise<Buffer> {
  const start = await startOf(source, entry, name);
  const packed = Buffer.alloc(entry.compressedSize);
  // An empty buffer cannot be read into.
  if (packed.length > 0) await source.handle.read(packed, 0, packed.length, start);
  const content = entry.compressionMethod === 0 ? packed : inflate(packed, entry, name);
  checkWhole(entry, name, content.length, crc32(content));
  return content;
}

/** The same of any length, as a stream that fails with PACKAGE_ENTRY. */
export async function readBig(source: ZipSource, entry: Entry, name: string): Promise<Readable> {
  const start = await startOf(source, entry, name);
  const end = start + entry.compressedSize - 1;
  const raw = entry.compressedSize === 0 ? Readable.from([]) : createReadStream(source.file, { start, end });
  const checks = checked(entry, name);
  return entry.compressionMethod === 0 ? compose(raw, checks) : compose(raw, createInflateRaw(), checks);
}

/** Where an entry's bytes begin; all of them are in the file. */
async function startOf({ zip }: ZipSource, entry: Entry, name: string): Promise<number> {
  try {
    return (await zip.readLocalFileHeaderPromise(entry, { minimal: true })).fileDataStart;
  } catch (error) {
    throw badEntry(name, errorMessage(error));
  }
}

function inflate(packed: Buffer, entry: Entry, name: string): Buffer {
  try {
    return inflateRawSync(packed, { maxOutputLength: Math.max(1, entry.uncompressedSize) });
  } catch (error) {
    throw systemCode(error) === 'ERR_BUFFER_TOO_LARGE' ? tooLong(name) : badEntry(name, DAMAGED);
  }
}

function checked(entry: Entry, name: string): Transform {
  let bytes = 0;
  let sum = 0;
  return new Transform({
    transform: (chunk: Buffer, _, done) => {
      bytes += chunk.length;
      sum = crc32(chunk, sum);
      done(bytes > entry.uncompressedSize ? tooLong(name) : null, chunk);
    },
    flush: (done) => {
      try {
        checkWhole(entry, name, bytes, sum);
        done();
      } catch (error) {
        done(error as Error);
      }
    },
  });
}

function checkWhole(entry: Entry, name: string, bytes: number, sum: number): void {
  if (bytes > entry.uncompressedSize) throw tooLong(name);
  if (bytes !== entry.uncompressedSize || sum !== entry.crc32) throw badEntry(name, DAMAGED);
}

/** The last of them; what goes wrong in the others goes wrong in it. */
function compose(...streams: [Readable, ...Transform[]]): Readable {
  const last = streams.at(-1)!;
  pipeline(streams).catch((error: unknown) => last.destroy(error as Error));
  return last;
}

export const DAMAGED = 'an entry is damaged';

function tooLong(name: string): Error {
  return badEntry(name, 'an entry has more bytes than it says');
}
