import { brotliDecompressSync, gunzipSync, inflateRawSync, inflateSync } from 'node:zlib';
import { headerOf } from './headers.ts';
import type { Answer } from './types.ts';

/** The body without its content-encoding; as it came when that is unknown or does not fit. */
export function decodedBody(answer: Answer): Buffer {
  const encodings =
    headerOf(answer.headers, 'content-encoding')
      ?.toLowerCase()
      .split(/\s*,\s*/) ?? [];
  try {
    return encodings.reduceRight(decode, answer.body);
  } catch {
    return answer.body;
  }
}

/** The body as text, or undefined when it is not text. */
export function bodyText(answer: Answer): string | undefined {
  const type = headerOf(answer.headers, 'content-type') ?? '';
  const charset = /;\s*charset="?([\w-]+)/i.exec(type)?.[1] ?? 'utf-8';
  const text = decodeText(decodedBody(answer), charset);
  // Control characters mean binary, and would reach the terminal's own commands.
  // oxlint-disable-next-line no-control-regex -- that is what is looked for
  return text === undefined || /[\0-\x08\x0e-\x1f\x7f]/.test(text) ? undefined : text;
}

function decode(body: Buffer, encoding: string): Buffer {
  if (encoding === 'gzip' || encoding === 'x-gzip') return gunzipSync(body);
  if (encoding === 'br') return brotliDecompressSync(body);
  if (encoding !== 'deflate') return body;
  try {
    return inflateSync(body);
  } catch {
    // Some servers send the stream without its zlib header.
    return inflateRawSync(body);
  }
}

function decodeText(body: Buffer, charset: string): string | undefined {
  try {
    return new TextDecoder(charset, { fatal: true }).decode(body);
  } catch {
    return undefined;
  }
}
