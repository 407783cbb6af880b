/**
 * Framed messages between the platform and an instance, over a stream socket:
 * u32 big-endian length of the head, u32 big-endian length of the body, the head (JSON, UTF-8), the
 * body (raw bytes). A large body inside the JSON costs ten times as much as the same bytes raw.
 */
import type { Readable, Writable } from 'node:stream';

const PREFIX_BYTES = 8;
/** A peer that announces more than this is not speaking our protocol. */
const MAX_PART_BYTES = 256 * 1024 * 1024;
const EMPTY = Buffer.alloc(0);

export interface Frame {
  head: unknown;
  body: Buffer;
}

/** The prefix and head as one buffer, to be written before `body`. */
export function encodeFrameHead(head: unknown, bodyLength: number): Buffer {
  const json = JSON.stringify(head);
  const length = Buffer.byteLength(json);
  const buffer = Buffer.allocUnsafe(PREFIX_BYTES + length);
  buffer.writeUInt32BE(length, 0);
  buffer.writeUInt32BE(bodyLength, 4);
  buffer.write(json, PREFIX_BYTES, 'utf8');
  return buffer;
}

/** Writes one frame to a socket; false asks to wait for its `drain`. */
export function writeFrame(socket: Writable, head: unknown, body?: Uint8Array): boolean {
  if (body === undefined || body.length === 0) return socket.write(encodeFrameHead(head, 0));
  socket.cork();
  socket.write(encodeFrameHead(head, body.length));
  const wantsMore = socket.write(body);
  socket.uncork();
  return wantsMore;
}

/** Calls `onFrame` for each frame that comes on a socket, and `onBroken` when what comes is none. */
export function readFrames(
  socket: Readable,
  onFrame: (frame: Frame) => void,
  onBroken: (error: unknown) => void,
): void {
  const read = frameReader(onFrame);
  socket.on('data', (chunk: Buffer) => {
    try {
      read(chunk);
    } catch (error) {
      onBroken(error);
    }
  });
}

/**
 * Returns a function to feed with received chunks; it calls `onFrame` once per complete frame.
 * Throws on a head that is not JSON or on an impossible length: the stream is unusable then.
 */
export function frameReader(onFrame: (frame: Frame) => void): (chunk: Buffer) => void {
  let pending: Buffer[] = [];
  let pendingBytes = 0;
  let needed = PREFIX_BYTES;

  return (chunk) => {
    pending.push(chunk);
    pendingBytes += chunk.length;
    if (pendingBytes < needed) return;
    let data = pending.length === 1 ? chunk : Buffer.concat(pending, pendingBytes);
    let offset = 0;
    while (data.length - offset >= PREFIX_BYTES) {
      const headLength = data.readUInt32BE(offset);
      const bodyLength = data.readUInt32BE(offset + 4);
      if (headLength > MAX_PART_BYTES || bodyLength > MAX_PART_BYTES) {
        throw new Error(`frame of ${headLength} + ${bodyLength} bytes: not the instance protocol`);
      }
      needed = PREFIX_BYTES + headLength + bodyLength;
      if (data.length - offset < needed) break;
      const headEnd = offset + PREFIX_BYTES + headLength;
      const head: unknown = JSON.parse(data.toString('utf8', offset + PREFIX_BYTES, headEnd));
      const body = bodyLength === 0 ? EMPTY : data.subarray(headEnd, headEnd + bodyLength);
      offset += needed;
      needed = PREFIX_BYTES;
      onFrame({ head, body });
    }
    data = data.subarray(offset);
    pendingBytes = data.length;
    pending = pendingBytes === 0 ? [] : [data];
  };
}
