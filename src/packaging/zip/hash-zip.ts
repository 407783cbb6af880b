import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';

import { listZip } from '../unpack.ts';
import type { PackedZip } from '../types.ts';

/** Digest and sizes of a zip on the disk. Throws BAD_ZIP. */
export async function hashFile(file: string): Promise<Omit<PackedZip, 'file'>> {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const chunk of createReadStream(file) as AsyncIterable<Buffer>) {
    hash.update(chunk);
    bytes += chunk.length;
  }
  const unpackedBytes = (await listZip(file)).reduce((total, { unpacked }) => total + unpacked, 0);
  return { digest: hash.digest('hex'), bytes, unpackedBytes };
}
