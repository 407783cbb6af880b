import { brotliDecompressSync, gunzipSync, inflateSync } from 'node:zlib';

import type { Answer, ExplainedName, HeaderList } from './types.ts';

/** What may differ between a plain server and the platform. docs/fidelity.md says the same for users. */
export interface Explained {
  reason: string;
  /** Rewrites an answer so that what may differ is alike in both. */
  even(answer: Answer): Answer;
}

/** Set aside in every answer: they belong to one connection or to the server, not to the app. */
export const PER_CONNECTION = new Set(['date', 'server', 'connection', 'keep-alive']);

/** Set aside in every answer, after `framingErrors` has found the framing sound. */
export const FRAMING = new Set(['transfer-encoding', 'content-length']);

export const explained: Record<ExplainedName, Explained> = {
  'random-values': {
    reason: 'session ids, CSRF tokens and UUIDs are random: two plain servers differ in them as well',
    even: (answer) =>
      rewrite(answer, [
        [/(csrftoken|sessionid)=[^;]+/g, '$1=RANDOM'],
        [/(sid)=s%3A[^;]+/g, '$1=RANDOM'],
        [/(name="csrfmiddlewaretoken" value=)"[^"]+"/g, '$1"RANDOM"'],
        [/(nonce|opaque)="[0-9a-f]{32}"/g, '$1="RANDOM"'],
        [/[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/g, 'UUID'],
        [/^"?[0-9a-f]{32}"?$/g, 'HASH'],
      ]),
  },
  'random-order': {
    reason:
      'Werkzeug lists the allowed methods in the order of a Python set, which changes from process to process',
    even: (answer) => ({
      ...answer,
      headers: answer.headers.map(([name, value]) => [name, /^allow$/i.test(name) ? sorted(value) : value]),
    }),
  },
  'random-padding': {
    reason: 'Django pads what it compresses with a file name of random length, so that sizes tell no secrets',
    even: (answer) => ({ ...answer, body: gunzipSync(answer.body) }),
  },
  timestamps: {
    reason: 'the answer holds the time at which it was made',
    even: (answer) =>
      rewrite(answer, [
        [/(expires)=[^;]+/gi, '$1=TIME'],
        [/^\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT$/g, 'TIME'],
      ]),
  },
  'gateway-headers': {
    reason: 'the app echoes its request headers, and a gateway adds some (X-Forwarded-*, the request id)',
    even: (answer) =>
      rewrite(
        decoded(answer),
        withoutEntries('x-forwarded-[\\w-]+|x-real-ip|x-scf-[\\w-]+|x-api-[\\w-]+|x-amzn-[\\w-]+'),
      ),
  },
  'chunked-upload': {
    reason: 'an event carries the whole body, so the app sees Content-Length where the client sent chunks',
    even: (answer) => rewrite(answer, withoutEntries('transfer-encoding|content-length')),
  },
  'query-spelling': {
    reason:
      'the event has the query as an object: parameters of one name come together, and their spelling is lost (+ or %20)',
    even: (answer) =>
      rewrite(answer, [[/("url": "[^"?]*\?)([^"]*)/g, (...found) => found[1] + plainQuery(found[2] ?? '')]]),
  },
  'joined-headers': {
    reason:
      'the result of this event format has one value per header, so repeated ones are joined with a comma, which means the same; Set-Cookie is kept apart',
    even: (answer) => ({ ...answer, headers: joined(answer.headers) }),
  },
  'shown-traceback': {
    reason:
      'where an exception leaves the app, `ropeway dev` answers with its traceback; a deployed function does not',
    even: (answer) => ({ ...answer, headers: [], body: Buffer.alloc(0) }),
  },
};

type Rule = [pattern: RegExp, replacement: string | ((...found: string[]) => string)];

function joined(headers: HeaderList): HeaderList {
  const found = new Map<string, string>();
  for (const [name, value] of headers) {
    const lower = name.toLowerCase();
    const earlier = found.get(lower);
    found.set(lower, earlier === undefined ? value : `${earlier}, ${value}`);
  }
  return [...found];
}

/** Removes entries from JSON objects in which others remain. */
function withoutEntries(names: string): Rule[] {
  return [
    [new RegExp(`,\\s*"(?:${names})": "[^"]*"`, 'gi'), ''],
    [new RegExp(`"(?:${names})": "[^"]*",\\s*`, 'gi'), ''],
  ];
}

function decoded(answer: Answer): Answer {
  const coding = answer.headers.find(([name]) => name.toLowerCase() === 'content-encoding')?.[1];
  if (coding === 'gzip') return { ...answer, body: gunzipSync(answer.body) };
  if (coding === 'deflate') return { ...answer, body: inflateSync(answer.body) };
  if (coding === 'br') return { ...answer, body: brotliDecompressSync(answer.body) };
  return answer;
}

function plainQuery(query: string): string {
  return query.replaceAll('%20', '+').split('&').sort().join('&');
}

function sorted(list: string): string {
  return list.split(', ').sort().join(', ');
}

function rewrite(answer: Answer, rules: Rule[]): Answer {
  const apply = (text: string): string =>
    rules.reduce((result, [pattern, replacement]) => result.replace(pattern, replacement as string), text);
  return {
    ...answer,
    headers: answer.headers.map(([name, value]) => [name, apply(value)]),
    body: Buffer.from(apply(answer.body.toString('latin1')), 'latin1'),
  };
}
