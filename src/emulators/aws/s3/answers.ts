import { createHash } from 'node:crypto';

import type { ApiAnswer, ApiCall } from '../../server.ts';
import { parseXml, toXml, type XmlElement, type XmlValue } from '../../xml.ts';
import { ACCOUNT, AwsError } from '../service.ts';
import { malformedXml } from './errors.ts';

/** Of all buckets and objects. */
export const OWNER = { ID: ACCOUNT, DisplayName: ACCOUNT };

export function empty(status = 200, headers: ApiAnswer['headers'] = {}): ApiAnswer {
  return { status, headers: status === 204 ? headers : { 'content-length': '0', ...headers }, body: '' };
}

export function xmlAnswer(root: string, value: XmlValue, headers: ApiAnswer['headers'] = {}): ApiAnswer {
  const document = toXml(root, value).replace(`<${root}>`, `<${root} xmlns="${NAMESPACE}">`);
  return documentAnswer(document, headers);
}

const NAMESPACE = 'http://s3.amazonaws.com/doc/2006-03-01/';

/** A document that is there already. */
export function documentAnswer(document: string, headers: ApiAnswer['headers'] = {}): ApiAnswer {
  const type = document.trimStart().startsWith('{') ? 'application/json' : 'application/xml';
  return { status: 200, headers: { 'content-type': type, ...headers }, body: document };
}

/** The body as XML with this root. Throws MalformedXML. */
export function readXml(body: Buffer, root: string): XmlElement {
  const found = parseXml(body.toString('utf8'));
  if (found?.name !== root) throw malformedXml();
  return found;
}

/** Throws when the body is not what its `Content-MD5` says. */
export function checkMd5({ body, headers }: Pick<ApiCall, 'body' | 'headers'>): void {
  const header = headers['content-md5'];
  if (header === undefined) return;
  const said = Buffer.from(header.toString(), 'base64');
  if (said.length !== 16)
    throw new AwsError(400, 'InvalidDigest', 'The Content-MD5 you specified was invalid.');
  if (!createHash('md5').update(body).digest().equals(said))
    throw new AwsError(400, 'BadDigest', 'The Content-MD5 you specified did not match what we received.');
}
