import { existsSync, mkdirSync } from 'node:fs';
import { open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';

import { RopewayError } from '../../../lib/errors.ts';
import type { CodePackage } from '../../types.ts';
import type { AwsContext } from '../context.ts';
import type { Code } from './books.ts';
import { invalid } from './desk.ts';

/** The zips of functions and layers: unpacked by the platform, and kept as they came for who downloads them. */
export interface Zips {
  /** Rejects with InvalidParameterValueException, RequestEntityTooLargeException. */
  add(zip: Buffer): Promise<Code>;
  read(digest: string): Promise<Buffer | undefined>;
  /** Removes those that `kept` does not name. */
  sweep(kept: ReadonlySet<string>): Promise<void>;
}

/** Unpacked, of a function or a layer (Lambda quotas). */
const MOST_UNPACKED = 262_144_000;

export function openZips({ folder, platform }: AwsContext): Zips {
  const place = join(folder, 'code');
  const fileOf = (digest: string): string => join(place, `${digest}.zip`);
  return {
    add: async (zip) => {
      const added = await addTo(platform, zip);
      if (added.unpackedBytes > MOST_UNPACKED)
        throw invalid(`Unzipped size must be smaller than ${MOST_UNPACKED} bytes`);
      const file = fileOf(added.digest);
      if (!existsSync(file)) await writeWhole(place, file, zip);
      return { digest: added.digest, bytes: zip.length };
    },
    read: async (digest) => (existsSync(fileOf(digest)) ? readFile(fileOf(digest)) : undefined),
    sweep: async (kept) => {
      const names = existsSync(place) ? await readdir(place) : [];
      for (const name of names) {
        if (!kept.has(name.replace(/\.zip$/, ''))) await rm(join(place, name), { force: true });
      }
    },
  };
}

async function addTo(platform: AwsContext['platform'], zip: Buffer): Promise<CodePackage> {
  try {
    return await platform.addPackage(zip);
  } catch (error) {
    if (!(error instanceof RopewayError)) throw error;
    throw invalid(
      error.code === 'PACKAGE_FORMAT'
        ? 'Could not unzip uploaded file. Please check your file, then try to upload again.'
        : `${error.message} ${error.got ?? ''}`.trim(),
    );
  }
}

async function writeWhole(folder: string, file: string, content: Buffer): Promise<void> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const temporary = `${file}.${process.pid}.tmp`;
  const handle = await open(temporary, 'w', 0o600);
  try {
    await handle.writeFile(content);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(temporary, file);
}
