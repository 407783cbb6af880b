import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync, writeFileSync, mkdirSync, lstatSync } from 'node:fs';
import { cp, mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { parse, stringify } from 'yaml';

// The file helpers that `@serverless/core` hands to components as `utils`: the names and what they take are its own.

export const isJsonPath = (path: string): boolean => path.endsWith('.json');
export const isYamlPath = (path: string): boolean => /\.ya?ml$/.test(path);
export const isArchivePath = (path: string): boolean => /\.(tar|zip)$/.test(path);

/** The content as its file name says: JSON, YAML, else text without white space around it. */
export function parseFile(path: string, contents: string | Buffer): unknown {
  const text = contents.toString();
  if (isJsonPath(path)) return JSON.parse(text);
  if (isYamlPath(path)) return parse(text);
  return path.endsWith('.slsignore') ? text.split('\n') : text.trim();
}

export function fileExistsSync(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}

export async function fileExists(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
}

export async function dirExists(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}

export function readFileParsedSync(path: string): unknown {
  return parseFile(path, readFileSync(path));
}

export async function readFileParsed(path: string): Promise<unknown> {
  return parseFile(path, await readFile(path));
}

/** False when there is none. */
export async function readFileIfExists(path: string): Promise<unknown> {
  return (await fileExists(path)) ? readFileParsed(path) : false;
}

export async function writeFileFormatted(path: string, contents: unknown = ''): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, formatted(path, contents));
}

export function writeFileFormattedSync(path: string, contents: unknown = ''): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, formatted(path, contents));
}

function formatted(path: string, contents: unknown): string | Buffer {
  if (typeof contents === 'string' || Buffer.isBuffer(contents)) return contents;
  return isYamlPath(path) ? stringify(contents) : JSON.stringify(contents, null, 2);
}

/** SHA-256 in base64. */
export async function hashFile(path: string): Promise<string> {
  return createHash('sha256')
    .update(await readFile(path))
    .digest('base64');
}

/** All files below a folder, with their paths. */
export function walkDirSync(folder: string, options: { noLinks?: boolean } = {}): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    const found = options.noLinks ? lstatSync(path) : statSync(path);
    if (found.isSymbolicLink()) return [];
    return found.isDirectory() ? walkDirSync(path, options) : [path];
  });
}

export async function copyDir(from: string, to: string): Promise<void> {
  await cp(from, to, { recursive: true, dereference: true });
}
