import type { ApiCall } from '../../server.ts';

/** What a call of COS is about, and how it was addressed. */
export interface CosAddress {
  /** With AppId; absent: all buckets. */
  bucket?: string;
  /** Decoded; '' when it is about the bucket. */
  key: string;
  /** As the host says; absent when it says none. */
  region?: string;
  /** The static website of the bucket is asked, not the API. */
  website: boolean;
  /** Decoded paths that a client may have signed: with path style some sign the bucket's name, some don't. */
  signedPaths: string[];
  /** Host without a port, for messages. */
  host: string;
}

/** Undefined: this call is for another API. */
export type AddressedCall = Pick<ApiCall, 'method' | 'path' | 'query' | 'headers'>;

const BUCKET = /^[a-z0-9][a-z0-9-]*-\d+$/;
const BUCKET_HOST =
  /^([a-z0-9-]+)\.cos(?:v6|-internal|-cdc)?\.([a-z0-9-]+)\.(?:myqcloud\.com|tencentcos\.cn)$/;
const SERVICE_HOST = /^(?:service\.)?cos(?:\.([a-z0-9-]+))?\.(?:myqcloud\.com|tencentcos\.cn)$/;
const WEBSITE_HOST = /^([a-z0-9-]+)\.cos-website\.([a-z0-9-]+)\.(?:myqcloud\.com|tencentcos\.cn)$/;

/**
 * Reads it: by host (`bucket.cos.region.myqcloud.com`, directly or with the whole address in the request line, as through a proxy; also
 * `bucket.localhost`), or by path (`http://127.0.0.1:4566/bucket/key`). Undefined when it is no call of COS. Throws URIError when the path is
 * not well-formed.
 */
export function addressOf(call: AddressedCall): CosAddress | undefined {
  const { host, path } = targetOf(call);
  const website = WEBSITE_HOST.exec(host);
  if (website !== null) return { ...inHost(website, host, path), website: true };
  const bucket = BUCKET_HOST.exec(host);
  if (bucket !== null) return inHost(bucket, host, path);
  const service = SERVICE_HOST.exec(host);
  if (service === null) {
    const [label = ''] = host.split('.');
    if (host.includes('.') && BUCKET.test(label)) return { ...inHost([host, label], host, path) };
    const isForCos = hasSignature(call) || BUCKET.test(firstSegment(path));
    return isForCos ? inPath(host, path) : undefined;
  }
  const region = service[1];
  return { ...inPath(host, path), ...(region === undefined ? {} : { region }) };
}

/** Host without its port, and the path, of a request line with or without host. */
export function targetOf({ path, headers }: Pick<ApiCall, 'path' | 'headers'>): {
  host: string;
  path: string;
} {
  const whole = /^https?:\/\/([^/?#]*)([^?#]*)/i.exec(path);
  const authority = whole === null ? (headers.host ?? '') : whole[1]!;
  return {
    host: authority.replace(/:\d+$/, '').toLowerCase(),
    path: whole === null ? path : whole[2]! || '/',
  };
}

function inHost([, bucket, region]: readonly string[], host: string, path: string): CosAddress {
  const decoded = decodeURIComponent(path);
  return {
    bucket: bucket!,
    key: decoded.slice(1),
    ...(region === undefined || region === 'accelerate' ? {} : { region }),
    website: false,
    signedPaths: [decoded],
    host,
  };
}

function inPath(host: string, path: string): CosAddress {
  const bucket = firstSegment(path);
  const decoded = decodeURIComponent(path);
  if (bucket === '') return { key: '', website: false, signedPaths: [decoded], host };
  const rest = decodeURIComponent(path.slice(bucket.length + 1));
  return {
    bucket: decodeURIComponent(bucket),
    key: rest.slice(1),
    website: false,
    signedPaths: [rest || '/', decoded],
    host,
  };
}

function firstSegment(path: string): string {
  return path.slice(1).split('/', 1)[0]!;
}

function hasSignature({ query, headers }: AddressedCall): boolean {
  const header = headers.authorization;
  return header?.startsWith('q-sign-algorithm=') === true || /(?:^|&)(?:q-signature|sign)=/.test(query);
}

/** Decoded pairs of a query string; a name alone has the value ''. */
export function queryPairs(query: string): [name: string, value: string][] {
  return [...new URLSearchParams(query)];
}
