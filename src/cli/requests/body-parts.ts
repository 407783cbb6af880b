import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { RopewayError, errorMessage } from '../../lib/errors.ts';
import { mediaType } from './headers.ts';
import type { BodyFile, BodyPart, HeaderList } from './types.ts';

/**
 * The bytes that a body's parts stand for. Parts are parted by a line end: `\r\n` throughout multipart
 * bodies (which also end with one), else `\n`. In forms, lines that start with & continue the line before.
 * @param folder that relative paths start from
 * @param fill fills in variables
 * @throws RopewayError `BODY_FILE_UNREADABLE`
 */
export async function assembleBody(
  parts: BodyPart[],
  headers: HeaderList,
  folder: string,
  fill: (text: string) => string,
): Promise<Buffer | undefined> {
  if (parts.length === 0) return undefined;
  const type = mediaType(headers) ?? '';
  const multipart = type.startsWith('multipart/');
  const lineEnd = Buffer.from(multipart ? '\r\n' : '\n');
  const chunks: Buffer[] = [];
  for (const [index, part] of parts.entries()) {
    if (index > 0) chunks.push(lineEnd);
    if (part.kind === 'file') chunks.push(await readPart(part, folder, fill));
    else chunks.push(Buffer.from(textFor(fill(part.text), type)));
  }
  if (multipart && parts.at(-1)?.kind === 'text') chunks.push(lineEnd);
  return Buffer.concat(chunks);
}

function textFor(text: string, type: string): string {
  if (type.startsWith('multipart/')) return text.replaceAll('\n', '\r\n');
  return type === 'application/x-www-form-urlencoded' ? text.replaceAll(/\n\s*&/g, '&') : text;
}

async function readPart(part: BodyFile, folder: string, fill: (text: string) => string): Promise<Buffer> {
  const bytes = await readBodyFile(resolve(folder, part.path));
  if (!part.substitute) return bytes;
  const encoding = part.encoding ?? 'utf8';
  if (!Buffer.isEncoding(encoding)) {
    throw new RopewayError({
      code: 'BODY_FILE_UNREADABLE',
      message: `${part.path}: no such encoding as ${encoding}`,
      expected: 'utf8, latin1, utf16le, ascii',
      got: encoding,
      fix: 'write <@ ./file for UTF-8, or < ./file to send the bytes as they are',
    });
  }
  return Buffer.from(fill(bytes.toString(encoding)), encoding);
}

/** A file that is to be sent. @throws RopewayError `BODY_FILE_UNREADABLE` */
export async function readBodyFile(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (error) {
    throw new RopewayError({
      code: 'BODY_FILE_UNREADABLE',
      message: `The body's file cannot be read: ${path}`,
      got: errorMessage(error),
      fix: 'correct the path; in a .http file it starts from the folder of that file',
      cause: error,
    });
  }
}
