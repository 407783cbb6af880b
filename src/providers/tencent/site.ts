import { RopewayError } from '../../lib/errors.ts';
import { siteFiles } from '../site-files.ts';
import type { LiveSite, SiteDeployment } from '../types.ts';
import { gone } from './clients.ts';
import type { At } from './cos.ts';
import { siteBucket } from './names.ts';
import { createBucket } from './packages.ts';
import { setTags, settingsDigest, settle, siteAddress, siteRoute, tagsOfBucket } from './site-bucket.ts';
import { labelsOfTags, tagsOf } from './tags.ts';
import type { Tencent } from './tencent.ts';

/** Digest of the files that are all there; it is taken away before one is changed. */
const DIGEST_TAG = 'ropeway:digest';
/** What the bucket was set to. */
const SETTINGS_TAG = 'ropeway:settings';
/** Is there when the site has an address. */
const PUBLIC_TAG = 'ropeway:public';

/** Files of a package in a bucket that is a website. */
export async function deploySite(
  tencent: Tencent,
  site: SiteDeployment,
): Promise<{ url?: string; unchanged: boolean }> {
  const route = siteRoute(site);
  const at = await bucketOf(tencent, site.name);
  const before = await tagsOfBucket(tencent, at);
  const owner = tagsOf(site.labels);
  const addressOf = async (): Promise<{ url?: string }> =>
    route === undefined ? {} : { url: await siteAddress(tencent, at) };
  const done = {
    ...owner,
    ...(route === undefined ? {} : { [PUBLIC_TAG]: 'yes' }),
    [SETTINGS_TAG]: settingsDigest(site),
    [DIGEST_TAG]: site.package.digest,
  };
  if (before !== undefined && Object.entries(done).every(([name, value]) => before[name] === value))
    return { unchanged: true, ...(await addressOf()) };
  if (before === undefined) await createBucket(tencent, at, owner);
  // https://cloud.tencent.com/document/product/436/57456
  if (route !== undefined && tencent.endpoint === undefined)
    tencent.note(
      `${site.name}: browsers download what comes from a bucket's own address, where the bucket is of 2024 or later; let a domain of yours lead to it (docs/tencent.md)`,
    );
  await setTags(tencent, at, { ...ofOthers(before), ...owner });
  await settle(tencent, at, site);
  await putFiles(tencent, at, site.package.file);
  await setTags(tencent, at, { ...ofOthers(before), ...done });
  return { unchanged: false, ...(await addressOf()) };
}

export async function findSite(tencent: Tencent, name: string): Promise<LiveSite | undefined> {
  const at = await bucketOf(tencent, name);
  const tags = await tagsOfBucket(tencent, at);
  if (tags === undefined) return undefined;
  const { digest = '', settings: _, public: isPublic, ...labels } = labelsOfTags(tags);
  return { digest, labels, ...(isPublic === undefined ? {} : { url: await siteAddress(tencent, at) }) };
}

/** The bucket goes last: until then a removal that was cut off is seen to be unfinished. */
export async function removeSite(tencent: Tencent, name: string): Promise<boolean> {
  const at = await bucketOf(tencent, name);
  if ((await tagsOfBucket(tencent, at)) === undefined) return false;
  await removeFiles(tencent, at, [...(await filesOf(tencent, at)).keys()]);
  await gone((await tencent.cos()).call('deleteBucket', at));
  return true;
}

/** Puts what is new or different, then removes what is gone. */
async function putFiles(tencent: Tencent, at: At, zip: string): Promise<void> {
  const cos = await tencent.cos();
  const there = await filesOf(tencent, at);
  const wanted = new Set<string>();
  for await (const { path, content, md5, contentType, cacheControl } of siteFiles(zip)) {
    wanted.add(path);
    if (there.get(path) === md5) continue;
    await cos.call('putObject', {
      ...at,
      Key: path,
      Body: content,
      ContentType: contentType,
      CacheControl: cacheControl,
    });
  }
  await removeFiles(
    tencent,
    at,
    [...there.keys()].filter((path) => !wanted.has(path)),
  );
}

/** MD5 of the files by their names. */
async function filesOf(tencent: Tencent, at: At): Promise<Map<string, string>> {
  const cos = await tencent.cos();
  const files = new Map<string, string>();
  let Marker = '';
  for (;;) {
    // Names may have signs that XML has not.
    const page = await cos.call('getBucket', { ...at, EncodingType: 'url', ...(Marker ? { Marker } : {}) });
    for (const { Key, ETag } of page.Contents) files.set(decodeURIComponent(Key), ETag.replaceAll('"', ''));
    if (page.IsTruncated !== 'true' || !page.NextMarker) return files;
    Marker = decodeURIComponent(page.NextMarker);
  }
}

/** A call takes a thousand. */
async function removeFiles(tencent: Tencent, at: At, paths: string[]): Promise<void> {
  const cos = await tencent.cos();
  for (let from = 0; from < paths.length; from += 1000) {
    const Objects = paths.slice(from, from + 1000).map((Key) => ({ Key }));
    const { Error: errors } = await cos.call('deleteMultipleObject', { ...at, Objects, Quiet: true });
    if (errors.length > 0) throw notRemoved(at.Bucket, errors);
  }
}

/** Such a call succeeds even when nothing was removed. */
function notRemoved(
  bucket: string,
  [first, ...others]: { Key?: string; Code?: string; Message?: string }[],
): RopewayError {
  const { Key = '', Code = '', Message = '' } = first!;
  const more = others.length === 0 ? '' : ` and ${others.length} others`;
  return new RopewayError({
    code: 'FILES_NOT_REMOVED',
    message: `${Key}${more} of the bucket ${bucket} could not be removed.`,
    got: `Tencent Cloud said ${Code}: ${Message}`,
    fix: "see who may remove them (the bucket's policy), then do it again",
  });
}

async function bucketOf(tencent: Tencent, name: string): Promise<At> {
  return { Bucket: siteBucket(name, await tencent.appId()), Region: tencent.region };
}

function ofOthers(tags: Record<string, string> = {}): Record<string, string> {
  return Object.fromEntries(Object.entries(tags).filter(([name]) => !name.startsWith('ropeway:')));
}
