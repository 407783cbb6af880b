import { dirname, resolve } from 'node:path';

import type { HttpRequest } from '../../events/types.ts';
import type { MeasuredRequest } from '../../insight/types.ts';
import { RopewayError } from '../../lib/errors.ts';
import type { Route } from '../../runtimes/protocol.ts';
import { loadRequestFile, requestFilePath } from '../requests/request-file.ts';
import { resolveRequest } from '../requests/resolve.ts';
import type {
  Expectation,
  HeaderList,
  OutgoingRequest,
  ParsedFile,
  ParsedRequest,
} from '../requests/types.ts';
import { splitUrl } from '../requests/url.ts';
import { isPlainPath, routeOf } from './route-of.ts';

/** A request that can be sent any number of times. */
export interface RepeatableRequest extends MeasuredRequest {
  /** With its query. */
  path: string;
  headers: HeaderList;
  body: Buffer;
  expect: Expectation;
}

export interface RequestsToMeasure {
  requests: RepeatableRequest[];
  /** What was left out, and why. */
  notes: string[];
}

/** Stands for whatever address a file of requests names: they go to instances of ours. */
const HOST = 'http://localhost';

/**
 * What an app is measured with: the requests of `requests.http` in its folder (or of `file`), else its routes with GET that have no
 * parameters. `routes` are what the app's framework lists. Throws what `loadRequestFile` does, NO_REQUESTS when there is nothing.
 */
export async function requestsToMeasure(
  dir: string,
  routes: readonly Route[] | null,
  file?: string,
): Promise<RequestsToMeasure> {
  const path = requestFilePath({ dir, ...(file === undefined ? {} : { file }) });
  const loaded = await loadRequestFile(path);
  if (loaded === undefined && file !== undefined) throw noRequests(`There is no file of requests: ${path}`);
  const found =
    loaded === undefined || loaded.file.requests.length === 0
      ? { requests: discovered(routes), notes: [] }
      : await fromFile(loaded.file, path, routes);
  if (found.requests.length === 0) {
    throw noRequests(
      loaded === undefined
        ? 'There is nothing to measure the app with: no requests.http, and no route with GET and without parameters.'
        : `None of the requests in ${path} can be sent by itself.`,
      found.notes,
    );
  }
  return { ...found, requests: withNames(found.requests) };
}

/** The same as the gateway would hand it on; `time` and id are the call's own. */
export function asHttpRequest(
  { method, path, headers, body }: RepeatableRequest,
  requestId: string,
): HttpRequest {
  const mark = path.indexOf('?');
  const kept = headers.filter(([name]) => !/^(?:host|content-length)$/i.test(name));
  return {
    method,
    path: mark === -1 ? path : path.slice(0, mark),
    query: mark === -1 ? '' : path.slice(mark + 1),
    headers: [
      ['Host', 'localhost'],
      ['Accept', '*/*'],
      ...kept,
      ...(body.length > 0 ? [['Content-Length', String(body.length)] as [string, string]] : []),
    ],
    body,
    scheme: 'http',
    remoteAddress: '127.0.0.1',
    stage: '',
    requestId,
    time: Date.now(),
  };
}

async function fromFile(
  file: ParsedFile,
  path: string,
  routes: readonly Route[] | null,
): Promise<RequestsToMeasure> {
  const requests: RepeatableRequest[] = [];
  const notes: string[] = [];
  const scope = {
    file,
    folder: dirname(resolve(path)),
    overrides: { host: HOST },
    env: process.env,
    answers: new Map(),
    mode: 'send' as const,
  };
  for (const request of file.requests) {
    try {
      const outgoing = await resolveRequest(request, scope);
      if (isElsewhere(outgoing, request)) notes.push(`${titleOf(request)} goes to another host: left out`);
      else requests.push(repeatable(request, outgoing, routes));
    } catch (error) {
      if (!(error instanceof RopewayError)) throw error;
      notes.push(`${titleOf(request)} is left out: ${error.message}`);
    }
  }
  return { requests, notes };
}

/** Written with an address of its own that is not this machine's. */
function isElsewhere({ url }: OutgoingRequest, request: ParsedRequest): boolean {
  return /^https?:/i.test(request.url) && !/^https?:\/\/(?:localhost|127\.0\.0\.1|\[::1\])/i.test(url);
}

function repeatable(
  request: ParsedRequest,
  { method, url, headers, body }: OutgoingRequest,
  routes: readonly Route[] | null,
): RepeatableRequest {
  const { path } = splitUrl(url);
  const route = routeOf(routes, method, path.split('?', 1)[0]!)?.path;
  return {
    name: titleOf(request),
    method,
    path,
    headers,
    body: body ?? Buffer.alloc(0),
    expect: request.expect,
    ...(route === undefined ? {} : { route }),
  };
}

function discovered(routes: readonly Route[] | null): RepeatableRequest[] {
  const paths = new Set(
    (routes ?? [])
      .filter(({ methods, path }) => (methods.length === 0 || methods.includes('GET')) && isPlainPath(path))
      .map(({ path }) => path),
  );
  return [...paths].map((path) => ({
    name: `GET ${path}`,
    method: 'GET',
    path,
    route: path,
    headers: [],
    body: Buffer.alloc(0),
    expect: {},
  }));
}

function titleOf({ title, name, method, url }: ParsedRequest): string {
  return title || name || `${method} ${url.replace(/^(?:https?:\/\/[^/?]+|\{\{host\}\})/i, '')}`;
}

/** Two with one title are told apart by a number. */
function withNames(requests: RepeatableRequest[]): RepeatableRequest[] {
  const counts = new Map<string, number>();
  return requests.map((request) => {
    const count = (counts.get(request.name) ?? 0) + 1;
    counts.set(request.name, count);
    return count === 1 ? request : { ...request, name: `${request.name} (${count})` };
  });
}

function noRequests(message: string, notes: string[] = []): RopewayError {
  return new RopewayError({
    code: 'NO_REQUESTS',
    message,
    ...(notes.length === 0 ? {} : { detail: notes.join('\n') }),
    fix: 'save a request while `ropeway dev` runs, with `ropeway request <path> --save`, or name a file with --requests',
  });
}
