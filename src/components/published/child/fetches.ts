import http, { type IncomingMessage } from 'node:http';
import https from 'node:https';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

import type { HostRedirect } from '../messages.ts';
import { treatmentOf } from './hosts.ts';
import { refusal } from './refusal.ts';

/** `fetch`, which does not go through `http.request`, treated in the same way. Returns how many are under way. */
export function watchFetches(
  redirects: HostRedirect[] | undefined,
  onReport: (text: string) => void,
): () => number {
  const native = globalThis.fetch;
  let open = 0;

  async function fetch(...args: Parameters<typeof native>): Promise<Response> {
    const [input] = args;
    const url = new URL(input instanceof Request ? input.url : input);
    const treatment = treatmentOf(url.host, url.pathname, redirects);
    if (treatment.kind === 'refuse')
      throw new TypeError('fetch failed', { cause: refusal(treatment.message) });
    if (treatment.kind === 'answer') {
      onReport(`${treatment.why} (${url.host})`);
      return new Response(treatment.body, { headers: { 'content-type': 'application/json' } });
    }
    if (treatment.kind === 'direct') return native(...args);
    return byRequest(new Request(...args), url);
  }

  globalThis.fetch = async (...args) => {
    open += 1;
    try {
      return await fetch(...args);
    } finally {
      open -= 1;
    }
  };
  return () => open;
}

/** `fetch` sets `Host` itself, by where it connects to; `http.request`, which is watched too, keeps the one that was signed. */
async function byRequest(request: Request, url: URL): Promise<Response> {
  const { request: send } = url.protocol === 'https:' ? https : http;
  const made = send(url, {
    method: request.method,
    headers: { ...Object.fromEntries(request.headers), 'accept-encoding': 'identity' },
    signal: request.signal,
  });
  const answered = new Promise<IncomingMessage>((resolve, reject) => {
    made.once('response', resolve).once('error', reject);
  });
  const body = request.body === null ? [] : Readable.fromWeb(request.body);
  const [answer] = await Promise.all([answered, pipeline(body, made)]).catch((error: unknown) => {
    throw new TypeError('fetch failed', { cause: error });
  });
  return asResponse(answer);
}

function asResponse(answer: IncomingMessage): Response {
  const headers = new Headers();
  for (let at = 0; at < answer.rawHeaders.length; at += 2) {
    headers.append(answer.rawHeaders[at]!, answer.rawHeaders[at + 1]!);
  }
  const status = answer.statusCode!;
  const hasBody = ![204, 205, 304].includes(status);
  if (!hasBody) answer.resume();
  return new Response(
    hasBody ? (Readable.toWeb(answer) as ConstructorParameters<typeof Response>[0]) : null,
    {
      status,
      statusText: answer.statusMessage ?? '',
      headers,
    },
  );
}
