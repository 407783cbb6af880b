import { crc32 } from 'node:zlib';

import { S3 } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { KEYS, startTestEmulator, type TestEmulator } from '../start.ts';

const Bucket = 'for-anyone';

let emulator: TestEmulator;
let s3: S3;

beforeAll(async () => {
  emulator = await startTestEmulator();
  s3 = new S3({ ...emulator.client, forcePathStyle: true });
  await s3.createBucket({ Bucket });
  await s3.deletePublicAccessBlock({ Bucket });
  const Statement = ['s3:GetObject', 's3:PutObject'].map((Action) => ({
    Effect: 'Allow',
    Principal: '*',
    Action,
    Resource: `arn:aws:s3:::${Bucket}/*`,
  }));
  await s3.putBucketPolicy({ Bucket, Policy: JSON.stringify({ Version: '2012-10-17', Statement }) });
});
afterAll(() => emulator.close());

/** As SDKs send what they have no length of, here without a signature. */
function inChunks(content: string, sum: string): RequestInit {
  return {
    method: 'PUT',
    headers: {
      'content-encoding': 'aws-chunked',
      'x-amz-content-sha256': 'STREAMING-UNSIGNED-PAYLOAD-TRAILER',
      'x-amz-decoded-content-length': String(content.length),
      'x-amz-trailer': 'x-amz-checksum-crc32',
    },
    body: `${content.length.toString(16)}\r\n${content}\r\n0\r\nx-amz-checksum-crc32:${sum}\r\n\r\n`,
  };
}

test('a body in chunks is what they carry, from nobody, too', async () => {
  const url = `${emulator.url}/${Bucket}/chunks`;
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32('in chunks'));
  expect((await fetch(url, inChunks('in chunks', sum.toString('base64')))).status).toBe(200);
  expect(await (await fetch(url)).text()).toBe('in chunks');
  const wrong = await fetch(url, inChunks('something else', sum.toString('base64')));
  expect([wrong.status, /<Code>(.*)<\/Code>/.exec(await wrong.text())?.[1]]).toEqual([400, 'BadDigest']);
  expect(await (await fetch(url)).text()).toBe('in chunks');
});

test.each([
  ['a bucket that is not there', '/there-is-none/x', {}, 404, '<Code>NoSuchBucket</Code>'],
  [
    'a header of the old kind',
    '/for-anyone/x',
    { authorization: `AWS ${KEYS.id}:x` },
    400,
    'AWS4-HMAC-SHA256',
  ],
  ['another service', '/2015-03-31/functions', {}, 403, '"Missing Authentication Token"'],
  ['no bucket at all', '/', {}, 403, '"Missing Authentication Token"'],
])('a call without a signature for %s', async (_, path, headers, status, words) => {
  const answer = await fetch(`${emulator.url}${path}`, { headers: headers as Record<string, string> });
  expect(answer.status).toBe(status);
  expect(await answer.text()).toContain(words);
});

test('what was put meanwhile is not removed by who means something else', async () => {
  for (let round = 0; round < 20; round += 1) {
    const { ETag } = await s3.putObject({ Bucket, Key: 'k', Body: 'old' });
    const [removed] = await Promise.all([
      s3.deleteObject({ Bucket, Key: 'k', IfMatch: ETag }).then(
        () => 'removed',
        ({ name }: Error) => name,
      ),
      s3.putObject({ Bucket, Key: 'k', Body: 'new' }),
    ]);
    expect(['removed', 'PreconditionFailed']).toContain(removed);
    expect(await (await s3.getObject({ Bucket, Key: 'k' })).Body!.transformToString()).toBe('new');
  }
});
