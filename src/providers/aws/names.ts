import { createHash } from 'node:crypto';

import type { Clients } from './clients.ts';

/** The alias that leads to the version that serves. */
export const LIVE = 'live';

/** Whose credentials these are. */
export interface Account {
  /** `123456789012` */
  id: string;
  /** `aws`; `aws-cn` in China. */
  partition: string;
  region: string;
}

export function accountOf(clients: Clients, region: string): () => Promise<Account> {
  let account: Promise<Account> | undefined;
  return () => {
    account ??= (async () => {
      const { Account: id = '', Arn: arn = '' } = await (await clients.sts()).getCallerIdentity({});
      return { id, partition: arn.split(':')[1] || 'aws', region };
    })();
    return account;
  };
}

/** Name of the role that is made for a function: a name of IAM is one for all regions. */
export function roleName(functionName: string, region: string): string {
  return shortened(`ropeway-${functionName}-${region}`, 64);
}

/** Our layers of a function have their places in its list as names: two versions of one layer cannot be in the same function. */
export function layerName(functionName: string, place: number): string {
  return `ropeway-${functionName}-${place + 1}`;
}

/** Of the bucket for packages that are too large for a call. */
export function packagesBucket({ id, region }: Account): string {
  return `ropeway-${id}-${region}`;
}

/** A site's name is no bucket's yet: those are one for all accounts, in lower case, without `_`. */
export function siteBucket(name: string, { id }: Account): string {
  const word = name
    .toLowerCase()
    .replace(/[^a-z0-9-]+/g, '-')
    .replace(/^-+|-+$/g, '');
  // `a_b` and `a-b` are two sites.
  const unique = word === name ? word : `${word}-${digestOf(name)}`;
  return `${shortened(unique, 63 - id.length - 1)}-${id}`;
}

export function logGroup(functionName: string): string {
  return `/aws/lambda/${functionName}`;
}

export function functionArn({ id, partition, region }: Account, name: string): string {
  return `arn:${partition}:lambda:${region}:${id}:function:${name}`;
}

/** Cut at the end, with a digest so that two long names stay two. */
function shortened(name: string, most: number): string {
  return name.length <= most ? name : `${name.slice(0, most - 9)}-${digestOf(name)}`;
}

function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 8);
}
