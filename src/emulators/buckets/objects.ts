import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';

import { systemCode } from '../../lib/errors.ts';
import { type BlobFile, openBlob, syncFolder, writeBlob } from './blob-files.ts';
import type { Content, StoredObject, Summing, Sums } from './stored.ts';

/** The objects of one bucket, each in a file that is named by the digest of its key. */
export interface ObjectFolder<Info extends StoredObject, Told extends Sums = Sums> {
  /** Sorted by the bytes of their keys. */
  list(): Promise<readonly Info[]>;
  /** Undefined: no such object. */
  info(key: string): Promise<Info | undefined>;
  /** Its file, to be read or closed: it stays what it is whatever is written meanwhile. */
  open(key: string): Promise<BlobFile<Info> | undefined>;
  /** `check` is called in the moment before it takes the place of what was there: what it throws leaves that as it was. */
  put(
    content: Content,
    about: NewObject<Info, Told>,
    check?: (before: Info | undefined) => void,
  ): Promise<Info>;
  /** False when it was gone already. */
  remove(key: string): Promise<boolean>;
  /** Changes what is said about an object, its content as it is. */
  amend(key: string, change: (info: Info) => Info): Promise<Info | undefined>;
}

/** What the content does not tell. */
export type NewObject<Info, Told extends Sums = Sums> = Omit<Info, keyof Told | 'etag'> & {
  key: string;
  /** Default: MD5 of the content. */
  etag?: string;
};

export function openObjects<Info extends StoredObject, Told extends Sums>(
  folder: string,
  summing: Summing<Told>,
): ObjectFolder<Info, Told> {
  const path = (key: string): string => join(folder, digestOf(key));
  let index: Promise<Map<string, Info>> | undefined;
  let sorted: readonly Info[] | undefined;
  const load = (): Promise<Map<string, Info>> => (index ??= readIndex<Info>(folder));
  const note = (objects: Map<string, Info>, key: string, info: Info | undefined): void => {
    sorted = undefined;
    if (info === undefined) objects.delete(key);
    else objects.set(key, info);
  };

  const folderOf: ObjectFolder<Info, Told> = {
    list: async () => {
      const objects = await load();
      return (sorted ??= inKeyOrder(objects));
    },
    info: async (key) => (await load()).get(key),
    open: async (key) => {
      if (!(await load()).has(key)) return undefined;
      return openBlob<Info>(path(key)).catch((error: unknown) => {
        if (systemCode(error) === 'ENOENT') return undefined;
        throw error;
      });
    },
    put: async (content, { etag, ...about }, check) => {
      const objects = await load();
      const sums = summing(content);
      const { key } = about;
      const finish = (): Info => {
        const { md5, ...told } = sums.result();
        return { ...about, ...told, etag: etag ?? md5 } as unknown as Info;
      };
      return writeBlob(
        path(key),
        sums.parts,
        finish,
        (info) => note(objects, key, info),
        () => check?.(objects.get(key)),
      );
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
      const content = file.stream() as AsyncIterable<Uint8Array>;
      return folderOf.put(content, { ...about, etag } as unknown as NewObject<Info, Told>);
    },
  };
  return folderOf;
}

async function readIndex<Info extends StoredObject>(folder: string): Promise<Map<string, Info>> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const objects = new Map<string, Info>();
  for (const name of readdirSync(folder)) {
    // What a write that was cut off has left.
    if (name.endsWith('.new')) await rm(join(folder, name), { force: true });
    else {
      const file = await openBlob<Info>(join(folder, name));
      await file.close();
      objects.set(file.about.key, file.about);
    }
  }
  return objects;
}

function inKeyOrder<Info extends StoredObject>(objects: Map<string, Info>): Info[] {
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
