import { malformedXml } from '../errors.ts';
import { child, childrenOf, childText, parseXml, type XmlElement } from '../../../xml.ts';

/** What a bucket's website does, https://cloud.tencent.com/document/product/436/31930. */
export interface Website {
  /** `index.html` */
  index: string;
  /** `/page` may be `page.html`. */
  ignoresExtension: boolean;
  error?: { key: string; keepsStatus: boolean };
  rules: RoutingRule[];
}

export interface RoutingRule {
  /** One of the two. */
  prefix?: string;
  status?: number;
  protocol?: string;
  replaceKey?: string;
  replacePrefix?: string;
}

/**
 * Of a `WebsiteConfiguration`. Throws MalformedXML. That all requests be redirected to https is kept, but not followed: this machine has no
 * TLS.
 */
export function readWebsite(document: string): Website {
  const root = parseXml(document);
  const index = childText(child(root, 'IndexDocument') ?? EMPTY, 'Suffix')?.trim() ?? '';
  if (root?.name !== 'WebsiteConfiguration' || index === '') throw malformedXml();
  const error = child(root, 'ErrorDocument');
  const key = childText(error ?? EMPTY, 'Key')?.trim() ?? '';
  return {
    index,
    ignoresExtension: childText(child(root, 'AutoAddressing') ?? EMPTY, 'Status')?.trim() === 'Enabled',
    ...(key === ''
      ? {}
      : { error: { key, keepsStatus: childText(error!, 'OriginalHttpStatus')?.trim() !== 'Disabled' } }),
    rules: childrenOf(child(root, 'RoutingRules'), 'RoutingRule').map(readRule),
  };
}

const EMPTY: XmlElement = { name: '', text: '', children: [] };

function readRule(rule: XmlElement): RoutingRule {
  const condition = child(rule, 'Condition') ?? EMPTY;
  const redirect = child(rule, 'Redirect') ?? EMPTY;
  const status = childText(condition, 'HttpErrorCodeReturnedEquals')?.trim();
  const found = {
    prefix: childText(condition, 'KeyPrefixEquals'),
    status: status === undefined ? undefined : Number(status),
    protocol: childText(redirect, 'Protocol')?.trim(),
    replaceKey: childText(redirect, 'ReplaceKeyWith'),
    replacePrefix: childText(redirect, 'ReplaceKeyPrefixWith'),
  };
  return Object.fromEntries(Object.entries(found).filter(([, value]) => value !== undefined));
}
