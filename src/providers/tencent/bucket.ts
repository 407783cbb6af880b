import type { Bucket } from '../types.ts';
import { isMissing, tencentCode } from './clients.ts';
import { openCos } from './cos.ts';
import { findRegion, type TencentOptions } from './options.ts';

export interface CosBucketOptions extends Omit<TencentOptions, 'region'> {
  region?: string;
  /** With the app id at its end. */
  bucket: string;
  /** '' or with a slash at its end. */
  prefix: string;
}

/** A bucket of COS for a state. `create` leans on `x-cos-forbid-overwrite` (PUT Object, doc 436/7749). */
export async function cosBucket({ bucket, prefix, ...options }: CosBucketOptions): Promise<Bucket> {
  const region = findRegion(options);
  const cos = await openCos({ ...options, region });
  const at = { Bucket: bucket, Region: region };
  const put = (key: string, text: string, headers: Record<string, string> = {}): Promise<unknown> =>
    cos.call('putObject', {
      ...at,
      Key: `${prefix}${key}`,
      Body: text,
      ContentType: 'application/json',
      Headers: headers,
    });
  return {
    title: `cos://${bucket}/${prefix}`.replace(/\/$/, ''),
    list: async (below) => {
      const keys: string[] = [];
      let marker = '';
      for (;;) {
        const page = await cos.call('getBucket', { ...at, Prefix: `${prefix}${below}`, Marker: marker });
        keys.push(...page.Contents.map(({ Key }) => Key.slice(prefix.length)));
        if (page.IsTruncated !== 'true') return keys;
        marker = page.NextMarker ?? page.Contents.at(-1)!.Key;
      }
    },
    read: async (key) => {
      try {
        const { Body } = await cos.call('getObject', { ...at, Key: `${prefix}${key}` });
        return Body.toString('utf8');
      } catch (error) {
        if (isMissing(error)) return undefined;
        throw error;
      }
    },
    write: async (key, text) => {
      await put(key, text);
    },
    create: async (key, text) => {
      try {
        await put(key, text, { 'x-cos-forbid-overwrite': 'true' });
        return true;
      } catch (error) {
        if (['FileAlreadyExists', 'ObjectAlreadyExists'].includes(tencentCode(error) ?? '')) return false;
        throw error;
      }
    },
    remove: async (key) => {
      await cos.call('deleteObject', { ...at, Key: `${prefix}${key}` });
    },
  };
}
