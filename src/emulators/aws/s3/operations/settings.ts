import type { ApiAnswer } from '../../../server.ts';
import { child, childrenOf, childText, parseXml, toXml } from '../../../xml.ts';
import { AwsError } from '../../service.ts';
import { isBlocked, isPublicPolicy } from '../access.ts';
import { checkMd5, documentAnswer, empty, OWNER, readXml, xmlAnswer } from '../answers.ts';
import { checksumOf } from '../checksums.ts';
import { accessDenied, malformedXml, notImplemented } from '../errors.ts';
import type { Bucket } from '../types.ts';
import { readWebsite } from '../website/configuration.ts';
import type { Operation, S3Call } from './types.ts';

/** A setting of buckets: kept as it was put, and told again. */
interface Setting {
  /** Of the operations: `BucketCors`. */
  name: string;
  parameter: string;
  /** Root of its document; absent: JSON. */
  root?: string;
  /** What there is before anything was put: an error, or a document. */
  missing: [code: string, message: string] | string;
  /** Status of what puts it; default 200. */
  putStatus?: number;
  /** Called with what was put. Throws `AwsError`. */
  check?(document: string, bucket: Bucket): void;
}

/** What new buckets have (since April 2023). */
export const PRIVATE = toXml('PublicAccessBlockConfiguration', {
  BlockPublicAcls: true,
  IgnorePublicAcls: true,
  BlockPublicPolicy: true,
  RestrictPublicBuckets: true,
});
export const OWNED_BY_BUCKET = toXml('OwnershipControls', {
  Rule: { ObjectOwnership: 'BucketOwnerEnforced' },
});
const ENCRYPTED = toXml('ServerSideEncryptionConfiguration', {
  Rule: {
    ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' },
    BucketKeyEnabled: false,
  },
});

const SETTINGS: Setting[] = [
  {
    name: 'BucketCors',
    parameter: 'cors',
    root: 'CORSConfiguration',
    missing: ['NoSuchCORSConfiguration', 'The CORS configuration does not exist'],
  },
  {
    name: 'BucketWebsite',
    parameter: 'website',
    root: 'WebsiteConfiguration',
    missing: ['NoSuchWebsiteConfiguration', 'The specified bucket does not have a website configuration'],
    check: (document) => void readWebsite(document),
  },
  {
    name: 'BucketPolicy',
    parameter: 'policy',
    missing: ['NoSuchBucketPolicy', 'The bucket policy does not exist'],
    putStatus: 204,
    check: checkPolicy,
  },
  {
    name: 'BucketTagging',
    parameter: 'tagging',
    root: 'Tagging',
    missing: ['NoSuchTagSet', 'The TagSet does not exist'],
    putStatus: 204,
    check: (document) => void readTags(document, 50),
  },
  {
    name: 'BucketLifecycleConfiguration',
    parameter: 'lifecycle',
    root: 'LifecycleConfiguration',
    missing: ['NoSuchLifecycleConfiguration', 'The lifecycle configuration does not exist'],
  },
  {
    name: 'BucketVersioning',
    parameter: 'versioning',
    root: 'VersioningConfiguration',
    missing: toXml('VersioningConfiguration', ''),
    check: (document) => {
      // Objects have no versions here: what is switched on would silently not happen.
      if (/<Status>\s*Enabled/.test(document)) throw notImplemented('Versioning');
    },
  },
  {
    name: 'PublicAccessBlock',
    parameter: 'publicAccessBlock',
    root: 'PublicAccessBlockConfiguration',
    missing: ['NoSuchPublicAccessBlockConfiguration', 'The public access block configuration was not found'],
  },
  {
    name: 'BucketOwnershipControls',
    parameter: 'ownershipControls',
    root: 'OwnershipControls',
    missing: ['OwnershipControlsNotFoundError', 'The bucket ownership controls were not found'],
  },
  {
    name: 'BucketEncryption',
    parameter: 'encryption',
    root: 'ServerSideEncryptionConfiguration',
    missing: ENCRYPTED,
  },
  {
    name: 'BucketLogging',
    parameter: 'logging',
    root: 'BucketLoggingStatus',
    missing: toXml('BucketLoggingStatus', ''),
  },
  {
    name: 'BucketRequestPayment',
    parameter: 'requestPayment',
    root: 'RequestPaymentConfiguration',
    missing: toXml('RequestPaymentConfiguration', { Payer: 'BucketOwner' }),
  },
  {
    name: 'BucketAccelerateConfiguration',
    parameter: 'accelerate',
    root: 'AccelerateConfiguration',
    missing: toXml('AccelerateConfiguration', ''),
  },
];

export const settingOperations: Operation[] = [
  ...SETTINGS.flatMap((setting): Operation[] => {
    const shared = { about: 'bucket', parameters: [setting.parameter] } as const;
    const lifecycle = setting.name.replace('LifecycleConfiguration', 'Lifecycle');
    return [
      { ...shared, name: `Put${setting.name}`, method: 'PUT', run: (call) => put(setting, call) },
      { ...shared, name: `Get${setting.name}`, method: 'GET', run: (call) => get(setting, call) },
      { ...shared, name: `Delete${lifecycle}`, method: 'DELETE', run: (call) => remove(setting, call) },
    ];
  }),
  {
    name: 'GetBucketPolicyStatus',
    method: 'GET',
    about: 'bucket',
    parameters: ['policyStatus'],
    run: ({ bucket: { settings } }) => {
      const { policy } = settings;
      if (policy === undefined)
        throw new AwsError(404, 'NoSuchBucketPolicy', 'The bucket policy does not exist');
      return xmlAnswer('PolicyStatus', { IsPublic: isPublicPolicy(policy) });
    },
  },
  ...(['bucket', 'object'] as const).map((about): Operation => ({
    name: about === 'bucket' ? 'GetBucketAcl' : 'GetObjectAcl',
    method: 'GET',
    about,
    parameters: ['acl'],
    run: getAcl,
  })),
];

async function put(
  { parameter, root, check, putStatus = 200 }: Setting,
  { api, bucket, state, websites }: S3Call,
): Promise<ApiAnswer> {
  checkMd5(api);
  checksumOf(api);
  const document = api.body.toString('utf8');
  if (root !== undefined) readXml(api.body, root);
  check?.(document, bucket);
  await state.change(bucket.name, (one) => ({
    ...one,
    settings: { ...one.settings, [parameter]: document },
  }));
  if (parameter === 'website') await websites.update();
  return empty(putStatus, websites.headers(bucket.name));
}

function get({ parameter, missing }: Setting, { bucket, websites }: S3Call): ApiAnswer {
  const found = bucket.settings[parameter] ?? (typeof missing === 'string' ? missing : undefined);
  if (found === undefined) throw new AwsError(404, missing[0], missing[1], { BucketName: bucket.name });
  const isBare = parseXml(found) !== undefined && !found.startsWith('<?xml');
  return documentAnswer(isBare ? `${DECLARATION}${found}` : found, websites.headers(bucket.name));
}

const DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n';

async function remove({ parameter }: Setting, { bucket, state, websites }: S3Call): Promise<ApiAnswer> {
  await state.change(bucket.name, (one) => {
    const { [parameter]: _, ...settings } = one.settings;
    return { ...one, settings };
  });
  if (parameter === 'website') await websites.update();
  return empty(204);
}

function checkPolicy(document: string, { name, settings }: Bucket): void {
  const malformed = (message: string): AwsError => new AwsError(400, 'MalformedPolicy', message);
  let policy: { Statement?: unknown };
  try {
    policy = JSON.parse(document) as { Statement?: unknown };
  } catch {
    throw malformed("Policies must be valid JSON and the first byte must be '{'");
  }
  if (policy === null || policy.Statement === undefined) throw malformed('Missing required field Statement');
  for (const { Resource, Effect } of [policy.Statement].flat() as {
    Resource?: unknown;
    Effect?: unknown;
  }[]) {
    if (Effect !== 'Allow' && Effect !== 'Deny') throw malformed(`Invalid effect: ${String(Effect)}`);
    const own = new RegExp(`^arn:aws[\\w-]*:s3:::${name.replaceAll('.', '\\.')}(/|$)`);
    const resources = [Resource].flat().filter((one) => one !== undefined);
    if (resources.length === 0 || !resources.every((one) => own.test(String(one))))
      throw malformed('Policy has invalid resource');
  }
  if (isBlocked(settings, 'BlockPublicPolicy') && isPublicPolicy(document))
    throw accessDenied(
      `User: arn:aws:iam::${OWNER.ID}:root is not authorized to perform: s3:PutBucketPolicy on resource: "arn:aws:s3:::${name}" because public policies are prevented by the BlockPublicPolicy setting in S3 Block Public Access.`,
    );
}

/** Of a document of tags. Throws MalformedXML, InvalidTag, BadRequest. */
export function readTags(document: string, most: number): Record<string, string> {
  const root = parseXml(document);
  const set = child(root, 'TagSet');
  if (root?.name !== 'Tagging' || set === undefined) throw malformedXml();
  const pairs = childrenOf(set, 'Tag').map(
    (tag) => [childText(tag, 'Key') ?? '', childText(tag, 'Value') ?? ''] as const,
  );
  if (new Set(pairs.map(([key]) => key)).size < pairs.length)
    throw new AwsError(400, 'InvalidTag', 'Cannot provide multiple Tags with the same key');
  if (pairs.length > most)
    throw new AwsError(400, 'BadRequest', `Object tags cannot be greater than ${most}`);
  for (const [key, value] of pairs) {
    if (key === '' || key.length > 128 || key.startsWith('aws:'))
      throw new AwsError(400, 'InvalidTag', 'The TagKey you have provided is invalid');
    if (value.length > 256 || !/^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u.test(value))
      throw new AwsError(400, 'InvalidTag', 'The TagValue you have provided is invalid');
  }
  return Object.fromEntries(pairs);
}

/** ACLs are told, but only the owner has one. */
async function getAcl({ key, objects }: S3Call): Promise<ApiAnswer> {
  const acl = key === '' ? undefined : (await objects.info(key))?.acl;
  const type = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type';
  const owner = `<Grantee ${type}="CanonicalUser"><ID>${OWNER.ID}</ID></Grantee>`;
  const all = `<Grantee ${type}="Group"><URI>http://acs.amazonaws.com/groups/global/AllUsers</URI></Grantee>`;
  const grants = [
    [owner, 'FULL_CONTROL'],
    ...(acl?.startsWith('public-read') === true ? [[all, 'READ']] : []),
  ]
    .map(([grantee, permission]) => `<Grant>${grantee}<Permission>${permission}</Permission></Grant>`)
    .join('');
  const owned = `<Owner><ID>${OWNER.ID}</ID></Owner>`;
  return documentAnswer(
    `${DECLARATION}<AccessControlPolicy>${owned}<AccessControlList>${grants}</AccessControlList></AccessControlPolicy>`,
  );
}
