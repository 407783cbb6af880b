import type { _Error as S3Error } from '@aws-sdk/client-s3';

import { RopewayError } from '../../lib/errors.ts';
import { siteFiles } from '../site-files.ts';
import type { LiveSite, SiteDeployment } from '../types.ts';
import type { Aws } from './aws.ts';
import { gone } from './clients.ts';
import { labelsOfTags, tagsOf } from './labels.ts';
import { siteBucket } from './names.ts';
import { createBucket } from './packages.ts';
import { ownRoute } from './routes.ts';
import { siteAddress } from './site-address.ts';
import { type Bucket, setTags, settingsDigest, settle, tagsOfBucket } from './site-bucket.ts';

/** Digest of the files that are all there; it is taken away before one is changed. */
const DIGEST_TAG = 'ropeway:digest';
/** What the bucket was set to. */
const SETTINGS_TAG = 'ropeway:settings';
/** Is there when the site has an address. */
const PUBLIC_TAG = 'ropeway:public';

/** Files of a package in a bucket that is a website. */
export async function deploySite(
  aws: Aws,
  site: SiteDeployment,
): Promise<{ url?: string; unchanged: boolean }> {
  const route = ownRoute('site', site.name, site.routes);
  const account = await aws.account();
  const at = await bucketOf(aws, site.name);
  const before = await tagsOfBucket(aws, at);
  const owner = tagsOf(site.labels);
  const answer = async (unchanged: boolean): Promise<{ url?: string; unchanged: boolean }> => ({
    unchanged,
    ...(route === undefined ? {} : { url: await siteAddress(aws, at) }),
  });
  const done = {
    ...owner,
    ...(route === undefined ? {} : { [PUBLIC_TAG]: 'yes' }),
    [SETTINGS_TAG]: settingsDigest(site),
    [DIGEST_TAG]: site.package.digest,
  };
  if (before !== undefined && Object.entries(done).every(([name, value]) => before[name] === value))
    return answer(true);
  if (before === undefined) await createBucket(aws, at.Bucket, owner);
  await setTags(aws, at, { ...ofOthers(before), ...owner });
  await settle(aws, at, account, site);
  await putFiles(aws, at, site.package.file);
  await setTags(aws, at, { ...ofOthers(before), ...done });
  return answer(false);
}

export async function findSite(aws: Aws, name: string): Promise<LiveSite | undefined> {
  const at = await bucketOf(aws, name);
  const tags = await tagsOfBucket(aws, at);
  if (tags === undefined) return undefined;
  const { digest = '', settings: _, public: isPublic, ...labels } = labelsOfTags(tags);
  return { digest, labels, ...(isPublic === undefined ? {} : { url: await siteAddress(aws, at) }) };
}

/** The bucket goes last: until then a removal that was cut off is seen to be unfinished. */
export async function removeSite(aws: Aws, name: string): Promise<boolean> {
  const at = await bucketOf(aws, name);
  if ((await tagsOfBucket(aws, at)) === undefined) return false;
  await removeFiles(aws, at, [...(await filesOf(aws, at)).keys()]);
  await gone((await aws.clients.s3()).deleteBucket(at));
  return true;
}

/** Puts what is new or different, then removes what is gone. */
async function putFiles(aws: Aws, at: Bucket, zip: string): Promise<void> {
  const s3 = await aws.clients.s3();
  const there = await filesOf(aws, at);
  const wanted = new Set<string>();
  for await (const { path, content, md5, contentType, cacheControl } of siteFiles(zip)) {
    wanted.add(path);
    if (there.get(path) === md5) continue;
    await s3.putObject({
      ...at,
      Key: path,
      Body: content,
      ContentType: contentType,
      CacheControl: cacheControl,
    });
  }
  await removeFiles(
    aws,
    at,
    [...there.keys()].filter((path) => !wanted.has(path)),
  );
}

/** MD5 of the files by their names. */
async function filesOf(aws: Aws, at: Bucket): Promise<Map<string, string>> {
  const s3 = await aws.clients.s3();
  const files = new Map<string, string>();
  let ContinuationToken: string | undefined;
  do {
    const page = await s3.listObjectsV2({
      ...at,
      ...(ContinuationToken === undefined ? {} : { ContinuationToken }),
    });
    for (const { Key = '', ETag = '' } of page.Contents ?? []) files.set(Key, ETag.replaceAll('"', ''));
    ContinuationToken = page.NextContinuationToken;
  } while (ContinuationToken !== undefined);
  return files;
}

/** A call takes a thousand. */
async function removeFiles(aws: Aws, at: Bucket, paths: string[]): Promise<void> {
  const s3 = await aws.clients.s3();
  for (let from = 0; from < paths.length; from += 1000) {
    const Objects = paths.slice(from, from + 1000).map((Key) => ({ Key }));
    const { Errors = [] } = await s3.deleteObjects({ ...at, Delete: { Objects, Quiet: true } });
    if (Errors.length > 0) throw notRemoved(at.Bucket, Errors);
  }
}

/** Such a call succeeds even when nothing was removed. */
function notRemoved(bucket: string, [first, ...others]: S3Error[]): RopewayError {
  const { Key = '', Code = '', Message = '' } = first!;
  const more = others.length === 0 ? '' : ` and ${others.length} others`;
  return new RopewayError({
    code: 'FILES_NOT_REMOVED',
    message: `${Key}${more} of the bucket ${bucket} could not be removed.`,
    got: `AWS said ${Code}: ${Message}`,
    fix: "see who may remove them (object lock, the bucket's policy), then do it again",
  });
}

async function bucketOf(aws: Aws, name: string): Promise<Bucket> {
  const account = await aws.account();
  return { Bucket: siteBucket(name, account), ExpectedBucketOwner: account.id };
}

function ofOthers(tags: Record<string, string> = {}): Record<string, string> {
  return Object.fromEntries(Object.entries(tags).filter(([name]) => !name.startsWith('ropeway:')));
}
