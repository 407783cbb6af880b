import { createHash } from 'node:crypto';
import { createWriteStream, mkdirSync, statSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';

import { ZipFile } from 'yazl';

import { inOrder, type PackFile } from './files.ts';
import type { PackedZip } from './types.ts';

/** Local, since that is how it is written into the zip: the same whatever the time zone. */
const TIME = new Date(1980, 0, 1, 0, 0, 0);
const MODES = { file: 0o100644, executable: 0o100755, link: 0o120777 };
const LEVEL = 9;

/**
 * Packs files into `<folder>/<digest>.zip`. The same files are the same bytes: sorted, one time, two modes, one level of
 * compression.
 */
export async function writeZip(
  files: readonly PackFile[],
  folder: string,
  signal?: AbortSignal,
): Promise<PackedZip> {
  mkdirSync(folder, { recursive: true });
  const draft = join(folder, `.${process.pid}-${Math.random().toString(36).slice(2)}.zip`);
  const zip = new ZipFile();
  let unpackedBytes = 0;
  for (const { name, path, content, kind } of inOrder(files)) {
    const options = {
      mtime: TIME,
      mode: MODES[kind],
      compress: kind !== 'link',
      compressionLevel: kind === 'link' ? 0 : LEVEL,
      forceDosTimestamp: true,
    };
    if (content !== undefined) zip.addBuffer(content, name, options);
    else zip.addFile(path!, name, options);
    unpackedBytes += content?.length ?? statSync(path!).size;
  }
  zip.end();
  const hash = createHash('sha256');
  const hashing = new Transform({
    transform(chunk: Buffer, _, done) {
      hash.update(chunk);
      done(null, chunk);
    },
  });
  try {
    // Reading a file may fail after its name was given.
    const failure = new Promise<never>((_, reject) => zip.on('error', reject));
    const written = pipeline(
      zip.outputStream,
      hashing,
      createWriteStream(draft),
      ...(signal === undefined ? [] : [{ signal }]),
    );
    await Promise.race([written, failure]);
    const digest = hash.digest('hex');
    const file = join(folder, `${digest}.zip`);
    await rename(draft, file);
    return { file, digest, bytes: statSync(file).size, unpackedBytes };
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  } finally {
    mkdirSync(dirname(draft), { recursive: true });
  }
}
