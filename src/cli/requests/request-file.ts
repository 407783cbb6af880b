import { mkdir, readFile, realpath, rename, writeFile } from 'node:fs/promises';
import { basename, dirname, join, relative } from 'node:path';

import { RopewayError, errorMessage, systemCode } from '../../lib/errors.ts';
import { parseRequestFile } from './parse.ts';
import type { ParsedFile } from './types.ts';

/** Where requests are kept: `--file`, else `requests.http` in the folder of the app. */
export function requestFilePath(options: { file?: string; dir: string }): string {
  return options.file ?? join(options.dir, 'requests.http');
}

/**
 * Reads a .http file.
 * @returns the text as well; undefined where there is no such file
 * @throws RopewayError `REQUEST_FILE_UNREADABLE`, `REQUEST_FILE_SYNTAX`
 */
export async function loadRequestFile(path: string): Promise<{ text: string; file: ParsedFile } | undefined> {
  try {
    const text = await readFile(path, 'utf8');
    return { text, file: parseRequestFile(text, displayName(path)) };
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    if (error instanceof RopewayError) throw error;
    throw new RopewayError({
      code: 'REQUEST_FILE_UNREADABLE',
      message: `The file of requests cannot be read: ${path}`,
      got: errorMessage(error),
      fix: 'pass the right file with --file',
      cause: error,
    });
  }
}

/** Writes all of a file or nothing: what was there stays until the new text is complete. */
export async function writeWhole(path: string, content: string | Buffer): Promise<void> {
  // A link is followed, lest the new file take its place.
  const target = await realpath(path).catch(() => path);
  const temporary = `${target}.${process.pid}.tmp`;
  try {
    await mkdir(dirname(target), { recursive: true });
    await writeFile(temporary, content);
    await rename(temporary, target);
  } catch (error) {
    throw new RopewayError({
      code: 'REQUEST_FILE_UNWRITABLE',
      message: `The request cannot be saved to ${path}`,
      got: errorMessage(error),
      fix: 'check the rights of the folder, or pass another file with --file',
      cause: error,
    });
  }
}

/** The path as it is shown: from here, when it is below here. */
export function displayName(path: string): string {
  const shown = relative(process.cwd(), path);
  return shown === '' || shown.startsWith('..') ? basename(path) : shown;
}
