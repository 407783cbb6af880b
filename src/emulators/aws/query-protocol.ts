import { randomUUID } from 'node:crypto';

import type { ApiAnswer, ApiCall } from '../server.ts';
import type { AwsError } from './service.ts';

// The query protocol of IAM and STS: a form in, XML out (Smithy, "AWS Query protocol").

/** What a tree of texts, lists and maps is in XML; members of lists are `member`. */
export type Tree = string | number | boolean | Tree[] | { [key: string]: Tree | undefined };

/** Parameters of a call, from its body or its query. */
export function formOf({ body, query }: Pick<ApiCall, 'body' | 'query'>): URLSearchParams {
  return new URLSearchParams(body.length > 0 ? body.toString('utf8') : query);
}

/** `Tags.member.1.Key` and so on, as a list. */
export function membersOf(form: URLSearchParams, name: string): Record<string, string>[] {
  const found = new Map<number, Record<string, string>>();
  for (const [key, value] of form) {
    const [, number, field = ''] = new RegExp(`^${name}\\.member\\.(\\d+)(?:\\.(.+))?$`).exec(key) ?? [];
    if (number === undefined) continue;
    found.set(Number(number), { ...found.get(Number(number)), [field]: value });
  }
  return [...found].sort(([a], [b]) => a - b).map(([, one]) => one);
}

export function queryAnswer(action: string, namespace: string, requestId: string, result: Tree): ApiAnswer {
  const inside = `<${action}Result>${xml(result)}</${action}Result><ResponseMetadata><RequestId>${requestId}</RequestId></ResponseMetadata>`;
  return xmlAnswer(200, `<${action}Response xmlns="${namespace}">${inside}</${action}Response>`);
}

export function queryFailure(
  namespace: string,
  { status, code, message }: AwsError,
  { requestId }: ApiCall,
): ApiAnswer {
  const type = status >= 500 ? 'Receiver' : 'Sender';
  const error = xml({ Error: { Type: type, Code: code, Message: message }, RequestId: requestId });
  return xmlAnswer(status, `<ErrorResponse xmlns="${namespace}">${error}</ErrorResponse>`);
}

/** `AROA` and 17 characters, as the cloud's ids are. */
export function newId(prefix: string): string {
  return `${prefix}${randomUUID().replaceAll('-', '').slice(0, 17).toUpperCase()}`;
}

function xmlAnswer(status: number, body: string): ApiAnswer {
  return { status, headers: { 'content-type': 'text/xml' }, body };
}

function xml(tree: Tree): string {
  if (Array.isArray(tree)) return tree.map((one) => `<member>${xml(one)}</member>`).join('');
  if (typeof tree !== 'object') return escaped(String(tree));
  return Object.entries(tree)
    .filter((entry): entry is [string, Tree] => entry[1] !== undefined)
    .map(([key, value]) => `<${key}>${xml(value)}</${key}>`)
    .join('');
}

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** What XML 1.0 has no character for is left out. */
function escaped(text: string): string {
  return text
    .replaceAll(/[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/g, '')
    .replaceAll(/[&<>"]/g, (one) => ENTITIES[one]!);
}
