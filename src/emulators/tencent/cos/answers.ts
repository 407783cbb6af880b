import { createHash } from 'node:crypto';

import type { ApiAnswer } from '../../server.ts';
import { CosError, malformedXml } from './errors.ts';
import { parseXml, toXml, type XmlElement, type XmlValue } from '../../xml.ts';

export function empty(status = 200, headers: ApiAnswer['headers'] = {}): ApiAnswer {
  return { status, headers: status === 204 ? headers : { 'Content-Length': '0', ...headers }, body: '' };
}

export function xmlAnswer(root: string, value: XmlValue, headers: ApiAnswer['headers'] = {}): ApiAnswer {
  return documentAnswer(toXml(root, value), headers);
}

/** A document that is there already. */
export function documentAnswer(document: string, headers: ApiAnswer['headers'] = {}): ApiAnswer {
  const type = document.trimStart().startsWith('{') ? 'application/json' : 'application/xml';
  return { status: 200, headers: { 'Content-Type': type, ...headers }, body: document };
}

/** The body as XML with this root. Throws MalformedXML. */
export function readXml(body: Buffer, root: string): XmlElement {
  const found = parseXml(body.toString('utf8'));
  if (found?.name !== root) throw malformedXml();
  return found;
}

/** Throws when the body is not what its `Content-MD5` says. */
export function checkDigest(body: Buffer, header: string | string[] | undefined): void {
  if (header === undefined) return;
  const said = Buffer.from(header.toString(), 'base64');
  if (said.length !== 16) {
    throw new CosError(400, 'InvalidDigest', 'The Content-MD5 you specified is not valid.');
  }
  if (!createHash('md5').update(body).digest().equals(said)) {
    throw new CosError(400, 'BadDigest', 'The Content-MD5 you specified did not match what we received.');
  }
}
