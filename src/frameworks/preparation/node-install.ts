import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { type Manifest, readManifest } from './node.ts';
import { isOnPath } from './on-path.ts';

/** The command that installs what package.json names, and the folder to run it in. */
export interface Installation {
  command: string[];
  cwd: string;
}

const BY_LOCK_FILE: [file: string, command: string[]][] = [
  ['pnpm-lock.yaml', ['pnpm', 'install', '--frozen-lockfile']],
  // Without an option: `--frozen-lockfile` and `--immutable` are each known to some versions only.
  ['yarn.lock', ['yarn', 'install']],
  ['package-lock.json', ['npm', 'ci']],
  ['npm-shrinkwrap.json', ['npm', 'ci']],
];

/**
 * Chosen by the lock file of the folder, or of the workspace it is a part of, if its program is there;
 * else `npm install`. `npm ci` only when the lock file has everything that package.json names.
 */
export function installation(folder: string): Installation {
  const cwd = workspaceRoot(folder) ?? folder;
  const manifest = readManifest(cwd) ?? {};
  for (const [file, command] of BY_LOCK_FILE) {
    const lock = join(cwd, file);
    if (!existsSync(lock) || !isOnPath(command[0]!)) continue;
    if (command[0] !== 'npm' || isUpToDate(lock, manifest)) return { command, cwd };
  }
  return { command: ['npm', 'install'], cwd };
}

/** The nearest folder above that has workspaces and a lock file, unless the folder has its own. */
function workspaceRoot(start: string): string | undefined {
  for (let folder = start; ; folder = dirname(folder)) {
    const isLocked = BY_LOCK_FILE.some(([file]) => existsSync(join(folder, file)));
    if (isLocked) return folder === start || hasWorkspaces(folder) ? folder : undefined;
    if (dirname(folder) === folder) return undefined;
  }
}

function hasWorkspaces(folder: string): boolean {
  return existsSync(join(folder, 'pnpm-workspace.yaml')) || readManifest(folder)?.workspaces !== undefined;
}

interface NpmLock {
  packages?: Record<string, Manifest>;
  dependencies?: Record<string, unknown>;
}

/** `npm ci` refuses a lock file that differs from package.json. */
function isUpToDate(file: string, manifest: Manifest): boolean {
  let lock: NpmLock | null;
  try {
    lock = JSON.parse(readFileSync(file, 'utf8')) as NpmLock | null;
  } catch {
    return false;
  }
  const wanted = { ...manifest.dependencies, ...manifest.devDependencies, ...manifest.optionalDependencies };
  const own = lock?.packages?.[''];
  if (own === undefined) {
    // The first version of the format does not repeat the ranges.
    return Object.keys(wanted).every((name) => Object.hasOwn(lock?.dependencies ?? {}, name));
  }
  const locked = { ...own.dependencies, ...own.devDependencies, ...own.optionalDependencies };
  const names = Object.keys(wanted);
  return names.length === Object.keys(locked).length && names.every((name) => locked[name] === wanted[name]);
}
