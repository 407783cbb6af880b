// Reads an example's requests.http and sends its requests.
import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from '../lib/run.mjs';

/** Requests with what is saved of their answers: status, content type and, for some, the body. */
export async function readRequests(example) {
  const parser = pathToFileURL(join(root, 'dist', 'cli', 'requests', 'parse.js')).href;
  const { parseRequestFile } = await import(parser);
  const { requests } = parseRequestFile(readFileSync(join(example.folder, 'requests.http'), 'utf8'));
  return requests.map(({ title, method, url, headers, body, expect, source }) => ({
    title,
    method,
    path: url.replace('{{host}}', ''),
    headers,
    body: body.map((part) => part.text).join(''),
    expect: { ...expect, body: savedBody(example, source.keptAfter) },
  }));
}

/** Sends a request over a connection of its own; the answer as it came, and the ms until its last byte. */
export function send(base, { method, path, headers, body }, extraHeaders = []) {
  const { hostname, port } = new URL(base);
  const length = body === '' ? [] : [['Content-Length', String(Buffer.byteLength(body))]];
  // One Host for both servers, since apps put it into their answers.
  const sent = [['Host', 'localhost'], ...headers, ...length, ...extraHeaders].flat();
  return new Promise((resolve, reject) => {
    const started = performance.now();
    const outgoing = request({ hostname, port, path, method, headers: sent, agent: false, timeout: 60_000 });
    outgoing.on('timeout', () => outgoing.destroy(new Error(`no answer to ${method} ${path} within 60 s`)));
    outgoing.on('error', reject);
    outgoing.on('response', (incoming) => {
      const chunks = [];
      incoming.on('data', (chunk) => chunks.push(chunk));
      incoming.on('error', reject);
      incoming.on('end', () =>
        resolve({
          status: incoming.statusCode,
          headers: pairs(incoming.rawHeaders),
          body: Buffer.concat(chunks),
          ms: performance.now() - started,
        }),
      );
    });
    outgoing.end(body);
  });
}

/** `<> file`: how .http files refer to a stored answer. */
function savedBody(example, lines) {
  const file = lines.map((line) => /^<>\s+(\S+)/.exec(line)?.[1]).find((found) => found !== undefined);
  return file === undefined ? undefined : readFileSync(join(example.folder, file));
}

function pairs(raw) {
  return raw.flatMap((name, index) => (index % 2 === 0 ? [[name, raw[index + 1]]] : []));
}
