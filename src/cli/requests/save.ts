import { createHash } from 'node:crypto';
import { dirname, join, relative, resolve, sep } from 'node:path';

import { RopewayError } from '../../lib/errors.ts';
import type { Composed } from './compose.ts';
import { mediaType } from './headers.ts';
import { parseRequestFile } from './parse.ts';
import { displayName, loadRequestFile, writeWhole } from './request-file.ts';
import { resolveRequest } from './resolve.ts';
import { coreLines, serializeRequest, serializeRequestFile } from './serialize.ts';
import { splitTrace } from './trace.ts';
import type { Answer, BodyPart, ParsedFile, ParsedRequest, SavedRequest } from './types.ts';
import { isLoopback } from './url.ts';

export interface Saved {
  file: string;
  title: string;
  /** False when the request was added. */
  updated: boolean;
}

/**
 * Adds the request to a .http file, with the status and media type that it was answered with. A request
 * that is there already (same title, or the same in all) is replaced; the rest of the file stays as it is.
 * @throws RopewayError `CANNOT_SAVE`, `REQUEST_FILE_SYNTAX`, `REQUEST_FILE_UNREADABLE`, `REQUEST_FILE_UNWRITABLE`
 */
export async function saveRequest(
  composed: Composed,
  answer: Answer,
  options: { path: string; name: string | undefined },
): Promise<Saved> {
  const path = resolve(options.path);
  const { text, file } = (await loadRequestFile(path)) ?? {
    text: '',
    file: parseRequestFile('', displayName(path)),
  };
  const title = titleOf(composed, options.name);
  const request = await savable(composed, answer, { title, path, file });
  const same = file.requests.find((other) => isSame(other, request, options.name === undefined));
  const lines = same === undefined ? appended(file, request) : replaced(file, same, request);
  const host =
    hostOf(file) === undefined && request.url.startsWith('{{host}}') ? [`@host = ${composed.base}`, ''] : [];
  const lineEnd = text.includes('\r\n') ? '\r\n' : '\n';
  await writeWhole(path, [...host, ...lines].join(lineEnd));
  return { file: displayName(path), title: same?.title || same?.name || title, updated: same !== undefined };
}

function titleOf({ outgoing, base }: Composed, name: string | undefined): string {
  const title = (name ?? `${outgoing.method} ${outgoing.url.slice(base.length)}`)
    .replaceAll(/[\s\p{Cc}]+/gu, ' ')
    .trim();
  if (title !== '' && !title.startsWith('#')) return title;
  throw new RopewayError({
    code: 'CANNOT_SAVE',
    message: 'A saved request needs a name that does not start with #',
    got: name ?? '',
    fix: 'pass another --name',
  });
}

/** The request as the file will hold it, checked: read back, it gives the very request that was sent. */
async function savable(
  composed: Composed,
  answer: Answer,
  { title, path, file }: { title: string; path: string; file: ParsedFile },
): Promise<SavedRequest> {
  const { outgoing, base, parts } = composed;
  const folder = dirname(path);
  const { headers: answerHeaders } = splitTrace(answer.headers);
  const contentType = mediaType(answerHeaders);
  const request: SavedRequest = {
    title,
    noCookieJar: false,
    method: outgoing.method,
    url: fitsHost(base, hostOf(file)) ? `{{host}}${outgoing.url.slice(base.length)}` : outgoing.url,
    headers: outgoing.headers,
    body: [],
    expect: { status: answer.status, ...(contentType === undefined ? {} : { contentType }) },
  };
  const inline = { ...request, body: (parts ?? []).map((part) => relativePart(part, folder)) };
  if (parts !== undefined && (await readsBack(inline, composed, folder))) return inline;
  if (outgoing.body === undefined || outgoing.body.length === 0) {
    if (await readsBack(request, composed, folder)) return request;
    throw cannotSave(outgoing.url);
  }
  const bodyFile = bodyFileName(title);
  await writeWhole(join(folder, bodyFile), outgoing.body);
  const withFile: SavedRequest = {
    ...request,
    body: [{ kind: 'file', path: `./${bodyFile}`, substitute: false }],
  };
  if (await readsBack(withFile, composed, folder)) return withFile;
  throw cannotSave(outgoing.url);
}

async function readsBack(
  request: SavedRequest,
  { outgoing, base }: Composed,
  folder: string,
): Promise<boolean> {
  try {
    const text = serializeRequestFile({ variables: [['host', base]], cookieJar: false, requests: [request] });
    const file = parseRequestFile(text);
    const [first] = file.requests;
    if (first === undefined || file.requests.length !== 1) return false;
    const scope = {
      file,
      folder,
      overrides: {},
      env: {},
      answers: new Map<string, Answer>(),
      mode: 'send' as const,
    };
    const read = await resolveRequest(first, scope);
    return (
      read.method === outgoing.method &&
      read.url === outgoing.url &&
      JSON.stringify(read.headers) === JSON.stringify(outgoing.headers) &&
      (read.body ?? Buffer.alloc(0)).equals(outgoing.body ?? Buffer.alloc(0))
    );
  } catch (error) {
    if (error instanceof RopewayError) return false;
    throw error;
  }
}

/** The same title; without a name of its own also the same request in all but its expectation. */
function isSame(other: ParsedRequest, request: SavedRequest, anyTitle: boolean): boolean {
  if (other.title === request.title || other.name === request.title) return true;
  const essence = ({ method, url, headers, body }: SavedRequest): string =>
    JSON.stringify([method, url, headers, body]);
  return anyTitle && essence(other) === essence(request);
}

function replaced(file: ParsedFile, { source }: ParsedRequest, request: SavedRequest): string[] {
  return [
    ...file.lines.slice(0, source.start),
    ...source.keptBefore,
    ...coreLines(request),
    ...(source.keptAfter.length > 0 ? ['', ...source.keptAfter] : []),
    ...file.lines.slice(source.end),
  ];
}

function appended(file: ParsedFile, request: SavedRequest): string[] {
  const last = file.lines.findLastIndex((line) => line.trim() !== '');
  const before = file.lines.slice(0, last + 1);
  return [...before, ...(before.length > 0 ? [''] : []), ...serializeRequest(request), ''];
}

/** Paths in the file start from its folder and are written with slashes, for any system. */
function relativePart(part: BodyPart, folder: string): BodyPart {
  if (part.kind === 'text') return part;
  const path = relative(folder, part.path).split(sep).join('/');
  return { ...part, path: path.startsWith('../') ? path : `./${path}` };
}

/** Two ports of this machine are one host: `ropeway dev` may get another port next time. */
function fitsHost(base: string, host: string | undefined): boolean {
  return host === undefined || host.replace(/\/+$/, '') === base || (isLoopback(host) && isLoopback(base));
}

function hostOf(file: ParsedFile): string | undefined {
  return file.variables.findLast(([name]) => name === 'host')?.[1];
}

function bodyFileName(title: string): string {
  const words = title
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, 40);
  const digest = createHash('sha256').update(title).digest('hex').slice(0, 8);
  return `requests/${words === '' ? '' : `${words}-`}${digest}.body`;
}

function cannotSave(url: string): RopewayError {
  return new RopewayError({
    code: 'CANNOT_SAVE',
    message: 'This request cannot be written in the .http format',
    expected: 'an address and headers without {{ }}, which stand for variables there',
    got: url,
    fix: 'percent-encode the braces (%7B, %7D), or send it without --save',
  });
}
