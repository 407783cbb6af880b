import { createHash } from 'node:crypto';

import { S3 } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { startTestEmulator, type TestEmulator } from '../start.ts';

const Bucket = 'uploads';
const FIVE_MB = 5 * 1024 * 1024;
const FIRST = Buffer.alloc(FIVE_MB, 'a');
const LAST = Buffer.from('the end');

let emulator: TestEmulator;
let s3: S3;

beforeAll(async () => {
  emulator = await startTestEmulator();
  s3 = new S3({ ...emulator.client, forcePathStyle: true, maxAttempts: 1 });
  await s3.createBucket({ Bucket });
});
afterAll(() => emulator.close());

async function begin(
  Key: string,
  more: object = {},
): Promise<{ Bucket: string; Key: string; UploadId: string }> {
  const { UploadId } = await s3.createMultipartUpload({ Bucket, Key, ...more });
  return { Bucket, Key, UploadId: UploadId! };
}

async function put(at: Awaited<ReturnType<typeof begin>>, PartNumber: number, Body: Buffer) {
  const { ETag, ChecksumCRC32, ChecksumSHA256 } = await s3.uploadPart({ ...at, PartNumber, Body });
  return {
    PartNumber,
    ETag,
    ...(ChecksumCRC32 === undefined ? {} : { ChecksumCRC32 }),
    ...(ChecksumSHA256 === undefined ? {} : { ChecksumSHA256 }),
  };
}

function md5(content: Buffer): Buffer {
  return createHash('md5').update(content).digest();
}

test('parts become an object when they are completed, with the tag of S3', async () => {
  const at = await begin('whole', { ContentType: 'text/plain', Metadata: { a: 'b' } });
  const Parts = [await put(at, 1, FIRST), await put(at, 7, LAST)];
  expect((await s3.listParts(at)).Parts).toMatchObject([
    { PartNumber: 1, Size: FIVE_MB },
    { PartNumber: 7, Size: LAST.length },
  ]);
  expect((await s3.listMultipartUploads({ Bucket })).Uploads).toMatchObject([
    { Key: 'whole', UploadId: at.UploadId },
  ]);
  await expect(s3.headObject({ Bucket, Key: 'whole' })).rejects.toMatchObject({ name: 'NotFound' });
  const done = await s3.completeMultipartUpload({ ...at, MultipartUpload: { Parts } });
  const tag = createHash('md5')
    .update(Buffer.concat([md5(FIRST), md5(LAST)]))
    .digest('hex');
  expect(done.ETag).toBe(`"${tag}-2"`);
  const got = await s3.getObject({ Bucket, Key: 'whole' });
  expect(got).toMatchObject({ ContentType: 'text/plain', Metadata: { a: 'b' } });
  expect(Buffer.from(await got.Body!.transformToByteArray()).equals(Buffer.concat([FIRST, LAST]))).toBe(true);
  expect((await s3.listMultipartUploads({ Bucket })).Uploads).toBeUndefined();
});

test('sums of parts', async () => {
  const at = await begin('summed', { ChecksumAlgorithm: 'SHA256' });
  const Parts = [await put(at, 1, FIRST), await put(at, 2, LAST)];
  const done = await s3.completeMultipartUpload({ ...at, MultipartUpload: { Parts } });
  const sums = [FIRST, LAST].map((part) => createHash('sha256').update(part).digest());
  const sum = createHash('sha256').update(Buffer.concat(sums)).digest('base64');
  expect(done).toMatchObject({ ChecksumSHA256: `${sum}-2`, ChecksumType: 'COMPOSITE' });

  const full = await begin('full', { ChecksumAlgorithm: 'CRC64NVME' });
  const parts = [await put(full, 1, Buffer.from('123456789'))].map(({ PartNumber, ETag }) => ({
    PartNumber,
    ETag,
  }));
  expect(await s3.completeMultipartUpload({ ...full, MultipartUpload: { Parts: parts } })).toMatchObject({
    ChecksumCRC64NVME: Buffer.from('ae8b14860a799888', 'hex').toString('base64'),
    ChecksumType: 'FULL_OBJECT',
  });
});

test('parts that are wrong, out of order, too small or gone', async () => {
  const at = await begin('wrong');
  const [first, second] = [await put(at, 1, Buffer.from('small')), await put(at, 2, LAST)];
  const complete = (Parts: object[]): Promise<unknown> =>
    s3.completeMultipartUpload({ ...at, MultipartUpload: { Parts } });
  await expect(complete([first, second])).rejects.toMatchObject({ name: 'EntityTooSmall' });
  await expect(complete([second, first])).rejects.toMatchObject({ name: 'InvalidPartOrder' });
  await expect(complete([{ PartNumber: 1, ETag: '"0"' }])).rejects.toMatchObject({ name: 'InvalidPart' });
  await expect(complete([{ ...first, PartNumber: 3 }])).rejects.toMatchObject({ name: 'InvalidPart' });
  await expect(complete([])).rejects.toMatchObject({ name: 'MalformedXML' });
  await s3.abortMultipartUpload(at);
  await expect(complete([second])).rejects.toMatchObject({ name: 'NoSuchUpload' });
  await expect(put(at, 1, LAST)).rejects.toMatchObject({ name: 'NoSuchUpload' });
});

test('a part may be that of another object', async () => {
  await s3.putObject({ Bucket, Key: 'source', Body: '0123456789' });
  const at = await begin('copied');
  const { CopyPartResult } = await s3.uploadPartCopy({
    ...at,
    PartNumber: 1,
    CopySource: `${Bucket}/source`,
    CopySourceRange: 'bytes=2-5',
  });
  await s3.completeMultipartUpload({
    ...at,
    MultipartUpload: { Parts: [{ PartNumber: 1, ETag: CopyPartResult!.ETag }] },
  });
  const { Body } = await s3.getObject({ Bucket, Key: 'copied' });
  expect(await Body!.transformToString()).toBe('2345');
});

test('an upload that has been begun survives a restart', async () => {
  const at = await begin('kept');
  const part = await put(at, 1, LAST);
  const restarted = await emulator.restart();
  emulator = restarted;
  s3 = new S3({ ...emulator.client, forcePathStyle: true, maxAttempts: 1 });
  await s3.completeMultipartUpload({ ...at, MultipartUpload: { Parts: [part] } });
  expect(await (await s3.getObject({ Bucket, Key: 'kept' })).Body!.transformToString()).toBe('the end');
});
