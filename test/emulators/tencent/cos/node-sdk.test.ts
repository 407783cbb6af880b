import { readdirSync } from 'node:fs';
import { join } from 'node:path';

import COS from 'cos-nodejs-sdk-v5';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { type CosServer, KEYS, startCos } from './server.ts';

// The cloud's own SDK for Node, as its users have it.

const BUCKET = { Bucket: 'shop-1250000000', Region: 'ap-guangzhou' };

let server: CosServer;

beforeEach(async () => {
  server = await startCos();
});

afterEach(async () => {
  expect(server.notices).toEqual([]);
  await server.close();
});

const WAYS: Record<string, () => COS.COSOptions> = {
  'through a proxy': () => ({ Proxy: server.url, Protocol: 'http:' }),
  'at a domain with the bucket in its path': () => ({
    Domain: `127.0.0.1:${server.port}/{Bucket}`,
    ServiceDomain: `127.0.0.1:${server.port}`,
    Protocol: 'http:',
  }),
};

function client(more: COS.COSOptions = WAYS['through a proxy']!()): COS {
  return new COS({ SecretId: KEYS.id, SecretKey: KEYS.secret, ...more });
}

/** The code of what a call rejects with. */
async function codeOf(call: Promise<unknown>): Promise<unknown> {
  const error: unknown = await call.then(
    (value) => value,
    (thrown: unknown) => thrown,
  );
  return (error as { code?: string }).code ?? error;
}

describe.each(Object.keys(WAYS))('%s', (way) => {
  test('buckets and objects, whatever their keys', async () => {
    const cos = client(WAYS[way]!());
    expect((await cos.putBucket(BUCKET)).statusCode).toBe(200);
    expect((await cos.headBucket(BUCKET)).headers).toMatchObject({ 'x-cos-bucket-region': 'ap-guangzhou' });
    expect((await cos.getService({})).Buckets).toMatchObject([
      { Name: BUCKET.Bucket, Location: 'ap-guangzhou' },
    ]);

    const keys = [
      'a',
      'a/b',
      'a b+c&d=e?f#g%20',
      '../../up',
      "it's (1)!*",
      '日本/ファイル.txt',
      '😀',
      'e\u0301',
      '~._-',
    ];
    for (const Key of keys) await cos.putObject({ ...BUCKET, Key, Body: `content of ${Key}` });
    for (const Key of keys) {
      expect((await cos.getObject({ ...BUCKET, Key })).Body.toString()).toBe(`content of ${Key}`);
      expect((await cos.headObject({ ...BUCKET, Key })).headers!['content-length']).toBe(
        String(Buffer.byteLength(`content of ${Key}`)),
      );
    }
    for (const EncodingType of [undefined, 'url'] as const) {
      const listed = await cos.getBucket({
        ...BUCKET,
        ...(EncodingType === undefined ? {} : { EncodingType }),
      });
      const decode = EncodingType === undefined ? (key: string) => key : decodeURIComponent;
      expect(listed.Contents.map(({ Key }) => decode(Key)).toSorted()).toEqual(keys.toSorted());
    }
    expect(await codeOf(cos.deleteBucket(BUCKET))).toBe('BucketNotEmpty');

    const url = cos.getObjectUrl(
      { ...BUCKET, Key: '日本/ファイル.txt', Sign: true, Expires: 60 },
      () => undefined,
    );
    const local = url.replace(`${BUCKET.Bucket}.cos.ap-guangzhou.myqcloud.com`, `127.0.0.1:${server.port}`);
    const host = new URL(url).host;
    expect(await rawGet(server, local, host)).toBe('content of 日本/ファイル.txt');

    const deleted = await cos.deleteMultipleObject({ ...BUCKET, Objects: keys.map((Key) => ({ Key })) });
    expect(deleted.Deleted.map(({ Key }) => Key)).toEqual(keys);
    expect((await cos.deleteBucket(BUCKET)).statusCode).toBe(204);
    expect(await codeOf(cos.headBucket(BUCKET))).toBe('404');
    expect(readdirSync(join(server.folder, 'cos')).filter((name) => name.startsWith('shop'))).toEqual([]);
  });
});

test('what is told of an object is what was said of it', async () => {
  const cos = client();
  await cos.putBucket(BUCKET);
  const put = await cos.putObject({
    ...BUCKET,
    Key: 'page.html',
    Body: '123456789',
    ContentType: 'text/html; charset=utf-8',
    CacheControl: 'max-age=60',
    Headers: { 'x-cos-meta-who': 'me' },
    StorageClass: 'STANDARD_IA',
  });
  expect(put).toMatchObject({
    ETag: '"25f9e794323b453885f5181f1b624d0b"',
    headers: { 'x-cos-hash-crc64ecma': '11051210869376104954', 'x-cos-request-id': expect.any(String) },
  });
  const { headers } = await cos.headObject({ ...BUCKET, Key: 'page.html' });
  expect(headers).toMatchObject({
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'max-age=60',
    'x-cos-meta-who': 'me',
    'x-cos-storage-class': 'STANDARD_IA',
    etag: '"25f9e794323b453885f5181f1b624d0b"',
  });
  const part = await cos.getObject({ ...BUCKET, Key: 'page.html', Range: 'bytes=2-4' });
  expect([part.statusCode, part.Body.toString(), part.headers!['content-range']]).toEqual([
    206,
    '345',
    'bytes 2-4/9',
  ]);
  const same = await cos
    .getObject({ ...BUCKET, Key: 'page.html', IfNoneMatch: put.ETag })
    .catch((e) => e as object);
  expect(same).toMatchObject({ statusCode: 304 });
  const other = cos.getObject({ ...BUCKET, Key: 'page.html', IfMatch: '"x"' });
  expect(await codeOf(other)).toBe('PreconditionFailed');
  const said = await cos.getObject({
    ...BUCKET,
    Key: 'page.html',
    ResponseContentType: 'text/plain',
  });
  expect(said.headers).toMatchObject({ 'content-type': 'text/plain' });

  const copied = await cos.putObjectCopy({
    ...BUCKET,
    Key: 'copy 日本.html',
    CopySource: `${BUCKET.Bucket}.cos.ap-guangzhou.myqcloud.com/page.html`,
  });
  expect(copied.ETag).toBe(put.ETag);
  expect((await cos.headObject({ ...BUCKET, Key: 'copy 日本.html' })).headers).toMatchObject({
    'x-cos-meta-who': 'me',
  });
  await cos.putObjectCopy({
    ...BUCKET,
    Key: 'page.html',
    CopySource: `${BUCKET.Bucket}.cos.ap-guangzhou.myqcloud.com/${encodeURIComponent('copy 日本.html')}`,
    MetadataDirective: 'Replaced',
    Headers: { 'x-cos-meta-who': 'you' },
  });
  expect((await cos.headObject({ ...BUCKET, Key: 'page.html' })).headers).toMatchObject({
    'x-cos-meta-who': 'you',
  });
  const itself = cos.putObjectCopy({
    ...BUCKET,
    Key: 'page.html',
    CopySource: `${BUCKET.Bucket}.cos.ap-guangzhou.myqcloud.com/page.html`,
  });
  expect(await codeOf(itself)).toBe('InvalidRequest');
});

test('an upload in parts', async () => {
  const cos = client();
  await cos.putBucket(BUCKET);
  const Key = 'big 日本.bin';
  const parts = [Buffer.alloc(1024 * 1024, 'a'), Buffer.alloc(1024 * 1024 + 3, 'b'), Buffer.from('end')];
  const { UploadId } = await cos.multipartInit({ ...BUCKET, Key, ContentType: 'a/b' });
  const Parts: { PartNumber: number; ETag: string }[] = [];
  for (const [index, Body] of parts.entries()) {
    const { ETag } = await cos.multipartUpload({ ...BUCKET, Key, UploadId, PartNumber: index + 1, Body });
    Parts.push({ PartNumber: index + 1, ETag });
  }
  expect((await cos.multipartList({ ...BUCKET, Prefix: '', Delimiter: '' })).Upload).toMatchObject([
    { Key, UploadId },
  ]);
  expect(
    (await cos.multipartListPart({ ...BUCKET, Key, UploadId })).Part.map(({ Size }) => String(Size)),
  ).toEqual(parts.map(({ length }) => String(length)));
  const complete = (wanted: typeof Parts): Promise<COS.MultipartCompleteResult> =>
    cos.multipartComplete({ ...BUCKET, Key, UploadId, Parts: wanted });
  expect(await codeOf(complete([Parts[1]!, Parts[0]!]))).toBe('InvalidPartOrder');
  expect(await codeOf(complete([{ ...Parts[0]!, ETag: '"x"' }]))).toBe('InvalidPart');
  expect(await codeOf(complete([{ ...Parts[2]!, PartNumber: 9 }]))).toBe('InvalidPart');
  const done = await complete(Parts);
  expect(done.ETag).toMatch(/^"[0-9a-f]{32}-3"$/);
  const whole = await cos.getObject({ ...BUCKET, Key });
  expect(whole.Body.equals(Buffer.concat(parts))).toBe(true);
  expect(whole.headers).toMatchObject({ 'content-type': 'a/b' });
  expect((await cos.multipartList({ ...BUCKET, Prefix: '', Delimiter: '' })).Upload).toEqual([]);
  expect(await codeOf(complete(Parts))).toBe('NoSuchUpload');

  const other = await cos.multipartInit({ ...BUCKET, Key: 'small' });
  const small: typeof Parts = [];
  for (const PartNumber of [1, 2]) {
    const { ETag } = await cos.multipartUpload({
      ...BUCKET,
      Key: 'small',
      UploadId: other.UploadId,
      PartNumber,
      Body: 'x',
    });
    small.push({ PartNumber, ETag });
  }
  const tooSmall = cos.multipartComplete({ ...BUCKET, Key: 'small', UploadId: other.UploadId, Parts: small });
  expect(await codeOf(tooSmall)).toBe('EntityTooSmall');
  await cos.multipartAbort({ ...BUCKET, Key: 'small', UploadId: other.UploadId });
  expect((await cos.multipartList({ ...BUCKET, Prefix: '', Delimiter: '' })).Upload).toEqual([]);

  // Its other way to upload, in slices, asks what is there already.
  const sliced = await cos.uploadFile({
    ...BUCKET,
    Key: 'sliced',
    FilePath: import.meta.filename,
    SliceSize: 1,
  });
  expect((sliced as { statusCode: number }).statusCode).toBe(200);
});

test('settings of buckets', async () => {
  const cos = client();
  await cos.putBucket({ ...BUCKET, ACL: 'public-read' });
  expect((await cos.getBucketAcl(BUCKET)).ACL).toBe('public-read');
  await cos.putBucketAcl({ ...BUCKET, ACL: 'private' });
  expect((await cos.getBucketAcl(BUCKET)).ACL).toBe('private');
  expect((await cos.getBucketLocation(BUCKET)).LocationConstraint).toBe('ap-guangzhou');

  expect(await codeOf(cos.getBucketTagging(BUCKET))).toEqual(expect.objectContaining({ Tags: [] }));
  await cos.putBucketTagging({ ...BUCKET, Tags: [{ Key: 'team', Value: 'a&b' }] });
  expect((await cos.getBucketTagging(BUCKET)).Tags).toEqual([{ Key: 'team', Value: 'a&b' }]);
  await cos.deleteBucketTagging(BUCKET);
  expect((await cos.getBucketTagging(BUCKET)).Tags).toEqual([]);

  const CORSRules = [
    { AllowedOrigin: ['*'], AllowedMethod: ['GET'], AllowedHeader: ['*'], MaxAgeSeconds: 5 },
  ];
  await cos.putBucketCors({ ...BUCKET, CORSRules });
  expect((await cos.getBucketCors(BUCKET)).CORSRules).toMatchObject([{ AllowedMethods: ['GET'] }]);
  await cos.deleteBucketCors(BUCKET);

  await cos.putBucketPolicy({ ...BUCKET, Policy: { version: '2.0', Statement: [] } as never });
  expect((await cos.getBucketPolicy(BUCKET)).Policy).toMatchObject({ version: '2.0' });
  await cos.deleteBucketPolicy(BUCKET);
  expect(await codeOf(cos.getBucketPolicy(BUCKET))).toBe('NoSuchBucketPolicy');

  const WebsiteConfiguration = {
    IndexDocument: { Suffix: 'index.html' },
    ErrorDocument: { Key: 'error.html' },
  };
  await cos.putBucketWebsite({ ...BUCKET, WebsiteConfiguration });
  expect((await cos.getBucketWebsite(BUCKET)).WebsiteConfiguration).toMatchObject(WebsiteConfiguration);
  await cos.deleteBucketWebsite(BUCKET);
  expect(await cos.getBucketWebsite(BUCKET)).toMatchObject({ statusCode: 404, WebsiteConfiguration: {} });

  const Rules = [
    { ID: 'old', Status: 'Enabled' as const, Filter: { Prefix: 'tmp/' }, Expiration: { Days: 1 } },
  ];
  await cos.putBucketLifecycle({ ...BUCKET, Rules });
  expect((await cos.getBucketLifecycle(BUCKET)).Rules).toMatchObject([{ ID: 'old' }]);
  expect(await cos.getBucketVersioning(BUCKET)).toMatchObject({ VersioningConfiguration: {} });
  const versions = cos.putBucketVersioning({ ...BUCKET, VersioningConfiguration: { Status: 'Enabled' } });
  expect(await codeOf(versions)).toBe('NotImplemented');
});

test('objects that are appended to, their tags and their ACL', async () => {
  const cos = client();
  await cos.putBucket(BUCKET);
  await cos.appendObject({ ...BUCKET, Key: 'log', Body: 'one ', Position: 0 });
  const next = await cos.appendObject({ ...BUCKET, Key: 'log', Body: 'two', Position: 4 });
  expect(next.headers).toMatchObject({ 'x-cos-next-append-position': '7' });
  expect((await cos.getObject({ ...BUCKET, Key: 'log' })).Body.toString()).toBe('one two');
  expect(await codeOf(cos.appendObject({ ...BUCKET, Key: 'log', Body: 'x', Position: 1 }))).toBe(
    'PositionNotEqualToLength',
  );
  await cos.putObject({ ...BUCKET, Key: 'plain', Body: '' });
  expect(await codeOf(cos.appendObject({ ...BUCKET, Key: 'plain', Body: 'x', Position: 0 }))).toBe(
    'ObjectNotAppendable',
  );
  await cos.putObjectTagging({ ...BUCKET, Key: 'plain', Tags: [{ Key: 'a', Value: 'b' }] });
  expect((await cos.getObjectTagging({ ...BUCKET, Key: 'plain' })).Tags).toEqual([{ Key: 'a', Value: 'b' }]);
  await cos.deleteObjectTagging({ ...BUCKET, Key: 'plain' });
  expect((await cos.getObjectTagging({ ...BUCKET, Key: 'plain' })).Tags).toEqual([]);

  const url = `${server.url}/${BUCKET.Bucket}/plain`;
  expect((await fetch(url)).status).toBe(403);
  await cos.putObjectAcl({ ...BUCKET, Key: 'plain', ACL: 'public-read' });
  expect((await fetch(url)).status).toBe(200);
  expect((await fetch(url, { method: 'PUT', body: 'x' })).status).toBe(403);
  expect((await cos.getObjectAcl({ ...BUCKET, Key: 'plain' })).ACL).toBe('public-read');
});

test('what is refused, by the codes of the cloud', async () => {
  const cos = client();
  const options = WAYS['through a proxy']!();
  await cos.putBucket(BUCKET);
  const code = (call: Promise<unknown>): Promise<unknown> => codeOf(call);
  expect(await code(cos.putBucket(BUCKET))).toBe('BucketAlreadyOwnedByYou');
  expect(await code(cos.putBucket({ ...BUCKET, Region: 'ap-beijing' }))).toBe('BucketAlreadyExists');
  expect(await code(cos.putBucket({ ...BUCKET, Bucket: 'shop-1' }))).toBe('AccessDenied');
  expect(await code(cos.getBucket({ ...BUCKET, Region: 'ap-beijing' }))).toBe('NoSuchBucket');
  expect(await code(cos.getObject({ ...BUCKET, Key: 'gone' }))).toBe('NoSuchKey');
  expect(await code(cos.putObject({ ...BUCKET, Key: 'é'.repeat(426), Body: 'x' }))).toBe('KeyTooLong');
  const bad = { ...BUCKET, Key: 'a', Body: 'x' };
  expect(await code(cos.putObject({ ...bad, Headers: { 'Content-MD5': 'AAAAAAAAAAAAAAAAAAAAAA==' } }))).toBe(
    'BadDigest',
  );
  expect(await code(cos.putObject({ ...bad, Headers: { 'Content-MD5': 'x' } }))).toBe('InvalidDigest');
  expect(await code(cos.putObject({ ...bad, Headers: { 'x-cos-meta-a': 'x'.repeat(2048) } }))).toBe(
    'MetadataTooLarge',
  );
  expect(await code(cos.listObjectVersions({ ...BUCKET, Prefix: '' }))).toBe('NotImplemented');

  expect(await code(client({ ...options, SecretKey: 'wrong' }).getBucket(BUCKET))).toBe(
    'SignatureDoesNotMatch',
  );
  expect(await code(client({ ...options, SecretId: 'nobody' }).getBucket(BUCKET))).toBe('InvalidAccessKeyId');
  server.clock.ahead = 3_600_000;
  const late = { ...options, CorrectClockSkew: false };
  expect(await code(client(late).getBucket(BUCKET))).toBe('AccessDenied');
  server.clock.ahead = -3_600_000;
  expect(await code(client(late).getBucket(BUCKET))).toBe('RequestTimeTooSkewed');
});

test('keys for a time need their token', async () => {
  await client().putBucket(BUCKET);
  server.peers.temporaryKeys = {
    find: (id) => (id === 'AKIDtmp' ? { secret: 'tmp', token: 'token-1' } : undefined),
  };
  const options = { ...WAYS['through a proxy']!(), SecretId: 'AKIDtmp', SecretKey: 'tmp' };
  const good = client({ ...options, SecurityToken: 'token-1' });
  expect((await good.getBucket(BUCKET)).statusCode).toBe(200);
  expect(await codeOf(client({ ...options, SecurityToken: 'token-2' }).getBucket(BUCKET))).toBe(
    'InvalidAccessKeyId',
  );
  expect(await codeOf(client(options).getBucket(BUCKET))).toBe('InvalidAccessKeyId');
});

test('all of it outlives the process', async () => {
  const cos = client();
  await cos.putBucket(BUCKET);
  await cos.putObject({ ...BUCKET, Key: 'a/日本', Body: 'kept', Headers: { 'x-cos-meta-a': 'b' } });
  await cos.putBucketAcl({ ...BUCKET, ACL: 'public-read' });
  const { UploadId } = await cos.multipartInit({ ...BUCKET, Key: 'big' });
  await server.restart();
  expect((await cos.getObject({ ...BUCKET, Key: 'a/日本' })).Body.toString()).toBe('kept');
  expect((await cos.getBucket(BUCKET)).Contents.map(({ Key }) => Key)).toEqual(['a/日本']);
  expect((await cos.multipartList({ ...BUCKET, Prefix: '', Delimiter: '' })).Upload).toMatchObject([
    { UploadId },
  ]);
  expect(await server.peers.objects!.read(BUCKET.Bucket, 'a/日本')).toEqual(Buffer.from('kept'));
  expect(await server.peers.objects!.read(BUCKET.Bucket, 'b')).toBeUndefined();
  expect(server.peers.objects!.hasBucket(BUCKET.Bucket)).toBe(true);
  expect(server.peers.objects!.hasBucket('other-1250000000')).toBe(false);
});

test('faults on demand', async () => {
  const cos = client({ ...WAYS['through a proxy']!(), AutoSwitchHost: false });
  await cos.putBucket(BUCKET);
  const once = (fault: ReturnType<CosServer['takeFault']['now']>): void => {
    let left = 1;
    server.takeFault.now = (operation) => (operation === 'PutObject' && left-- > 0 ? fault : undefined);
  };
  once({ status: 409, code: 'Busy', message: 'try again' });
  expect(await codeOf(cos.putObject({ ...BUCKET, Key: 'a', Body: 'x' }))).toBe('Busy');
  // The SDK tries again by itself.
  once('late');
  await cos.putObject({ ...BUCKET, Key: 'a', Body: 'x' });
  expect((await cos.getBucket(BUCKET)).Contents).toHaveLength(1);
  once('dropped');
  await cos.putObject({ ...BUCKET, Key: 'b', Body: 'x' });
  expect((await cos.getBucket(BUCKET)).Contents).toHaveLength(2);
});

/** With a `Host` of its own, which `fetch` does not send. */
async function rawGet({ port }: CosServer, url: string, host: string): Promise<string> {
  const { request } = await import('node:http');
  const { pathname, search } = new URL(url);
  return new Promise((resolve, reject) => {
    request({ host: '127.0.0.1', port, path: pathname + search, headers: { Host: host } }, (response) => {
      response.toArray().then((chunks) => resolve(Buffer.concat(chunks as Buffer[]).toString()), reject);
    })
      .on('error', reject)
      .end();
  });
}
