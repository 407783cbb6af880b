import { createHash } from 'node:crypto';

import { S3 } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';

import { startTestEmulator, type TestEmulator } from '../start.ts';

let emulator: TestEmulator;
let s3: S3;
let count = 0;
let Bucket = '';

beforeAll(async () => {
  emulator = await startTestEmulator();
  s3 = new S3({ ...emulator.client, forcePathStyle: true, maxAttempts: 1 });
});
afterAll(() => emulator.close());
beforeEach(async () => {
  count += 1;
  Bucket = `objects-${count}`;
  await s3.createBucket({ Bucket });
});

async function textOf(Key: string, more: object = {}): Promise<string> {
  return (await s3.getObject({ Bucket, Key, ...more })).Body!.transformToString();
}

async function keys(): Promise<string[]> {
  return ((await s3.listObjectsV2({ Bucket })).Contents ?? []).map(({ Key }) => Key!);
}

test('what is put is there, with its headers, metadata and tags', async () => {
  const put = await s3.putObject({
    Bucket,
    Key: 'a folder/ü+&.txt',
    Body: 'hello',
    ContentType: 'text/plain',
    CacheControl: 'max-age=60',
    Metadata: { who: 'me' },
    Tagging: 'a=1&b=two%20words',
  });
  expect(put).toMatchObject({
    ETag: `"${createHash('md5').update('hello').digest('hex')}"`,
    ServerSideEncryption: 'AES256',
    ChecksumType: 'FULL_OBJECT',
  });
  const got = await s3.getObject({ Bucket, Key: 'a folder/ü+&.txt' });
  expect(await got.Body!.transformToString()).toBe('hello');
  expect(got).toMatchObject({
    ContentType: 'text/plain',
    CacheControl: 'max-age=60',
    ContentLength: 5,
    Metadata: { who: 'me' },
    AcceptRanges: 'bytes',
    TagCount: 2,
    ChecksumCRC32: put.ChecksumCRC32,
  });
  expect(await s3.headObject({ Bucket, Key: 'a folder/ü+&.txt' })).toMatchObject({ ContentLength: 5 });
  expect((await s3.getObjectTagging({ Bucket, Key: 'a folder/ü+&.txt' })).TagSet).toEqual([
    { Key: 'a', Value: '1' },
    { Key: 'b', Value: 'two words' },
  ]);
});

test.each(['CRC32', 'CRC32C', 'CRC64NVME', 'SHA1', 'SHA256'] as const)(
  'a checksum of the kind %s is told, and one that is wrong refused',
  async (ChecksumAlgorithm) => {
    const name = `Checksum${ChecksumAlgorithm}` as const;
    // "123456789" has check values that everybody knows.
    const known = {
      CRC32: Buffer.from('cbf43926', 'hex'),
      CRC32C: Buffer.from('e3069283', 'hex'),
      CRC64NVME: Buffer.from('ae8b14860a799888', 'hex'),
      SHA1: createHash('sha1').update('123456789').digest(),
      SHA256: createHash('sha256').update('123456789').digest(),
    }[ChecksumAlgorithm].toString('base64');
    await s3.putObject({ Bucket, Key: 'sum', Body: '123456789', [name]: known });
    expect(await s3.headObject({ Bucket, Key: 'sum', ChecksumMode: 'ENABLED' })).toMatchObject({
      [name]: known,
      ChecksumType: 'FULL_OBJECT',
    });
    await expect(
      s3.putObject({ Bucket, Key: 'other', Body: 'something else', [name]: known }),
    ).rejects.toMatchObject({ name: 'BadDigest' });
    expect(await keys()).toEqual(['sum']);
  },
);

test('Content-MD5 is held against the body', async () => {
  const ContentMD5 = createHash('md5').update('one').digest('base64');
  await s3.putObject({ Bucket, Key: 'k', Body: 'one', ContentMD5 });
  await expect(s3.putObject({ Bucket, Key: 'k', Body: 'two', ContentMD5 })).rejects.toMatchObject({
    name: 'BadDigest',
  });
  await expect(s3.putObject({ Bucket, Key: 'k', Body: 'two', ContentMD5: 'AAAA' })).rejects.toMatchObject({
    name: 'InvalidDigest',
  });
  expect(await textOf('k')).toBe('one');
});

test('of two that write at once with If-None-Match: * one wins', async () => {
  const writers = Array.from({ length: 8 }, (_, index) =>
    s3.putObject({ Bucket, Key: 'lock', Body: String(index), IfNoneMatch: '*' }).then(
      () => index,
      (error: Error) => error.name,
    ),
  );
  const results = await Promise.all(writers);
  const winners = results.filter((one) => typeof one === 'number');
  expect(winners).toHaveLength(1);
  expect(results.filter((one) => one === 'PreconditionFailed')).toHaveLength(7);
  expect(await textOf('lock')).toBe(String(winners[0]));
});

test('If-Match replaces only what the caller has seen', async () => {
  const { ETag } = await s3.putObject({ Bucket, Key: 'k', Body: 'one' });
  await s3.putObject({ Bucket, Key: 'k', Body: 'two', IfMatch: ETag });
  await expect(s3.putObject({ Bucket, Key: 'k', Body: 'three', IfMatch: ETag })).rejects.toMatchObject({
    name: 'PreconditionFailed',
  });
  await expect(s3.putObject({ Bucket, Key: 'none', Body: 'x', IfMatch: ETag })).rejects.toMatchObject({
    name: 'NoSuchKey',
  });
  expect(await textOf('k')).toBe('two');
});

test('ranges and conditions', async () => {
  const { ETag } = await s3.putObject({ Bucket, Key: 'k', Body: '0123456789' });
  expect(await textOf('k', { Range: 'bytes=2-4' })).toBe('234');
  expect(await textOf('k', { Range: 'bytes=-3' })).toBe('789');
  expect(await s3.getObject({ Bucket, Key: 'k', Range: 'bytes=8-' })).toMatchObject({
    ContentRange: 'bytes 8-9/10',
    ContentLength: 2,
  });
  await expect(s3.getObject({ Bucket, Key: 'k', Range: 'bytes=10-' })).rejects.toMatchObject({
    name: 'InvalidRange',
    $metadata: { httpStatusCode: 416 },
  });
  await expect(s3.getObject({ Bucket, Key: 'k', IfNoneMatch: ETag })).rejects.toMatchObject({
    $metadata: { httpStatusCode: 304 },
  });
  await expect(s3.getObject({ Bucket, Key: 'k', IfMatch: '"other"' })).rejects.toMatchObject({
    name: 'PreconditionFailed',
  });
  expect(await textOf('k', { IfMatch: ETag })).toBe('0123456789');
});

test('what is not there', async () => {
  await expect(s3.getObject({ Bucket, Key: 'none' })).rejects.toMatchObject({
    name: 'NoSuchKey',
    Key: 'none',
  });
  await expect(s3.headObject({ Bucket, Key: 'none' })).rejects.toMatchObject({ name: 'NotFound' });
  await expect(s3.getObject({ Bucket: 'nothing-here', Key: 'none' })).rejects.toMatchObject({
    name: 'NoSuchBucket',
  });
  expect((await s3.deleteObject({ Bucket, Key: 'none' })).$metadata.httpStatusCode).toBe(204);
});

test('many go in one call', async () => {
  for (const Key of ['a', 'b', 'c']) await s3.putObject({ Bucket, Key, Body: Key });
  const { Deleted } = await s3.deleteObjects({
    Bucket,
    Delete: { Objects: [{ Key: 'a' }, { Key: 'c' }, { Key: 'none' }] },
  });
  expect(Deleted).toEqual([{ Key: 'a' }, { Key: 'c' }, { Key: 'none' }]);
  expect(await keys()).toEqual(['b']);
});

describe('copies', () => {
  test('keep what the source says, or say it anew', async () => {
    await s3.putObject({ Bucket, Key: 'a ü', Body: 'text', ContentType: 'text/plain', Metadata: { x: '1' } });
    const CopySource = `${Bucket}/${encodeURIComponent('a ü')}`;
    const { CopyObjectResult } = await s3.copyObject({ Bucket, Key: 'b', CopySource });
    expect(CopyObjectResult!.ETag).toBe(`"${createHash('md5').update('text').digest('hex')}"`);
    expect(await s3.getObject({ Bucket, Key: 'b' })).toMatchObject({
      ContentType: 'text/plain',
      Metadata: { x: '1' },
    });
    await s3.copyObject({
      Bucket,
      Key: 'c',
      CopySource,
      MetadataDirective: 'REPLACE',
      ContentType: 'text/html',
    });
    expect(await s3.headObject({ Bucket, Key: 'c' })).toMatchObject({
      ContentType: 'text/html',
      Metadata: {},
    });
  });

  test('to itself only with a change', async () => {
    await s3.putObject({ Bucket, Key: 'a', Body: 'text' });
    await expect(s3.copyObject({ Bucket, Key: 'a', CopySource: `${Bucket}/a` })).rejects.toMatchObject({
      name: 'InvalidRequest',
    });
  });

  test('of nothing', async () => {
    await expect(s3.copyObject({ Bucket, Key: 'a', CopySource: `${Bucket}/none` })).rejects.toMatchObject({
      name: 'NoSuchKey',
    });
    await expect(s3.copyObject({ Bucket, Key: 'a', CopySource: 'nowhere' })).rejects.toMatchObject({
      name: 'InvalidArgument',
    });
  });
});
