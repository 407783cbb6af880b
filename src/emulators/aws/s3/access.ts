import { childText, parseXml } from '../../xml.ts';
import type { Bucket, ObjectInfo } from './types.ts';

// Who may do what without a signature: "Blocking public access" and "Policy evaluation" of the S3 user guide.

interface Statement {
  Effect?: unknown;
  Principal?: unknown;
  Action?: unknown;
  Resource?: unknown;
  Condition?: unknown;
}

/** Whether anyone may do something (`s3:GetObject`) with an object, or, without a key, the bucket. */
export function mayAnyone(
  action: string,
  { name, settings }: Bucket,
  key?: string,
  info?: ObjectInfo,
): boolean {
  const resource = `arn:aws:s3:::${name}${key === undefined ? '' : `/${key}`}`;
  const fitting = statementsOf(settings['policy']).filter(
    (one) =>
      isAnyone(one.Principal) &&
      listOf(one.Action).some((pattern) => isLike(action.toLowerCase(), pattern.toLowerCase())) &&
      listOf(one.Resource).some((pattern) =>
        isLike(resource, pattern.replace(/^arn:aws[\w-]*:/, 'arn:aws:')),
      ),
  );
  if (fitting.some(({ Effect }) => Effect === 'Deny')) return false;
  const byPolicy =
    !isBlocked(settings, 'RestrictPublicBuckets') &&
    // What a condition asks is not known here.
    fitting.some(({ Effect, Condition }) => Effect === 'Allow' && Condition === undefined);
  const byAcl =
    action === 's3:GetObject' &&
    info?.acl?.startsWith('public-read') === true &&
    takesAcls(settings) &&
    !isBlocked(settings, 'IgnorePublicAcls');
  return byPolicy || byAcl;
}

/** Whether a policy opens the bucket to anyone. */
export function isPublicPolicy(policy: string): boolean {
  return statementsOf(policy).some(
    ({ Effect, Principal, Condition }) =>
      Effect === 'Allow' && isAnyone(Principal) && Condition === undefined,
  );
}

/** One of the four settings of Block Public Access. */
export function isBlocked(settings: Bucket['settings'], name: string): boolean {
  const document = settings['publicAccessBlock'];
  const root = document === undefined ? undefined : parseXml(document);
  return root !== undefined && childText(root, name)?.trim().toLowerCase() === 'true';
}

/** Objects have ACLs only where their owners are not those of the bucket. */
export function takesAcls({ ownershipControls }: Bucket['settings']): boolean {
  return (
    ownershipControls !== undefined && !/<ObjectOwnership>\s*BucketOwnerEnforced/.test(ownershipControls)
  );
}

function statementsOf(policy: string | undefined): Statement[] {
  if (policy === undefined) return [];
  const { Statement: all = [] } = JSON.parse(policy) as { Statement?: Statement | Statement[] };
  return [all].flat();
}

function isAnyone(principal: unknown): boolean {
  if (principal === '*') return true;
  const { AWS } = (principal ?? {}) as { AWS?: unknown };
  return listOf(AWS).includes('*');
}

function listOf(value: unknown): string[] {
  return [value].flat().filter((one): one is string => typeof one === 'string');
}

/** `*` is anything, `?` one character. */
export function isLike(value: string, pattern: string): boolean {
  const escaped = pattern.replaceAll(/[.+^${}()|[\]\\]/g, String.raw`\$&`);
  return new RegExp(`^${escaped.replaceAll('*', '[^]*').replaceAll('?', '[^]')}$`).test(value);
}
