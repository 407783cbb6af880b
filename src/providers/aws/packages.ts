import { readFile, stat } from 'node:fs/promises';

import { RopewayError } from '../../lib/errors.ts';
import type { PackageFile } from '../types.ts';
import { awsCode, orUndefined } from './clients.ts';
import type { Aws } from './aws.ts';
import { packagesBucket } from './names.ts';

/** Bytes of a zip that a call takes (Lambda quotas); larger ones go over a bucket. */
export const MOST_IN_CALL = 50 * 1024 * 1024;
/** Of code and layers together, unpacked; a zip cannot be larger either. */
const MOST_ZIP = 250 * 1024 * 1024;
/** Days that packages stay in the bucket: Lambda has its own copy at once. */
const KEEP_DAYS = 2;

/** Where Lambda is to take a package from. */
export type PackagePlace = { ZipFile: Uint8Array } | { S3Bucket: string; S3Key: string };

/** A package for a call: its bytes, or where they were put. `most`: bytes that a call takes. */
export async function placePackage(
  aws: Aws,
  { file, digest }: PackageFile,
  most = MOST_IN_CALL,
): Promise<PackagePlace> {
  const { size } = await stat(file);
  if (size > MOST_ZIP) {
    throw new RopewayError({
      code: 'PACKAGE_TOO_LARGE',
      message: `${file} is larger than Lambda takes.`,
      expected: `at most ${MOST_ZIP / 1024 / 1024} MB of code and layers together, unpacked`,
      got: `${Math.ceil(size / 1024 / 1024)} MB, packed`,
      fix: 'leave out what the app does not need (`exclude`); `ropeway build` shows what is large',
    });
  }
  const content = await readFile(file);
  if (size <= most) return { ZipFile: content };
  const account = await aws.account();
  const Bucket = packagesBucket(account);
  const Key = `packages/${digest}.zip`;
  const s3 = await aws.clients.s3();
  const where = { Bucket, Key, ExpectedBucketOwner: account.id };
  await ensureBucket(aws, Bucket);
  if ((await orUndefined(s3.headObject(where))) === undefined) {
    await s3.putObject({
      ...where,
      Body: content,
      ContentType: 'application/zip',
      ChecksumSHA256: Buffer.from(digest, 'hex').toString('base64'),
      ServerSideEncryption: 'AES256',
    });
  }
  return { S3Bucket: Bucket, S3Key: Key };
}

/** A private bucket that empties itself. Its settings are written each time it is made, not each time it is used. */
async function ensureBucket(aws: Aws, Bucket: string): Promise<void> {
  const s3 = await aws.clients.s3();
  const ExpectedBucketOwner = (await aws.account()).id;
  const named = { Bucket, ExpectedBucketOwner };
  // The tag comes last: where it is, all is as it should be.
  const tags = await orUndefined(s3.getBucketTagging(named));
  if (tags?.TagSet?.some(({ Key }) => Key === READY) === true) return;
  await createBucket(aws, Bucket);
  await s3.putPublicAccessBlock({
    ...named,
    PublicAccessBlockConfiguration: {
      BlockPublicAcls: true,
      BlockPublicPolicy: true,
      IgnorePublicAcls: true,
      RestrictPublicBuckets: true,
    },
  });
  await s3.putBucketEncryption({
    ...named,
    ServerSideEncryptionConfiguration: {
      Rules: [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
    },
  });
  await s3.putBucketLifecycleConfiguration({
    ...named,
    LifecycleConfiguration: {
      Rules: [
        {
          ID: 'packages',
          Status: 'Enabled',
          Filter: { Prefix: 'packages/' },
          Expiration: { Days: KEEP_DAYS },
          AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 },
        },
      ],
    },
  });
  await s3.putBucketTagging({ ...named, Tagging: { TagSet: [{ Key: READY, Value: 'packages' }] } });
}

const READY = 'ropeway:for';

/** Makes a bucket in the region, with its tags from the beginning where the region can. Does nothing when it is the account's already. */
export async function createBucket(
  aws: Aws,
  Bucket: string,
  tags: Record<string, string> = {},
): Promise<void> {
  const s3 = await aws.clients.s3();
  const Tags = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
  try {
    await s3.createBucket({
      Bucket,
      CreateBucketConfiguration: {
        // The oldest region has no name here.
        ...(aws.region === 'us-east-1' ? {} : { LocationConstraint: aws.region as 'eu-west-1' }),
        ...(Tags.length === 0 ? {} : { Tags }),
      },
    });
  } catch (error) {
    if (awsCode(error) !== 'BucketAlreadyOwnedByYou') throw error;
  }
}
