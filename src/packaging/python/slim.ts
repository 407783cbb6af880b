import { readFileSync } from 'node:fs';

import type { FoundFile } from '../files/walk.ts';

/** What installers note about the machine, or leave behind. */
const MACHINE_NOTES = /^[^/]+\.dist-info\/(?:direct_url|uv_cache|uv_build)\.json$|^\.lock$/;
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
  // Tests in tests go with those around them.
  return [...new Set(names.map((name) => name.replace(/\.tests\..*$/, '.tests')))].toSorted();
}

/** `path` from the folder of all packages on. */
interface Source {
  path: string;
  text: string;
}

/** Never imported by what runs. */
const FOR_DEVELOPERS = /(?:^|\/)(?:conftest|setup)\.py$/;

function sourcesOutsideTests(files: FoundFile[]): Source[] {
  return files
    .filter(({ path }) => /\.py$|\/entry_points\.txt$/.test(path))
    .filter(({ path }) => !TESTS.test(path) && !FOR_DEVELOPERS.test(path))
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
  const imported = new Set(mentions.flatMap(importedTests));
  return [...folders].filter((folder) => {
    const dotted = folder.replaceAll('/', '.');
    const parent = folder.slice(0, -'/tests'.length);
    return (
      !usedTests.includes(dotted) &&
      !imported.has(dotted) &&
      !mentions.some(({ path, text }) => text.includes(dotted) || (isIn(parent, path) && NAMED.test(text)))
    );
  });
}

/** A name for the folder as a file has it that opens what is in there: `'tests'`, `"tests/data"`. */
const NAMED = /['"](?:\.\/)?tests(?:['"]|\/)/;

function isIn(folder: string, path: string): boolean {
  return path.slice(0, path.lastIndexOf('/')) === folder;
}

const IMPORT = /^[ \t]*from[ \t]+(\.*)([\w.]*)[ \t]+import[ \t]+(\([^)]*\)|[^\n]*)/gm;

/** Dotted names of folders called `tests` that a source imports from. */
export function importedTests({ path, text }: Source): string[] {
  const own = path.split('/').slice(0, -1);
  return [...text.matchAll(IMPORT)].flatMap(([, dots = '', module = '', names = '']) => {
    const above = dots === '' ? [] : own.slice(0, own.length - dots.length + 1);
    const base = [...above, ...module.split('.').filter((part) => part !== '')];
    const parts = /\btests\b/.test(names) ? [...base, 'tests'] : base;
    const at = parts.indexOf('tests');
    return at > 0 ? [parts.slice(0, at + 1).join('.')] : [];
  });
}
