import type { BucketAddress } from '../../components/state/bucket.ts';
import type { Bucket } from '../../providers/types.ts';

/** Opens a bucket with the keys of the environment. The SDK of its cloud is loaded only now. */
export async function openBucket(
  { kind, bucket, prefix }: BucketAddress,
  env: Record<string, string | undefined>,
  signal: AbortSignal,
): Promise<Bucket> {
  if (kind === 's3') {
    const { s3Bucket } = await import('../../providers/aws/bucket.ts');
    return s3Bucket({ bucket, prefix, env, signal });
  }
  const { cosBucket } = await import('../../providers/tencent/bucket.ts');
  return cosBucket({ bucket, prefix, env, signal });
}
