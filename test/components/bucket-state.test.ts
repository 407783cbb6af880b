import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import {
  bucketPrefix,
  lockBucket,
  openBucketStore,
  parseBucketAddress,
  readBucketHolder,
  unlockBucket,
} from '../../src/components/state/bucket.ts';
import type { StateRecord } from '../../src/components/state/records.ts';
import type { Bucket } from '../../src/providers/types.ts';

/** A bucket in memory; `failing` lets the next change fail. */
function memoryBucket(): Bucket & { objects: Map<string, string>; failing: boolean } {
  const objects = new Map<string, string>();
  const bucket = {
    title: 's3://state',
    objects,
    failing: false,
    list: async (prefix: string) => [...objects.keys()].filter((key) => key.startsWith(prefix)),
    read: async (key: string) => objects.get(key),
    write: async (key: string, text: string) => {
      if (bucket.failing) throw new Error('no answer');
      objects.set(key, text);
    },
    create: async (key: string, text: string) => {
      if (objects.has(key)) return false;
      objects.set(key, text);
      return true;
    },
    remove: async (key: string) => {
      objects.delete(key);
    },
  };
  return bucket;
}

const recordOf = (id: string, more: Partial<StateRecord> = {}): StateRecord => ({
  format: 1,
  id,
  component: 'web',
  status: 'deployed',
  inputs: {},
  salt: 'salt',
  state: {},
  outputs: {},
  dependsOn: [],
  loaded: [],
  changedAt: '2026-11-24T00:00:00.000Z',
  ...more,
});
const PREFIX = bucketPrefix({ project: 'shop', target: 'aws', stage: 'dev' });

describe('a state in a bucket', () => {
  test('is there for the next command, whatever its components are called', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(fc.string({ minLength: 1, unit: 'grapheme' }), { maxLength: 6 }),
        async (ids) => {
          const bucket = memoryBucket();
          const store = await openBucketStore(bucket, PREFIX);
          for (const id of ids) await store.write(recordOf(id));
          const next = await openBucketStore(bucket, PREFIX);
          expect(next.list().map(({ id }) => id)).toEqual([...ids].sort((a, b) => (a < b ? -1 : 1)));
          for (const id of ids) await next.remove(id);
          expect(bucket.objects.size).toBe(0);
        },
      ),
    );
  });

  test('stages, targets and projects do not see each other', async () => {
    const bucket = memoryBucket();
    const store = await openBucketStore(bucket, PREFIX);
    await store.write(recordOf('api'));
    for (const other of [
      { project: 'shop', target: 'aws', stage: 'dev2' },
      { project: 'shop', target: 'tencent', stage: 'dev' },
      { project: 'shop/aws', target: 'dev', stage: '' },
    ])
      expect((await openBucketStore(bucket, bucketPrefix(other))).list()).toEqual([]);
  });

  test('what could not be written does not count', async () => {
    const bucket = memoryBucket();
    const store = await openBucketStore(bucket, PREFIX);
    await store.write(recordOf('api', { status: 'busy' }));
    bucket.failing = true;
    await expect(store.write(recordOf('api'))).rejects.toThrow('no answer');
    expect(store.read('api')!.status).toBe('busy');
  });

  test('what is no record is told with its address', async () => {
    const bucket = memoryBucket();
    bucket.objects.set(`${PREFIX}api.json`, '{"format": 2}');
    await expect(openBucketStore(bucket, PREFIX)).rejects.toMatchObject({
      code: 'STATE_BROKEN',
      got: expect.stringContaining('s3://state/shop/aws/dev/api.json'),
    });
  });
});

describe('the lock in a bucket', () => {
  test('is one command’s at a time, and names who has it', async () => {
    const bucket = memoryBucket();
    const lock = await lockBucket(bucket, PREFIX, 'deploy');
    await expect(lockBucket(bucket, PREFIX, 'remove')).rejects.toMatchObject({
      code: 'LOCKED',
      got: expect.stringContaining(`\`ropeway deploy\`, process ${process.pid}`),
    });
    await lock.release();
    expect(await readBucketHolder(bucket, PREFIX)).toBeUndefined();
    await (await lockBucket(bucket, PREFIX, 'remove')).release();
  });

  test('that was taken away is not given back by who had it', async () => {
    const bucket = memoryBucket();
    const lost = await lockBucket(bucket, PREFIX, 'deploy');
    await unlockBucket(bucket, PREFIX);
    await new Promise((resolve) => setTimeout(resolve, 2));
    await lockBucket(bucket, PREFIX, 'remove');
    await lost.release();
    expect(await readBucketHolder(bucket, PREFIX)).toMatchObject({ verb: 'remove' });
  });

  test('is no part of the state', async () => {
    const bucket = memoryBucket();
    await lockBucket(bucket, PREFIX, 'deploy');
    expect((await openBucketStore(bucket, PREFIX)).list()).toEqual([]);
  });
});

test.each([
  ['s3://team-state', { kind: 's3', bucket: 'team-state', prefix: '' }],
  ['s3://team-state/a/b/', { kind: 's3', bucket: 'team-state', prefix: 'a/b/' }],
  ['cos://team-1250000000/a', { kind: 'cos', bucket: 'team-1250000000', prefix: 'a/' }],
  ['../folder', undefined],
  ['/folder', undefined],
])('%s is understood', (text, address) => {
  expect(parseBucketAddress(text)).toEqual(address);
});

test.each(['gs://bucket', 's3:///a', 's3://UPPER', 'http://host/a'])('%s is refused', (text) => {
  expect(() => parseBucketAddress(text)).toThrow(
    expect.objectContaining({ code: 'STATE_ADDRESS', got: text }),
  );
});
