import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

/** How many files of a component are read to tell what kind it is. */
const MOST_FILES = 20;

/**
 * Whether the component in a folder is one of the 1.x kind: its package depends on `@serverless/core`, or its code requires it. Ours
 * extend Component of `ropeway` and do not mention it.
 */
export function isPublishedComponent(folder: string): boolean {
  const manifest = readManifest(folder);
  const needs = { ...manifest.dependencies, ...manifest.peerDependencies };
  if ('@serverless/core' in needs) return true;
  return requiresCore(folder, manifest.main);
}

interface Manifest {
  main?: string;
  dependencies?: object;
  peerDependencies?: object;
}

function readManifest(folder: string): Manifest {
  try {
    const read: unknown = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    return typeof read === 'object' && read !== null ? read : {};
  } catch {
    return {};
  }
}

/** Follows relative requires from the entry: some `serverless.js` only hand on `./src`. */
function requiresCore(folder: string, main: unknown): boolean {
  const seen = new Set<string>();
  const waiting = [join(folder, 'serverless.js')];
  if (typeof main === 'string') waiting.push(resolve(folder, main));
  else waiting.push(join(folder, 'index.js'));
  while (waiting.length > 0 && seen.size < MOST_FILES) {
    const file = fileOf(waiting.shift()!);
    if (file === undefined || seen.has(file)) continue;
    seen.add(file);
    const source = readFileSync(file, 'utf8');
    if (/['"]@serverless\/core['"]/.test(source)) return true;
    for (const [, path] of source.matchAll(/(?:require\(\s*|from\s+)['"](\.[^'"]*)['"]/g)) {
      waiting.push(resolve(dirname(file), path!));
    }
  }
  return false;
}

function fileOf(path: string): string | undefined {
  const tried = [path, `${path}.js`, `${path}.cjs`, join(path, 'index.js')];
  return tried.find((one) => /\.c?js$/.test(one) && existsSync(one));
}
