import { isAbsolute } from 'node:path';

import type { Entry } from '../../runtimes/entry.ts';

/** A specification as far as it names files. */
export interface Located {
  entry: Entry;
  sourceRoot?: string;
  package?: { code: string; layers?: string[] };
}

/** The same entry with every path in it as `map` gives it; `path` is its place in the entry. */
export function mapPaths(entry: Entry, map: (value: string, path: string[]) => string): Entry {
  const root = map(entry.root, ['root']);
  if (entry.runtime === 'command') return { ...entry, root };
  if (entry.runtime === 'node') return { ...entry, root, file: map(entry.file, ['file']) };
  const { from, libraries } = entry;
  return {
    ...entry,
    root,
    from: 'script' in from ? { script: map(from.script, ['from', 'script']) } : from,
    ...(libraries === undefined ? {} : { libraries: libraries.map((one) => map(one, ['libraries'])) }),
  };
}

/** What is wrong with the paths of a specification: in a package they stay in it, else they are absolute. */
export function pathProblems(spec: Located): { path: string[]; message: string }[] {
  const { entry, sourceRoot, package: packaged } = spec;
  const problems: { path: string[]; message: string }[] = [];
  const add = (path: string[], message: string): void => void problems.push({ path, message });
  mapPaths(entry, (value, place) => {
    const path = ['entry', ...place];
    if (packaged === undefined && !isAbsolute(value)) add(path, 'expected an absolute path');
    if (packaged !== undefined && !staysInside(value)) add(path, `expected ${INSIDE}`);
    return value;
  });
  if (packaged === undefined) {
    if (sourceRoot === undefined) add(['sourceRoot'], "expected the folder of the app's source");
    return problems;
  }
  if (sourceRoot !== undefined) add(['sourceRoot'], 'a package has no source: leave it out');
  if (entry.runtime === 'python' && entry.libraries !== undefined)
    add(['entry', 'libraries'], 'the libraries of a package are its layers: leave it out');
  return problems;
}

const INSIDE = 'a path in the package with forward slashes, without .. (. is its root)';

/** Whether a path leads to something in a package; `.` is its root. */
export function staysInside(path: string): boolean {
  if (path === '.') return true;
  if (/[\\\0]/.test(path) || /^[A-Za-z]:/.test(path)) return false;
  return path.split('/').every((segment) => segment !== '' && segment !== '.' && segment !== '..');
}
