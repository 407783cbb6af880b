import { closeSync, existsSync, openSync, readSync, realpathSync, statSync } from 'node:fs';
import { basename, extname, join, relative, resolve, sep } from 'node:path';

import { RopewayError } from '../../lib/errors.ts';
import type { PackageOptions } from '../types.ts';
import { checkPackagePath } from '../zip/names.ts';
import type { PackFile } from './pack-file.ts';
import { isVirtualEnvironment, readRules } from './rules.ts';
import { type FoundFile, isWithin, walk } from './walk.ts';

export interface Collected {
  /** The app's own files, sorted. */
  files: PackFile[];
  notices: string[];
}

interface CollectOptions extends Pick<PackageOptions, 'exclude' | 'include' | 'outFolder'> {
  /** Absent: only what `include` names, by absolute paths. */
  dir?: string;
}

const SHOWN = 5;

/**
 * The app's own files: those of its folder that no rule leaves out, and what `include` names.
 * Throws LINK_OUTSIDE, INCLUDE_MISSING, OUT_FOLDER, and as `readRules` and `walk` do.
 */
export function collect({ dir, exclude = [], include = [], outFolder }: CollectOptions): Collected {
  const notices: string[] = [];
  const onOddity = (message: string): number => notices.push(message);
  const included = include.map((place) => placeOf(dir, place));
  const given = included.flatMap(({ file, path }) => filesOf(file, path, onOddity));
  const secrets: string[] = [];
  const own = dir === undefined ? [] : ownFiles(dir);
  if (secrets.length > 0) notices.push(secretsNotice(secrets));
  return { files: merged([...own, ...given]).map(toPackFile), notices };

  function ownFiles(folder: string): FoundFile[] {
    checkOutFolder(folder, outFolder);
    const rules = readRules(folder, exclude);
    return walk({
      folder,
      onOddity,
      takes: (path, file, isFolder) => {
        if (included.some((place) => isWithin(file, place.file))) return false;
        if (isFolder && (file === outFolder || isVirtualEnvironment(file))) return false;
        const verdict = rules.leavesOut(path, isFolder);
        if (verdict === 'secret') secrets.push(isFolder ? `${path}/` : path);
        return verdict === false;
      },
      outside: (path, target) => {
        throw linkOutside(path, target);
      },
    });
  }
}

function secretsNotice(secrets: string[]): string {
  const names = secrets.slice(0, SHOWN).join(', ');
  const more = secrets.length > SHOWN ? ` and ${secrets.length - SHOWN} more` : '';
  return `left out because they may hold secrets: ${names}${more} (\`include\` takes one in)`;
}

/** As the files are in the package: the same, whatever system they come from. */
export function toPackFile({ path, file, size, executable }: FoundFile): PackFile {
  checkPackagePath(path);
  return { path, source: file, size, executable: executable || isProgram(path, file) };
}

/** Where something that `include` names is, and where it goes. */
function placeOf(dir: string | undefined, place: string): { file: string; path: string } {
  const file = resolve(dir ?? '/', place);
  if (place.trim() === '' || !existsSync(file) || file === dir)
    throw includeMissing(place, place.trim() !== '' && file === dir);
  const isInside = dir !== undefined && isWithin(file, dir);
  return { file, path: isInside ? relative(dir, file).split(sep).join('/') : basename(file) };
}

function filesOf(file: string, path: string, onOddity: (message: string) => void): FoundFile[] {
  const stats = statSync(file);
  if (!stats.isDirectory()) return [{ path, file, size: stats.size, executable: (stats.mode & 0o100) !== 0 }];
  return walk({ folder: file, takes: () => true, outside: () => true, onOddity }).map((found) => ({
    ...found,
    path: `${path}/${found.path}`,
  }));
}

/** Once each: what `include` names twice, or the folder has as well. */
function merged(files: FoundFile[]): FoundFile[] {
  const byPath = new Map<string, FoundFile>();
  for (const found of files) {
    const other = byPath.get(found.path);
    if (other !== undefined && realpathSync(other.file) !== realpathSync(found.file))
      throw sameName(found.path, other.file, found.file);
    byPath.set(found.path, found);
  }
  return [...byPath.values()].toSorted((one, other) => (one.path < other.path ? -1 : 1));
}

const SCRIPTS = new Set(['', '.sh', '.bash', '.py', '.js', '.mjs', '.cjs', '.pl', '.rb']);
/** Started by a cloud, which demands that they may be. */
const BOOT_FILES = new Set(['bootstrap', 'scf_bootstrap']);

/** Windows has no mode that says so. */
function isProgram(path: string, file: string): boolean {
  if (BOOT_FILES.has(basename(path))) return true;
  return SCRIPTS.has(extname(path)) && firstBytes(file, 2) === '#!';
}

function firstBytes(file: string, count: number): string {
  const bytes = Buffer.alloc(count);
  const descriptor = openSync(file, 'r');
  try {
    return bytes.toString('latin1', 0, readSync(descriptor, bytes, 0, count, 0));
  } finally {
    closeSync(descriptor);
  }
}

function checkOutFolder(dir: string, outFolder: string): void {
  if (!isWithin(dir, outFolder)) return;
  throw new RopewayError({
    code: 'OUT_FOLDER',
    message:
      'Packages cannot be written into the folder of the app itself: they would be packed the next time.',
    expected: 'a folder inside of it, such as .ropeway/packages, or elsewhere',
    got: outFolder,
    fix: `--out ${join(dir, '.ropeway', 'packages')}`,
  });
}

function linkOutside(path: string, target: string): RopewayError {
  return new RopewayError({
    code: 'LINK_OUTSIDE',
    message: `${path} is a link that leads out of the folder of the app.`,
    expected: 'files in the folder, or what `include` names',
    got: target,
    fix: `take it in (--include ${path}), or leave it out with a line in .ropewayignore: /${path}`,
  });
}

function includeMissing(place: string, isAll: boolean): RopewayError {
  return new RopewayError({
    code: 'INCLUDE_MISSING',
    message: isAll ? '`include` names the folder of the app itself.' : '`include` names what does not exist.',
    expected: 'a file or folder, from the folder of the app on: ../shared, certs/ca.pem',
    got: JSON.stringify(place),
  });
}

function sameName(path: string, one: string, other: string): RopewayError {
  return new RopewayError({
    code: 'SAME_NAME',
    message: `Two things would be packed as ${path}.`,
    got: `${one} and ${other}`,
    fix: 'rename one of them, or leave it out of `include`',
  });
}
