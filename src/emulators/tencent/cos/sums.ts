import { createHash } from 'node:crypto';

import { createCrc64 } from './crc64.ts';

export type Content = Iterable<Uint8Array> | AsyncIterable<Uint8Array>;

/** What COS tells of content; to be asked once all of it has gone through. */
export interface Sums {
  /** The content. */
  parts: AsyncIterable<Uint8Array>;
  result(): { bytes: number; md5: string; crc64: string };
}

export function summing(content: Content): Sums {
  const md5 = createHash('md5');
  const crc = createCrc64();
  let bytes = 0;
  async function* parts(): AsyncGenerator<Uint8Array> {
    for await (const part of content) {
      md5.update(part);
      crc.update(part);
      bytes += part.length;
      yield part;
    }
  }
  return { parts: parts(), result: () => ({ bytes, md5: md5.digest('hex'), crc64: crc.digest() }) };
}
