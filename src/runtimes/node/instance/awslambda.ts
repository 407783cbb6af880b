import { Writable } from 'node:stream';
import { finished } from 'node:stream/promises';

import type { JsonObject, JsonValue } from '../../../events/types.ts';
import type { OpenResult } from '../streaming-handler.ts';

/** By this AWS's runtimes know handlers that write their answer. */
const STREAMING = Symbol.for('aws.lambda.runtime.handler.streaming');

type Streamed = (event: JsonValue, stream: Writable, context: unknown) => unknown;

/** Puts into the global scope what AWS's Node runtimes have there (AWS Lambda Developer Guide, "Writing response streaming-enabled Lambda functions"). */
export function provideAwsLambda(): void {
  Object.assign(globalThis, {
    awslambda: {
      streamifyResponse: (handler: Streamed) => Object.assign(handler, { [STREAMING]: 'response' }),
      HttpResponseStream: {
        from: (stream: ResponseStream, head: JsonObject) => {
          stream.head = head;
          return stream;
        },
      },
    },
  });
}

export function streams(handler: object): handler is Streamed {
  return (handler as { [STREAMING]?: string })[STREAMING] === 'response';
}

/**
 * The answer of a handler that writes it: part by part where `open` is given (then it resolves with undefined), else as one result.
 * Rejects with what the handler throws.
 */
export async function answerThroughStream(
  handler: Streamed,
  event: JsonValue,
  context: unknown,
  open: OpenResult | undefined,
): Promise<unknown> {
  const stream = new ResponseStream(open);
  // What goes wrong with it shows in the end of it.
  stream.on('error', () => undefined);
  const end = finished(stream, { readable: false });
  end.catch(() => undefined);
  await handler(event, stream, context);
  await end;
  return open === undefined ? stream.result() : undefined;
}

/** Goes to the platform with the first part; `head` has to be known by then. */
class ResponseStream extends Writable {
  head: JsonObject | undefined;
  private type = 'application/octet-stream';
  private readonly open: OpenResult | undefined;
  private target: Writable | undefined;
  private readonly kept: Buffer[] = [];

  constructor(open: OpenResult | undefined) {
    super();
    this.open = open;
  }

  setContentType(type: string): void {
    this.type = type;
  }

  /** All that was written. */
  result(): JsonValue {
    const body = Buffer.concat(this.kept);
    const text = body.toString('utf8');
    if (this.head === undefined) return jsonOr(text);
    const isText = Buffer.from(text, 'utf8').equals(body);
    return { ...this.head, body: isText ? text : body.toString('base64'), isBase64Encoded: !isText };
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    if (this.open === undefined) {
      this.kept.push(chunk);
      done();
    } else this.opened(this.open).write(chunk, done);
  }

  override _final(done: () => void): void {
    if (this.open === undefined) done();
    else this.opened(this.open).end(done);
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.target?.destroy();
    done(error);
  }

  private opened(open: OpenResult): Writable {
    if (this.target !== undefined) return this.target;
    const { head, type } = this;
    const target = open(head ?? { statusCode: 200, headers: { 'content-type': type } }, head === undefined);
    // The client has gone.
    target.once('close', () => void this.destroy());
    target.on('error', () => undefined);
    this.target = target;
    return target;
  }
}

function jsonOr(text: string): JsonValue {
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    return text;
  }
}
