import { summing as summingMd5, type Summing, type Sums } from '../../buckets/stored.ts';
import { createCrc64, XZ } from '../../buckets/crc64.ts';

/** What COS tells of content. `crc64`: decimal, as `x-cos-hash-crc64ecma` has it. */
export type CosSums = Sums & { crc64: string };

export const summing: Summing<CosSums> = (content) => {
  const plain = summingMd5(content);
  const crc = createCrc64(XZ);
  async function* parts(): AsyncGenerator<Uint8Array> {
    for await (const part of plain.parts) {
      crc.update(part);
      yield part;
    }
  }
  return { parts: parts(), result: () => ({ ...plain.result(), crc64: crc.digest().toString() }) };
};
