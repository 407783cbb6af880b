import { createHash } from 'node:crypto';
import { basename, resolve } from 'node:path';

import { RopewayError } from '../../lib/errors.ts';
import { contentTypeOf } from './media-types.ts';
import type { BodyPart } from './types.ts';

/**
 * The body of a form: URL-encoded, or multipart when a value is `@file`.
 * @param pairs `name=value` or `name=@file`
 * @throws RopewayError `BAD_FORM_FIELD`
 */
export function formBody(pairs: string[]): { parts: BodyPart[]; contentType: string } {
  const fields = pairs.map(parsePair);
  if (fields.some(([, value]) => value.startsWith('@'))) return multipart(fields, pairs);
  const text = new URLSearchParams(fields).toString();
  return { parts: [{ kind: 'text', text }], contentType: 'application/x-www-form-urlencoded' };
}

function multipart(fields: [string, string][], pairs: string[]): { parts: BodyPart[]; contentType: string } {
  // The same form gives the same boundary, so that saving it again changes nothing in the file.
  const boundary = `----ropeway-${createHash('sha256').update(pairs.join('\0')).digest('hex').slice(0, 24)}`;
  const parts: BodyPart[] = [];
  let text = '';
  for (const [name, value] of fields) {
    text += `--${boundary}\nContent-Disposition: form-data; name="${quoted(name)}"`;
    if (!value.startsWith('@')) {
      text += `\n\n${value.replaceAll(/\r\n?/g, '\n')}\n`;
      continue;
    }
    const path = resolve(value.slice(1));
    text += `; filename="${quoted(basename(path))}"\nContent-Type: ${contentTypeOf(path)}\n`;
    parts.push({ kind: 'text', text }, { kind: 'file', path, substitute: false });
    text = '';
  }
  parts.push({ kind: 'text', text: `${text}--${boundary}--` });
  return { parts, contentType: `multipart/form-data; boundary=${boundary}` };
}

/** As browsers write names in multipart headers. */
function quoted(name: string): string {
  return name.replaceAll('"', '%22').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function parsePair(pair: string): [string, string] {
  const at = pair.indexOf('=');
  if (at > 0) return [pair.slice(0, at), pair.slice(at + 1)];
  throw new RopewayError({
    code: 'BAD_FORM_FIELD',
    message: 'Not a form field',
    expected: 'name=value, or name=@file',
    got: pair,
    fix: 'write --form name=value, once for each field',
  });
}
