import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** Folders that hold no app of the user: tools, packages, tests, documentation, generated files. */
const IGNORED = new Set(
  'node_modules site-packages dist-packages __pycache__ tests test testing docs doc examples example samples migrations versions build dist env venv static media htmlcov coverage benchmarks bench'.split(
    ' ',
  ),
);
const MAX_FILES = 1500;
const MAX_DEPTH = 6;

/** The Python files of an app, relative with forward slashes, nearest first. */
export function pythonFiles(dir: string): string[] {
  const found: string[] = [];
  let level = [''];
  for (let depth = 0; depth <= MAX_DEPTH && level.length > 0; depth += 1) {
    const next: string[] = [];
    for (const folder of level) {
      for (const entry of readdirSync(join(dir, folder), { withFileTypes: true })) {
        const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
        if (entry.isDirectory() && !isIgnored(dir, path, entry.name)) next.push(path);
        else if (entry.isFile() && isAppFile(entry.name)) found.push(path);
      }
    }
    level = next.toSorted();
  }
  return found.slice(0, MAX_FILES);
}

function isIgnored(dir: string, path: string, name: string): boolean {
  return (
    name.startsWith('.') ||
    IGNORED.has(name) ||
    name.endsWith('.egg-info') ||
    existsSync(join(dir, path, 'pyvenv.cfg'))
  );
}

function isAppFile(name: string): boolean {
  return name.endsWith('.py') && !/^(test_.*|.*_test|conftest|setup|noxfile|tasks|fabfile)\.py$/.test(name);
}
