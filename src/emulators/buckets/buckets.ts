import { randomBytes } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';

import { openStore, type Store } from '../store.ts';
import { type ObjectFolder, openObjects } from './objects.ts';
import type { StoredBucket, StoredObject, Summing, Sums } from './stored.ts';
import { openUploads, type Part, type UploadFolder } from './uploads.ts';

/** Types of what a cloud keeps. */
export interface Kept {
  bucket: StoredBucket;
  object: StoredObject;
  sums: Sums;
  part: Part;
  /** Of an upload in parts: what the object is to be. */
  about: unknown;
}

/** All buckets and what is in them. */
export interface Buckets<Of extends Kept> {
  buckets(): readonly Of['bucket'][];
  find(name: string): Of['bucket'] | undefined;
  /** False: there is one of this name. */
  add(bucket: Omit<Of['bucket'], 'folder'>): Promise<boolean>;
  change(name: string, make: (bucket: Of['bucket']) => Of['bucket']): Promise<void>;
  /** The bucket and all that is left in its folder. */
  remove(name: string): Promise<void>;
  objects(bucket: Of['bucket']): ObjectFolder<Of['object'], Of['sums']>;
  uploads(bucket: Of['bucket']): UploadFolder<Of['object'], Of['about'], Of['part']>;
  settled(): Promise<void>;
}

export interface BucketsOptions<Of extends Kept> {
  /** Absolute; made when missing. */
  folder: string;
  /** Of the file that lists the buckets: `cos`. */
  name: string;
  summing: Summing<Of['sums']>;
  onNotice(message: string): void;
}

interface Told<Bucket> {
  buckets: Bucket[];
}

/** Throws STATE_BROKEN. */
export function openBuckets<Of extends Kept>(options: BucketsOptions<Of>): Buckets<Of> {
  type Bucket = Of['bucket'];
  const { folder, name: file, summing, onNotice } = options;
  const empty: Told<Bucket> = { buckets: [] };
  const store: Store<Told<Bucket>> = openStore({ folder, name: file, empty, onNotice });
  const objects = new Map<string, ObjectFolder<Of['object'], Of['sums']>>();
  const uploads = new Map<string, UploadFolder<Of['object'], Of['about'], Of['part']>>();
  const objectsOf = (bucket: Bucket): ObjectFolder<Of['object'], Of['sums']> =>
    memo(objects, bucket.folder, () => openObjects(join(folder, bucket.folder, 'objects'), summing));
  const find = (name: string): Bucket | undefined =>
    store.current().buckets.find((bucket) => bucket.name === name);
  removeStrays(folder, store.current().buckets);

  return {
    buckets: () => store.current().buckets,
    find,
    add: (bucket) =>
      store.change((told) => {
        if (told.buckets.some(({ name }) => name === bucket.name)) return { value: told, result: false };
        // A bucket of the same name that is made later must not find what a removal that was cut off has left.
        const made: Bucket = { ...bucket, folder: `${bucket.name}.${randomBytes(6).toString('hex')}` };
        return { value: { buckets: [...told.buckets, made] }, result: true };
      }),
    change: (name, make) =>
      store.change(({ buckets }) => ({
        value: { buckets: buckets.map((bucket) => (bucket.name === name ? make(bucket) : bucket)) },
        result: undefined,
      })),
    remove: async (name) => {
      const bucket = find(name);
      if (bucket === undefined) return;
      await store.change(({ buckets }) => ({
        value: { buckets: buckets.filter((one) => one !== bucket) },
        result: undefined,
      }));
      objects.delete(bucket.folder);
      uploads.delete(bucket.folder);
      await rm(join(folder, bucket.folder), { recursive: true, force: true });
    },
    objects: objectsOf,
    uploads: (bucket) =>
      memo(uploads, bucket.folder, () =>
        openUploads(join(folder, bucket.folder, 'uploads'), objectsOf(bucket), summing),
      ),
    settled: () => store.settled(),
  };
}

function memo<Value>(made: Map<string, Value>, key: string, make: () => Value): Value {
  const found = made.get(key) ?? make();
  made.set(key, found);
  return found;
}

/** Folders that no bucket has: what a removal that was cut off has left. */
function removeStrays(folder: string, buckets: StoredBucket[]): void {
  const known = new Set(buckets.map((bucket) => bucket.folder));
  let entries: string[] = [];
  try {
    entries = readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name);
  } catch {
    // There is none yet.
  }
  for (const name of entries) {
    if (!known.has(name))
      void rm(join(folder, name), { recursive: true, force: true }).catch(() => undefined);
  }
}
