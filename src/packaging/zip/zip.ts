import { createHash, randomUUID } from 'node:crypto';
import { createWriteStream, mkdirSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

import { ZipFile } from 'yazl';

import { errorMessage, RopewayError, systemCode } from '../../lib/errors.ts';
import type { PackFile } from '../files/pack-file.ts';
import type { PackedZip } from '../types.ts';
import { checkPackagePath } from './names.ts';

/** The first day that a zip can name. It holds local times: this is the same number in every zone. */
const TIME = new Date(1980, 0, 1);
const LEVEL = 9;
/** Of a regular file. */
const FILE_TYPE = 0o100000;

/**
 * Writes a zip whose bytes depend on names, modes and contents alone. It is there whole or not at all.
 * Throws BAD_FILE_NAME, SAME_NAME, NOT_WRITTEN, SOURCE_CHANGED.
 */
export async function writeZip(files: PackFile[], target: string, signal?: AbortSignal): Promise<PackedZip> {
  const sorted = files.toSorted((one, other) => (one.path < other.path ? -1 : 1));
  checkPaths(sorted);
  const zip = new ZipFile();
  for (const { path, source, executable } of sorted) {
    const options = {
      mtime: TIME,
      mode: FILE_TYPE | (executable ? 0o755 : 0o644),
      compressionLevel: LEVEL,
      // Without it the time stands there in UTC once more, and differs by zone.
      forceDosTimestamp: true,
    };
    if (typeof source === 'string') zip.addFile(source, path, options);
    else zip.addBuffer(source, path, options);
  }
  zip.end();
  const output = zip.outputStream as Readable;
  zip.on('error', (error: Error) => output.destroy(notRead(error)));

  const hash = createHash('sha256');
  let bytes = 0;
  const temporary = `${target}.${randomUUID()}.tmp`;
  signal?.throwIfAborted();
  makeFolder(target);
  const file = createWriteStream(temporary);
  try {
    await pipeline(
      output,
      async function* (chunks: AsyncIterable<Buffer>) {
        for await (const chunk of chunks) {
          hash.update(chunk);
          bytes += chunk.length;
          yield chunk;
        }
      },
      file,
      { ...(signal === undefined ? {} : { signal }) },
    );
    renameSync(temporary, target);
  } catch (error) {
    // One that is still being opened would come into being after it was removed.
    if (!file.closed) await new Promise<void>((resolve) => file.on('close', () => resolve()));
    rmSync(temporary, { force: true });
    throw notWritten(error, target);
  }
  const unpackedBytes = sorted.reduce((total, { size }) => total + size, 0);
  return { file: target, digest: hash.digest('hex'), bytes, unpackedBytes };
}

function makeFolder(target: string): void {
  try {
    mkdirSync(dirname(target), { recursive: true });
  } catch (error) {
    throw notWritten(error, target);
  }
}

function checkPaths(sorted: PackFile[]): void {
  const folders = new Set<string>();
  const files = new Set<string>();
  for (const { path } of sorted) {
    checkPackagePath(path);
    if (files.has(path)) throw sameName(path);
    files.add(path);
    for (let end = path.lastIndexOf('/'); end > 0; end = path.lastIndexOf('/', end - 1)) {
      const folder = path.slice(0, end);
      if (folders.has(folder)) break;
      folders.add(folder);
    }
  }
  for (const folder of folders) if (files.has(folder)) throw sameName(folder);
}

function sameName(path: string): RopewayError {
  return new RopewayError({
    code: 'SAME_NAME',
    message: `Two things would be packed as ${path}.`,
    fix: 'rename one of them, or leave it out of `include`',
  });
}

/** A file that was there when the package was planned. */
function notRead(error: Error): Error {
  return new RopewayError({
    code: 'SOURCE_CHANGED',
    message: `A file changed while it was being packed: ${error.message}`,
    fix: 'run the command again when nothing writes to the folder of the app',
    cause: error,
  });
}

function notWritten(error: unknown, target: string): unknown {
  if (error instanceof RopewayError || systemCode(error) === undefined || systemCode(error) === 'ABORT_ERR')
    return error;
  return new RopewayError({
    code: 'NOT_WRITTEN',
    message: `The package cannot be written: ${errorMessage(error)}`,
    expected: `a folder with enough room: ${dirname(target)}`,
    fix: 'choose another folder with --out',
    cause: error,
  });
}
