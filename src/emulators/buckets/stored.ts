import { createHash } from 'node:crypto';

/** What is known of any object. */
export interface StoredObject {
  key: string;
  bytes: number;
  /** Without quotation marks. */
  etag: string;
  /** Milliseconds since 1970. */
  modifiedAt: number;
}

/** What is known of any bucket. */
export interface StoredBucket {
  name: string;
  /** Name of its folder, which no other bucket ever has. */
  folder: string;
  /** By the name of the sub-resource (`cors`, `website`, `policy`): the document as it was put. */
  settings: Record<string, string>;
  /** Of its website, once it has one. */
  port?: number;
}

export type Content = Iterable<Uint8Array> | AsyncIterable<Uint8Array>;

/** What content itself tells; a cloud may add sums of its own. */
export interface Sums {
  bytes: number;
  /** Hex. */
  md5: string;
}

/** Content on its way, and what it tells once all of it has gone through. */
export type Summing<Told extends Sums = Sums> = (content: Content) => {
  parts: AsyncIterable<Uint8Array>;
  result(): Told;
};

export const summing: Summing = (content) => {
  const md5 = createHash('md5');
  let bytes = 0;
  async function* parts(): AsyncGenerator<Uint8Array> {
    for await (const part of content) {
      md5.update(part);
      bytes += part.length;
      yield part;
    }
  }
  return { parts: parts(), result: () => ({ bytes, md5: md5.digest('hex') }) };
};
