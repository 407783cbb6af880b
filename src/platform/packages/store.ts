import { execFile } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { createWriteStream, existsSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';

import { RopewayError } from '../../lib/errors.ts';
import { unpack } from './unpack.ts';

/** A package that is there, unpacked. */
export interface StoredPackage {
  digest: string;
  unpackedBytes: number;
}

/** Packages of a platform, each in a folder that bears its digest and is never changed. */
export interface PackageStore {
  find(digest: string): StoredPackage | undefined;
  /** Absolute folder of one that is there. */
  folder(digest: string): string;
  /** Takes a zip in. Rejects with PACKAGE_DIGEST, PACKAGE_TOO_LARGE, PACKAGE_ENTRY, PACKAGE_BROKEN; then nothing of it is left. */
  add(digest: string, body: Readable): Promise<StoredPackage & { existed: boolean }>;
  /** Somebody uses these now: when nobody does any more, they may go at once. */
  noteUsed(digests: ReadonlySet<string>): void;
  /** Removes what nobody uses and was not just uploaded, and what a process that was killed has left half done. */
  sweep(used: ReadonlySet<string>): Promise<void>;
}

const MEGABYTE = 1024 * 1024;
const MOST_ZIP_BYTES = 500 * MEGABYTE;
const LIMITS = { bytes: 1024 * MEGABYTE, entries: 200_000 };
/** Whoever uploads a package deploys it soon. */
const GRACE_MS = 60 * 60 * 1000;

export function openPackages(stateFolder: string): PackageStore {
  const top = join(stateFolder, 'packages');
  const folder = (digest: string): string => join(top, digest);
  const noteOf = (digest: string): string => join(top, `${digest}.json`);
  const adding = new Map<string, Promise<StoredPackage>>();
  const wereUsed = new Set<string>();
  const find = (digest: string): StoredPackage | undefined => {
    // The folder comes last: where it is, the note is.
    if (!existsSync(folder(digest))) return undefined;
    return JSON.parse(readFileSync(noteOf(digest), 'utf8')) as StoredPackage;
  };
  const take = async (digest: string, body: Readable): Promise<StoredPackage> => {
    mkdirSync(top, { recursive: true, mode: 0o700 });
    const draft = join(top, `.${randomUUID()}`);
    try {
      await receive(body, digest, `${draft}.zip`);
      mkdirSync(draft);
      const stored = { digest, unpackedBytes: await unpack(`${draft}.zip`, draft, LIMITS) };
      await writeFile(noteOf(digest), JSON.stringify(stored), { mode: 0o600 });
      await syncAll(top);
      await rename(draft, folder(digest));
      return stored;
    } finally {
      await Promise.all([rm(`${draft}.zip`, { force: true }), rm(draft, { recursive: true, force: true })]);
    }
  };
  return {
    find,
    folder,
    add: async (digest, body) => {
      const there = find(digest) ?? (await adding.get(digest)?.catch(() => undefined));
      if (there !== undefined) {
        body.resume();
        return { ...there, existed: true };
      }
      const taken = take(digest, body);
      adding.set(digest, taken);
      try {
        return { ...(await taken), existed: false };
      } finally {
        adding.delete(digest);
      }
    },
    noteUsed: (digests) => {
      for (const digest of digests) wereUsed.add(digest);
    },
    sweep: async (used) => {
      for (const name of namesIn(top)) {
        const isDraft = name.startsWith('.');
        const digest = name.replace(/\.json$/, '');
        if ((!isDraft && used.has(digest)) || adding.has(digest)) continue;
        if (!isDraft && !wereUsed.has(digest) && Date.now() - changedAt(noteOf(digest)) < GRACE_MS) continue;
        if (isDraft && adding.size > 0) continue;
        await rm(join(top, name), { recursive: true, force: true });
      }
    },
  };
}

/** Writes the body to a file. Throws PACKAGE_DIGEST when it is not the one that was announced. */
async function receive(body: Readable, digest: string, file: string): Promise<void> {
  const hash = createHash('sha256');
  let bytes = 0;
  const check = new Transform({
    transform(chunk: Buffer, _, done) {
      bytes += chunk.length;
      hash.update(chunk);
      if (bytes <= MOST_ZIP_BYTES) done(null, chunk);
      else {
        done(
          new RopewayError({
            code: 'PACKAGE_TOO_LARGE',
            message: 'The package is too large.',
            expected: `at most ${MOST_ZIP_BYTES} bytes`,
          }),
        );
      }
    },
  });
  await pipeline(body, check, createWriteStream(file, { mode: 0o600 }));
  const got = hash.digest('hex');
  if (got === digest) return;
  throw new RopewayError({
    code: 'PACKAGE_DIGEST',
    message: 'The package is not the one that the path names.',
    expected: digest,
    got,
  });
}

/** Thousands of small files, on the disk before anybody relies on them; one by one it would take seconds. */
async function syncAll(folder: string): Promise<void> {
  const args = process.platform === 'linux' ? ['-f', folder] : [];
  await promisify(execFile)('sync', args).catch(() => undefined);
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function changedAt(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}
