import type { Writable } from 'node:stream';

import { isObject } from '../../events/json.ts';
import { detectFormat } from '../../events/list.ts';
import { EventError, type JsonObject, type JsonValue } from '../../events/types.ts';
import { appListener } from './app-listener.ts';
import { callListener } from './call-listener.ts';
import type { ResponseHead } from './response-output.ts';

export interface HandlerOptions {
  /** Gets every event that is not an HTTP request (timer, queue…); its result is passed on. */
  onEvent?(event: JsonValue, context: unknown): unknown;
}

/** Opens the stream that takes a response's body; `head` is its result without `body`. `plain`: the function knows of no HTTP. */
export type OpenResult = (head: JsonObject, plain?: boolean) => Writable;

/** A handler that resolves with undefined once it has streamed its answer. */
export type StreamingHandler = (event: JsonValue, context: unknown, open?: OpenResult) => Promise<unknown>;

/**
 * What `handler` makes, for runtimes that can stream: given `open`, an answer that its app does not write in one
 * go goes there part by part. Throws `TypeError` when the object is no app.
 */
export function streamingHandler(app: unknown, options: HandlerOptions = {}): StreamingHandler {
  const listener = appListener(app);
  if (listener === undefined) {
    throw new TypeError(
      `expected an Express, Koa, Fastify, Nest or Hono app, anything with fetch(request), a request listener or an http.Server; got ${typeof app}`,
    );
  }
  return async (given, context, open) => {
    const event = given instanceof Uint8Array ? parseEvent(given) : given;
    const format = detectFormat(event);
    if (format === undefined) {
      if (options.onEvent !== undefined) return options.onEvent(event, context);
      throw unknownEvent(event);
    }
    const request = format.toRequest(event as JsonObject);
    const invocation = { event, context };
    const openBody =
      open &&
      ((head: ResponseHead): Writable =>
        open(withoutBody(format.toResult({ ...head, body: EMPTY }, event as JsonObject))));
    const response = await callListener(listener, request, invocation, openBody);
    return response && format.toResult(response, event as JsonObject);
  };
}

/** That an event is no HTTP request, and nobody takes others. */
export function unknownEvent(event: JsonValue): EventError {
  return new EventError(`not an HTTP event of a known format; ${keysSeen(event)}`);
}

const EMPTY = new Uint8Array(0);

function withoutBody(result: JsonObject): JsonObject {
  const { body: _, isBase64Encoded: __, ...head } = result;
  return head;
}

/** Alibaba's Function Compute gives the bytes of its JSON. What is no JSON stays as it came. */
function parseEvent(bytes: Uint8Array): JsonValue {
  try {
    return JSON.parse(Buffer.from(bytes).toString('utf8')) as JsonValue;
  } catch {
    return bytes as unknown as JsonValue;
  }
}

const SHOWN_KEYS = 10;

function keysSeen(event: JsonValue): string {
  if (event instanceof Uint8Array) return 'it is bytes that are no JSON';
  return isObject(event)
    ? `its keys are: ${Object.keys(event).slice(0, SHOWN_KEYS).join(', ') || '(none)'}`
    : `it is ${event === null ? 'null' : typeof event}`;
}
