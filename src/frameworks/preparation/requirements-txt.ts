import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, dirname, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

import type { Place, Requirements } from './requirements.ts';

/** Reads a requirements file and the files that it includes. Left to pip: options, and lines with variables. */
export function readRequirementsTxt(file: string, text: string): Requirements {
  const lines = requirementLines(file, text, new Set([file]));
  const base = dirname(file);
  const specifiers: string[] = [];
  const places: Place[] = [];
  for (const line of lines) {
    const place = placeOf(line, base);
    if (place !== undefined) places.push(place);
    else if (!line.startsWith('-')) specifiers.push(line);
  }
  return { file, specifiers, places, install: ['-r', file] };
}

/** Lines without comments and without options of their own. */
function requirementLines(file: string, text: string, seen: Set<string>): string[] {
  const lines = text
    .replace(/^\uFEFF/, '')
    .replaceAll(/\\\r?\n/g, ' ')
    .split(/\r?\n/);
  return lines.flatMap((raw) => {
    const line = raw.replace(/(^|\s)#.*$/, '').trim();
    const included = /^(?:-r\s*|--requirement[\s=]+)(.+)$/.exec(line)?.[1];
    if (included !== undefined) {
      const path = resolve(dirname(file), included.trim());
      if (seen.has(path) || !existsSync(path)) return [];
      return requirementLines(path, readFileSync(path, 'utf8'), seen.add(path));
    }
    const plain = line.replace(/\s+--\w.*$/, '').trim();
    return plain === '' || plain.includes('${') ? [] : [plain];
  });
}

const EDITABLE = /^(?:-e\s*|--editable[\s=]+)/;
const ARCHIVE = /\.(?:whl|zip|tar\.gz|tgz|tar\.bz2|tar\.xz)$/i;

/** `-e ./pkg`, `./pkg[extra]`, `wheels/x.whl`, `git+https://host/x@v1#egg=x`; undefined for anything else. */
function placeOf(line: string, base: string): Place | undefined {
  const isEditable = EDITABLE.test(line);
  const [location = '', marker] = line.replace(EDITABLE, '').split(/\s+;|;\s+/);
  // Whether it is meant for this interpreter only pip can tell: there is no name to ask about.
  if (marker !== undefined || location === '') return undefined;
  const url = /^(?:\w+\+)?\w+:\/\//.test(location);
  if (url) return urlPlace(line, location);
  if (location.startsWith('-') || / @ |^[\w.-]+@/.test(location)) return undefined;
  const path = location.replace(/\[[^\]]*\]$/, '');
  if (!isEditable && !/^[.~]|[/\\]/.test(path) && !ARCHIVE.test(path)) return undefined;
  const absolute = path.startsWith('~') ? homedir() + path.slice(1) : resolve(base, path);
  return { shown: line, url: pathToFileURL(absolute).href, ...nameOf(absolute) };
}

function urlPlace(line: string, location: string): Place {
  const [address = '', fragment = ''] = location.split('#');
  const egg = /(?:^|&)egg=([\w.-]+)/.exec(fragment)?.[1];
  const repository = /^\w+\+(.*)$/.exec(address)?.[1];
  // `@v1.0` after a repository is the version; an `@` before the path is a user.
  const url = repository === undefined ? address : repository.replace(/(?<=[^/:]\/[^@]*)@[^@]*$/, '');
  return { shown: line, url, ...(egg === undefined ? nameOf(address) : { name: egg }) };
}

/** The name of a wheel is the first part of its file's name. */
function nameOf(path: string): { name?: string } {
  const name = /^([\w.]+)-[^-]+-.*\.whl$/i.exec(basename(path))?.[1];
  return name === undefined ? {} : { name };
}
