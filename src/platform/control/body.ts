import type { IncomingMessage, ServerResponse } from 'node:http';

import { RopewayError } from '../../lib/errors.ts';
import type { Upload } from '../packages/receive.ts';

/** A request, and the word to its client that its body is wanted. */
export interface BodyReader {
  request: IncomingMessage;
  begin(): void;
}

export function bodyReader(request: IncomingMessage, response: ServerResponse): BodyReader {
  const waits = request.headers.expect?.toLowerCase() === '100-continue';
  // Of a body that is not wanted nobody knows whether it will come: the connection is of no more use.
  if (waits) response.shouldKeepAlive = false;
  return {
    request,
    begin: () => {
      if (waits) response.writeContinue();
    },
  };
}

/** Bytes of a JSON body: far more than any specification. */
const MOST_BYTES = 6 * 1024 * 1024;

/** A body that is no JSON. */
export function uploadOf({ request, begin }: BodyReader): Upload {
  const announced = request.headers['content-length'];
  return {
    length: announced === undefined ? undefined : Number(announced),
    chunks: () => {
      begin();
      return chunksOf(request);
    },
  };
}

/** Rejects with BODY_TOO_LARGE, BAD_BODY. */
export async function readJson({ request, begin }: BodyReader): Promise<unknown> {
  begin();
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of chunksOf(request)) {
    bytes += chunk.length;
    if (bytes > MOST_BYTES) {
      throw new RopewayError({
        code: 'BODY_TOO_LARGE',
        message: 'The body is too large.',
        expected: `at most ${MOST_BYTES} bytes`,
      });
    }
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8'));
  } catch (error) {
    throw new RopewayError({
      code: 'BAD_BODY',
      message: 'The body is no JSON.',
      expected: 'JSON',
      cause: error,
    });
  }
}

/** The connection stays when the rest is not wanted: the answer goes over it. */
function chunksOf(request: IncomingMessage): AsyncIterable<Buffer> {
  return request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>;
}
