import type { ApiAnswer } from '../../../server.ts';
import { checkMd5, empty, xmlAnswer } from '../answers.ts';
import { checksumOf } from '../checksums.ts';
import { noSuchKey } from '../errors.ts';
import type { ObjectInfo } from '../types.ts';
import { readTags } from './settings.ts';
import type { Operation, S3Call } from './types.ts';

const SHARED = { about: 'object', parameters: ['tagging'] } as const;
const MOST = 10;

export const tagOperations: Operation[] = [
  {
    ...SHARED,
    name: 'PutObjectTagging',
    method: 'PUT',
    run: (call) => {
      checkMd5(call.api);
      checksumOf(call.api);
      return amend(call, readTags(call.api.body.toString('utf8'), MOST), 200);
    },
  },
  {
    ...SHARED,
    name: 'GetObjectTagging',
    method: 'GET',
    run: async ({ objects, key }) => {
      const info = await objects.info(key);
      if (info === undefined) throw noSuchKey(key);
      const Tag = Object.entries(info.tags ?? {}).map(([Key, Value]) => ({ Key, Value }));
      return xmlAnswer('Tagging', { TagSet: { Tag } });
    },
  },
  { ...SHARED, name: 'DeleteObjectTagging', method: 'DELETE', run: (call) => amend(call, {}, 204) },
];

async function amend(
  { objects, key }: S3Call,
  tags: Record<string, string>,
  status: number,
): Promise<ApiAnswer> {
  const amended = await objects.amend(key, (info): ObjectInfo => ({ ...info, tags }));
  if (amended === undefined) throw noSuchKey(key);
  return empty(status);
}
