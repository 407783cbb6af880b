import { createHash, randomBytes } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';

import { openBlob, writeBlob } from './blob-files.ts';
import type { NewObject, ObjectFolder } from './objects.ts';
import type { Content, StoredObject, Summing, Sums } from './stored.ts';

/** An upload in parts that has been begun. */
export interface Upload<About> {
  id: string;
  key: string;
  /** ISO 8601. */
  startedAt: string;
  /** What the object is to be, beside its content. */
  object: About;
}

export interface Part {
  number: number;
  bytes: number;
  etag: string;
  modifiedAt: number;
}

/** The uploads of one bucket: a folder each, with a file that says what it is to be, and a file per part. */
export interface UploadFolder<Info extends StoredObject, About, OnePart extends Part = Part> {
  begin(upload: Omit<Upload<About>, 'id'>): Promise<Upload<About>>;
  /** Sorted by key, then by time. */
  list(): Promise<Upload<About>[]>;
  find(id: string): Promise<Upload<About> | undefined>;
  /** `more`: what a part has beside what its content tells. */
  putPart(
    id: string,
    number: number,
    content: Content,
    now: number,
    more?: Partial<OnePart>,
  ): Promise<OnePart>;
  /** By their numbers. */
  parts(id: string): Promise<OnePart[]>;
  /** The content of parts, one after the other. */
  content(id: string, parts: OnePart[]): AsyncIterable<Uint8Array>;
  /** These parts, one after the other, are the object from now on. */
  complete(
    upload: Upload<About>,
    parts: OnePart[],
    now: number,
    more?: Partial<Info>,
    check?: (before: Info | undefined) => void,
  ): Promise<Info>;
  abort(id: string): Promise<void>;
}

const UPLOAD = 'upload';

export function openUploads<Info extends StoredObject, About, Told extends Sums, OnePart extends Part>(
  folder: string,
  objects: ObjectFolder<Info, Told>,
  summing: Summing<Told>,
): UploadFolder<Info, About, OnePart> {
  const place = (id: string, name = ''): string => join(folder, id, name);
  const uploads: UploadFolder<Info, About, OnePart> = {
    begin: async (wanted) => {
      const upload = { id: `${Date.now()}${randomBytes(24).toString('hex')}`, ...wanted };
      await writeBlob(
        place(upload.id, UPLOAD),
        [],
        () => upload,
        () => undefined,
      );
      return upload;
    },
    list: async () => {
      const found: Upload<About>[] = [];
      for (const id of namesIn(folder)) {
        const upload = await uploads.find(id);
        if (upload !== undefined) found.push(upload);
      }
      return found.toSorted(
        (a, b) => Buffer.compare(Buffer.from(a.key), Buffer.from(b.key)) || (a.id < b.id ? -1 : 1),
      );
    },
    find: async (id) => {
      // What a client sends is a name of a folder only if it is one of ours.
      if (!/^[0-9a-f]+$/.test(id)) return undefined;
      return readAbout<Upload<About>>(place(id, UPLOAD));
    },
    putPart: (id, number, content, now, more) => {
      const sums = summing(content);
      const about = (): OnePart => {
        const { md5, ...told } = sums.result();
        return { number, ...told, etag: md5, modifiedAt: now, ...more } as unknown as OnePart;
      };
      return writeBlob(place(id, String(number)), sums.parts, about, () => undefined);
    },
    parts: async (id) => {
      const found: OnePart[] = [];
      for (const name of namesIn(place(id)).filter((one) => /^\d+$/.test(one))) {
        const part = await readAbout<OnePart>(place(id, name));
        if (part !== undefined) found.push(part);
      }
      return found.toSorted((a, b) => a.number - b.number);
    },
    content: async function* content(id, parts) {
      for (const { number } of parts) {
        const part = await openBlob<Part>(place(id, String(number)));
        yield* part.stream() as AsyncIterable<Uint8Array>;
      }
    },
    complete: async (upload, parts, now, more, check) => {
      const sums = Buffer.concat(parts.map(({ etag }) => Buffer.from(etag, 'hex')));
      const etag = `${createHash('md5').update(sums).digest('hex')}-${parts.length}`;
      const about = { ...upload.object, key: upload.key, modifiedAt: now, etag, ...more };
      const content = uploads.content(upload.id, parts);
      const info = await objects.put(content, about as unknown as NewObject<Info, Told>, check);
      await uploads.abort(upload.id);
      return info;
    },
    abort: (id) => rm(place(id), { recursive: true, force: true }),
  };
  return uploads;
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

async function readAbout<About>(path: string): Promise<About | undefined> {
  try {
    const file = await openBlob<About>(path);
    await file.close();
    return file.about;
  } catch {
    return undefined;
  }
}
