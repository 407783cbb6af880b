import type { Aws } from './aws.ts';
import type { Bucket } from './site-bucket.ts';

/** Regions whose websites have a `-` before the region: the oldest; all others have a `.` (Amazon S3 endpoints, AWS General Reference). */
const DASHED = new Set([
  'us-east-1',
  'us-west-1',
  'us-west-2',
  'us-gov-west-1',
  'ap-southeast-1',
  'ap-southeast-2',
  'ap-northeast-1',
  'eu-west-1',
  'sa-east-1',
]);

/** Where a bucket's website is. S3 has these over http alone. */
export async function siteAddress(aws: Aws, at: Bucket): Promise<string> {
  const { region, endpoint } = aws;
  if (endpoint !== undefined)
    return (await toldAddress(aws, at)) ?? `${endpoint.replace(/\/+$/, '')}/${at.Bucket}/`;
  const domain = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
  return `http://${at.Bucket}.s3-website${DASHED.has(region) ? '-' : '.'}${region}.${domain}/`;
}

/** What stands in for AWS has no names of hosts for buckets. Our own emulator says with its answers where a bucket's website is. */
async function toldAddress(aws: Aws, at: Bucket): Promise<string | undefined> {
  const { GetBucketTaggingCommand } = await import('@aws-sdk/client-s3');
  const command = new GetBucketTaggingCommand(at);
  let told: string | undefined;
  command.middlewareStack.add(
    (next) => async (call) => {
      const answer = await next(call);
      const { headers = {} } = answer.response as { headers?: Record<string, string> };
      told = headers['x-ropeway-website'];
      return answer;
    },
    { step: 'deserialize', priority: 'low' },
  );
  await (await aws.clients.s3()).send(command);
  return told === undefined ? undefined : `${told}/`;
}
