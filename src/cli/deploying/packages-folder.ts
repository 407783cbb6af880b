import { rmSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';

import { namesIn } from '../../components/state/folder.ts';

/** Days that a package lies around which no deployment has needed. */
const KEPT_DAYS = 30;
const DAY_MS = 24 * 60 * 60 * 1000;

/** Where packages of a project are; they can be made again at any time. */
export function packagesFolder(root: string): string {
  return join(root, '.ropeway', 'packages');
}

/** Notes that these were needed now. */
export function noteUse(files: readonly string[], now: Date = new Date()): void {
  for (const file of files) {
    try {
      utimesSync(file, now, now);
    } catch {
      // Somebody else's file, or one that is gone: it is made again when it is needed.
    }
  }
}

/** Removes packages that nothing has needed for long. */
export function prunePackages(root: string, now: Date = new Date()): void {
  const folder = packagesFolder(root);
  for (const name of namesIn(folder)) {
    const file = join(folder, name);
    const { mtimeMs = Infinity } = statSync(file, { throwIfNoEntry: false }) ?? {};
    if (now.getTime() - mtimeMs > KEPT_DAYS * DAY_MS) rmSync(file, { recursive: true, force: true });
  }
}
