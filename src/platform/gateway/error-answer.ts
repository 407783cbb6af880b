import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

import type { Headers } from '../../events/types.ts';
import type { InvocationError } from '../errors.ts';

export interface ErrorAnswerOptions {
  requestId: string;
  /** Tells the app's own words (message, traceback): only where whoever asks may see them. */
  withDetails: boolean;
  /** What else belongs to the answer. */
  headers: Headers;
}

/** Answers a request that the app did not answer: JSON by default, a page for browsers. Returns the bytes. */
export function writeErrorAnswer(
  request: IncomingMessage,
  response: ServerResponse,
  error: InvocationError,
  { requestId, withDetails, headers: more }: ErrorAnswerOptions,
): number {
  const message = withDetails || error.app === undefined ? error.message : HIDDEN;
  const traceback = withDetails ? (error.app?.traceback ?? '').trim() : '';
  const html = (request.headers.accept ?? '').includes('text/html');
  const body = html
    ? errorPage(error, message, requestId, traceback)
    : `${JSON.stringify({ error: { code: error.code, message, requestId, ...(traceback === '' ? {} : { traceback }) } }, null, 2)}\n`;
  const bytes = Buffer.from(body);
  const headers: Headers = [
    ['content-type', html ? 'text/html; charset=utf-8' : 'application/json; charset=utf-8'],
    ['content-length', String(bytes.length)],
    ['x-ropeway-request-id', requestId],
    ['x-ropeway-error', error.code],
    ...more,
  ];
  if (error.retryAfter !== undefined) headers.push(['retry-after', String(error.retryAfter)]);
  if (!request.complete) headers.push(['connection', 'close']);
  response.writeHead(error.status, headers.flat());
  response.end(request.method === 'HEAD' ? undefined : bytes);
  return bytes.length;
}

/** In the place of what an app said: it may be a secret. */
const HIDDEN = 'the function failed; its log tells why, by the id of this request';

const EARLY: Record<string, [status: string, code: string, message: string]> = {
  HPE_HEADER_OVERFLOW: [
    '431 Request Header Fields Too Large',
    'HEADERS_TOO_LARGE',
    'request line and headers are over 16 KB',
  ],
  ERR_HTTP_REQUEST_TIMEOUT: ['408 Request Timeout', 'REQUEST_TIMEOUT', 'the request did not arrive in time'],
};

/** Answers what never became a request: malformed HTTP, headers too large, a client too slow. */
export function writeEarlyError(socket: Socket, code: string | undefined): void {
  if (!socket.writable || code === 'ECONNRESET') {
    socket.destroy();
    return;
  }
  const [status, name, message] = EARLY[code ?? ''] ?? [
    '400 Bad Request',
    'BAD_REQUEST',
    'this is not valid HTTP',
  ];
  const requestId = randomUUID();
  const body = `${JSON.stringify({ error: { code: name, message, requestId } })}\n`;
  socket.end(
    `HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-type: application/json; charset=utf-8\r\n` +
      `content-length: ${Buffer.byteLength(body)}\r\nx-ropeway-request-id: ${requestId}\r\n` +
      `x-ropeway-error: ${name}\r\n\r\n${body}`,
  );
}

function errorPage(error: InvocationError, message: string, requestId: string, traceback: string): string {
  return `<!doctype html>
<meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${error.status} ${error.code}</title>
<style>:root{color-scheme:light dark}body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:3rem auto;padding:0 1rem}
pre{padding:1rem;overflow:auto;background:color-mix(in srgb,currentColor 8%,transparent);border-radius:6px;font-size:13px}small{opacity:.7}</style>
<h1>${error.status} ${error.code}</h1><p>${escapeHtml(message)}</p>
${traceback === '' ? '' : `<pre>${escapeHtml(traceback)}</pre>`}
<small>request ${requestId}</small>
`;
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
