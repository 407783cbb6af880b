import { createHash, randomUUID } from 'node:crypto';
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { open, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';

import { systemCode } from '../../../lib/errors.ts';
import type { CodePackage, EmulatedPlatform } from '../../types.ts';
import type { CodeRecord } from './books.ts';

/** Packages as they were uploaded, by their digest: to give them out again, and to unpack them anew. */
export interface Zips {
  /** Resolves when it is on the disk. */
  add(zip: Buffer): Promise<CodeRecord>;
  /** Undefined: it is not there. */
  read(digest: string): Promise<Buffer | undefined>;
  /** Unpacked on the platform, whether it was so already or not. Rejects with `RopewayError`: it is no zip, or too large. */
  unpack(digest: string): Promise<Pick<CodePackage, 'folder'> & { unpackedBytes?: number }>;
  /** Removes those that nothing names. */
  sweep(): void;
}

interface ZipOptions {
  folder: string;
  platform: EmulatedPlatform;
  /** Of all that must stay. */
  named(): Iterable<string>;
}

export function openZips({ folder, platform, named }: ZipOptions): Zips {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const pathOf = (digest: string): string => join(folder, `${digest}.zip`);
  /** Uploads of which the books do not tell yet. */
  const arriving = new Map<string, number>();
  const read = async (digest: string): Promise<Buffer | undefined> => {
    try {
      return await readFile(pathOf(digest));
    } catch (error) {
      if (systemCode(error) === 'ENOENT') return undefined;
      throw error;
    }
  };
  return {
    read,
    add: async (zip) => {
      const digest = createHash('sha256').update(zip).digest('hex');
      arriving.set(digest, (arriving.get(digest) ?? 0) + 1);
      // Long enough for who asked to write it down.
      setTimeout(() => forget(arriving, digest), ARRIVING_MS).unref();
      if ((await read(digest)) === undefined) await writeDurably(pathOf(digest), zip);
      return { digest, bytes: zip.length };
    },
    unpack: async (digest) => {
      const there = platform.packageFolder(digest);
      if (there !== undefined) return { folder: there };
      const zip = await read(digest);
      if (zip === undefined) throw new Error(`the package ${digest} is gone from ${folder}`);
      return platform.addPackage(zip);
    },
    sweep: () => {
      const kept = new Set([...named(), ...arriving.keys()]);
      for (const name of readdirSync(folder)) {
        const [digest = '', ending] = name.split('.');
        if (ending === 'zip' && name === `${digest}.zip` && !kept.has(digest)) rmSync(join(folder, name));
      }
    },
  };
}

const ARRIVING_MS = 60_000;

function forget(arriving: Map<string, number>, digest: string): void {
  const left = (arriving.get(digest) ?? 1) - 1;
  if (left === 0) arriving.delete(digest);
  else arriving.set(digest, left);
}

async function writeDurably(path: string, content: Buffer): Promise<void> {
  const temporary = `${path}.${randomUUID()}`;
  const file = await open(temporary, 'w', 0o600);
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(temporary, path);
}
