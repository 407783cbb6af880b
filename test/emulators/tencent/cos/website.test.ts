import { type IncomingHttpHeaders, request, type RequestOptions } from 'node:http';

import COS from 'cos-nodejs-sdk-v5';
import { afterEach, beforeEach, expect, test } from 'vitest';

import { type CosServer, KEYS, startCos } from './server.ts';

const BUCKET = { Bucket: 'site-1250000000', Region: 'ap-guangzhou' };

let server: CosServer;
let cos: COS;

beforeEach(async () => {
  server = await startCos();
  cos = new COS({ SecretId: KEYS.id, SecretKey: KEYS.secret, Proxy: server.url, Protocol: 'http:' });
  await cos.putBucket({ ...BUCKET, ACL: 'public-read' });
  const pages = {
    'index.html': '<h1>home</h1>',
    'docs/index.html': 'docs',
    'about.html': 'about',
    'error.html': 'oops',
    '日本/絵 1.txt': 'picture',
  };
  for (const [Key, Body] of Object.entries(pages)) {
    await cos.putObject({
      ...BUCKET,
      Key,
      Body,
      ContentType: Key.endsWith('.html') ? 'text/html' : 'text/plain',
    });
  }
});

afterEach(async () => {
  expect(server.notices).toEqual([]);
  await server.close();
});

async function host(configuration: object): Promise<string> {
  await cos.putBucketWebsite({
    ...BUCKET,
    WebsiteConfiguration: { IndexDocument: { Suffix: 'index.html' }, ...configuration },
  });
  const { headers } = await cos.getBucketWebsite(BUCKET);
  return String(headers!['x-ropeway-website']);
}

interface Answer {
  status: number | undefined;
  headers: IncomingHttpHeaders;
  body: string;
}

/** On a connection of its own, and with any `Host`. */
function get(url: string, options: RequestOptions = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    request(url, { agent: false, ...options }, (response) => {
      const { statusCode: status, headers } = response;
      response
        .toArray()
        .then(
          (chunks) => resolve({ status, headers, body: Buffer.concat(chunks as Buffer[]).toString() }),
          reject,
        );
    })
      .on('error', reject)
      .end();
  });
}

test('a website answers at an address of its own, and stays there', async () => {
  const url = await host({ ErrorDocument: { Key: 'error.html' } });
  expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  expect(await get(`${url}/`)).toMatchObject({ status: 200, body: '<h1>home</h1>' });
  expect((await get(url)).headers['content-type']).toBe('text/html');
  expect(await get(`${url}/docs/`)).toMatchObject({ status: 200, body: 'docs' });
  expect(await get(`${url}/docs`)).toMatchObject({ status: 302, headers: { location: '/docs/' } });
  expect(
    await get(`${url}/${encodeURIComponent('日本')}/${encodeURIComponent('絵 1.txt')}?x=1`),
  ).toMatchObject({
    status: 200,
    body: 'picture',
  });
  expect(await get(`${url}/gone`)).toMatchObject({ status: 404, body: 'oops' });
  expect(await get(`${url}/about`)).toMatchObject({ status: 404 });
  expect(await get(`${url}/..%2f..%2fcos.json`)).toMatchObject({ status: 404 });
  expect(await get(`${url}/%zz`)).toMatchObject({ status: 400 });
  expect(await get(`${url}/`, { method: 'POST' })).toMatchObject({ status: 405 });
  const part = await get(`${url}/about.html`, { headers: { range: 'bytes=1-2' } });
  expect(part).toMatchObject({ status: 206, body: 'bo' });
  expect((await get(`${url}/`, { method: 'HEAD' })).headers['content-length']).toBe('13');

  await server.restart();
  expect(await get(`${url}/`)).toMatchObject({ status: 200 });
  await cos.deleteBucketWebsite(BUCKET);
  await expect(get(url)).rejects.toThrow();
});

test('by its host, too', async () => {
  await host({});
  const Host = `${BUCKET.Bucket}.cos-website.${BUCKET.Region}.myqcloud.com`;
  expect(await get(`${server.url}/docs/`, { headers: { Host } })).toMatchObject({
    status: 200,
    body: 'docs',
  });
});

test('its rules', async () => {
  const url = await host({
    AutoAddressing: { Status: 'Enabled' },
    ErrorDocument: { Key: 'error.html', OriginalHttpStatus: 'Disabled' },
    RoutingRules: [
      { Condition: { KeyPrefixEquals: 'old/' }, Redirect: { ReplaceKeyPrefixWith: 'docs/' } },
      { Condition: { KeyPrefixEquals: 'one' }, Redirect: { ReplaceKeyWith: 'about.html' } },
    ],
  });
  expect(await get(`${url}/old/a%20b`)).toMatchObject({
    status: 302,
    headers: { location: `${url}/docs/a%20b` },
  });
  expect(await get(`${url}/one/x`)).toMatchObject({
    status: 302,
    headers: { location: `${url}/about.html` },
  });
  expect(await get(`${url}/about`)).toMatchObject({ status: 200, body: 'about' });
  expect(await get(`${url}/gone`)).toMatchObject({ status: 200, body: 'oops' });

  await host({
    RoutingRules: [
      { Condition: { HttpErrorCodeReturnedEquals: '404' }, Redirect: { ReplaceKeyWith: 'index.html' } },
    ],
  });
  expect(await get(`${url}/gone`)).toMatchObject({ status: 302, headers: { location: `${url}/index.html` } });
});

test('what is private stays so', async () => {
  const url = await host({});
  await cos.putBucketAcl({ ...BUCKET, ACL: 'private' });
  expect(await get(`${url}/`)).toMatchObject({ status: 403, body: expect.stringContaining('AccessDenied') });
  await cos.putObjectAcl({ ...BUCKET, Key: 'index.html', ACL: 'public-read' });
  expect(await get(`${url}/`)).toMatchObject({ status: 200 });
});

test('a configuration without an index is refused', async () => {
  const call = cos.putBucketWebsite({
    ...BUCKET,
    WebsiteConfiguration: { ErrorDocument: { Key: 'x' } } as never,
  });
  await expect(call).rejects.toMatchObject({ code: 'MalformedXML' });
});
