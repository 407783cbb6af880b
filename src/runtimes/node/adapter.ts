import type { JsonValue } from '../../events/types.ts';
import { type HandlerOptions, streamingHandler } from './streaming-handler.ts';

export { streamHandler } from './lambda-stream.ts';
export type { HandlerOptions };

/** A cloud's entry point: event and context in, result out. */
export type Handler = (event: JsonValue, context: unknown) => Promise<unknown>;

/**
 * Makes a function handler of an app: an Express, Koa, Fastify, Nest or Hono app, anything with a
 * web-standard `fetch`, a request listener, or an `http.Server`. The app finds the event and the context as `request.ropeway`.
 * Throws `TypeError` when the object is no app. The handler rejects with `EventError` when an event
 * is not an HTTP request of a known format and there is no `onEvent`, and with whatever the app throws.
 */
export function handler(app: unknown, options: HandlerOptions = {}): Handler {
  return streamingHandler(app, options);
}
