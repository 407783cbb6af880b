import { readdirSync, readFileSync } from 'node:fs';

import type { HttpRequest, HttpResponse, JsonObject, JsonValue } from '../../src/events/types.ts';

type BodyText = { text: string } | { base64: string };

/** One file of test/vectors/<format>/; the Python tests read the same ones. */
export interface Vector {
  name: string;
  /** Numbers of the adapter cases that it covers. */
  cases: number[];
  directions: ('detect' | 'toEvent' | 'toRequest' | 'toResult' | 'fromResult')[];
  /** What of the environment the adapter reads. */
  env?: Record<string, string>;
  event?: JsonObject;
  /** For `toEvent` completed with defaults; of `toRequest` only the keys named here are compared. */
  request?: Partial<Omit<HttpRequest, 'body'>> & { body?: BodyText };
  result?: JsonValue;
  response?: Omit<HttpResponse, 'body'> & { body: BodyText };
  /** Part of the EventError's message. */
  error?: string;
  /** Part of the WSGI environ; null means that the key is absent. */
  environ?: Record<string, string | null>;
}

const root = new URL('../vectors/', import.meta.url);

/** Every vector of one format. */
export function vectorsOf(format: string): Vector[] {
  const folder = new URL(`${format}/`, root);
  return readdirSync(folder).map((file) => JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as Vector);
}

/** The formats that have vectors. */
export function vectorFormats(): string[] {
  return readdirSync(root);
}

export function bytesOf(body: BodyText): Uint8Array {
  return 'text' in body ? Buffer.from(body.text, 'utf8') : Buffer.from(body.base64, 'base64');
}

/** A whole request out of the part that a vector names. */
export function completeRequest(part: Vector['request'] = {}): HttpRequest {
  return {
    method: 'GET',
    path: '/',
    query: '',
    headers: [],
    scheme: 'http',
    remoteAddress: '127.0.0.1',
    stage: '',
    requestId: 'id-1',
    time: 1584039838000,
    ...part,
    body: part.body === undefined ? new Uint8Array(0) : bytesOf(part.body),
  };
}
