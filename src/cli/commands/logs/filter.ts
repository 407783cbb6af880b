import type { InvocationRecord } from '../../../platform/types.ts';
import { hasFailed, type LineEntry } from '../../../platform/record-files/entries.ts';
import type { LogsOptions } from './options.ts';

/** What is shown. */
export interface Filter {
  request(record: InvocationRecord): boolean;
  line(line: LineEntry['line']): boolean;
  /** Only requests of some kind are wanted: a line is shown when its request is. */
  linesWithRequest: boolean;
}

/** `requestId`: only this request, its id in full. */
export function createFilter(
  name: string | undefined,
  options: LogsOptions,
  requestId: string | undefined,
): Filter {
  const route = options.route === undefined ? undefined : routeMatcher(options.route);
  const ofFunction = (one: { function: string }): boolean => name === undefined || one.function === name;
  return {
    request: (record) =>
      ofFunction(record) &&
      (requestId === undefined || record.requestId === requestId) &&
      (!options.errors || hasFailed(record)) &&
      (route === undefined || route(record)) &&
      (options.status === undefined || hasStatus(record.status, options.status)) &&
      (!options.cold || record.start === 'cold'),
    line: (line) =>
      ofFunction(line) &&
      (requestId === undefined || line.requestId === requestId) &&
      (line.stream !== 'platform' || options.platform || options.json),
    linesWithRequest:
      options.errors || options.cold || options.route !== undefined || options.status !== undefined,
  };
}

/** A route is meant by its own pattern, or by paths; `*` stands for anything, and a method may stand before it. */
function routeMatcher(pattern: string): (record: InvocationRecord) => boolean {
  const [, method, path] = /^(?:([A-Za-z]+)\s+)?(.*)$/s.exec(pattern)!;
  const parts = path!.split('*').map((part) => part.replaceAll(/[\\^$.|?+()[\]{}]/g, String.raw`\$&`));
  const paths = new RegExp(`^${parts.join('.*')}$`, 's');
  return (record) =>
    (method === undefined || record.method === method.toUpperCase()) &&
    (record.route === path || paths.test(record.path.replace(/[?#].*$/s, '')));
}

function hasStatus(status: number, wanted: string): boolean {
  return wanted.endsWith('xx') ? String(status).startsWith(wanted[0]!) : String(status) === wanted;
}
