import type { ServerResponse } from 'node:http';
import type { Readable } from 'node:stream';

import type { Headers } from '../../events/types.ts';
import { systemCode } from '../../lib/errors.ts';
import { InvocationError, type InvocationErrorCode } from '../errors.ts';
import { type Call, elapsed } from '../gateway/call.ts';
import { writeErrorAnswer } from '../gateway/error-answer.ts';
import { originForm } from '../gateway/parse-request.ts';
import { ownHeaders, writeResponse } from '../gateway/write-response.ts';
import { locate } from './locate.ts';
import type { ServedSite } from './served.ts';

/** Answers a request with a file of a site. `path` is without the stage. Rejects with FILE_UNREADABLE. */
export async function answerFromSite(
  call: Call,
  served: ServedSite,
  path: string,
  stage: string,
): Promise<void> {
  const end = served.begin();
  try {
    await answer(call, served, path, stage);
  } catch (error) {
    if (!call.outgoing.headersSent) clearHeaders(call.outgoing);
    if (error instanceof InvocationError) throw error;
    // Where the file is on this machine is nothing to a client.
    throw new InvocationError(
      'FILE_UNREADABLE',
      `a file of the site cannot be read: ${systemCode(error) ?? 'for no reason that is known'}`,
    );
  } finally {
    call.record.durationMs = elapsed(call.arrived);
    end();
  }
}

async function answer(call: Call, served: ServedSite, path: string, stage: string): Promise<void> {
  const { method = 'GET', url = '/' } = call.incoming;
  if (method !== 'GET' && method !== 'HEAD') {
    refuse(call, 'METHOD_NOT_ALLOWED', `files take no ${method}`, [['Allow', 'GET, HEAD']]);
    return;
  }
  const { index, error, errorStatus } = served.site;
  const found = await locate(served.folder, index, path);
  const [asked = '/', ...query] = originForm(url).split('?');
  // Links in an index are relative to its folder: the stage is one, too.
  if (found.kind === 'folder' || (stage !== '' && asked === `/${stage}` && found.kind === 'file')) {
    const location = `${asked.replace(/^\/+/, '/')}/${query.length === 0 ? '' : `?${query.join('?')}`}`;
    writeResponse(call, 301, [['Location', location]], Buffer.alloc(0));
  } else if (found.kind === 'file') await sendFile(call, served, found.path, 200);
  else if (found.kind === 'malformed') refuse(call, 'BAD_REQUEST', 'this is not a valid path');
  else if (error === undefined) refuse(call, 'NO_FILE', 'there is no such file');
  else await sendFile(call, served, error, errorStatus);
}

/** A file with everything that HTTP has for files; with an error's status as it is, whatever the client has of it. */
async function sendFile(call: Call, served: ServedSite, file: string, status: 200 | 404): Promise<void> {
  const { incoming, outgoing, record } = call;
  const { default: send } = await import('send');
  const tag = await served.tag(file);
  for (const [name, value] of ownHeaders(call, served.headers(file))) outgoing.appendHeader(name, value);
  if (status === 200) {
    outgoing.setHeader('ETag', tag);
    outgoing.setHeader('Last-Modified', new Date(served.site.updatedAt).toUTCString());
  }
  outgoing.statusCode = status;
  const request =
    status === 200 ? incoming : ({ method: incoming.method, headers: {} } as unknown as Readable);
  const stream = send(request, `/${file.split('/').map(encodeURIComponent).join('/')}`, {
    root: served.folder,
    dotfiles: 'allow',
    index: false,
    etag: false,
    lastModified: false,
    acceptRanges: status === 200,
  });
  await new Promise<void>((resolve, reject) => {
    outgoing.once('close', resolve);
    outgoing.once('finish', resolve);
    stream.on('error', (error: Error & { status?: number }) => {
      const code = REFUSED[error.status ?? 500];
      if (code === undefined || outgoing.headersSent) {
        reject(error);
        return;
      }
      refuse(call, code, error.message);
      resolve();
    });
    stream.on('stream', (content: Readable) => {
      content.on('data', (chunk: Buffer) => (record.responseBytes += chunk.length));
    });
    stream.pipe(outgoing);
  });
  if (record.status === 0) record.status = outgoing.statusCode;
}

function clearHeaders(outgoing: ServerResponse): void {
  for (const name of outgoing.getHeaderNames()) outgoing.removeHeader(name);
}

/** What `send` refuses because of what the client asks for. */
const REFUSED: Record<number, InvocationErrorCode> = {
  404: 'NO_FILE',
  412: 'PRECONDITION_FAILED',
  416: 'RANGE_NOT_SATISFIABLE',
};

/** An answer of the gateway's own. That a file is not there is no failure, and no error in the record. */
function refuse(call: Call, code: InvocationErrorCode, message: string, more: Headers = []): void {
  const { incoming, outgoing, record } = call;
  const range = outgoing.getHeader('Content-Range');
  clearHeaders(outgoing);
  const error = new InvocationError(code, message);
  const shared = ownHeaders(call, more).filter(([name]) => name !== 'x-ropeway-request-id');
  record.status = error.status;
  record.responseBytes = writeErrorAnswer(incoming, outgoing, error, {
    requestId: record.requestId,
    withDetails: false,
    headers: range === undefined ? shared : [...shared, ['Content-Range', String(range)]],
  });
  if (incoming.method === 'HEAD') record.responseBytes = 0;
}
