import { randomBytes } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';

import { openStore, type Store } from '../../store.ts';
import { type ObjectFolder, openObjects } from './objects.ts';
import type { Bucket } from './types.ts';
import { openUploads, type UploadFolder } from './uploads.ts';

/** All buckets and what is in them. */
export interface CosState {
  buckets(): readonly Bucket[];
  find(name: string): Bucket | undefined;
  /** False: there is one of this name. */
  add(bucket: Omit<Bucket, 'folder'>): Promise<boolean>;
  change(name: string, make: (bucket: Bucket) => Bucket): Promise<void>;
  /** The bucket and all that is left in its folder. */
  remove(name: string): Promise<void>;
  objects(bucket: Bucket): ObjectFolder;
  uploads(bucket: Bucket): UploadFolder;
  settled(): Promise<void>;
}

interface Told {
  buckets: Bucket[];
}

/** Throws STATE_BROKEN. */
export function openState(folder: string, onNotice: (message: string) => void): CosState {
  const store: Store<Told> = openStore<Told>({ folder, name: 'cos', empty: { buckets: [] }, onNotice });
  const objects = new Map<string, ObjectFolder>();
  const uploads = new Map<string, UploadFolder>();
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
        const made = { ...bucket, folder: `${bucket.name}.${randomBytes(6).toString('hex')}` };
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
    objects: (bucket) =>
      memo(objects, bucket.folder, () => openObjects(join(folder, bucket.folder, 'objects'))),
    uploads: (bucket) =>
      memo(uploads, bucket.folder, () => openUploads(join(folder, bucket.folder, 'uploads'))),
    settled: () => store.settled(),
  };
}

function memo<Value>(made: Map<string, Value>, key: string, make: () => Value): Value {
  const found = made.get(key) ?? make();
  made.set(key, found);
  return found;
}

/** Folders that no bucket has: what a removal that was cut off has left. */
function removeStrays(folder: string, buckets: Bucket[]): void {
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
