import { createHash } from 'node:crypto';

import { RopewayError } from '../../lib/errors.ts';
import { routeText } from '../route-text.ts';
import type { RouteWish, SiteDeployment } from '../types.ts';
import { orUndefined, tencentCode } from './clients.ts';
import type { At } from './cos.ts';
import { corsOf } from './routes.ts';
import { tagRecord } from './tags.ts';
import type { Tencent } from './tencent.ts';

/** The website of a bucket of the emulator is on a port of its own, which it tells. */
const EMULATED = 'x-ropeway-website';

/** What a site's own address can be. Throws ROUTE_NEEDS_DOMAIN for anything but all of it. */
export function siteRoute({ name, routes }: Pick<SiteDeployment, 'name' | 'routes'>): RouteWish | undefined {
  const other = routes.find(({ host, path }) => host !== undefined || path !== '/*');
  if (other === undefined) return routes[0];
  throw new RopewayError({
    code: 'ROUTE_NEEDS_DOMAIN',
    message: `The site ${name} cannot have the route ${routeText(other)} on COS: its address is one of its own, for all paths.`,
    expected: '`/*`, or no routes',
    got: routeText(other),
    fix: 'leave out `routes`, and let a domain of yours lead to the bucket (COS console > Domains and Transfer, type static website), or CDN',
  });
}

/** Its tags; undefined: there is no such bucket, or an empty one of which nobody has said yet what it is for: it was being made. */
export async function tagsOfBucket(tencent: Tencent, at: At): Promise<Record<string, string> | undefined> {
  const cos = await tencent.cos();
  try {
    const { Tags } = await cos.call('getBucketTagging', at);
    return tagRecord(Tags);
  } catch (error) {
    if (tencentCode(error)?.startsWith('NoSuchTagSet') !== true)
      return orUndefined(Promise.reject(error as Error));
    const { Contents } = await cos.call('getBucket', { ...at, MaxKeys: 1 });
    return Contents.length === 0 ? undefined : {};
  }
}

export async function setTags(tencent: Tencent, at: At, tags: Record<string, string>): Promise<void> {
  const Tags = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
  await (await tencent.cos()).call('putBucketTagging', { ...at, Tags });
}

/** Everything of a bucket that is no file: who may read, index and error document, CORS. */
export async function settle(tencent: Tencent, at: At, site: SiteDeployment): Promise<void> {
  const cos = await tencent.cos();
  const route = siteRoute(site);
  const { index, error, errorStatus } = site;
  await cos.call('putBucketAcl', { ...at, ACL: route === undefined ? 'private' : 'public-read' });
  await cos.call('putBucketWebsite', {
    ...at,
    WebsiteConfiguration: {
      IndexDocument: { Suffix: index },
      ...(error === undefined
        ? {}
        : {
            ErrorDocument: {
              Key: error,
              // For single-page apps what is not there is a page of the app.
              OriginalHttpStatus: errorStatus === 200 ? ('Disabled' as const) : ('Enabled' as const),
            },
          }),
    },
  });
  const cors = corsOf(route?.cors);
  if (cors === undefined) {
    await orUndefined(cos.call('deleteBucketCors', at));
    return;
  }
  await cos.call('putBucketCors', {
    ...at,
    CORSRules: [
      {
        AllowedOrigin: (cors['Origins'] as string[] | undefined) ?? ['*'],
        // Files are only read.
        AllowedMethod: ['GET', 'HEAD'],
        AllowedHeader: (cors['Headers'] as string[] | undefined) ?? ['*'],
        ExposeHeader: (cors['ExposeHeaders'] as string[] | undefined) ?? [],
        MaxAgeSeconds: (cors['MaxAge'] as number | undefined) ?? 600,
      },
    ],
  });
}

/** Where its website is. */
export async function siteAddress(tencent: Tencent, { Bucket, Region }: At): Promise<string> {
  if (tencent.endpoint !== undefined) {
    const { headers } = await (await tencent.cos()).call('getBucketWebsite', { Bucket, Region });
    const told = headers?.[EMULATED];
    if (told !== undefined) return `${told.replace(/\/+$/, '')}/`;
  }
  return `https://${Bucket}.cos-website.${Region}.myqcloud.com/`;
}

/** By which a change of a site's settings is seen. */
export function settingsDigest({ index, error, errorStatus, routes }: SiteDeployment): string {
  const settings = JSON.stringify([
    index,
    error ?? null,
    errorStatus ?? null,
    routes.length > 0,
    routes[0]?.cors ?? false,
  ]);
  return createHash('sha256').update(settings).digest('hex').slice(0, 16);
}
