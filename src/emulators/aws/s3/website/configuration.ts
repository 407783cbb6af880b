import { child, childrenOf, childText, parseXml, type XmlElement } from '../../../xml.ts';
import { invalidArgument, malformedXml } from '../errors.ts';

/** What a bucket's website does: "Hosting a static website using Amazon S3". */
export interface Website {
  /** `index.html`; absent: all requests go elsewhere. */
  index?: string;
  error?: string;
  elsewhere?: { host: string; protocol: string | undefined };
  rules: RoutingRule[];
}

/** `prefix` and `status` are its conditions, the rest says where to. */
export interface RoutingRule {
  prefix?: string;
  status?: number;
  host?: string;
  protocol?: string;
  replaceKey?: string;
  replacePrefix?: string;
  code?: number;
}

/** Of a `WebsiteConfiguration`. Throws MalformedXML, InvalidArgument. */
export function readWebsite(document: string): Website {
  const root = parseXml(document);
  if (root?.name !== 'WebsiteConfiguration') throw malformedXml();
  const elsewhere = child(root, 'RedirectAllRequestsTo');
  const host = childText(elsewhere ?? EMPTY, 'HostName')?.trim();
  if (host !== undefined)
    return { elsewhere: { host, protocol: childText(elsewhere!, 'Protocol')?.trim() }, rules: [] };
  const index = childText(child(root, 'IndexDocument') ?? EMPTY, 'Suffix')?.trim() ?? '';
  if (index === '')
    throw invalidArgument(
      'A value for IndexDocument Suffix must be provided if RedirectAllRequestsTo is empty',
      'IndexDocument',
      'null',
    );
  if (index.includes('/'))
    throw invalidArgument('The IndexDocument Suffix is not well formed', 'IndexDocument', index);
  const error = childText(child(root, 'ErrorDocument') ?? EMPTY, 'Key')?.trim() ?? '';
  return {
    index,
    ...(error === '' ? {} : { error }),
    rules: childrenOf(child(root, 'RoutingRules'), 'RoutingRule').map(readRule),
  };
}

const EMPTY: XmlElement = { name: '', text: '', children: [] };

function readRule(rule: XmlElement): RoutingRule {
  const condition = child(rule, 'Condition') ?? EMPTY;
  const redirect = child(rule, 'Redirect') ?? EMPTY;
  const number = (element: XmlElement, name: string): number | undefined => {
    const text = childText(element, name)?.trim();
    return text === undefined ? undefined : Number(text);
  };
  const found = {
    prefix: childText(condition, 'KeyPrefixEquals'),
    status: number(condition, 'HttpErrorCodeReturnedEquals'),
    host: childText(redirect, 'HostName')?.trim(),
    protocol: childText(redirect, 'Protocol')?.trim(),
    replaceKey: childText(redirect, 'ReplaceKeyWith'),
    replacePrefix: childText(redirect, 'ReplaceKeyPrefixWith'),
    code: number(redirect, 'HttpRedirectCode'),
  };
  return Object.fromEntries(Object.entries(found).filter(([, value]) => value !== undefined));
}
