import { RopewayError } from '../../lib/errors.ts';
import { assembleBody } from './body-parts.ts';
import { headerOf } from './headers.ts';
import { place } from './syntax-error.ts';
import type { HeaderList, OutgoingRequest, ParsedRequest } from './types.ts';
import { fillIn, type Scope } from './variables.ts';

/**
 * Fills in the variables of a saved request and reads its body files.
 * @throws RopewayError `UNKNOWN_VARIABLE`, `CIRCULAR_VARIABLE`, `BODY_FILE_UNREADABLE`, `BAD_ADDRESS`
 */
export async function resolveRequest(request: ParsedRequest, scope: Scope): Promise<OutgoingRequest> {
  const fill = (text: string): string => fillIn(text, scope, request);
  const headers = request.headers.map(([name, value]): [string, string] => [
    name,
    basicCredentials(name, fill(value)),
  ]);
  return {
    method: request.method,
    url: absoluteUrl(fill(request.url), headers, request, scope),
    headers,
    body: await assembleBody(request.body, request.headers, scope.folder, fill),
  };
}

/** `Basic user password` and `Basic user:password`, as people write it by hand, are encoded. */
export function basicCredentials(name: string, value: string): string {
  const found = /^Basic\s+([^\s:]+)(?:\s+|:)(\S+)$/i.exec(value);
  if (found === null || name.toLowerCase() !== 'authorization') return value;
  return `Basic ${Buffer.from(`${found[1]}:${found[2]}`).toString('base64')}`;
}

/** Addresses without a scheme are http; a bare path goes to the Host header, else to `@host`. */
function absoluteUrl(url: string, headers: HeaderList, request: ParsedRequest, scope: Scope): string {
  if (/^https?:\/\//i.test(url)) return url;
  if (!/^[/?]/.test(url)) return `http://${url}`;
  const host = headerOf(headers, 'host');
  if (host !== undefined) return `http://${host}${url}`;
  const { host: base } = { ...Object.fromEntries(scope.file.variables), ...scope.overrides };
  if (base !== undefined)
    return absoluteUrl(fillIn(base, scope, request).replace(/\/$/, '') + url, [], request, scope);
  throw new RopewayError({
    code: 'BAD_ADDRESS',
    message: `${place({ fileName: scope.file.fileName, line: request.source.requestLine, column: 0 })}: no host for ${url}`,
    fix: 'start ropeway dev, pass --url, or write @host = http://… at the top of the file',
  });
}
