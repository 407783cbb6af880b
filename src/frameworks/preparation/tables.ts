import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

/** Poetry's and Pipenv's tables: `flask = "^3.0"`, `celery = { version = "*", extras = ["redis"] }`. */
export type TableDependencies = Record<string, TableDependency | TableDependency[]>;

export type TableDependency = string | TableDetails;

interface TableDetails {
  version?: string;
  extras?: string[];
  optional?: boolean;
  /** PEP 508. */
  markers?: string;
  /** Range of Python versions. */
  python?: string;
  git?: string;
  rev?: string;
  ref?: string;
  tag?: string;
  branch?: string;
  url?: string;
  path?: string;
  file?: string;
}

/** The entries as PEP 508 specifiers, without Python itself and without what is optional. `base`: where paths begin. */
export function tableSpecifiers(table: TableDependencies, base: string): string[] {
  return Object.entries(table).flatMap(([name, value]) => {
    if (name.toLowerCase() === 'python') return [];
    const choices = Array.isArray(value) ? value : [value];
    return choices.flatMap((choice) => {
      const details = typeof choice === 'string' ? { version: choice } : choice;
      return details.optional === true ? [] : [tableSpecifier(name, details, base)];
    });
  });
}

function tableSpecifier(name: string, details: TableDetails, base: string): string {
  const { version = '*', extras = [], markers, python } = details;
  const address = addressOf(details, base);
  const named = `${name}${extras.length > 0 ? `[${extras.join(',')}]` : ''}`;
  const conditions = [markers, python === undefined ? undefined : pythonMarker(python)].filter(
    (one) => one !== undefined && one !== '',
  );
  const marker = conditions.length > 1 ? conditions.map((one) => `(${one})`).join(' and ') : conditions[0];
  const what = address === undefined ? `${named}${pep440(version)}` : `${named} @ ${address}`;
  return marker === undefined ? what : `${what} ; ${marker}`;
}

function addressOf(details: TableDetails, base: string): string | undefined {
  const { git, url } = details;
  if (git !== undefined) return gitAddress(git, details.rev ?? details.ref ?? details.tag ?? details.branch);
  if (url !== undefined) return url;
  const path = details.path ?? details.file;
  if (path === undefined) return undefined;
  return /^\w+:\/\//.test(path) ? path : pathToFileURL(resolve(base, path)).href;
}

/** A repository as PEP 508 has it. `git@host:owner/name` is a shorthand for SSH. */
export function gitAddress(repository: string, revision: string | undefined): string {
  const short = /^([\w.-]+@[\w.-]+):(?!\/)(.*)$/.exec(repository);
  const url = short === null ? repository : `ssh://${short[1]}/${short[2]}`;
  return `${url.startsWith('git+') ? url : `git+${url}`}${revision === undefined ? '' : `@${revision}`}`;
}

function pythonMarker(range: string): string {
  const parts = pep440(range).split(',');
  return parts
    .map((part) => /^\s*([<>=!~]+)\s*([\d.]+)\s*$/.exec(part))
    .filter((match) => match !== null)
    .map(([, operator, version = '']) => {
      const name = version.split('.').length > 2 ? 'python_full_version' : 'python_version';
      return `${name} ${operator} "${version.includes('.') ? version : `${version}.0`}"`;
    })
    .join(' and ');
}

/**
 * Poetry's caret and tilde ranges as PEP 440; its other forms are PEP 440 already. Alternatives (`||`)
 * PEP 440 does not have: any version.
 */
export function pep440(range: string): string {
  const trimmed = range.trim();
  if (trimmed === '*' || trimmed === '' || trimmed.includes('|')) return '';
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
  const lastIndex = numbers.length - 1;
  const place = caret ? (firstNonZero === -1 ? lastIndex : firstNonZero) : Math.min(1, lastIndex);
  return [...numbers.slice(0, place), numbers[place]! + 1].join('.');
}
