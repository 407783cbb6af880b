import type { Aws } from './aws.ts';

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
export function siteAddress({ region, endpoint }: Aws, bucket: string): string {
  // What stands in for AWS has no names of hosts for buckets.
  if (endpoint !== undefined) return `${endpoint.replace(/\/+$/, '')}/${bucket}/`;
  const domain = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
  return `http://${bucket}.s3-website${DASHED.has(region) ? '-' : '.'}${region}.${domain}/`;
}
