import type { IncomingMessage, ServerResponse } from 'node:http';

import send from 'send';

import type { Headers } from '../../events/types.ts';
import { isPreflight, preflightHeaders, withCors, type Cors } from '../routing/cors.ts';
import { requestRecord } from '../gateway/call.ts';
import { originForm } from '../gateway/parse-request.ts';
import type { InvocationRecord } from '../types.ts';

/** A folder of files, and how it is shown. */
export interface SiteTarget {
  /** Its name. */
  site: string;
  /** The route's pattern. */
  route: string;
  /** First segment of the path, which is not a part of the file's. */
  stage: string;
  /** Absolute folder. */
  folder: string;
  index: string;
  /** File for what is not there, and its status. */
  error?: string;
  errorStatus: 200 | 404;
  cors?: Cors;
}

/** Answers with a file; calls back with the record when the answer is out. Dotfiles are not there, and nothing outside of the folder. */
export function serveSite(
  target: SiteTarget,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  onRecord: (record: InvocationRecord) => void,
): void {
  const arrived = performance.now();
  const { site, route, cors } = target;
  const record = requestRecord(incoming, { function: site, route });
  outgoing.setHeader('x-ropeway-request-id', record.requestId);
  outgoing.once('close', () => {
    record.status = outgoing.statusCode;
    record.totalMs = record.durationMs = Math.round((performance.now() - arrived) * 100) / 100;
    record.responseBytes = incoming.method === 'HEAD' ? 0 : Number(outgoing.getHeader('content-length') ?? 0);
    onRecord(record);
  });
  if (cors !== undefined) {
    if (isPreflight(incoming)) {
      answer(outgoing, 204, preflightHeaders(cors, incoming));
      return;
    }
    for (const [name, value] of withCors(cors, incoming.headers.origin, []))
      outgoing.appendHeader(name, value);
  }
  if (incoming.method !== 'GET' && incoming.method !== 'HEAD') {
    answer(outgoing, 405, [['Allow', 'GET, HEAD']]);
    return;
  }
  sendFile(target, incoming, outgoing);
}

function sendFile(target: SiteTarget, incoming: IncomingMessage, outgoing: ServerResponse): void {
  const { stage, folder, index, error } = target;
  const full = originForm(incoming.url ?? '/').split('?', 1)[0]!;
  const path = stage === '' ? full : full.slice(stage.length + 1) || '/';
  const missing = (): void => {
    if (error === undefined) {
      answer(outgoing, 404, [['Content-Type', 'text/plain; charset=utf-8']], 'Not found\n');
      return;
    }
    outgoing.statusCode = target.errorStatus;
    // With a status of its own an answer is neither a part nor "not modified".
    const plain = Object.assign(Object.create(incoming) as IncomingMessage, { headers: {} });
    send(plain, `/${error}`, {
      root: folder,
      acceptRanges: false,
      cacheControl: false,
      etag: false,
      lastModified: false,
    })
      .on('error', () =>
        answer(outgoing, 404, [['Content-Type', 'text/plain; charset=utf-8']], 'Not found\n'),
      )
      .pipe(outgoing);
  };
  send(incoming, path, { root: folder, index, dotfiles: 'ignore', maxAge: 0 })
    .on('error', (failure: Error & { status?: number }) => {
      if (failure.status === 404 || failure.status === 400 || failure.status === 403) missing();
      else answer(outgoing, failure.status ?? 500, []);
    })
    // The library knows nothing of the stage that was taken off the path.
    .on('directory', () =>
      answer(outgoing, 301, [['Location', `${full.replace(/^\/+/, '/')}/${queryOf(incoming)}`]]),
    )
    .pipe(outgoing);
}

function queryOf({ url = '' }: IncomingMessage): string {
  const mark = url.indexOf('?');
  return mark === -1 ? '' : url.slice(mark);
}

function answer(outgoing: ServerResponse, status: number, headers: Headers, body = ''): void {
  if (outgoing.headersSent) {
    outgoing.destroy();
    return;
  }
  outgoing.statusCode = status;
  for (const [name, value] of headers) outgoing.appendHeader(name, value);
  if (status !== 204) outgoing.setHeader('Content-Length', Buffer.byteLength(body));
  outgoing.end(body);
}
