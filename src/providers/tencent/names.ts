import { createHash } from 'node:crypto';

/** The alias that every function has, and that leads to the version that serves. */
export const LIVE = '$DEFAULT';
export const LATEST = '$LATEST';
export const DEFAULT_NAMESPACE = 'default';

/** A function by its whole name. */
export interface FunctionId {
  FunctionName: string;
  Namespace: string;
}

/** What the names of a function's layers begin with: layers are one for all namespaces of a region. */
export function layerPrefix({ FunctionName, Namespace }: FunctionId): string {
  const plain = `ropeway-${FunctionName}`;
  if (Namespace === DEFAULT_NAMESPACE && plain.length <= 60) return plain;
  return `${plain.slice(0, 51)}-${digestOf(`${Namespace}/${FunctionName}`)}`;
}

/** Our layers of a function have their places in its list as names. */
export function layerName(id: FunctionId, place: number): string {
  return `${layerPrefix(id)}-${place + 1}`;
}

/** Of the bucket for packages that are too large for a call, without the account at its end. */
export function packagesBucket(region: string): string {
  return `ropeway-${region}`;
}

/** A site's name is no bucket's yet: those have lower case letters, digits and `-`, and the account at their end; 60 characters in all. */
export function siteBucket(name: string, appId: string): string {
  const word = name
    .toLowerCase()
    .replace(/[^a-z0-9-]+/g, '-')
    .replace(/^-+|-+$/g, '');
  // `a_b` and `a-b` are two sites.
  const unique = word === name ? word : `${word}-${digestOf(name)}`.replace(/^-/, 'site-');
  const most = 60 - appId.length - 1;
  const short = unique.length <= most ? unique : `${unique.slice(0, most - 9)}-${digestOf(name)}`;
  return `${short}-${appId}`;
}

function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 8);
}
