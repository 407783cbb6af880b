import fc from 'fast-check';
import { expect, test } from 'vitest';

import { addressOf, type AddressedCall } from '../../../../src/emulators/tencent/cos/address.ts';
import { isUnchanged, rangeOf } from '../../../../src/emulators/tencent/cos/conditions.ts';
import { corsHeaders, preflightHeaders } from '../../../../src/emulators/buckets/cors.ts';
import { createCrc64, XZ } from '../../../../src/emulators/buckets/crc64.ts';
import { listPage } from '../../../../src/emulators/buckets/list.ts';
import { parseXml, toXml } from '../../../../src/emulators/xml.ts';

test('CRC-64/XZ: its check value, and parts add up', () => {
  const sum = (...parts: Uint8Array[]): bigint => {
    const crc = createCrc64(XZ);
    for (const part of parts) crc.update(part);
    return crc.digest();
  };
  expect(sum(Buffer.from('123456789'))).toBe(0x995dc9bbdf1939fan);
  expect(sum()).toBe(0n);
  fc.assert(
    fc.property(fc.uint8Array(), fc.uint8Array(), (a, b) => {
      expect(sum(a, b)).toBe(sum(Buffer.concat([a, b])));
    }),
  );
});

test('XML that is written is read again', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.string(), (key, other) => {
      const document = toXml('Root', { Key: key, Item: [{ A: other }, { A: 'x' }], Gone: undefined });
      const root = parseXml(document)!;
      expect(root.children.map(({ name }) => name)).toEqual(['Key', 'Item', 'Item']);
      expect(root.children[0]!.text).toBe(key);
      expect(root.children[1]!.children[0]!.text).toBe(other);
    }),
  );
});

test.each([
  '',
  '<a>',
  '<a></b>',
  '<a/><b/>',
  'x<a/>',
  '<a>&nothing;</a>',
  '<a>&#x110000;</a>',
  '<!DOCTYPE a><a/>',
  '<a>1 < 2</a>',
])('%j is no document', (document) => {
  expect(parseXml(document)).toBeUndefined();
});

test('comments, declarations, attributes and CDATA', () => {
  const root = parseXml(
    '<?xml version="1.0"?>\n<!-- <x> -->\n<a b="c"><d e=\'1\' /><![CDATA[<&]]>&lt;</a>\n',
  )!;
  expect(root).toEqual({ name: 'a', text: '<&<', children: [{ name: 'd', text: '', children: [] }] });
});

const keys = fc.uniqueArray(fc.stringMatching(/^[ab/é中😀]{1,6}$/u), { maxLength: 25 });

test('pages of a list, one after the other, are the whole list', () => {
  fc.assert(
    fc.property(
      keys,
      fc.constantFrom('', '/', 'a/'),
      fc.constantFrom('', 'a', 'a/'),
      fc.integer({ min: 1, max: 4 }),
      (all, delimiter, prefix, maxKeys) => {
        const bytes = (key: string): Buffer => Buffer.from(key);
        const sorted = all.toSorted((x, y) => Buffer.compare(bytes(x), bytes(y))).map((key) => ({ key }));
        const whole = listPage(sorted, { prefix, delimiter, marker: '', maxKeys: 1000 });
        const contents: string[] = [];
        const prefixes: string[] = [];
        let marker: string | undefined = '';
        while (marker !== undefined) {
          const page: ReturnType<typeof listPage> = listPage(sorted, { prefix, delimiter, marker, maxKeys });
          contents.push(...page.contents.map(({ key }) => key));
          prefixes.push(...page.commonPrefixes);
          expect(page.contents.length + page.commonPrefixes.length).toBeLessThanOrEqual(maxKeys);
          marker = page.nextMarker;
        }
        expect(contents).toEqual(whole.contents.map(({ key }) => key));
        expect(prefixes).toEqual(whole.commonPrefixes);
        const wanted = sorted.map(({ key }) => key).filter((key) => key.startsWith(prefix));
        const isIn = (key: string): boolean =>
          contents.includes(key) || prefixes.some((one) => key.startsWith(one));
        expect(wanted.every(isIn)).toBe(true);
      },
    ),
  );
});

test.each([
  [undefined, undefined],
  ['bytes=0-3', { start: 0, bytes: 4 }],
  ['bytes=5-', { start: 5, bytes: 5 }],
  ['bytes=-3', { start: 7, bytes: 3 }],
  ['bytes=-30', { start: 0, bytes: 10 }],
  ['bytes=8-99', { start: 8, bytes: 2 }],
  ['bytes=3-1', undefined],
  ['bytes=0-1,3-4', undefined],
  ['items=0-1', undefined],
])('range %s of ten bytes', (header, expected) => {
  expect(rangeOf(header, 10)).toEqual(expected);
});

test('a range behind the end is refused', () => {
  expect(() => rangeOf('bytes=10-', 10)).toThrow(
    expect.objectContaining({ status: 416, code: 'InvalidRange' }),
  );
  expect(() => rangeOf('bytes=0-', 0)).toThrow(expect.objectContaining({ status: 416 }));
});

const INFO = { etag: 'abc', modifiedAt: Date.UTC(2026, 0, 2) };
const BEFORE = new Date(INFO.modifiedAt - 1000).toUTCString();
const SAME = new Date(INFO.modifiedAt).toUTCString();

test.each([
  [{}, false],
  [{ 'if-match': '"abc"' }, false],
  [{ 'if-match': '*' }, false],
  [{ 'if-match': '"x"' }, 412],
  [{ 'if-none-match': '"abc"' }, true],
  [{ 'if-none-match': 'W/"abc", "x"' }, true],
  [{ 'if-none-match': '"x"' }, false],
  [{ 'if-modified-since': SAME }, true],
  [{ 'if-modified-since': BEFORE }, false],
  [{ 'if-modified-since': 'never' }, false],
  [{ 'if-unmodified-since': BEFORE }, 412],
  [{ 'if-unmodified-since': SAME }, false],
  [{ 'if-match': '"abc"', 'if-unmodified-since': BEFORE }, false],
  [{ 'if-none-match': '"x"', 'if-modified-since': SAME }, false],
])('conditions %j', (headers, expected) => {
  if (expected === 412)
    expect(() => isUnchanged(headers, INFO)).toThrow(expect.objectContaining({ status: 412 }));
  else expect(isUnchanged(headers, INFO)).toBe(expected);
});

const BUCKET = 'shop-1250000000';

test.each<[string, Partial<AddressedCall> & { host?: string }, object | undefined]>([
  [
    'by host',
    { host: `${BUCKET}.cos.ap-guangzhou.myqcloud.com`, path: '/a%20b' },
    { bucket: BUCKET, key: 'a b', region: 'ap-guangzhou', website: false },
  ],
  [
    'by the other domain',
    { host: `${BUCKET}.cos.ap-guangzhou.tencentcos.cn`, path: '/' },
    { bucket: BUCKET, key: '' },
  ],
  [
    'accelerated',
    { host: `${BUCKET}.cos.accelerate.myqcloud.com`, path: '/x' },
    { bucket: BUCKET, key: 'x' },
  ],
  [
    'through a proxy',
    { host: '127.0.0.1:4567', path: `http://${BUCKET}.cos.ap-beijing.myqcloud.com/k` },
    { bucket: BUCKET, key: 'k', region: 'ap-beijing' },
  ],
  [
    'by path',
    { host: '127.0.0.1:4567', path: `/${BUCKET}/a/b` },
    { bucket: BUCKET, key: 'a/b', signedPaths: ['/a/b', `/${BUCKET}/a/b`] },
  ],
  [
    'the bucket by path',
    { host: '127.0.0.1:4567', path: `/${BUCKET}` },
    { bucket: BUCKET, key: '', signedPaths: ['/', `/${BUCKET}`] },
  ],
  [
    'by path at the service',
    { host: 'cos.ap-beijing.myqcloud.com', path: `/${BUCKET}/a` },
    { bucket: BUCKET, key: 'a', region: 'ap-beijing' },
  ],
  ['all buckets', { host: 'service.cos.myqcloud.com', path: '/' }, { key: '', signedPaths: ['/'] }],
  [
    'those of a region',
    { host: 'cos.ap-beijing.myqcloud.com', path: '/' },
    { key: '', region: 'ap-beijing' },
  ],
  [
    'at a name of this machine',
    { host: `${BUCKET}.localhost:4567`, path: '/a' },
    { bucket: BUCKET, key: 'a' },
  ],
  [
    'a website',
    { host: `${BUCKET}.cos-website.ap-beijing.myqcloud.com`, path: '/a' },
    { bucket: BUCKET, key: 'a', website: true },
  ],
  [
    'a key with slashes at its start',
    { host: `${BUCKET}.cos.ap-beijing.myqcloud.com`, path: '//a' },
    { key: '/a' },
  ],
  ['another API', { host: 'scf.tencentcloudapi.com', path: '/' }, undefined],
  ['a page of this machine', { host: '127.0.0.1:4567', path: '/health' }, undefined],
  [
    'a signed call without a bucket',
    { host: '127.0.0.1:4567', path: '/', headers: { authorization: 'q-sign-algorithm=sha1&q-ak=x' } },
    { key: '' },
  ],
])('address: %s', (_, { host, headers = {}, path = '/', query = '', method = 'GET' }, expected) => {
  const address = addressOf({
    method,
    path,
    query,
    headers: { ...headers, ...(host === undefined ? {} : { host }) },
  });
  if (expected === undefined) expect(address).toBeUndefined();
  else expect(address).toMatchObject(expected);
});

const CORS = `<CORSConfiguration><CORSRule><AllowedOrigin>https://*.example.com</AllowedOrigin><AllowedMethod>GET</AllowedMethod>
<AllowedMethod>PUT</AllowedMethod><AllowedHeader>x-cos-*</AllowedHeader><ExposeHeader>ETag</ExposeHeader><MaxAgeSeconds>5</MaxAgeSeconds>
</CORSRule></CORSConfiguration>`;

test('rules about origins', () => {
  const ask = { origin: 'https://shop.example.com', 'access-control-request-method': 'PUT' };
  expect(
    preflightHeaders(CORS, { ...ask, 'access-control-request-headers': 'x-cos-acl, X-Cos-Meta-a' }),
  ).toEqual({
    'Access-Control-Allow-Origin': 'https://shop.example.com',
    Vary: 'Origin',
    'Access-Control-Expose-Headers': 'ETag',
    'Access-Control-Allow-Methods': 'GET,PUT',
    'Access-Control-Allow-Headers': 'x-cos-acl,x-cos-meta-a',
    'Access-Control-Max-Age': '5',
  });
  expect(
    preflightHeaders(CORS, { ...ask, 'access-control-request-headers': 'authorization' }),
  ).toBeUndefined();
  expect(preflightHeaders(CORS, { ...ask, 'access-control-request-method': 'DELETE' })).toBeUndefined();
  expect(preflightHeaders(undefined, ask)).toBeUndefined();
  expect(corsHeaders(CORS, 'https://example.com', 'GET')).toEqual({});
  expect(corsHeaders(CORS.replace('https://*.example.com', '*'), 'null', 'GET')).toEqual({
    'Access-Control-Allow-Origin': '*',
    'Access-Control-Expose-Headers': 'ETag',
  });
});
