import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Which Pythons an app says that it runs on. */
export interface RequiresPython {
  /** Absolute: the file that says it. */
  file: string;
  /** `>=3.11,<4`, as PEP 440 writes it, or Poetry. */
  specifier: string;
}

/** `requires-python` of the first of these folders whose pyproject.toml has it; one that cannot be parsed says nothing. */
export async function readRequiresPython(folders: string[]): Promise<RequiresPython | undefined> {
  const files = folders.map((folder) => join(folder, 'pyproject.toml')).filter((file) => existsSync(file));
  if (files.length === 0) return undefined;
  const { parse } = await import('smol-toml');
  for (const file of files) {
    const specifier = specifierIn(() => parse(readFileSync(file, 'utf8')));
    if (specifier !== undefined) return { file, specifier };
  }
  return undefined;
}

interface Pyproject {
  project?: { 'requires-python'?: unknown };
  tool?: { poetry?: { dependencies?: { python?: unknown } } };
}

function specifierIn(read: () => unknown): string | undefined {
  try {
    const { project, tool } = read() as Pyproject;
    const told = project?.['requires-python'] ?? tool?.poetry?.dependencies?.python;
    return typeof told === 'string' ? told : undefined;
  } catch {
    return undefined;
  }
}
