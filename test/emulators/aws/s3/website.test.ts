import { S3 } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { startTestEmulator, type TestEmulator } from '../start.ts';

const Bucket = 'site';
let emulator: TestEmulator;
let s3: S3;

beforeAll(async () => {
  emulator = await startTestEmulator();
  s3 = new S3({ ...emulator.client, forcePathStyle: true, maxAttempts: 1 });
  await s3.createBucket({ Bucket });
  await s3.deletePublicAccessBlock({ Bucket });
  const pages = {
    'index.html': 'home',
    'docs/index.html': 'docs',
    '404.html': 'not here',
    'a b.txt': 'spaced',
  };
  for (const [Key, Body] of Object.entries(pages))
    await s3.putObject({ Bucket, Key, Body, ContentType: 'text/html' });
  await s3.putObject({ Bucket, Key: 'secret/x', Body: 'x' });
  await s3.putObject({ Bucket, Key: 'moved', Body: '', WebsiteRedirectLocation: '/docs/' });
  await s3.putBucketPolicy({
    Bucket,
    Policy: JSON.stringify({
      Statement: [
        {
          Effect: 'Allow',
          Principal: { AWS: ['*'] },
          Action: ['s3:Get*'],
          Resource: `arn:aws:s3:::${Bucket}/*`,
        },
        {
          Effect: 'Deny',
          Principal: '*',
          Action: 's3:GetObject',
          Resource: `arn:aws:s3:::${Bucket}/secret/*`,
        },
      ],
    }),
  });
  await configure({ IndexDocument: { Suffix: 'index.html' }, ErrorDocument: { Key: '404.html' } });
});
afterAll(() => emulator.close());

function configure(WebsiteConfiguration: object): Promise<unknown> {
  return s3.putBucketWebsite({ Bucket, WebsiteConfiguration });
}

/** As our own provider finds it. */
async function address(): Promise<string> {
  let url = '';
  const client = new S3({ ...emulator.client, forcePathStyle: true });
  client.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args);
      url = (result.response as { headers: Record<string, string> }).headers['x-ropeway-website'] ?? '';
      return result;
    },
    { step: 'deserialize', priority: 'low' },
  );
  await client.getBucketWebsite({ Bucket });
  return url;
}

async function ask(path: string, more: RequestInit = {}): Promise<[number, string]> {
  const answer = await fetch((await address()) + path, { redirect: 'manual', ...more });
  return [answer.status, answer.headers.get('location') ?? (await answer.text())];
}

test('pages, indexes and errors', async () => {
  expect(await ask('/')).toEqual([200, 'home']);
  expect(await ask('/docs/')).toEqual([200, 'docs']);
  expect(await ask('/docs')).toEqual([302, '/docs/']);
  expect(await ask('/a%20b.txt?x=1')).toEqual([200, 'spaced']);
  expect(await ask('/none')).toEqual([404, 'not here']);
  expect(await ask('/secret/x')).toEqual([403, 'not here']);
  expect(await ask('/moved')).toEqual([301, '/docs/']);
  expect((await ask('/', { method: 'POST', body: 'x' }))[0]).toBe(405);
  expect((await ask('/', { method: 'HEAD' }))[0]).toBe(200);
});

test('rules for what moved', async () => {
  await configure({
    IndexDocument: { Suffix: 'index.html' },
    RoutingRules: [
      { Condition: { KeyPrefixEquals: 'old/' }, Redirect: { ReplaceKeyPrefixWith: 'docs/' } },
      {
        Condition: { HttpErrorCodeReturnedEquals: '404' },
        Redirect: {
          HostName: 'other.example',
          Protocol: 'https',
          ReplaceKeyWith: 'x y',
          HttpRedirectCode: '302',
        },
      },
    ],
  });
  expect(await ask('/old/a')).toEqual([301, `${await address()}/docs/a`]);
  expect(await ask('/none')).toEqual([302, 'https://other.example/x%20y']);
  expect((await ask('/secret/x'))[1]).toContain('<li>Code: AccessDenied</li>');
  await configure({ RedirectAllRequestsTo: { HostName: 'other.example' } });
  expect(await ask('/any')).toEqual([301, 'http://other.example/any']);
});

test('no index, no website', async () => {
  await expect(configure({ ErrorDocument: { Key: 'x' } })).rejects.toMatchObject({ name: 'InvalidArgument' });
  await expect(configure({ IndexDocument: { Suffix: 'a/b' } })).rejects.toMatchObject({
    name: 'InvalidArgument',
  });
});

test('its address stays over a restart, and goes with the configuration', async () => {
  await configure({ IndexDocument: { Suffix: 'index.html' } });
  const before = await address();
  emulator = await emulator.restart();
  s3 = new S3({ ...emulator.client, forcePathStyle: true, maxAttempts: 1 });
  expect(await address()).toBe(before);
  expect(await ask('/')).toEqual([200, 'home']);
  await s3.deleteBucketWebsite({ Bucket });
  await expect(fetch(before)).rejects.toThrow('fetch failed');
  await expect(s3.getBucketWebsite({ Bucket })).rejects.toMatchObject({ name: 'NoSuchWebsiteConfiguration' });
});
