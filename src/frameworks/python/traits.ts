import { existsSync } from 'node:fs';
import { join, relative, sep } from 'node:path';

import { packageRoot } from '../../lib/package-root.ts';
import type { PythonEntry } from '../../runtimes/entry.ts';
import type { Trait } from '../traits.ts';
import { runPython } from './facts.ts';
import { pythonFiles } from './files.ts';

interface FileTraits {
  file: string;
  traits: (Omit<Trait, 'file' | 'kind'> & { kind: Trait['kind'] | 'django-sqlite' | 'uses-database' })[];
  /** Dotted names, as they may be modules or what is in them. */
  imports: string[];
  /** It imports modules by names that are made while it runs. */
  dynamic: boolean;
}

/** Files of a Django project that no request runs. */
const COMMANDS = /(?:^|\/)management\/commands\//;

/**
 * Reads the syntax trees of the files that an app's entry imports; of a Django project, and where modules are imported by names that are
 * made at run time, of all files. Without an entry (a start command) of all, too. Throws SCAN_FAILED.
 */
export async function pythonTraits(
  dir: string,
  python: string,
  framework: string,
  entry?: PythonEntry,
): Promise<Trait[]> {
  const files = pythonFiles(dir).filter((file) => !COMMANDS.test(file));
  if (files.length === 0) return [];
  const script = join(packageRoot, 'src/frameworks/python/traits.py');
  const output = await runPython(python, ['-I', '-S', '-B', script, dir], files.join('\n'));
  const all = JSON.parse(output) as FileTraits[];
  const reached = entry === undefined || framework === 'django' ? all : reachable(dir, all, entry);
  const usesDatabase = reached.some(({ traits }) => traits.some(({ kind }) => kind === 'uses-database'));
  return reached.flatMap(({ file, traits }) =>
    traits.flatMap(({ kind, ...rest }): Trait[] => {
      if (kind === 'uses-database') return [];
      if (kind !== 'django-sqlite') return [{ kind, file, ...rest }];
      // Every new project has it in its settings, used or not.
      return usesDatabase ? [{ kind: 'sqlite', file, ...rest }] : [];
    }),
  );
}

function reachable(dir: string, all: FileTraits[], entry: PythonEntry): FileTraits[] {
  const byFile = new Map(all.map((one) => [one.file, one]));
  const start =
    'script' in entry.from
      ? [relative(dir, entry.from.script).split(sep).join('/')]
      : filesOf(dir, entry.root, entry.from.module);
  const seen = new Set<string>();
  const queue = start.filter((file) => byFile.has(file));
  for (const file of queue) {
    if (seen.has(file)) continue;
    seen.add(file);
    const { imports, dynamic } = byFile.get(file)!;
    if (dynamic) return all;
    for (const name of imports) {
      for (const root of [entry.root, dir]) {
        queue.push(...filesOf(dir, root, name).filter((next) => byFile.has(next) && !seen.has(next)));
      }
    }
  }
  return seen.size === 0 ? all : all.filter(({ file }) => seen.has(file));
}

/** The files that a dotted name may mean, with those of the packages above it. */
function filesOf(dir: string, root: string, name: string): string[] {
  const parts = name.split('.').filter((part) => part !== '');
  return parts.flatMap((_, index) => {
    const path = join(root, ...parts.slice(0, index + 1));
    return [`${path}.py`, join(path, '__init__.py')]
      .filter((file) => existsSync(file))
      .map((file) => relative(dir, file).split(sep).join('/'));
  });
}
