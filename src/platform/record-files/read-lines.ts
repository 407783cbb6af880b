import type { FileHandle } from 'node:fs/promises';

/** Bytes that are read at a time. */
const CHUNK_BYTES = 256 * 1024;

const NEWLINE = 0x0a;

/** The lines of a file from `start` to `end`, both the end of a line, in portions; without their newlines. */
export async function* linesForward(
  handle: FileHandle,
  end: number,
  { start = 0, chunkBytes = CHUNK_BYTES }: { start?: number; chunkBytes?: number } = {},
): AsyncGenerator<string[], void, undefined> {
  let begun: Buffer[] = [];
  for (let position = start; position < end;) {
    const chunk = await readChunk(handle, position, Math.min(chunkBytes, end - position));
    // The file has been cut off meanwhile.
    if (chunk.length === 0) return;
    position += chunk.length;
    const last = chunk.lastIndexOf(NEWLINE);
    if (last === -1) begun.push(chunk);
    else {
      yield Buffer.concat([...begun, chunk.subarray(0, last)])
        .toString()
        .split('\n');
      begun = [chunk.subarray(last + 1)];
    }
  }
}

/** The lines of a file up to `end`, the last one first, in portions. */
export async function* linesBackward(
  handle: FileHandle,
  end: number,
  { chunkBytes = CHUNK_BYTES }: { chunkBytes?: number } = {},
): AsyncGenerator<string[], void, undefined> {
  let after: Buffer[] = [];
  for (let position = end; position > 0;) {
    const length = Math.min(chunkBytes, position);
    position -= length;
    const chunk = await readChunk(handle, position, length);
    if (chunk.length < length) return;
    // Before the first newline stands the end of a line that begins in an earlier chunk.
    const from = position === 0 ? 0 : chunk.indexOf(NEWLINE) + 1;
    if (from === 0 && position > 0) after.unshift(chunk);
    else {
      const lines = Buffer.concat([chunk.subarray(from), ...after])
        .toString()
        .split('\n');
      after = [chunk.subarray(0, from)];
      // Behind the last newline.
      lines.pop();
      if (lines.length > 0) yield lines.toReversed();
    }
  }
}

/** Where the last whole line among the first `size` bytes ends; 0 when there is none. */
export async function endOfLines(handle: FileHandle, size: number): Promise<number> {
  for (let position = size; position > 0;) {
    const length = Math.min(CHUNK_BYTES, position);
    position -= length;
    const last = (await readChunk(handle, position, length)).lastIndexOf(NEWLINE);
    if (last !== -1) return position + last + 1;
  }
  return 0;
}

/** So many bytes; fewer at the end of the file. */
export async function readChunk(handle: FileHandle, position: number, length: number): Promise<Buffer> {
  const buffer = Buffer.allocUnsafe(length);
  let filled = 0;
  while (filled < length) {
    const { bytesRead } = await handle.read(buffer, filled, length - filled, position + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return buffer.subarray(0, filled);
}
