import type { HeaderList } from './types.ts';

interface SentBody {
  method: string;
  headers: HeaderList;
  body: Buffer | string;
}

export interface Part {
  name: string;
  value: string | Buffer;
  filename?: string;
  type?: string;
}

/** A POST with an urlencoded form; the text is sent as it is. */
export function form(body: string): SentBody {
  return { method: 'POST', headers: [['Content-Type', 'application/x-www-form-urlencoded']], body };
}

/** A POST with JSON. */
export function json(value: unknown): SentBody {
  return { method: 'POST', headers: [['Content-Type', 'application/json']], body: JSON.stringify(value) };
}

/** A POST with multipart/form-data and a fixed boundary, file names as UTF-8 as browsers send them. */
export function multipart(parts: Part[]): SentBody {
  const boundary = 'boundary-of-the-test';
  const chunks = parts.flatMap(({ name, value, filename, type }) => [
    Buffer.from(
      `--${boundary}\r\nContent-Disposition: form-data; name="${name}"` +
        (filename === undefined ? '' : `; filename="${filename}"`) +
        (type === undefined ? '' : `\r\nContent-Type: ${type}`) +
        '\r\n\r\n',
    ),
    Buffer.from(value),
    Buffer.from('\r\n'),
  ]);
  return {
    method: 'POST',
    headers: [['Content-Type', `multipart/form-data; boundary=${boundary}`]],
    body: Buffer.concat([...chunks, Buffer.from(`--${boundary}--\r\n`)]),
  };
}

/** Every byte value, repeated to the length. */
export function bytes(length: number): Buffer {
  return Buffer.from(Array.from({ length }, (_, index) => (index * 7 + (index >> 8)) & 255));
}
