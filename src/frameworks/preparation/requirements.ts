import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What an app says that it needs, and where it says so. */
export interface Requirements {
  /** Absolute. */
  file: string;
  /** Requirement specifiers (PEP 508), with their markers. */
  specifiers: string[];
  /** Requirements without a name: folders, archives, repositories. */
  places: Place[];
  /** Arguments of `pip install`. */
  install: string[];
}

/** Something that pip installs from where it is. */
export interface Place {
  /** As it was written. */
  shown: string;
  /** As pip notes where it installed from (PEP 610): `file:///…`, or a URL without what follows the path. */
  url: string;
  /** Of the package, when the line tells. */
  name?: string;
}

type Reader = (file: string, text: string) => Requirements;

/** In order of how exactly they say it; requirements.txt first, since it is what people edit. */
const SOURCES: [name: string, reader: () => Promise<Reader>][] = [
  ['requirements.txt', async () => (await import('./requirements-txt.ts')).readRequirementsTxt],
  ['uv.lock', async () => (await import('./uv-lock.ts')).readUvLock],
  ['poetry.lock', async () => (await import('./poetry-lock.ts')).readPoetryLock],
  ['Pipfile.lock', async () => (await import('./pipfile.ts')).readPipfileLock],
  ['pyproject.toml', async () => (await import('./pyproject.ts')).readPyproject],
  ['Pipfile', async () => (await import('./pipfile.ts')).readPipfile],
];

/**
 * The declared requirements of the first folder that has any; undefined when none says anything. A file
 * that cannot be parsed counts as none.
 */
export async function readRequirements(folders: string[]): Promise<Requirements | undefined> {
  for (const folder of folders) {
    for (const [name, reader] of SOURCES) {
      const file = join(folder, name);
      if (!existsSync(file)) continue;
      const found = tryRead(await reader(), file);
      if (found !== undefined && found.specifiers.length + found.places.length > 0) return found;
    }
  }
  return undefined;
}

function tryRead(read: Reader, file: string): Requirements | undefined {
  try {
    return read(file, readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

/** Requirements that are given to pip one by one. */
export function specified(file: string, specifiers: string[]): Requirements {
  const unique = [...new Set(specifiers)];
  return { file, specifiers: unique, places: [], install: unique };
}
