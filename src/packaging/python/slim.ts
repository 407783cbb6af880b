import { readFileSync } from 'node:fs';

import type { FoundFile } from '../files/walk.ts';

/** Files in a `.dist-info` that tell of the machine that installed it. */
const MACHINE_NOTES = /^[^/]+\.dist-info\/(?:direct_url|uv_cache)\.json$/;
const TESTS = /(?:^|\/)tests\//;

/**
 * The installed files that are of use in a function. Left out: programs (a function has no shell that would find
 * them), type stubs, and tests of packages that nothing outside of them names. `usedTests`: dotted names (`a.b.tests`)
 * that the app itself names.
 */
export function slimmed(files: FoundFile[], usedTests: readonly string[]): FoundFile[] {
  const paths = new Set(files.map(({ path }) => path));
  const binIsPackage = paths.has('bin/__init__.py');
  const isRest = ({ path }: FoundFile): boolean =>
    /(?:^|\/)__pycache__\//.test(path) ||
    MACHINE_NOTES.test(path) ||
    (path.startsWith('bin/') && !binIsPackage);
  const kept = files.filter((found) => !isRest(found));
  const texts = sourcesOutsideTests(kept);
  // lazy_loader reads the stubs of the packages that use it.
  const readsStubs = texts.some(({ text }) => text.includes('attach_stub'));
  const unused = unusedTests(kept, texts, usedTests);
  return kept.filter(
    ({ path }) =>
      !unused.some((folder) => path.startsWith(`${folder}/`)) && (readsStubs || !path.endsWith('.pyi')),
  );
}

/** Names of tests of packages (`sklearn.tests`) that the sources of an app name. */
export function namedTests(texts: string[]): string[] {
  const names = texts.flatMap((text) => text.match(/\b[A-Za-z_]\w*(?:\.\w+)*\.tests\b/g) ?? []);
  return [...new Set(names)].toSorted();
}

interface Source {
  path: string;
  text: string;
}

function sourcesOutsideTests(files: FoundFile[]): Source[] {
  return files
    .filter(({ path }) => /\.py$|\/entry_points\.txt$/.test(path) && !TESTS.test(path))
    .map(({ path, file }) => ({ path, text: readFileSync(file, 'latin1') }));
}

/** Outermost folders called `tests` inside of packages, as far as nothing outside of such folders names them. */
function unusedTests(files: FoundFile[], texts: Source[], usedTests: readonly string[]): string[] {
  const folders = new Set<string>();
  for (const { path } of files) {
    const at = path.indexOf('/tests/');
    // One that is a package of its own, not a part of one, may be what it is all about.
    if (at > 0) folders.add(path.slice(0, at + '/tests'.length));
  }
  const mentions = texts.filter(({ text }) => text.includes('tests'));
  return [...folders].filter((folder) => {
    const dotted = folder.replaceAll('/', '.');
    if (usedTests.some((name) => name === dotted || name.startsWith(`${dotted}.`))) return false;
    const packageName = folder.split('/', 1)[0]!;
    return !mentions.some(
      ({ path, text }) => text.includes(dotted) || (path.startsWith(`${packageName}/`) && namesTests(text)),
    );
  });
}

/** `from .tests import x`, `from . import tests`, `join(here, 'tests')`: by what a package reaches its own tests. */
function namesTests(text: string): boolean {
  return /^\s*from\s+\.[\w.]*\btests\b|^\s*from\s+[.\w]+\s+import\s[^#\n]*\btests\b|['"]\.?tests(?:['"/.])/m.test(
    text,
  );
}
