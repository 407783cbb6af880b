import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { parse } from 'smol-toml';

/** What an app says that it needs, and where it says so. */
export interface Requirements {
  /** Absolute. */
  file: string;
  /** Requirement specifiers (PEP 508), without options, URLs and paths. */
  specifiers: string[];
  /** Arguments of `pip install`. */
  install: string[];
}

type Reader = (file: string, text: string) => Requirements;

/** In order of how exactly they say it; requirements.txt first, since it is what people edit. */
const SOURCES: [name: string, read: Reader][] = [
  ['requirements.txt', readRequirementsTxt],
  ['uv.lock', readTomlLock],
  ['poetry.lock', readTomlLock],
  ['Pipfile.lock', readPipfileLock],
  ['pyproject.toml', readPyproject],
  ['Pipfile', readPipfile],
];

/** The declared requirements of the first folder that has any. A file that cannot be parsed counts as none. */
export function readRequirements(folders: string[]): Requirements | undefined {
  for (const folder of folders) {
    for (const [name, read] of SOURCES) {
      const file = join(folder, name);
      if (!existsSync(file)) continue;
      const found = tryRead(read, file);
      if (found !== undefined && found.install.length > 0) return found;
    }
  }
  return undefined;
}

function tryRead(read: Reader, file: string): Requirements | undefined {
  try {
    return read(file, readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

function readRequirementsTxt(file: string, text: string): Requirements {
  return { file, specifiers: requirementLines(file, text, new Set([file])), install: ['-r', file] };
}

function requirementLines(file: string, text: string, seen: Set<string>): string[] {
  const lines = text.replaceAll(/\\\r?\n/g, ' ').split(/\r?\n/);
  return lines.flatMap((raw) => {
    const line = raw.replace(/(^|\s)#.*$/, '').trim();
    const included = /^(?:-r|--requirement)[\s=]+(.+)$/.exec(line)?.[1];
    if (included !== undefined) {
      const path = join(dirname(file), included.trim());
      if (seen.has(path) || !existsSync(path)) return [];
      return requirementLines(path, readFileSync(path, 'utf8'), seen.add(path));
    }
    // Options, paths and URLs: pip understands them, a look at what is installed does not.
    if (line === '' || /^-|^[./~]|^[a-z+]+:\/\//i.test(line)) return [];
    return [line.replace(/\s+--hash=\S+/g, '').trim()];
  });
}

interface LockedPackage {
  name: string;
  version?: string;
  optional?: boolean;
  category?: string;
  groups?: string[];
  source?: Record<string, unknown>;
}

function readTomlLock(file: string, text: string): Requirements {
  const packages = (parse(text)['package'] ?? []) as unknown as LockedPackage[];
  const specifiers = packages
    .filter(({ source, optional, category, groups }) => {
      const isOwn =
        source !== undefined && ('editable' in source || 'virtual' in source || 'directory' in source);
      const isMain = category === undefined || category === 'main';
      return !isOwn && optional !== true && isMain && (groups === undefined || groups.includes('main'));
    })
    .map(({ name, version }) => (version === undefined ? name : `${name}==${version}`));
  return { file, specifiers, install: specifiers };
}

function readPipfileLock(file: string, text: string): Requirements {
  const lock = JSON.parse(text) as {
    default?: Record<string, { version?: string; markers?: string; extras?: string[] }>;
  };
  const specifiers = Object.entries(lock.default ?? {}).map(
    ([name, { version = '', markers, extras = [] }]) => {
      const marker = markers === undefined ? '' : `; ${markers}`;
      return `${name}${extras.length > 0 ? `[${extras.join(',')}]` : ''}${version}${marker}`;
    },
  );
  return { file, specifiers, install: specifiers };
}

function readPyproject(file: string, text: string): Requirements {
  const document = parse(text) as {
    project?: { dependencies?: string[] };
    tool?: { poetry?: { dependencies?: Record<string, TableDependency> } };
  };
  const specifiers =
    document.project?.dependencies ?? tableSpecifiers(document.tool?.poetry?.dependencies ?? {});
  return { file, specifiers, install: specifiers };
}

function readPipfile(file: string, text: string): Requirements {
  const document = parse(text) as { packages?: Record<string, TableDependency> };
  const specifiers = tableSpecifiers(document.packages ?? {});
  return { file, specifiers, install: specifiers };
}

type TableDependency = string | { version?: string; extras?: string[]; optional?: boolean };

/** Poetry's and Pipenv's tables: `flask = "^3.0"`, `celery = { version = "*", extras = ["redis"] }`. */
function tableSpecifiers(table: Record<string, TableDependency>): string[] {
  return Object.entries(table).flatMap(([name, value]) => {
    const {
      version = '*',
      extras = [],
      optional = false,
    } = typeof value === 'string' ? { version: value } : value;
    if (name === 'python' || optional) return [];
    return [`${name}${extras.length > 0 ? `[${extras.join(',')}]` : ''}${pep440(version)}`];
  });
}

/** Poetry's caret and tilde ranges as PEP 440; its other forms are PEP 440 already. */
export function pep440(range: string): string {
  const trimmed = range.trim();
  if (trimmed === '*' || trimmed === '') return '';
  return trimmed
    .split(',')
    .map((part) => {
      const match = /^\s*([\^~]?)\s*(\d[\w.*+!-]*)\s*$/.exec(part);
      if (match === null) return part.trim();
      const [, sign, version = ''] = match;
      if (sign === '') return `==${version}`;
      return `>=${version},<${upperBound(version, sign === '^')}`;
    })
    .join(',');
}

function upperBound(version: string, caret: boolean): string {
  const numbers = version.split('.').map((part) => Number.parseInt(part, 10) || 0);
  // Caret: the first number that is not zero may not change; tilde: the second may not.
  const firstNonZero = numbers.findIndex((number) => number > 0);
  const place = caret
    ? firstNonZero === -1
      ? numbers.length - 1
      : firstNonZero
    : Math.min(1, numbers.length - 1);
  return [...numbers.slice(0, place), numbers[place]! + 1].join('.');
}
