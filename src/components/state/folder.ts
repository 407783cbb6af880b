import { existsSync, mkdirSync, readdirSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, sep } from 'node:path';

/** Makes a folder for its owner alone; version control is to ignore what is below `.ropeway` of a project. */
export function makeHidden(root: string, folder: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  if (!folder.startsWith(join(root, '.ropeway') + sep)) return;
  const ignore = join(root, '.ropeway', '.gitignore');
  if (!existsSync(ignore)) writeFileSync(ignore, '*\n');
}

/** Takes folders away that hold nothing, the innermost first, and `.ropeway` itself when nothing but its .gitignore is left. */
export function tidyFolders(root: string, folders: readonly string[]): void {
  for (const folder of folders) removeEmpty(folder);
  const top = join(root, '.ropeway');
  if (namesIn(top).join() === '.gitignore') rmSync(top, { recursive: true, force: true });
}

export function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    return [];
  }
}

function removeEmpty(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {
    // It is not there, or something else is in it.
  }
}
