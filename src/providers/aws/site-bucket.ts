import { createHash } from 'node:crypto';

import type { WebsiteConfiguration } from '@aws-sdk/client-s3';

import type { SiteDeployment } from '../types.ts';
import type { Aws } from './aws.ts';
import { awsCode, isMissing } from './clients.ts';
import type { Account } from './names.ts';
import { corsOf, ownRoute } from './routes.ts';

/** A bucket of the account, so that no call ends up in a bucket that somebody else has of the same name. */
export interface Bucket {
  Bucket: string;
  ExpectedBucketOwner: string;
}

/** Its tags; undefined: there is no such bucket, or an empty one of which nobody has said yet what it is for: it was being made. */
export async function tagsOfBucket(aws: Aws, at: Bucket): Promise<Record<string, string> | undefined> {
  const s3 = await aws.clients.s3();
  try {
    const { TagSet = [] } = await s3.getBucketTagging(at);
    return Object.fromEntries(TagSet.map(({ Key, Value }) => [Key!, Value!]));
  } catch (error) {
    if (!isMissing(error)) throw error;
    if (awsCode(error) !== 'NoSuchTagSet') return undefined;
    const { KeyCount = 0 } = await s3.listObjectsV2({ ...at, MaxKeys: 1 });
    return KeyCount === 0 ? undefined : {};
  }
}

export async function setTags(aws: Aws, at: Bucket, tags: Record<string, string>): Promise<void> {
  const TagSet = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
  await (await aws.clients.s3()).putBucketTagging({ ...at, Tagging: { TagSet } });
}

/** Everything of a bucket that is no file: who may read, index and error document, CORS. */
export async function settle(aws: Aws, at: Bucket, account: Account, site: SiteDeployment): Promise<void> {
  const route = ownRoute('site', site.name, site.routes);
  await letRead(aws, at, account, route !== undefined);
  const s3 = await aws.clients.s3();
  await s3.putBucketWebsite({ ...at, WebsiteConfiguration: website(site) });
  const cors = corsOf(route?.cors);
  if (cors === undefined) await s3.deleteBucketCors(at);
  else {
    await s3.putBucketCors({
      ...at,
      CORSConfiguration: {
        CORSRules: [
          {
            AllowedOrigins: cors.AllowOrigins ?? ['*'],
            // Files are only read.
            AllowedMethods: ['GET', 'HEAD'],
            AllowedHeaders: cors.AllowHeaders ?? ['*'],
            ...(cors.ExposeHeaders === undefined ? {} : { ExposeHeaders: cors.ExposeHeaders }),
            ...(cors.MaxAge === undefined ? {} : { MaxAgeSeconds: cors.MaxAge }),
          },
        ],
      },
    });
  }
}

/** By which a change of a site's settings is seen: a tag takes no more than letters, digits, and a few signs. */
export function settingsDigest({ index, error, routes }: SiteDeployment): string {
  const settings = JSON.stringify([index, error ?? null, routes.length > 0, routes[0]?.cors ?? false]);
  return createHash('sha256').update(settings).digest('hex').slice(0, 16);
}

/** Anyone may read all files, or nobody. New buckets are closed until they are opened. */
async function letRead(aws: Aws, at: Bucket, { partition }: Account, isPublic: boolean): Promise<void> {
  const s3 = await aws.clients.s3();
  if (!isPublic) await s3.deleteBucketPolicy(at);
  await s3.putPublicAccessBlock({
    ...at,
    PublicAccessBlockConfiguration: {
      BlockPublicAcls: true,
      IgnorePublicAcls: true,
      BlockPublicPolicy: !isPublic,
      RestrictPublicBuckets: !isPublic,
    },
  });
  if (!isPublic) return;
  await s3.putBucketPolicy({
    ...at,
    Policy: JSON.stringify({
      Version: '2012-10-17',
      Statement: [
        {
          Sid: 'Read',
          Effect: 'Allow',
          Principal: '*',
          Action: 's3:GetObject',
          Resource: `arn:${partition}:s3:::${at.Bucket}/*`,
        },
      ],
    }),
  });
}

function website({ index, error }: SiteDeployment): WebsiteConfiguration {
  return {
    IndexDocument: { Suffix: index },
    ...(error === undefined ? {} : { ErrorDocument: { Key: error } }),
  };
}
