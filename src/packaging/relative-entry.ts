import { relative, sep } from 'node:path';

import { RopewayError } from '../lib/errors.ts';
import type { Entry } from '../runtimes/entry.ts';
import { isWithin } from './files/walk.ts';

/** An entry with paths from the folder of the app on. Throws ENTRY_OUTSIDE. */
export function relativeEntry(entry: Entry, dir: string): Entry {
  const from = (path: string): string => {
    if (!isWithin(path, dir)) throw entryOutside(path, dir);
    return relative(dir, path).split(sep).join('/') || '.';
  };
  const root = from(entry.root);
  if (entry.runtime === 'node') return { ...entry, root, file: from(entry.file) };
  if (entry.runtime === 'command') return { ...entry, root };
  const { libraries: _, ...python } = entry;
  return 'script' in python.from
    ? { ...python, root, from: { script: from(python.from.script) } }
    : { ...python, root };
}

/** The file that an entry names and that must be in the package; undefined for a module: it may be installed. */
export function mainFile(entry: Entry): string | undefined {
  if (entry.runtime === 'node') return entry.file;
  return entry.runtime === 'python' && 'script' in entry.from ? entry.from.script : undefined;
}

function entryOutside(path: string, dir: string): RopewayError {
  return new RopewayError({
    code: 'ENTRY_OUTSIDE',
    message: 'The app is not in the folder that is packed.',
    expected: `a path in ${dir}`,
    got: path,
    fix: 'build the folder that holds all of the app',
  });
}
