import { readdirSync } from 'node:fs';
import path from 'node:path';

import { readPackage } from './resolve.ts';

/**
 * The folders of the workspaces in package.json, relative to `dir`, with forward slashes, sorted.
 * Understands names and `*` for one folder (`packages/*`, `apps/web-*`), `**` for any depth below,
 * and a leading `!`; folders without a package.json are not workspaces.
 */
export function readWorkspaces(dir: string): string[] {
  const patterns = readPackage(dir)?.workspaces ?? [];
  const included = patterns.filter((pattern) => !pattern.startsWith('!'));
  const excluded = patterns.filter((pattern) => pattern.startsWith('!')).map((pattern) => pattern.slice(1));
  const left = new Set(excluded.flatMap((pattern) => expand(dir, pattern)));
  const folders = new Set(included.flatMap((pattern) => expand(dir, pattern)));
  return [...folders]
    .filter(
      (folder) => folder !== '' && !left.has(folder) && readPackage(path.join(dir, folder)) !== undefined,
    )
    .sort();
}

function expand(dir: string, pattern: string): string[] {
  const parts = pattern.split('/').filter((part) => part !== '' && part !== '.');
  if (parts.includes('..')) return [];
  return parts.reduce<string[]>(
    (folders, part) => [...new Set(folders.flatMap((folder) => matching(dir, folder, part)))],
    [''],
  );
}

function matching(dir: string, folder: string, part: string): string[] {
  if (part === '**') return [folder, ...below(dir, folder, 4)];
  const wanted = new RegExp(`^${part.split('*').map(escaped).join('[^/]*')}$`);
  return children(dir, folder).filter((child) => wanted.test(path.posix.basename(child)));
}

function below(dir: string, folder: string, depth: number): string[] {
  if (depth === 0) return [];
  const found = children(dir, folder);
  return found.concat(found.flatMap((child) => below(dir, child, depth - 1)));
}

function children(dir: string, folder: string): string[] {
  try {
    return readdirSync(path.join(dir, folder), { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && entry.name !== 'node_modules' && !entry.name.startsWith('.'))
      .map((entry) => path.posix.join(folder, entry.name));
  } catch {
    return [];
  }
}

function escaped(text: string): string {
  return text.replace(/[.+?^${}()|[\]\\]/g, '\\$&');
}
