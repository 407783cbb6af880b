import { existsSync, readFileSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

import { errorMessage, RopewayError } from '../../lib/errors.ts';
import type { PythonRequirements } from '../types.ts';

/** What pip is to read, in one piece. */
export interface RequirementLines {
  /** Without `-r` and without `-e`, paths absolute. */
  lines: string[];
  /** Files and folders that are installed from, absolute. */
  places: string[];
}

/**
 * Requirements as lines of one file: included files are taken in, and editable installs become plain ones: a package
 * has no source folder to point to. Throws REQUIREMENTS_UNREADABLE.
 */
export function requirementLines({ file, install }: PythonRequirements): RequirementLines {
  const places: string[] = [];
  const lines =
    install[0] === '-r' ? flatten(install[1] ?? file, file, places, new Set()) : install.map((line) => line);
  for (const line of lines) {
    const url = /(?:^|@\s*)(file:\/\/[^\s;#]+)/.exec(line)?.[1];
    if (url !== undefined) places.push(fileURLToPath(url));
  }
  return { lines: lines.filter((line) => line.trim() !== ''), places: [...new Set(places)] };
}

const INCLUDE = /^\s*(?:-r\s*|--requirement[\s=]+)(\S.*?)\s*$/;
const CONSTRAINT = /^\s*(?:-c\s*|--constraint[\s=]+)(\S.*?)\s*$/;
const LINKS = /^\s*(?:-f\s*|--find-links[\s=]+)(\S.*?)\s*$/;
const EDITABLE = /^\s*(?:-e\s*|--editable[\s=]+)(\S.*?)\s*$/;

/** `first`: the file that the app names; pip is run in its folder, and reads paths of packages from there. */
function flatten(path: string, first: string, places: string[], seen: Set<string>): string[] {
  const file = resolve(dirname(first), path);
  if (seen.has(file)) return [];
  seen.add(file);
  return read(file, first)
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .flatMap((raw) => {
      const line = raw.replace(/(^|\s)#.*$/, '');
      const included = INCLUDE.exec(line)?.[1];
      if (included !== undefined) return flatten(besides(file, included), first, places, seen);
      const constraint = CONSTRAINT.exec(line)?.[1];
      if (constraint !== undefined)
        return [`-c ${besides(file, constraint)}`, ...noted(file, constraint, places)];
      const links = LINKS.exec(line)?.[1];
      if (links !== undefined) return [`--find-links ${besides(file, links)}`];
      return [withPlace(line, dirname(first), places)];
    });
}

/** A file that is read, and so decides what is installed. */
function noted(file: string, path: string, places: string[]): [] {
  const found = besides(file, path);
  if (isAbsolute(found)) places.push(found);
  return [];
}

/** From the folder of the file that names it, unless it is a URL or nothing there. */
function besides(file: string, path: string): string {
  if (/^\w+:\/\//.test(path)) return path;
  const found = resolve(dirname(file), path);
  return existsSync(found) ? found : path;
}

/** `-e ./pkg[extra]` → `/app/pkg[extra]` */
function withPlace(line: string, base: string, places: string[]): string {
  const editable = EDITABLE.exec(line)?.[1];
  // Options, also those of the line above.
  if (editable === undefined && line.trim().startsWith('-')) return line;
  const wanted = editable ?? line.trim();
  const [location = '', ...marker] = wanted.split(/(?=\s+;|;\s+|\s+--)/);
  if (/^\w+(\+\w+)?:\/\//.test(location) || / @ |^[\w.-]+@/.test(location)) return wanted;
  const [, path = '', extras = ''] = /^(.*?)(\[[^\]]*\])?$/.exec(location.trim()) ?? [];
  const isPath = editable !== undefined || /^[.~]|\//.test(path) || /\.(?:whl|zip|tar\.gz|tgz)$/i.test(path);
  if (!isPath) return editable === undefined ? line : wanted;
  const absolute = path.startsWith('~') ? join(homedir(), path.slice(1)) : resolve(base, path);
  places.push(absolute);
  return `${absolute}${extras}${marker.join('')}`;
}

function read(file: string, first: string): string {
  try {
    if (statSync(file).isFile()) return readFileSync(file, 'utf8');
  } catch (error) {
    throw unreadable(file, first, errorMessage(error));
  }
  throw unreadable(file, first, 'it is not a file');
}

function unreadable(file: string, first: string, why: string): RopewayError {
  return new RopewayError({
    code: 'REQUIREMENTS_UNREADABLE',
    message: `The requirements of the app cannot be read: ${why}`,
    got: file === first ? file : `${file}, which ${first} includes`,
  });
}
