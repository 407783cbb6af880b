import { METHODS } from 'node:http';

import { RopewayError } from '../../lib/errors.ts';
import type { HeaderList } from './types.ts';

/** As the command line gives them. */
export interface RequestOptions {
  header?: string[];
  data?: string[];
  dataFile?: string;
  form?: string[];
  jsonBody?: string;
  url?: string;
  dir: string;
  cold?: boolean;
  /** Seconds, as typed. */
  timeout: string;
  bodyOnly?: boolean;
  save?: boolean;
  name?: string;
  all?: boolean;
  file?: string;
  json?: boolean;
}

/** Options that describe one request, and so do not go with `--all`. */
const single = ['header', 'data', 'dataFile', 'form', 'jsonBody', 'bodyOnly', 'save', 'name'] as const;
const bodies = ['data', 'dataFile', 'form', 'jsonBody'] as const;
const flags: Record<(typeof single)[number], string> = {
  header: '-H',
  data: '-d',
  dataFile: '--data-file',
  form: '--form',
  jsonBody: '--json-body',
  bodyOnly: '--body-only',
  save: '--save',
  name: '--name',
};

/** Refuses options that contradict one another. @throws RopewayError `OPTIONS_CONFLICT` */
export function checkOptions(target: string[], options: RequestOptions): void {
  if (options.all === true) {
    const extra = single.filter((name) => options[name] !== undefined).map((name) => flags[name]);
    if (target[0] !== undefined) extra.unshift(target[0]);
    if (extra.length > 0)
      throw conflict(`--all sends what the file holds; ${extra.join(', ')} cannot be added`);
    return;
  }
  const given = bodies.filter((name) => options[name] !== undefined).map((name) => flags[name]);
  if (given.length > 1) throw conflict(`A request has one body, but ${given.join(' and ')} were given`);
  if (options.bodyOnly === true && options.json === true)
    throw conflict('--body-only and --json exclude each other');
  if (options.name !== undefined && options.save !== true)
    throw conflict('--name names a saved request: it needs --save');
  if (options.file !== undefined && options.save !== true) throw conflict('--file needs --save or --all');
}

/** The time allowed, in ms. @throws RopewayError `BAD_TIMEOUT` */
export function parseTimeout(text: string): number {
  const seconds = Number(text);
  // The longest time that a Node timer can hold.
  if (text.trim() !== '' && seconds > 0 && seconds * 1000 < 2 ** 31) return seconds * 1000;
  throw new RopewayError({
    code: 'BAD_TIMEOUT',
    message: 'The time allowed must be a number of seconds',
    expected: 'a number above 0, such as 60 or 0.5',
    got: text,
    fix: 'pass --timeout 60',
  });
}

/**
 * Reads `[METHOD] <path>`. The path may be a whole address.
 * @returns no method where none was given
 * @throws RopewayError `BAD_TARGET`
 */
export function parseTarget(target: string[]): { method: string | undefined; path: string } {
  const [first, second] = target;
  if (target.length === 1 && first !== undefined && !METHODS.includes(first)) {
    return { method: undefined, path: first };
  }
  const method = first?.toUpperCase() ?? '';
  if (target.length === 2 && second !== undefined && METHODS.includes(method) && method !== 'CONNECT') {
    return { method, path: second };
  }
  throw new RopewayError({
    code: 'BAD_TARGET',
    message: targetFault(target, method),
    expected: '[METHOD] <path>, such as /user/ann or POST /form',
    ...(target.length === 0 ? {} : { got: target.join(' ') }),
    fix: 'see `ropeway request --help`; quote a path that holds blanks, & or ?',
  });
}

/** Reads `-H` lines: `Name: value`, `Name;` (empty value), `Name:` (leave a default out). */
export function parseHeaders(lines: string[]): { headers: HeaderList; without: string[] } {
  const headers: HeaderList = [];
  const without: string[] = [];
  for (const line of lines) {
    const [, name, mark, rest = ''] = /^\s*([!#$%&'*+.^_`|~\w-]+)\s*([:;])(.*)$/.exec(line) ?? [];
    const value = rest.trim();
    if (name === undefined || (mark === ';' && value !== '') || !/^[\t\x20-\x7e\x80-\xff]*$/.test(value)) {
      throw badHeader(line);
    }
    if (mark === ':' && value === '') without.push(name.toLowerCase());
    else headers.push([name, value]);
  }
  return { headers, without };
}

function targetFault(target: string[], method: string): string {
  if (target.length === 0) return 'No path to send the request to';
  if (target.length === 1) return `No path after ${method}`;
  if (target.length > 2) return 'More than a method and a path';
  return `No request can be sent with method ${target[0]}`;
}

function badHeader(line: string): RopewayError {
  return new RopewayError({
    code: 'BAD_HEADER',
    message: 'Not a header',
    expected: "-H 'Name: value', with characters of Latin-1 on one line",
    got: line,
    fix: 'correct the -H option; text beyond Latin-1 must be encoded, for instance as %E4%BD%A0',
  });
}

function conflict(message: string): RopewayError {
  return new RopewayError({ code: 'OPTIONS_CONFLICT', message, fix: 'see `ropeway request --help`' });
}
