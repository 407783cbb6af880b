import { ACCOUNT, AwsError } from '../service.ts';

/** What IAM has been told. */
export interface Books {
  /** By name. */
  roles: Record<string, Role>;
  /** The account's own, by ARN. */
  policies: Record<string, Policy>;
}

export const NO_BOOKS: Books = { roles: {}, policies: {} };

export interface Role {
  name: string;
  /** `/ropeway/` */
  path: string;
  id: string;
  /** ISO 8601. */
  createdAt: string;
  /** JSON: who may take it on. */
  trust: string;
  description: string;
  /** Seconds. */
  maxSession: number;
  tags: Record<string, string>;
  /** JSON by name. */
  inline: Record<string, string>;
  /** ARNs. */
  attached: string[];
}

export interface Policy {
  name: string;
  path: string;
  id: string;
  createdAt: string;
  description: string;
  document: string;
  tags: Record<string, string>;
}

export function roleArn({ path, name }: Pick<Role, 'path' | 'name'>): string {
  return `arn:aws:iam::${ACCOUNT}:role${path}${name}`;
}

export function policyArn({ path, name }: Pick<Policy, 'path' | 'name'>): string {
  return `arn:aws:iam::${ACCOUNT}:policy${path}${name}`;
}

/** Throws NoSuchEntity. */
export function findRole({ roles }: Books, name: string): Role {
  const role = Object.hasOwn(roles, name) ? roles[name] : undefined;
  if (role !== undefined) return role;
  throw noSuchEntity(`The role with name ${name} cannot be found.`);
}

export function noSuchEntity(message: string): AwsError {
  return new AwsError(404, 'NoSuchEntity', message);
}
