import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';

import { isObject } from '../../events/json.ts';
import type { JsonObject, JsonValue } from '../../events/types.ts';
import type { AppError } from '../../runtimes/protocol.ts';
import { deferred } from '../deferred.ts';
import { InvocationError } from '../errors.ts';
import type { AnswerBody } from '../instances/instance.ts';
import { valueOf } from './http.ts';
import { errorOfBody } from './lambda-errors.ts';
import { MOST_BYTES } from './types.ts';

/** What a function URL is told by its runtime: JSON without a body, eight zeros, the body. */
const HTTP_TYPE = 'application/vnd.awslambda.http-integration-response';
const SEPARATOR = Buffer.alloc(8);
/** Bytes of the JSON at most. */
const MOST_PRELUDE = 1024 * 1024;

/** An answer that a Lambda runtime sends in parts. */
export interface StreamedAnswer {
  /** Without a body. */
  head: JsonObject;
  answer: AnswerBody;
  /** Ends it in the place of the runtime. */
  fail(error: Error): void;
}

/** Reads the head of an answer in parts. Resolves as soon as it is there; rejects with `InvocationError` when it is malformed or broken off. */
export async function openStream(request: IncomingMessage): Promise<StreamedAnswer> {
  const type = request.headers['content-type'] ?? 'application/octet-stream';
  const parts = request[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  if (!type.startsWith(HTTP_TYPE)) {
    const head = { statusCode: 200, headers: { 'content-type': type } };
    return streamOf(request, parts, Buffer.alloc(0), head, true);
  }
  let read: Buffer = Buffer.alloc(0);
  for (;;) {
    const end = read.indexOf(SEPARATOR);
    if (end !== -1) {
      const head = valueOf(read.subarray(0, end));
      if (!isObject(head)) throw malformed('its head is no JSON object');
      return streamOf(request, parts, read.subarray(end + SEPARATOR.length), head, false);
    }
    if (read.length > MOST_PRELUDE) throw malformed('its head has no end');
    const next = await parts.next().catch(() => ({ done: true, value: undefined }));
    if (next.done === true) throw trailerError(request) ?? malformed('it ended within its head');
    read = Buffer.concat([read, next.value as Buffer]);
  }
}

/** The whole of it as one result, for callers that do not take parts. Rejects as its body does. */
export async function wholeResult({ head, answer }: StreamedAnswer): Promise<JsonValue> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of answer.body as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MOST_BYTES)
      throw new InvocationError('RESPONSE_TOO_LARGE', `the answer in parts is over ${MOST_BYTES} bytes`);
    chunks.push(chunk);
  }
  const body = Buffer.concat(chunks);
  if (answer.plain === true) return valueOf(body);
  const text = body.toString('utf8');
  const isText = Buffer.from(text, 'utf8').equals(body);
  return { ...head, body: isText ? text : body.toString('base64'), isBase64Encoded: !isText };
}

function streamOf(
  request: IncomingMessage,
  parts: AsyncIterator<Buffer>,
  first: Buffer,
  head: JsonObject,
  plain: boolean,
): StreamedAnswer {
  const done = deferred<void>();
  let ended = false;
  const finish = (error?: Error): void => {
    if (ended) return;
    ended = true;
    if (error === undefined) body.push(null);
    else body.destroy(error);
    done.resolve();
  };
  const pull = async (): Promise<void> => {
    try {
      const next = await parts.next();
      if (next.done === true) finish(trailerError(request));
      // Whoever read it may be gone: the runtime writes on, into nothing.
      else if (body.destroyed || next.value.length === 0) void pull();
      else body.push(next.value);
    } catch {
      finish(malformed('it was broken off'));
    }
  };
  const body = new Readable({
    read: () => {
      if (!ended) void pull();
    },
    destroy: (error, destroyed) => {
      if (!ended) void pull();
      destroyed(error);
    },
  });
  // It can fail before whoever reads it has begun to. They see it then.
  body.on('error', () => undefined);
  if (first.length > 0) body.push(first);
  return { head, answer: { body, done: done.promise, ...(plain ? { plain } : {}) }, fail: finish };
}

/** What the runtime says after the last part: its function has failed in the middle. */
function trailerError({ trailers }: IncomingMessage): InvocationError | undefined {
  const type = trailers['lambda-runtime-function-error-type'];
  if (type === undefined) return undefined;
  const body = Buffer.from(trailers['lambda-runtime-function-error-body'] ?? '', 'base64');
  return functionError(errorOfBody(valueOf(body), type));
}

/** As the error of the call. */
export function functionError(error: AppError): InvocationError {
  return new InvocationError('FUNCTION_ERROR', `${error.type}: ${error.message}`, error);
}

function malformed(why: string): InvocationError {
  const message = `the runtime's answer in parts is incomplete: ${why}`;
  return functionError({ type: 'Runtime.TruncatedResponse', message, traceback: '' });
}
