import type { ApiCall } from '../../server.ts';
import { AwsError } from '../service.ts';

/** What a call is about. */
export interface S3Address {
  /** Absent: all buckets. */
  bucket?: string;
  /** Decoded; '' when it is about the bucket. */
  key: string;
  /** It is for the website of the bucket, no API. */
  website: boolean;
}

export type AddressedCall = Pick<ApiCall, 'path'> & { headers: { host?: string | undefined } };

const HOST =
  /^(.+?)\.(?:s3[.-](?:dualstack\.)?(?:[a-z0-9-]+\.)?amazonaws\.com(?:\.cn)?|s3\.localhost|localhost)$/;
const WEBSITE = /^(.+)\.s3-website[.-][a-z0-9-]+\.amazonaws\.com(?:\.cn)?$/;

/** From the host (`bucket.s3.us-east-1.amazonaws.com`, `bucket.localhost`) or the path. Throws InvalidURI. */
export function addressOf({ path, headers }: AddressedCall): S3Address {
  const host = (headers.host ?? '').replace(/:\d+$/, '').toLowerCase();
  const site = WEBSITE.exec(host)?.[1];
  if (site !== undefined) return { bucket: site, key: decoded(path.slice(1)), website: true };
  const inHost = HOST.exec(host)?.[1];
  if (inHost !== undefined && inHost !== 's3')
    return { bucket: inHost, key: decoded(path.slice(1)), website: false };
  const [, bucket = '', key = ''] = /^\/([^/]*)(?:\/([^]*))?$/.exec(path) ?? [];
  if (bucket === '') return { key: '', website: false };
  return { bucket: decoded(bucket), key: decoded(key), website: false };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new AwsError(400, 'InvalidURI', "Couldn't parse the specified URI.");
  }
}

/** `a b/ü` → `a%20b/%C3%BC` */
export function encodeKey(key: string): string {
  return key.split('/').map(encodeURIComponent).join('/');
}
