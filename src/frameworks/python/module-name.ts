import { existsSync } from 'node:fs';
import { join } from 'node:path';

import type { FileFacts } from './facts.ts';

export interface ModulePlace {
  /** Absolute folder from which the module is imported. */
  root: string;
  /** Dotted. */
  module: string;
}

/**
 * From where and under which name a file is imported. Its packages (folders with `__init__.py`)
 * belong to the name; so does a folder without one when the file imports by names that only the
 * folder above has, or relatively.
 */
export function modulePlace(dir: string, facts: FileFacts): ModulePlace {
  const parts = facts.file.replace(/\.py$/, '').split('/');
  let depth = parts.length - 1;
  while (depth > 0 && existsSync(join(dir, ...parts.slice(0, depth), '__init__.py'))) depth -= 1;
  const above = depth > 0 ? namespaceDepth(dir, parts, depth, facts) : 0;
  const root = join(dir, ...parts.slice(0, above));
  const names = parts.slice(above);
  if (names.at(-1) === '__init__') names.pop();
  return { root, module: names.join('.') };
}

/** How many leading folders are the root, when the lowest possible root is `depth` folders deep. */
function namespaceDepth(dir: string, parts: string[], depth: number, facts: FileFacts): number {
  const here = join(dir, ...parts.slice(0, depth));
  const inNamespace = depth === parts.length - 1;
  if (inNamespace && facts.modules.some((name) => name.startsWith('.'))) return depth - 1;
  for (const name of facts.modules) {
    const first = name.split('.')[0]!;
    if (first === '' || importable(here, first)) continue;
    for (let above = depth - 1; above >= 0; above -= 1) {
      if (importable(join(dir, ...parts.slice(0, above)), first)) return above;
    }
  }
  return depth;
}

function importable(folder: string, name: string): boolean {
  return existsSync(join(folder, `${name}.py`)) || existsSync(join(folder, name));
}

/** The file of a dotted module name under a folder, relative to it; undefined when there is none. */
export function moduleFile(dir: string, module: string): string | undefined {
  const path = module.split('.').join('/');
  return [`${path}.py`, `${path}/__init__.py`].find((file) => existsSync(join(dir, file)));
}
