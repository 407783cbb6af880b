import { request } from 'node:http';

import type { Answer, Exchange, HeaderList } from './types.ts';

/** Talks to one server as a browser with cookies would, byte by byte. */
export interface Client {
  send(exchange: Exchange): Promise<Answer>;
}

/** Remembers cookies and the last CSRF token. Follows and decodes nothing. */
export function createClient(url: string): Client {
  const cookies = new Map<string, string>();
  let csrf = '';
  return {
    async send(exchange) {
      const headers = [...(exchange.headers ?? [])];
      addCookies(headers, cookies);
      const answer = await sendRaw(url, { ...exchange, headers, ...bodyOf(exchange, csrf) });
      for (const [name, value] of answer.headers) {
        if (name.toLowerCase() === 'set-cookie') remember(cookies, value);
      }
      csrf = /name="csrfmiddlewaretoken" value="([^"]+)"/.exec(answer.body.toString('latin1'))?.[1] ?? csrf;
      return answer;
    },
  };
}

/** In one header, as HTTP/1.1 wants it; a request that brings cookies of its own is sent as it is. */
function addCookies(headers: HeaderList, cookies: Map<string, string>): void {
  const kept = [...cookies].map((cookie) => cookie.join('=')).join('; ');
  const given = headers.find(([name]) => name === 'Cookie');
  if (kept !== '' && given === undefined) headers.push(['Cookie', kept]);
}

function bodyOf(exchange: Exchange, csrf: string): { body?: Buffer } {
  if (exchange.body === undefined) return {};
  const bytes = Buffer.from(exchange.body);
  return { body: Buffer.from(bytes.toString('latin1').replaceAll('{{csrf}}', csrf), 'latin1') };
}

async function sendRaw(url: string, exchange: Exchange): Promise<Answer> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const outgoing = request({
      hostname,
      port,
      path: exchange.path,
      method: exchange.method ?? 'GET',
      agent: false,
      // One name for both servers, since apps put it into their answers.
      headers: flatHeaders([['Host', 'localhost'], ...(exchange.headers ?? []), ...framing(exchange)]),
      timeout: 60_000,
    });
    outgoing.on('timeout', () => outgoing.destroy(new Error(`No answer to ${exchange.path} within 60 s`)));
    outgoing.on('error', reject);
    outgoing.on('response', (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.on('error', reject);
      incoming.on('end', () =>
        resolve({
          status: incoming.statusCode ?? 0,
          headers: pairs(incoming.rawHeaders),
          body: Buffer.concat(chunks),
        }),
      );
    });
    const body = exchange.body as Buffer | undefined;
    if (exchange.chunked === true && body !== undefined) {
      outgoing.write(body.subarray(0, body.length >> 1));
      outgoing.end(body.subarray(body.length >> 1));
    } else {
      outgoing.end(body);
    }
  });
}

function framing(exchange: Exchange): HeaderList {
  if (exchange.body === undefined) {
    // Node would announce an empty chunked body for these.
    return ['POST', 'PUT', 'PATCH'].includes(exchange.method ?? 'GET') ? [['Content-Length', '0']] : [];
  }
  return exchange.chunked === true
    ? [['Transfer-Encoding', 'chunked']]
    : [['Content-Length', String(exchange.body.length)]];
}

/** Node takes a flat list as it is: order and repeats kept. */
function flatHeaders(headers: HeaderList): string[] {
  return headers.flat();
}

function pairs(raw: string[]): HeaderList {
  return raw.flatMap((name, index) => (index % 2 === 0 ? [[name, raw[index + 1] ?? '']] : []) as HeaderList);
}

function remember(cookies: Map<string, string>, header: string): void {
  const [pair = '', ...attributes] = header.split(';');
  const [name = '', ...value] = pair.split('=');
  const isGone = attributes.some((text) => /^\s*max-age=0\s*$/i.test(text) || /expires=.*1970/i.test(text));
  if (isGone) cookies.delete(name.trim());
  else cookies.set(name.trim(), value.join('='));
}
