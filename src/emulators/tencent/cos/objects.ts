import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';

import { systemCode } from '../../../lib/errors.ts';
import { type BlobFile, openBlob, syncFolder, writeBlob } from './blob-files.ts';
import { type Content, summing } from './sums.ts';
import type { ObjectInfo } from './types.ts';

/** The objects of one bucket, each in a file that is named by the digest of its key. */
export interface ObjectFolder {
  /** Sorted by the bytes of their keys. */
  list(): Promise<readonly ObjectInfo[]>;
  /** Undefined: no such object. */
  info(key: string): Promise<ObjectInfo | undefined>;
  /** Its file, to be read or closed: it stays what it is whatever is written meanwhile. */
  open(key: string): Promise<BlobFile<ObjectInfo> | undefined>;
  put(content: Content, about: NewObject): Promise<ObjectInfo>;
  /** Keeps a key for who wants to make what is not there; to be called when that is done. Undefined: it is there, or somebody is making it. */
  claim(key: string): Promise<(() => void) | undefined>;
  /** False when it was gone already. */
  remove(key: string): Promise<boolean>;
  /** Changes what is said about an object, its content as it is. */
  amend(key: string, change: (info: ObjectInfo) => ObjectInfo): Promise<ObjectInfo | undefined>;
}

/** What the content does not tell. */
export type NewObject = Omit<ObjectInfo, 'bytes' | 'etag' | 'crc64' | 'modifiedAt'> & {
  modifiedAt: number;
  /** Default: MD5 of the content. */
  etag?: string;
};

export function openObjects(folder: string): ObjectFolder {
  const path = (key: string): string => join(folder, digestOf(key));
  let index: Promise<Map<string, ObjectInfo>> | undefined;
  let sorted: readonly ObjectInfo[] | undefined;
  const claimed = new Set<string>();
  const load = (): Promise<Map<string, ObjectInfo>> => (index ??= readIndex(folder));
  const note = (objects: Map<string, ObjectInfo>, key: string, info: ObjectInfo | undefined): void => {
    sorted = undefined;
    if (info === undefined) objects.delete(key);
    else objects.set(key, info);
  };

  const folderOf: ObjectFolder = {
    list: async () => {
      const objects = await load();
      return (sorted ??= inKeyOrder(objects));
    },
    info: async (key) => (await load()).get(key),
    open: async (key) => {
      if (!(await load()).has(key)) return undefined;
      return openBlob<ObjectInfo>(path(key)).catch((error: unknown) => {
        if (systemCode(error) === 'ENOENT') return undefined;
        throw error;
      });
    },
    put: async (content, { etag, ...about }) => {
      const objects = await load();
      const sums = summing(content);
      const finish = (): ObjectInfo => {
        const { md5, ...told } = sums.result();
        return { ...about, ...told, etag: etag ?? md5 };
      };
      return writeBlob(path(about.key), sums.parts, finish, (info) => note(objects, about.key, info));
    },
    claim: async (key) => {
      const objects = await load();
      if (objects.has(key) || claimed.has(key)) return undefined;
      claimed.add(key);
      return () => void claimed.delete(key);
    },
    remove: async (key) => {
      const objects = await load();
      if (!objects.has(key)) return false;
      // In one step, so that nothing that is put meanwhile is removed.
      rmSync(path(key), { force: true });
      note(objects, key, undefined);
      await syncFolder(folder);
      return true;
    },
    amend: async (key, change) => {
      const file = await folderOf.open(key);
      if (file === undefined) return undefined;
      const { etag, ...about } = change(file.about);
      return folderOf.put(file.stream() as AsyncIterable<Uint8Array>, { ...about, etag });
    },
  };
  return folderOf;
}

async function readIndex(folder: string): Promise<Map<string, ObjectInfo>> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const objects = new Map<string, ObjectInfo>();
  for (const name of readdirSync(folder)) {
    // What a write that was cut off has left.
    if (name.endsWith('.new')) await rm(join(folder, name), { force: true });
    else {
      const file = await openBlob<ObjectInfo>(join(folder, name));
      await file.close();
      objects.set(file.about.key, file.about);
    }
  }
  return objects;
}

function inKeyOrder(objects: Map<string, ObjectInfo>): ObjectInfo[] {
  return [...objects.values()]
    .map((info) => ({ info, bytes: Buffer.from(info.key) }))
    .toSorted((a, b) => Buffer.compare(a.bytes, b.bytes))
    .map(({ info }) => info);
}

function digestOf(key: string): string {
  return createHash('sha256').update(key).digest('hex');
}

/** All of it, in memory. */
export async function contentOf(file: { stream(): Readable }): Promise<Buffer> {
  return Buffer.concat((await file.stream().toArray()) as Buffer[]);
}
