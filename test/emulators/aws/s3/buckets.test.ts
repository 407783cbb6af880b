import { request } from 'node:http';

import { GetObjectCommand, PutObjectCommand, S3 } from '@aws-sdk/client-s3';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';

import { addressOf, encodeKey } from '../../../../src/emulators/aws/s3/address.ts';
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
  Bucket = `bucket-${count}`;
  await s3.createBucket({ Bucket });
});

const READ = (name: string): string =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      { Effect: 'Allow', Principal: '*', Action: 's3:GetObject', Resource: `arn:aws:s3:::${name}/*` },
    ],
  });

test('buckets are made, told and removed', async () => {
  expect((await s3.headBucket({ Bucket })).BucketRegion).toBe('us-east-1');
  expect((await s3.listBuckets({})).Buckets!.map(({ Name }) => Name)).toContain(Bucket);
  expect((await s3.getBucketLocation({ Bucket })).LocationConstraint).toBeUndefined();
  // The oldest region does not mind.
  await s3.createBucket({ Bucket });
  await s3.putObject({ Bucket, Key: 'k', Body: 'x' });
  await expect(s3.deleteBucket({ Bucket })).rejects.toMatchObject({ name: 'BucketNotEmpty' });
  await s3.deleteObject({ Bucket, Key: 'k' });
  await s3.deleteBucket({ Bucket });
  await expect(s3.headBucket({ Bucket })).rejects.toMatchObject({ name: 'NotFound' });
  await expect(s3.listObjectsV2({ Bucket })).rejects.toMatchObject({ name: 'NoSuchBucket' });
});

test('in another region', async () => {
  const there = new S3({ ...emulator.client, region: 'eu-central-1', forcePathStyle: true, maxAttempts: 1 });
  const named = {
    Bucket: 'far-away',
    CreateBucketConfiguration: { LocationConstraint: 'eu-central-1' },
  } as const;
  await expect(
    there.createBucket({
      Bucket: 'far-away',
      CreateBucketConfiguration: { LocationConstraint: 'eu-west-1' },
    }),
  ).rejects.toMatchObject({
    name: 'IllegalLocationConstraintException',
  });
  await there.createBucket({
    ...named,
    CreateBucketConfiguration: { ...named.CreateBucketConfiguration, Tags: [{ Key: 'a', Value: 'b' }] },
  });
  await expect(there.createBucket(named)).rejects.toMatchObject({ name: 'BucketAlreadyOwnedByYou' });
  expect((await there.getBucketLocation({ Bucket: 'far-away' })).LocationConstraint).toBe('eu-central-1');
  expect((await there.getBucketTagging({ Bucket: 'far-away' })).TagSet).toEqual([{ Key: 'a', Value: 'b' }]);
  await expect(s3.listObjectsV2({ Bucket: 'far-away' })).rejects.toMatchObject({
    name: 'AuthorizationHeaderMalformed',
    Region: 'eu-central-1',
  });
});

test.each(['Upper', 'ab', 'a..b', '-a-', '192.168.1.1', 'a_b'])('no bucket has the name %s', async (name) => {
  await expect(s3.createBucket({ Bucket: name })).rejects.toMatchObject({ name: 'InvalidBucketName' });
});

test('somebody else is not taken for the owner', async () => {
  await expect(s3.listObjectsV2({ Bucket, ExpectedBucketOwner: '111111111111' })).rejects.toMatchObject({
    name: 'AccessDenied',
  });
  await s3.listObjectsV2({ Bucket, ExpectedBucketOwner: '000000000000' });
});

test('settings are kept and told', async () => {
  await expect(s3.getBucketTagging({ Bucket })).rejects.toMatchObject({ name: 'NoSuchTagSet' });
  await s3.putBucketTagging({ Bucket, Tagging: { TagSet: [{ Key: 'ropeway:for', Value: 'me' }] } });
  expect((await s3.getBucketTagging({ Bucket })).TagSet).toEqual([{ Key: 'ropeway:for', Value: 'me' }]);
  await expect(s3.getBucketCors({ Bucket })).rejects.toMatchObject({ name: 'NoSuchCORSConfiguration' });
  const CORSRules = [{ AllowedOrigins: ['https://a.example'], AllowedMethods: ['GET'], MaxAgeSeconds: 5 }];
  await s3.putBucketCors({ Bucket, CORSConfiguration: { CORSRules } });
  expect((await s3.getBucketCors({ Bucket })).CORSRules).toEqual(CORSRules);
  await s3.deleteBucketCors({ Bucket });
  await expect(s3.getBucketCors({ Bucket })).rejects.toMatchObject({ name: 'NoSuchCORSConfiguration' });
  const Rules = [{ ID: 'old', Status: 'Enabled', Filter: { Prefix: '' }, Expiration: { Days: 2 } }] as const;
  await s3.putBucketLifecycleConfiguration({ Bucket, LifecycleConfiguration: { Rules: [...Rules] } });
  expect((await s3.getBucketLifecycleConfiguration({ Bucket })).Rules).toEqual(Rules);
  expect((await s3.getBucketVersioning({ Bucket })).Status).toBeUndefined();
  await expect(
    s3.putBucketVersioning({ Bucket, VersioningConfiguration: { Status: 'Enabled' } }),
  ).rejects.toMatchObject({ name: 'NotImplemented' });
  expect((await s3.getBucketEncryption({ Bucket })).ServerSideEncryptionConfiguration!.Rules).toMatchObject([
    { ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } },
  ]);
  expect((await s3.getBucketOwnershipControls({ Bucket })).OwnershipControls!.Rules).toEqual([
    { ObjectOwnership: 'BucketOwnerEnforced' },
  ]);
  expect((await s3.getBucketAcl({ Bucket })).Grants).toMatchObject([{ Permission: 'FULL_CONTROL' }]);
});

test('a bucket is closed until it is opened: block, policy, reader', async () => {
  const url = `${emulator.url}/${Bucket}/page.html`;
  await s3.putObject({ Bucket, Key: 'page.html', Body: 'hello', ContentType: 'text/html' });
  expect((await fetch(url)).status).toBe(403);
  await expect(s3.putBucketPolicy({ Bucket, Policy: READ(Bucket) })).rejects.toMatchObject({
    name: 'AccessDenied',
  });
  await s3.putPublicAccessBlock({
    Bucket,
    PublicAccessBlockConfiguration: { BlockPublicPolicy: false, RestrictPublicBuckets: false },
  });
  await s3.putBucketPolicy({ Bucket, Policy: READ(Bucket) });
  const got = await fetch(url);
  expect([got.status, got.headers.get('content-type'), await got.text()]).toEqual([
    200,
    'text/html',
    'hello',
  ]);
  // Who may not list is not told what there is.
  expect((await fetch(`${emulator.url}/${Bucket}/none`)).status).toBe(403);
  expect((await fetch(`${emulator.url}/${Bucket}`)).status).toBe(403);
  expect((await fetch(url, { method: 'PUT', body: 'mine' })).status).toBe(403);
  expect((await fetch(url, { method: 'DELETE' })).status).toBe(403);
  expect((await s3.getBucketPolicyStatus({ Bucket })).PolicyStatus!.IsPublic).toBe(true);
  await s3.deleteBucketPolicy({ Bucket });
  expect((await fetch(url)).status).toBe(403);
});

test.each([
  ['no JSON', 'x'],
  ['of another bucket', READ('another')],
  ['without statements', '{}'],
])('a policy %s is malformed', async (_, Policy) => {
  await expect(s3.putBucketPolicy({ Bucket, Policy })).rejects.toMatchObject({ name: 'MalformedPolicy' });
});

test('ACLs work only where they are switched on', async () => {
  const put = (): Promise<unknown> => s3.putObject({ Bucket, Key: 'open', Body: 'x', ACL: 'public-read' });
  await expect(put()).rejects.toMatchObject({ name: 'AccessControlListNotSupported' });
  await s3.putBucketOwnershipControls({
    Bucket,
    OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerPreferred' }] },
  });
  await s3.deletePublicAccessBlock({ Bucket });
  await put();
  await s3.putObject({ Bucket, Key: 'closed', Body: 'x' });
  expect((await fetch(`${emulator.url}/${Bucket}/open`)).status).toBe(200);
  expect((await fetch(`${emulator.url}/${Bucket}/closed`)).status).toBe(403);
});

test('lists in pages: groups, encoding, both versions', async () => {
  const keys = ['a b/1', 'a b/2', 'a+b', 'c/x/1', 'd', 'ü'];
  for (const Key of keys) await s3.putObject({ Bucket, Key, Body: 'x' });
  const seen: string[] = [];
  let ContinuationToken: string | undefined;
  do {
    const page = await s3.listObjectsV2({
      Bucket,
      Delimiter: '/',
      MaxKeys: 2,
      ...(ContinuationToken === undefined ? {} : { ContinuationToken }),
    });
    expect(page.KeyCount).toBeLessThanOrEqual(2);
    seen.push(...(page.CommonPrefixes ?? []).map(({ Prefix }) => Prefix!));
    seen.push(...(page.Contents ?? []).map(({ Key }) => Key!));
    ContinuationToken = page.NextContinuationToken;
  } while (ContinuationToken !== undefined);
  expect(seen.toSorted()).toEqual(['a b/', 'a+b', 'c/', 'd', 'ü']);
  const encoded = await s3.listObjects({ Bucket, EncodingType: 'url', MaxKeys: 3 });
  expect(encoded.Contents!.map(({ Key }) => decodeURIComponent(Key!))).toEqual(keys.slice(0, 3));
  expect(encoded.IsTruncated).toBe(true);
  expect((await s3.listObjectsV2({ Bucket, Prefix: 'a b/', StartAfter: 'a b/1' })).Contents).toMatchObject([
    { Key: 'a b/2' },
  ]);
  await expect(s3.listObjectsV2({ Bucket, ContinuationToken: '!' })).rejects.toMatchObject({
    name: 'InvalidArgument',
  });
});

test('a browser asks before, and is answered by the rules', async () => {
  await s3.putBucketCors({
    Bucket,
    CORSConfiguration: {
      CORSRules: [
        { AllowedOrigins: ['https://*.example'], AllowedMethods: ['PUT'], AllowedHeaders: ['x-*'] },
      ],
    },
  });
  const ask = (origin: string): Promise<Response> =>
    fetch(`${emulator.url}/${Bucket}/k`, {
      method: 'OPTIONS',
      headers: { origin, 'access-control-request-method': 'PUT', 'access-control-request-headers': 'x-own' },
    });
  const yes = await ask('https://a.example');
  expect(yes.status).toBe(200);
  expect(yes.headers.get('access-control-allow-origin')).toBe('https://a.example');
  expect((await ask('https://evil.test')).status).toBe(403);
});

test('the bucket may stand in the host', async () => {
  await s3.deletePublicAccessBlock({ Bucket });
  await s3.putBucketPolicy({ Bucket, Policy: READ(Bucket) });
  await s3.putObject({ Bucket, Key: 'a/b', Body: 'by host' });
  for (const host of ['localhost', 's3.us-east-1.amazonaws.com', 's3.amazonaws.com', 's3.localhost']) {
    const body = await new Promise<string>((resolve, reject) => {
      request(`${emulator.url}/a/b`, { headers: { host: `${Bucket}.${host}` } }, (answer) => {
        void answer.toArray().then((parts) => resolve(Buffer.concat(parts as Buffer[]).toString()), reject);
      })
        .on('error', reject)
        .end();
    });
    expect(body).toBe('by host');
  }
});

test('keys and addresses: whatever the key, the address leads to it', () => {
  const key = fc.string({ unit: 'grapheme', minLength: 1 });
  fc.assert(
    fc.property(key, (one) => {
      const path = `/some-bucket/${encodeKey(one)}`;
      expect(addressOf({ path, headers: { host: '127.0.0.1:4566' } })).toEqual({
        bucket: 'some-bucket',
        key: one,
        website: false,
      });
      expect(addressOf({ path: `/${encodeKey(one)}`, headers: { host: 'some-bucket.localhost:1' } })).toEqual(
        {
          bucket: 'some-bucket',
          key: one,
          website: false,
        },
      );
    }),
  );
});

test('keys that look like paths stay names', async () => {
  const keys = ['../../etc/passwd', '..', '/leading', 'a//b', './x', '%2e%2e/', 'a\\b', 'x'.repeat(1024)];
  for (const Key of keys) await s3.send(new PutObjectCommand({ Bucket, Key, Body: Key }));
  for (const Key of keys) {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
    expect(await Body!.transformToString()).toBe(Key);
  }
  expect((await s3.listObjectsV2({ Bucket })).Contents!.map(({ Key }) => Key)).toEqual(keys.toSorted());
  await expect(s3.putObject({ Bucket, Key: 'x'.repeat(1025), Body: 'x' })).rejects.toMatchObject({
    name: 'KeyTooLongError',
  });
});
