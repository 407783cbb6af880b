import { readFileSync, realpathSync, statSync } from 'node:fs';
import { dirname, join, parse } from 'node:path';

import type { PackFile } from '../files/pack-file.ts';

const SCRIPT = /\.(?:js|mjs|cjs|ts|mts|cts|jsx|tsx)$/;
const LICENCE = /^(?:licen[cs]e|copying|notice)/i;

/**
 * Of the files of packages those that the app's own files import, as far as that can be read from them; and what each
 * of these packages needs to be found and to be passed on: its package.json and its licence. `folder`: where the app's
 * own files and their node_modules are.
 */
export async function traced(folder: string, own: PackFile[], packages: PackFile[]): Promise<PackFile[]> {
  // All of them, not the main module alone: an app may load its parts by name.
  const starts = own.filter(({ path }) => SCRIPT.test(path)).map(({ path }) => join(folder, path));
  const onDisk = new Map(packages.map((file) => [file, realPath(file)]));
  const manifests = packages.filter(({ path }) => path === `${packageOf(path)}/package.json`);
  let used = await trace(folder, starts);
  for (;;) {
    const others = manifests.flatMap((manifest) => otherTargets(onDisk.get(manifest)!, used));
    if (others.length === 0) break;
    starts.push(...others);
    used = new Set([...(await trace(folder, starts)), ...others]);
  }
  const isUsed = (file: PackFile): boolean => used.has(onDisk.get(file)!);
  const usedPackages = new Set(packages.filter(isUsed).map(({ path }) => packageOf(path)));
  return packages.filter((file) => {
    const name = packageOf(file.path);
    const rest = file.path.slice(name.length + 1);
    return usedPackages.has(name) && (rest === 'package.json' || LICENCE.test(rest) || isUsed(file));
  });
}

/** Real paths. */
async function trace(folder: string, starts: string[]): Promise<Set<string>> {
  const { nodeFileTrace } = await import('@vercel/nft');
  const { root } = parse(folder);
  const { fileList } = await nodeFileTrace(starts, { base: root, processCwd: folder });
  return new Set([...fileList].map((path) => join(root, path)));
}

/**
 * Which file a package is loaded from depends on the version of Node (`module-sync`) and on who loads it (`import`,
 * `require`). Where one of these is used, the others are to be there, too.
 */
function otherTargets(manifest: string, used: ReadonlySet<string>): string[] {
  const folder = dirname(manifest);
  const { exports } = JSON.parse(readFileSync(manifest, 'utf8')) as { exports?: unknown };
  return subpaths(exports).flatMap((subpath) => {
    const targets = leaves(subpath)
      .filter((target) => SCRIPT.test(target) && !target.includes('*'))
      .map((target) => join(folder, target));
    if (!targets.some((target) => used.has(target))) return [];
    return targets.filter((target) => !used.has(target) && isFile(target));
  });
}

/** `exports` is one target, or has one for each subpath. */
function subpaths(exports: unknown): unknown[] {
  if (typeof exports !== 'object' || exports === null || Array.isArray(exports)) return [exports];
  return Object.keys(exports).some((key) => key.startsWith('.')) ? Object.values(exports) : [exports];
}

function leaves(target: unknown): string[] {
  if (typeof target === 'string') return [target];
  return typeof target === 'object' && target !== null ? Object.values(target).flatMap(leaves) : [];
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}

function realPath({ source }: PackFile): string {
  return typeof source === 'string' ? realpathSync(source) : '';
}

/** `node_modules/a/node_modules/@b/c/index.js` → `node_modules/a/node_modules/@b/c` */
function packageOf(path: string): string {
  return /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0] ?? path;
}
