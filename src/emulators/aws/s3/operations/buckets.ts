import type { ApiAnswer } from '../../../server.ts';
import { childrenOf, child, childText, toXml } from '../../../xml.ts';
import { AwsError } from '../../service.ts';
import { empty, OWNER, readXml, xmlAnswer } from '../answers.ts';
import { OWNED_BY_BUCKET, PRIVATE } from './settings.ts';
import type { AccountCall, Operation, S3Call } from './types.ts';

export const bucketOperations: Operation[] = [
  { name: 'ListBuckets', method: 'GET', about: 'service', runAlone: listBuckets },
  { name: 'CreateBucket', method: 'PUT', about: 'bucket', runAlone: createBucket },
  { name: 'DeleteBucket', method: 'DELETE', about: 'bucket', run: deleteBucket },
  {
    name: 'HeadBucket',
    method: 'HEAD',
    about: 'bucket',
    anyone: 's3:ListBucket',
    run: ({ bucket }) =>
      empty(200, { 'x-amz-bucket-region': bucket.region, 'x-amz-access-point-alias': 'false' }),
  },
  {
    name: 'GetBucketLocation',
    method: 'GET',
    about: 'bucket',
    parameters: ['location'],
    run: ({ bucket }) =>
      xmlAnswer('LocationConstraint', bucket.region === OLDEST_REGION ? '' : bucket.region),
  },
];

/** It has no name as a place of buckets. */
const OLDEST_REGION = 'us-east-1';
const MOST_LISTED = 10_000;

function listBuckets({ state, query }: AccountCall): ApiAnswer {
  const prefix = query.get('prefix') ?? '';
  const region = query.get('bucket-region');
  const after = Buffer.from(query.get('continuation-token') ?? '', 'base64').toString('utf8');
  const most = Math.min(Number(query.get('max-buckets') ?? MOST_LISTED) || MOST_LISTED, MOST_LISTED);
  const rest = state
    .buckets()
    .filter(({ name }) => name.startsWith(prefix) && name > after)
    .filter((bucket) => region === null || bucket.region === region)
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const page = rest.slice(0, most);
  return xmlAnswer('ListAllMyBucketsResult', {
    Owner: OWNER,
    Buckets: {
      Bucket: page.map(({ name, region: BucketRegion, createdAt }) => ({
        Name: name,
        CreationDate: createdAt,
        BucketRegion,
      })),
    },
    Prefix: prefix === '' ? undefined : prefix,
    ContinuationToken:
      rest.length > page.length ? Buffer.from(page.at(-1)!.name).toString('base64') : undefined,
  });
}

async function createBucket({ state, bucketName: name, api, now }: AccountCall): Promise<ApiAnswer> {
  checkName(name);
  const root = api.body.length === 0 ? undefined : readXml(api.body, 'CreateBucketConfiguration');
  const region = regionOf(root === undefined ? undefined : childText(root, 'LocationConstraint'), api.region);
  const tags = childrenOf(child(root, 'Tags'), 'Tag').map((tag) => ({
    Key: childText(tag, 'Key'),
    Value: childText(tag, 'Value'),
  }));
  const made = await state.add({
    name,
    region,
    createdAt: new Date(now).toISOString(),
    settings: {
      publicAccessBlock: PRIVATE,
      ownershipControls: ownershipOf(api.headers['x-amz-object-ownership']),
      ...(tags.length === 0 ? {} : { tagging: toXml('Tagging', { TagSet: { Tag: tags } }) }),
    },
  });
  // The oldest region says so as if it had made it.
  if (!made && !(region === OLDEST_REGION && state.find(name)?.region === region))
    throw new AwsError(
      409,
      'BucketAlreadyOwnedByYou',
      'Your previous request to create the named bucket succeeded and you already own it.',
      { BucketName: name },
    );
  return empty(200, { location: `/${name}` });
}

/** "Bucket naming rules" of the S3 user guide. Throws InvalidBucketName. */
function checkName(BucketName: string): void {
  const isGood =
    /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(BucketName) &&
    !/\.\.|\.-|-\.|^xn--|^sthree-|-s3alias$|--ol-s3$|^\d+\.\d+\.\d+\.\d+$/.test(BucketName);
  if (!isGood)
    throw new AwsError(400, 'InvalidBucketName', 'The specified bucket is not valid.', { BucketName });
}

function regionOf(constraint: string | undefined, region: string): string {
  const wanted = constraint?.trim() ?? '';
  if (wanted === '' && region === OLDEST_REGION) return region;
  if (wanted === OLDEST_REGION)
    throw new AwsError(400, 'InvalidLocationConstraint', 'The specified location-constraint is not valid', {
      LocationConstraint: wanted,
    });
  if (wanted !== '' && (region === OLDEST_REGION || wanted === region)) return wanted;
  throw new AwsError(
    400,
    'IllegalLocationConstraintException',
    `The ${wanted === '' ? 'unspecified' : wanted} location constraint is incompatible for the region specific endpoint this request was sent to.`,
  );
}

function ownershipOf(header: string | string[] | undefined): string {
  if (header === undefined) return OWNED_BY_BUCKET;
  return toXml('OwnershipControls', { Rule: { ObjectOwnership: header.toString() } });
}

async function deleteBucket({ state, bucket, objects, uploads, websites }: S3Call): Promise<ApiAnswer> {
  if ((await objects.list()).length > 0 || (await uploads.list()).length > 0)
    throw new AwsError(409, 'BucketNotEmpty', 'The bucket you tried to delete is not empty', {
      BucketName: bucket.name,
    });
  await state.remove(bucket.name);
  await websites.update();
  return empty(204);
}
