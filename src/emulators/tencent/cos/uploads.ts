import { createHash, randomBytes } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';

import { openBlob, writeBlob } from './blob-files.ts';
import type { ObjectFolder } from './objects.ts';
import { type Content, summing } from './sums.ts';
import type { ObjectInfo } from './types.ts';

/** An upload in parts that has been begun. */
export interface Upload {
  id: string;
  key: string;
  /** ISO 8601. */
  startedAt: string;
  /** What the object is to be, beside its content. */
  object: Pick<ObjectInfo, 'headers' | 'storageClass' | 'acl' | 'tagging'>;
}

export interface Part {
  number: number;
  bytes: number;
  etag: string;
  crc64: string;
  modifiedAt: number;
}

/** The uploads of one bucket: a folder each, with a file that says what it is to be, and a file per part. */
export interface UploadFolder {
  begin(upload: Omit<Upload, 'id'>): Promise<Upload>;
  /** Sorted by key, then by time. */
  list(): Promise<Upload[]>;
  find(id: string): Promise<Upload | undefined>;
  putPart(id: string, number: number, content: Content, now: number): Promise<Part>;
  /** By their numbers. */
  parts(id: string): Promise<Part[]>;
  /** These parts, one after the other, are the object from now on. */
  complete(upload: Upload, parts: Part[], objects: ObjectFolder, now: number): Promise<ObjectInfo>;
  abort(id: string): Promise<void>;
}

const UPLOAD = 'upload';

export function openUploads(folder: string): UploadFolder {
  const place = (id: string, name = ''): string => join(folder, id, name);
  const uploads: UploadFolder = {
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
      const found: Upload[] = [];
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
      return readAbout<Upload>(place(id, UPLOAD));
    },
    putPart: (id, number, content, now) => {
      const sums = summing(content);
      const about = (): Part => {
        const { md5, ...told } = sums.result();
        return { number, ...told, etag: md5, modifiedAt: now };
      };
      return writeBlob(place(id, String(number)), sums.parts, about, () => undefined);
    },
    parts: async (id) => {
      const found: Part[] = [];
      for (const name of namesIn(place(id)).filter((one) => /^\d+$/.test(one))) {
        const part = await readAbout<Part>(place(id, name));
        if (part !== undefined) found.push(part);
      }
      return found.toSorted((a, b) => a.number - b.number);
    },
    complete: async (upload, parts, objects, now) => {
      async function* content(): AsyncGenerator<Uint8Array> {
        for (const { number } of parts) {
          const part = await openBlob<Part>(place(upload.id, String(number)));
          yield* part.stream() as AsyncIterable<Uint8Array>;
        }
      }
      const sums = Buffer.concat(parts.map(({ etag }) => Buffer.from(etag, 'hex')));
      const etag = `${createHash('md5').update(sums).digest('hex')}-${parts.length}`;
      const info = await objects.put(content(), { ...upload.object, key: upload.key, modifiedAt: now, etag });
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
