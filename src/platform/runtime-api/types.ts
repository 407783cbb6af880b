import type { IncomingMessage, ServerResponse } from 'node:http';

import type { AppError } from '../../runtimes/protocol.ts';
import type { EventAnswer, EventCall } from '../instances/instance.ts';

/** What a custom runtime says over its cloud's Runtime API. */
export interface RuntimeListener {
  /** It has loaded the app: it takes events from now on. May come more than once. */
  onReady(): void;
  onInitError(error: AppError): void;
  /** The answer of the call in hand with this id. */
  onAnswer(requestId: string, answer: EventAnswer): void;
  onError(requestId: string, error: Error): void;
}

/** One cloud's Runtime API, for one instance with one call at a time. */
export interface RuntimeApi {
  /** Never rejects. */
  handle(request: IncomingMessage, response: ServerResponse): Promise<void>;
  /** Gives it an event, at once if it waits for one, else when it asks. */
  give(call: EventCall): void;
  /** The instance is gone: what comes in parts ends with this error. */
  fail(error: Error): void;
}

/** What an answer may have at most, in bytes: "6 MB" as the clouds count them. */
export const MOST_BYTES = 6 * 1024 * 1024;
