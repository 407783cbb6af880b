import { afterEach, beforeEach, expect, test } from 'vitest';

import { cosBucket } from '../../src/providers/tencent/bucket.ts';
import { openTencent } from '../../src/providers/tencent/tencent.ts';
import type { Bucket } from '../../src/providers/types.ts';
import { REGION, startTestEmulator, type TestEmulator } from '../emulators/tencent/start.ts';

const AT = { Bucket: 'deployments-1250000000', Region: REGION };

let emulator: TestEmulator;
const signal = new AbortController().signal;

beforeEach(async () => {
  emulator = await startTestEmulator();
  const cos = await openTencent({ region: REGION, env: emulator.env, signal }).cos();
  await cos.call('putBucket', AT);
});

afterEach(() => emulator?.close());

function open(bucket: string, prefix = 'team/'): Promise<Bucket> {
  return cosBucket({ bucket, prefix, env: { ...emulator.env, TENCENTCLOUD_REGION: REGION }, signal });
}

test('what is written is read, listed and removed', async () => {
  const bucket = await open(AT.Bucket);
  expect(bucket.title).toBe('cos://deployments-1250000000/team');
  expect(await bucket.read('shop/a.json')).toBeUndefined();
  await bucket.write('shop/a.json', '{"text": "grüß Gott"}');
  await bucket.write('shop/b c.json', '{}');
  await bucket.write('other/d.json', '{}');
  expect(await bucket.read('shop/a.json')).toBe('{"text": "grüß Gott"}');
  expect((await bucket.list('shop/')).sort()).toEqual(['shop/a.json', 'shop/b c.json']);
  await bucket.remove('shop/a.json');
  await bucket.remove('shop/a.json');
  expect(await bucket.list('shop/')).toEqual(['shop/b c.json']);
  expect(await (await open(AT.Bucket, '')).list('')).toEqual(['team/other/d.json', 'team/shop/b c.json']);
});

test('of many who create something one does', async () => {
  const buckets = await Promise.all(Array.from({ length: 5 }, () => open(AT.Bucket)));
  const done = await Promise.all(buckets.map((bucket, nth) => bucket.create('lock', String(nth))));
  expect(done.filter(Boolean)).toHaveLength(1);
  expect(await buckets[0]!.read('lock')).toBe(String(done.indexOf(true)));
});

test('a list has more than a page', async () => {
  const bucket = await open(AT.Bucket);
  const keys = Array.from({ length: 1005 }, (_, nth) => `many/${String(nth).padStart(4, '0')}`);
  for (let from = 0; from < keys.length; from += 100)
    await Promise.all(keys.slice(from, from + 100).map((key) => bucket.write(key, '')));
  expect(await bucket.list('many/')).toEqual(keys);
});

test('a bucket that is not there is said not to be', async () => {
  const bucket = await open('nobody-1250000000');
  await expect(bucket.list('')).rejects.toMatchObject({ code: 'NOT_THERE' });
  expect(await bucket.read('key')).toBeUndefined();
});
