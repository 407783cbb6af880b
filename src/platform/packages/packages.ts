import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, renameSync, statSync, utimesSync } from 'node:fs';
import { lstat, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { errorMessage, RopewayError, systemCode } from '../../lib/errors.ts';
import { noSuchPackage } from './errors.ts';
import { receive, type Upload } from './receive.ts';
import { syncFolder, unpack } from './unpack.ts';

/** Packages that were uploaded, unpacked, each in the folder of its digest. */
export interface Packages {
  /** Where a package is, or would be. */
  folder(digest: string): string;
  has(digest: string): boolean;
  /** Rejects with NO_SUCH_PACKAGE. */
  describe(digest: string): Promise<StoredPackage>;
  /**
   * Takes a package in; one that is there already is not read. Rejects as `receive` and `unpack` do, and with STATE_WRITE;
   * nothing is left of it then.
   */
  add(digest: string, upload: Upload): Promise<StoredPackage & { existed: boolean }>;
  /** Keeps packages for as long as something uses them that is not deployed (any more); the result lets them go, once. */
  hold(digests: readonly string[]): () => void;
  /** Removes what is neither deployed nor held nor new. Returns at once. */
  sweep(): void;
  /** Resolves when nothing is being removed any more. */
  close(): Promise<void>;
}

export interface StoredPackage {
  /** SHA-256 of the zip, lower-case hex. */
  digest: string;
  /** Of all files together. */
  unpackedBytes: number;
}

export interface PackagesOptions {
  folder: string;
  /** Those that are deployed. */
  deployed(): Set<string>;
  onNotice(message: string): void;
}

/** Milliseconds since its last upload in which a package is kept for who uploaded it to deploy it. */
const KEPT_MS = 3600_000;
const DIGEST = /^[0-9a-f]{64}$/;
const TEMPORARY = /^\.(upload|new|gone)-/;

/**
 * Opens the packages of a state folder. A package is unpacked into a folder of another name and renamed when all of it is
 * on the disk: what has the name of a digest is whole. Rests of an earlier run are removed.
 */
export function openPackages({ folder, deployed, onNotice }: PackagesOptions): Packages {
  const holds = new Map<string, number>();
  const sizes = new Map<string, number>();
  const removing = new Set<Promise<void>>();

  const pathOf = (digest: string): string => join(folder, digest);
  const has = (digest: string): boolean => existsSync(pathOf(digest));
  const remove = (path: string): void => {
    const end = rm(path, { recursive: true, force: true })
      .catch((error: unknown) =>
        onNotice(`a package that is not used could not be removed: ${errorMessage(error)}`),
      )
      .finally(() => removing.delete(end));
    removing.add(end);
  };
  const describe = async (digest: string): Promise<StoredPackage> => {
    const unpackedBytes = sizes.get(digest) ?? (await bytesBelow(pathOf(digest)));
    sizes.set(digest, unpackedBytes);
    return { digest, unpackedBytes };
  };
  /** Without a pause in it: between what it looks at and what it does nothing else happens. */
  const sweep = (): void => {
    const wanted = deployed();
    for (const name of namesIn(folder)) {
      if (!DIGEST.test(name) || wanted.has(name) || holds.has(name) || isNew(pathOf(name))) continue;
      const gone = temporary(folder, 'gone');
      try {
        renameSync(pathOf(name), gone);
      } catch (error) {
        onNotice(`a package that is not used could not be removed: ${errorMessage(error)}`);
        continue;
      }
      sizes.delete(name);
      remove(gone);
    }
  };

  for (const name of namesIn(folder)) if (TEMPORARY.test(name)) remove(join(folder, name));
  sweep();

  return {
    folder: pathOf,
    has,
    describe: async (digest) => {
      if (!has(digest)) throw noSuchPackage(digest);
      return describe(digest);
    },
    add: async (digest, upload) => {
      if (has(digest)) {
        touch(pathOf(digest));
        return { ...(await describe(digest)), existed: true };
      }
      const [zip, fresh] = [temporary(folder, 'upload'), temporary(folder, 'new')];
      try {
        await makeFolder(folder);
        await receive(upload, zip, digest);
        sizes.set(digest, await unpack(zip, fresh));
        touch(fresh);
        await renameNew(fresh, pathOf(digest));
        return { ...(await describe(digest)), existed: false };
      } catch (error) {
        throw explained(error, folder);
      } finally {
        // What cannot be removed now goes with the next start.
        const rests = [zip, fresh].map((path) => rm(path, { recursive: true, force: true }));
        await Promise.allSettled(rests);
      }
    },
    hold: (digests) => {
      for (const digest of digests) holds.set(digest, (holds.get(digest) ?? 0) + 1);
      let held = true;
      return () => {
        if (!held) return;
        held = false;
        for (const digest of digests) {
          const left = holds.get(digest)! - 1;
          if (left > 0) holds.set(digest, left);
          else holds.delete(digest);
        }
      };
    },
    sweep,
    close: async () => {
      await Promise.all(removing);
    },
  };
}

/** Not the name of a package: the next run removes what this one leaves. */
function temporary(folder: string, what: 'upload' | 'new' | 'gone'): string {
  return join(folder, `.${what}-${randomUUID()}`);
}

async function makeFolder(folder: string): Promise<void> {
  if (mkdirSync(folder, { recursive: true, mode: 0o700 }) !== undefined) await syncFolder(dirname(folder));
}

/** Someone else may have uploaded the same meanwhile. */
async function renameNew(from: string, to: string): Promise<void> {
  try {
    await rename(from, to);
  } catch (error) {
    if (!existsSync(to)) throw error;
    return;
  }
  await syncFolder(dirname(to));
}

function namesIn(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder) : [];
}

function isNew(path: string): boolean {
  return Date.now() - statSync(path).mtimeMs < KEPT_MS;
}

function touch(path: string): void {
  const now = new Date();
  utimesSync(path, now, now);
}

async function bytesBelow(path: string): Promise<number> {
  let bytes = 0;
  for (const entry of await readdir(path, { withFileTypes: true })) {
    const below = join(path, entry.name);
    if (entry.isDirectory()) bytes += await bytesBelow(below);
    else if (entry.isFile()) bytes += (await lstat(below)).size;
  }
  return bytes;
}

/** What the disk says is told as what it means. */
function explained(error: unknown, folder: string): unknown {
  if (error instanceof RopewayError || systemCode(error) === undefined) return error;
  return new RopewayError({
    code: 'STATE_WRITE',
    fault: 'system',
    message: `The package could not be written: ${errorMessage(error)}`,
    expected: `a folder that can be written to, with room: ${folder}`,
    fix: 'make room on the disk, or see to the rights of the folder, and upload it again',
    cause: error,
  });
}
