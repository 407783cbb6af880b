import type { Bucket } from '../types.ts';
import { orUndefined, tencentCode } from './clients.ts';
import { openCos } from './cos.ts';
import { findRegion, type TencentOptions } from './options.ts';
import { openTencent } from './tencent.ts';

export interface CosBucketOptions extends Omit<TencentOptions, 'region'> {
  region?: string;
  /** With or without the account at its end. */
  bucket: string;
  /** '' or with a slash at its end. */
  prefix: string;
}

/** A bucket of COS for a state. `create` leans on `x-cos-forbid-overwrite` (PUT Object, doc 436/7749). */
export async function cosBucket({ bucket, prefix, ...options }: CosBucketOptions): Promise<Bucket> {
  const settled = { ...options, region: findRegion(options) };
  const { appId, region } = openTencent(settled);
  const Name = /-\d{9,}$/.test(bucket) ? bucket : `${bucket}-${await appId()}`;
  const cos = await openCos(settled);
  const at = (key: string): { Bucket: string; Region: string; Key: string } => ({
    Bucket: Name,
    Region: region,
    Key: `${prefix}${key}`,
  });
  const put = (key: string, text: string, headers: Record<string, string> = {}): Promise<unknown> =>
    cos.call('putObject', {
      ...at(key),
      Body: text,
      ContentType: 'application/json',
      Headers: { 'x-cos-server-side-encryption': 'AES256', ...headers },
    });
  return {
    title: `cos://${Name}/${prefix}`.replace(/\/$/, ''),
    list: async (below) => {
      const keys: string[] = [];
      const { Key: Prefix, ...where } = at(below);
      for (let Marker = ''; ;) {
        const page = await cos.call('getBucket', {
          ...where,
          Prefix,
          EncodingType: 'url',
          ...(Marker ? { Marker } : {}),
        });
        keys.push(...page.Contents.map(({ Key }) => decodeURIComponent(Key).slice(prefix.length)));
        if (page.IsTruncated !== 'true' || !page.NextMarker) return keys;
        Marker = decodeURIComponent(page.NextMarker);
      }
    },
    read: async (key) => (await orUndefined(cos.call('getObject', at(key))))?.Body.toString('utf8'),
    write: async (key, text) => {
      await put(key, text);
    },
    create: async (key, text) => {
      try {
        await put(key, text, { 'x-cos-forbid-overwrite': 'true' });
        return true;
      } catch (error) {
        if (['FileAlreadyExists', 'ObjectAlreadyExists', '409'].includes(tencentCode(error) ?? ''))
          return false;
        throw error;
      }
    },
    remove: async (key) => {
      await cos.call('deleteObject', at(key));
    },
  };
}
