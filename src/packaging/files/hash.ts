import { createHash } from 'node:crypto';
import { closeSync, openSync, readSync } from 'node:fs';

import type { PackFile } from './pack-file.ts';

const CHUNK = 1024 * 1024;
const buffer = Buffer.allocUnsafe(CHUNK);

/** SHA-256 of JSON, lower-case hex. The order of keys counts. */
export function digestOf(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex');
}

/** Names, modes and contents of files as short JSON, in the order of the files. */
export function fingerprints(files: PackFile[]): string[] {
  return files.map(({ path, source, executable }) => {
    const hash = createHash('sha256');
    if (typeof source === 'string') readInto(hash, source);
    else hash.update(source);
    return `${path}\0${executable ? 'x' : '-'}\0${hash.digest('hex')}`;
  });
}

/** In pieces: a model of a gigabyte need not be in memory. */
function readInto(hash: ReturnType<typeof createHash>, file: string): void {
  const descriptor = openSync(file, 'r');
  try {
    for (;;) {
      const count = readSync(descriptor, buffer, 0, CHUNK, null);
      if (count === 0) return;
      hash.update(count === CHUNK ? buffer : buffer.subarray(0, count));
    }
  } finally {
    closeSync(descriptor);
  }
}
