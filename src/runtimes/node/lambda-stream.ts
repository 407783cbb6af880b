import type { Writable } from 'node:stream';
import { finished } from 'node:stream/promises';

import type { JsonValue } from '../../events/types.ts';
import { type HandlerOptions, streamingHandler } from './streaming-handler.ts';

/** What AWS puts into the global scope of its Node runtimes. */
interface AwsLambda {
  streamifyResponse(
    handler: (event: JsonValue, stream: Writable, context: unknown) => Promise<void>,
  ): unknown;
  HttpResponseStream: { from(stream: Writable, metadata: object): Writable };
}

export interface StreamOptions extends HandlerOptions {
  /** Absent: every event is one of a function URL. What is not gets its result whole, as JSON. */
  isStreamed?(event: JsonValue): boolean;
}

/**
 * Makes a handler for a Lambda function URL in `RESPONSE_STREAM` mode: what the app writes reaches the client
 * as it is written, and neither 6 MB nor base64 limit it. Only inside an AWS Node runtime, whose global
 * `awslambda` it uses (AWS Lambda Developer Guide, "Writing response streaming-enabled Lambda functions");
 * throws `Error` anywhere else. What is no HTTP event goes to `onEvent`; its result is written as JSON.
 */
export function streamHandler(app: unknown, options: StreamOptions = {}): unknown {
  const { awslambda } = globalThis as { awslambda?: AwsLambda };
  if (awslambda === undefined) {
    throw new Error(
      'streamHandler needs the global awslambda of an AWS Lambda Node runtime; elsewhere use handler(app)',
    );
  }
  const answer = streamingHandler(app, options);
  return awslambda.streamifyResponse(async (event, stream, context) => {
    let body: Writable | undefined;
    const open = (head: object): Writable => {
      body = awslambda.HttpResponseStream.from(stream, head);
      return body;
    };
    const isStreamed = options.isStreamed?.(event) ?? true;
    const result = (await answer(event, context, isStreamed ? open : undefined)) as Whole | undefined;
    if (body === undefined) {
      if (isStreamed && isWhole(result)) {
        const { body: text = '', isBase64Encoded, ...head } = result;
        body = awslambda.HttpResponseStream.from(stream, head);
        body.end(Buffer.from(text, isBase64Encoded === true ? 'base64' : 'utf8'));
      } else {
        body = stream;
        body.end(JSON.stringify(result ?? null));
      }
    }
    await finished(body, { readable: false });
  });
}

/** A result as `handler` gives it. */
interface Whole {
  statusCode: number;
  body?: string;
  isBase64Encoded?: boolean;
}

function isWhole(result: unknown): result is Whole {
  return typeof result === 'object' && result !== null && 'statusCode' in result;
}
