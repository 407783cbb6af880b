import type { IncomingMessage, ServerResponse } from 'node:http';

import { InvocationError } from '../errors.ts';

const EMPTY = Buffer.alloc(0);
/** Bytes of a refused body that are read and dropped, so that the client gets to read our answer. */
const DRAIN_BYTES = 64 * 1024 * 1024;

/** Reads the whole body, up to the limit. Rejects with PAYLOAD_TOO_LARGE or CLIENT_CLOSED. */
export function readBody(request: IncomingMessage, response: ServerResponse, limit: number): Promise<Buffer> {
  const announced = Number(request.headers['content-length'] ?? 0);
  if (announced > limit) {
    drain(request);
    return Promise.reject(tooLarge(`${announced} bytes`, limit));
  }
  if (request.headers.expect?.toLowerCase() === '100-continue') response.writeContinue();
  if (announced === 0 && request.headers['transfer-encoding'] === undefined) {
    request.resume();
    return Promise.resolve(EMPTY);
  }
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes <= limit) {
        chunks.push(chunk);
        return;
      }
      request.removeAllListeners('data');
      drain(request);
      reject(tooLarge(`more than ${limit} bytes`, limit));
    });
    request.once('end', () => resolve(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks, bytes)));
    request.once('close', () =>
      reject(new InvocationError('CLIENT_CLOSED', 'the client closed the connection')),
    );
  });
}

function tooLarge(got: string, limit: number): InvocationError {
  const message = `the request body has ${got}; the limit is ${limit} bytes (requestBytes: 6 MB on both clouds)`;
  return new InvocationError('PAYLOAD_TOO_LARGE', message);
}

function drain(request: IncomingMessage): void {
  let dropped = 0;
  request.on('data', (chunk: Buffer) => {
    dropped += chunk.length;
    if (dropped > DRAIN_BYTES) request.destroy();
  });
}
