import { buffer } from 'node:stream/consumers';
import { resolve } from 'node:path';

import { RopewayError, errorMessage } from '../../lib/errors.ts';
import { assembleBody, readBodyFile } from './body-parts.ts';
import { formBody } from './form.ts';
import { headerOf } from './headers.ts';
import { contentTypeOf } from './media-types.ts';
import { parseHeaders, parseTarget, type RequestOptions } from './options.ts';
import { basicCredentials } from './resolve.ts';
import { escapeBlanks, joinUrl } from './url.ts';
import type { BodyPart, HeaderList, OutgoingRequest } from './types.ts';

export interface Composed {
  outgoing: OutgoingRequest;
  /** Default headers to leave out, in lower case. */
  without: string[];
  /** The address that the path was put behind, without a slash at the end. */
  base: string;
  /** The body as a .http file may hold it; paths are absolute. Undefined for bytes that only we have. */
  parts: BodyPart[] | undefined;
}

/**
 * Makes the request that the command line describes.
 * @param findBase tells where to send it when the path is not a whole address
 * @throws RopewayError for what does not make a request
 */
export async function compose(
  target: string[],
  options: RequestOptions,
  findBase: () => Promise<string>,
): Promise<Composed> {
  const { method, path } = parseTarget(target);
  const { headers: given, without } = parseHeaders(options.header ?? []);
  const body = await composeBody(options);
  const headers = given.map(([name, value]): [string, string] => [name, basicCredentials(name, value)]);
  const wantsType = headerOf(headers, 'content-type') === undefined && !without.includes('content-type');
  if (body !== undefined && wantsType) headers.push(['Content-Type', body.contentType]);
  const { base, url } = await address(path, findBase);
  return {
    outgoing: { method: method ?? (body === undefined ? 'GET' : 'POST'), url, headers, body: body?.bytes },
    without,
    base,
    parts: body === undefined ? [] : body.parts,
  };
}

interface ComposedBody {
  bytes: Buffer;
  contentType: string;
  parts: BodyPart[] | undefined;
}

async function address(
  path: string,
  findBase: () => Promise<string>,
): Promise<{ base: string; url: string }> {
  const whole = /^(https?:\/\/[^/?#]+)([^#]*)/i.exec(path);
  const base = (whole?.[1] ?? (await findBase())).replace(/\/+$/, '');
  const rest = whole === null ? path.replace(/#.*$/s, '') : (whole[2] ?? '');
  return { base, url: joinUrl(base, escapeBlanks(rest === '' ? '/' : rest)) };
}

async function composeBody(options: RequestOptions): Promise<ComposedBody | undefined> {
  if (options.data !== undefined)
    return textBody(options.data.join('&'), 'application/x-www-form-urlencoded');
  if (options.jsonBody !== undefined) return textBody(checkJson(options.jsonBody), 'application/json');
  if (options.dataFile !== undefined) return fileBody(options.dataFile);
  if (options.form === undefined) return undefined;
  const { parts, contentType } = formBody(options.form);
  const headers: HeaderList = [['Content-Type', contentType]];
  const bytes = await assembleBody(parts, headers, process.cwd(), (text) => text);
  return { bytes: bytes ?? Buffer.alloc(0), contentType, parts };
}

function textBody(text: string, contentType: string): ComposedBody {
  return { bytes: Buffer.from(text), contentType, parts: text === '' ? undefined : [{ kind: 'text', text }] };
}

async function fileBody(file: string): Promise<ComposedBody> {
  if (file === '-') {
    return { bytes: await buffer(process.stdin), contentType: 'application/octet-stream', parts: undefined };
  }
  const path = resolve(file);
  return {
    bytes: await readBodyFile(path),
    contentType: contentTypeOf(path),
    parts: [{ kind: 'file', path, substitute: false }],
  };
}

function checkJson(text: string): string {
  try {
    JSON.parse(text);
    return text;
  } catch (error) {
    throw new RopewayError({
      code: 'BAD_JSON',
      message: 'The text after --json-body is not JSON',
      expected: `JSON, such as '{"name": "ann"}'`,
      got: `${text} (${errorMessage(error)})`,
      fix: "put it in single quotes, and names in double quotes; to send it all the same use -d with -H 'Content-Type: application/json'",
      cause: error,
    });
  }
}
