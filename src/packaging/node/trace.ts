import { realpathSync } from 'node:fs';
import { join, parse } from 'node:path';

import type { PackFile } from '../files/pack-file.ts';

const SCRIPT = /\.(?:js|mjs|cjs|ts|mts|cts|jsx|tsx)$/;
const LICENCE = /^(?:licen[cs]e|copying|notice)/i;

/**
 * Of the files of packages those that the app's own files import, as far as that can be read from them; and what each
 * of these packages needs to be found and to be passed on: its package.json and its licence. `folder`: where the app's
 * own files and their node_modules are.
 */
export async function traced(folder: string, own: PackFile[], packages: PackFile[]): Promise<PackFile[]> {
  const { nodeFileTrace } = await import('@vercel/nft');
  const { root } = parse(folder);
  // All of them, not the main module alone: an app may load its parts by name.
  const starts = own.filter(({ path }) => SCRIPT.test(path)).map(({ path }) => join(folder, path));
  const { fileList } = await nodeFileTrace(starts, { base: root, processCwd: folder });
  const used = new Set([...fileList].map((path) => join(root, path)));
  const isUsed = ({ source }: PackFile): boolean =>
    typeof source === 'string' && (used.has(source) || used.has(realpathSync(source)));
  const usedPackages = new Set(packages.filter(isUsed).map(({ path }) => packageOf(path)));
  return packages.filter((file) => {
    const name = packageOf(file.path);
    const rest = file.path.slice(name.length + 1);
    return usedPackages.has(name) && (rest === 'package.json' || LICENCE.test(rest) || isUsed(file));
  });
}

/** `node_modules/a/node_modules/@b/c/index.js` → `node_modules/a/node_modules/@b/c` */
function packageOf(path: string): string {
  return /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0] ?? path;
}
