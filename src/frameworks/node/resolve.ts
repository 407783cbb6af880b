import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';

const extensions = ['.js', '.mjs', '.cjs', '.ts', '.mts', '.cts', '.tsx', '.jsx'];
/** TypeScript sources name the file that they will be compiled to. */
const compiledTo: Record<string, string[]> = {
  '.js': ['.ts', '.tsx', '.jsx'],
  '.mjs': ['.mts'],
  '.cjs': ['.cts'],
};

/**
 * The source file that `target` (an absolute path as written in an import or after `node`) means:
 * itself, with an extension, or a folder's `main` or `index`. Undefined when there is none, or when
 * it is no source, such as JSON.
 */
export function resolveSource(target: string): string | undefined {
  const kind = kindOf(target);
  if (kind === 'file') return isSource(target) ? target : undefined;
  const direct = withExtension(target) ?? compiledSource(target);
  if (direct !== undefined) return direct;
  if (kind !== 'folder') return undefined;
  const main = readPackage(target)?.main;
  if (main !== undefined && main !== '' && path.resolve(target, main) !== target) {
    const found = resolveMain(path.resolve(target, main));
    if (found !== undefined) return found;
  }
  return withExtension(path.join(target, 'index'));
}

/** Whether `file` is a path below `dir`, not in its installed packages. */
export function isInside(dir: string, file: string): boolean {
  const relative = path.relative(dir, file);
  if (relative === '' || relative.startsWith('..') || path.isAbsolute(relative)) return false;
  return !relative.split(path.sep).includes('node_modules');
}

/** `file` as users write it: relative to `dir`, with forward slashes. */
export function relativeName(dir: string, file: string): string {
  return path.relative(dir, file).split(path.sep).join('/');
}

/** The parts of a package.json that say how an app is started. */
export interface PackageFile {
  main?: string;
  scripts: Record<string, string>;
  /** Names of all kinds of dependencies. */
  dependencies: Set<string>;
  workspaces: string[];
  /** What `nodemon` reads. */
  nodemonExec?: string;
  /** The text, for line numbers. */
  text: string;
}

/** The package.json of `dir`; undefined when there is none or it is no JSON object. */
export function readPackage(dir: string): PackageFile | undefined {
  const text = readText(path.join(dir, 'package.json'));
  const json = text === undefined ? undefined : record(parse(text));
  if (text === undefined || json === undefined) return undefined;
  const workspaces = record(json['workspaces'])?.['packages'] ?? json['workspaces'];
  const file: PackageFile = {
    scripts: strings(json['scripts']),
    dependencies: new Set(
      ['dependencies', 'devDependencies', 'optionalDependencies', 'peerDependencies'].flatMap((key) =>
        Object.keys(record(json[key]) ?? {}),
      ),
    ),
    workspaces: Array.isArray(workspaces) ? workspaces.filter((one) => typeof one === 'string') : [],
    text,
  };
  if (typeof json['main'] === 'string') file.main = json['main'];
  const exec = record(json['nodemonConfig'])?.['exec'];
  if (typeof exec === 'string') file.nodemonExec = exec;
  return file;
}

/** A file's text; undefined when it cannot be read. */
export function readText(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8').replace(/^\uFEFF/, '');
  } catch {
    return undefined;
  }
}

/** A JSON file's object, or undefined. */
export function readRecord(file: string): Record<string, unknown> | undefined {
  const text = readText(file);
  return text === undefined ? undefined : record(parse(text));
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function record(value: unknown): Record<string, unknown> | undefined {
  const isRecord = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isRecord ? (value as Record<string, unknown>) : undefined;
}

function strings(value: unknown): Record<string, string> {
  const entries = Object.entries(record(value) ?? {});
  return Object.fromEntries(
    entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}

/** A `main` that names a folder means its `index`, whatever that folder's own package.json says. */
function resolveMain(target: string): string | undefined {
  if (kindOf(target) === 'file') return isSource(target) ? target : undefined;
  return withExtension(target) ?? withExtension(path.join(target, 'index'));
}

function withExtension(target: string): string | undefined {
  return extensions.map((extension) => target + extension).find((file) => kindOf(file) === 'file');
}

function compiledSource(target: string): string | undefined {
  const extension = path.extname(target);
  const base = target.slice(0, target.length - extension.length);
  return compiledTo[extension]?.map((one) => base + one).find((file) => kindOf(file) === 'file');
}

/** Files without an extension, such as `bin/www`, are sources too. */
function isSource(file: string): boolean {
  return !/\.(json|node|wasm|html|css)$/.test(file);
}

function kindOf(target: string): 'file' | 'folder' | undefined {
  const stats = statSync(target, { throwIfNoEntry: false });
  if (stats === undefined) return undefined;
  return stats.isDirectory() ? 'folder' : 'file';
}
