import type { Bucket } from '../types.ts';
import { awsCode, openClients } from './clients.ts';
import { type AwsOptions, findRegion } from './options.ts';

export interface S3BucketOptions extends Omit<AwsOptions, 'region'> {
  region?: string;
  bucket: string;
  /** '' or with a slash at its end. */
  prefix: string;
}

/** A bucket of S3 for a state. `create` leans on conditional writes (If-None-Match, which S3 has had since 2024-08). */
export async function s3Bucket({ bucket, prefix, ...options }: S3BucketOptions): Promise<Bucket> {
  const client = await openClients({ ...options, region: await findRegion(options) }).s3();
  const put = (key: string, text: string, more: { IfNoneMatch?: string } = {}): Promise<unknown> =>
    client.putObject({
      Bucket: bucket,
      Key: `${prefix}${key}`,
      Body: text,
      ContentType: 'application/json',
      ServerSideEncryption: 'AES256',
      ...more,
    });
  return {
    title: `s3://${bucket}/${prefix}`.replace(/\/$/, ''),
    list: async (below) => {
      const keys: string[] = [];
      let token: string | undefined;
      do {
        const page = await client.listObjectsV2({
          Bucket: bucket,
          Prefix: `${prefix}${below}`,
          ...(token === undefined ? {} : { ContinuationToken: token }),
        });
        keys.push(...(page.Contents ?? []).map(({ Key = '' }) => Key.slice(prefix.length)));
        token = page.NextContinuationToken;
      } while (token !== undefined);
      return keys;
    },
    read: async (key) => {
      try {
        const { Body } = await client.getObject({ Bucket: bucket, Key: `${prefix}${key}` });
        return await Body!.transformToString();
      } catch (error) {
        if (awsCode(error) === 'NoSuchKey') return undefined;
        throw error;
      }
    },
    write: async (key, text) => {
      await put(key, text);
    },
    create: async (key, text) => {
      try {
        await put(key, text, { IfNoneMatch: '*' });
        return true;
      } catch (error) {
        // The second: two did it at the same moment.
        if (['PreconditionFailed', 'ConditionalRequestConflict'].includes(awsCode(error) ?? '')) return false;
        throw error;
      }
    },
    remove: async (key) => {
      await client.deleteObject({ Bucket: bucket, Key: `${prefix}${key}` });
    },
  };
}
