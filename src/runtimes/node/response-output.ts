import type { Writable } from 'node:stream';

import type { Headers, HttpResponse } from '../../events/types.ts';

/** The status and headers of a response whose body follows. */
export interface ResponseHead {
  status: number;
  headers: Headers;
}

/** Opens the stream that takes the body of a response which is not there whole. */
export type OpenStream = (head: ResponseHead) => Writable;

/** Takes what a response writes: its head once, before the first chunk, then the chunks. */
export interface ResponseOutput {
  head(status: number, headers: Headers): void;
  /** False asks the app to wait for `drain`. */
  chunk(bytes: Buffer): boolean;
  /** The response, or undefined when it went to a stream. */
  finish(): HttpResponse | undefined;
}

/** A response of a known length up to this many bytes is never streamed: it is about to be complete. */
const SMALL_BYTES = 64 * 1024;

/** Keeps the response whole. */
export function collectOutput(): ResponseOutput {
  return new Collected();
}

/**
 * Keeps a response that is written in one go, and streams any other: what has not finished one turn
 * of the loop after its first write goes to the stream that `open` makes, and so does the rest.
 */
export function streamOutput(open: OpenStream, onDrain: () => void, onClose: () => void): ResponseOutput {
  const collected = new Collected();
  let stream: Writable | undefined;
  let waiting = 0;
  let finished = false;

  const start = (): void => {
    if (finished || stream !== undefined) return;
    stream = open({ status: collected.status, headers: collected.headers });
    stream.on('drain', onDrain);
    // The client has gone: the app sees what it sees behind a server.
    const closed = (): void => {
      if (!finished) onClose();
    };
    stream.on('close', closed);
    stream.on('error', closed);
    for (const bytes of collected.chunks) stream.write(bytes);
  };

  return {
    head(status, headers) {
      collected.head(status, headers);
      if (!isSmall(headers)) setImmediate(start);
    },
    chunk(bytes) {
      waiting += bytes.length;
      // However large, what comes in one piece is whole; an app that writes on and on is not to be collected.
      if (waiting > SMALL_BYTES && collected.chunks.length > 0) start();
      return stream === undefined ? collected.chunk(bytes) : stream.write(bytes);
    },
    finish() {
      finished = true;
      if (stream === undefined) return collected.finish();
      stream.end();
      return undefined;
    },
  };
}

/** A class for the sake of speed: one per request. */
class Collected implements ResponseOutput {
  status = 0;
  headers: Headers = [];
  readonly chunks: Buffer[] = [];

  head(status: number, headers: Headers): void {
    this.status = status;
    this.headers = headers;
  }

  chunk(bytes: Buffer): boolean {
    this.chunks.push(bytes);
    return true;
  }

  finish(): HttpResponse {
    const { chunks } = this;
    const body = chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks);
    return { status: this.status, headers: this.headers, body };
  }
}

function isSmall(headers: Headers): boolean {
  const length = headers.find(([name]) => name.toLowerCase() === 'content-length');
  return length !== undefined && Number(length[1]) <= SMALL_BYTES;
}
