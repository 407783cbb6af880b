import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { AwsError } from '../../../src/emulators/aws/service.ts';
import { readSignature } from '../../../src/emulators/aws/signing/read-signature.ts';
import {
  canonicalRequest,
  encode,
  scopeText,
  sha256,
  signature,
  stringToSign,
} from '../../../src/emulators/aws/signing/sigv4.ts';
import { verifyCall } from '../../../src/emulators/aws/signing/verify.ts';
import type { ApiCall } from '../../../src/emulators/server.ts';

interface Vector {
  name: string;
  service: string;
  method: string;
  target: string;
  headers: [string, string][];
  body: string;
  /** Names of the signed headers. */
  signed?: string;
  date: string;
  signature: string;
}

const credentials = { id: 'AKIDEXAMPLE', secret: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' };
const NOW = Date.parse('2015-08-30T12:36:00Z');
const TRUST = {
  now: NOW,
  find: (id: string) => (id === credentials.id ? { secret: credentials.secret } : undefined),
};
/** Of the examples in S3's API reference. */
const S3_SECRET = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY';
const EMPTY = sha256('');
const bucket: [string, string][] = [['Host', 'examplebucket.s3.amazonaws.com']];
const s3 = { service: 's3', body: '', date: '20130524T000000Z' };
const dated: [string, string] = ['x-amz-date', s3.date];

/** The examples of AWS's documentation: "Create a signed AWS API request" (IAM), "Signature calculations for the Authorization header" (S3). */
const vectors: Vector[] = [
  {
    name: 'IAM: ListUsers',
    service: 'iam',
    method: 'GET',
    target: '/?Action=ListUsers&Version=2010-05-08',
    headers: [
      ['Content-Type', 'application/x-www-form-urlencoded; charset=utf-8'],
      ['Host', 'iam.amazonaws.com'],
      ['X-Amz-Date', '20150830T123600Z'],
    ],
    body: '',
    date: '20150830T123600Z',
    signature: '5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7',
  },
  {
    ...s3,
    name: 'S3: GET object',
    method: 'GET',
    target: '/test.txt',
    headers: [...bucket, ['Range', 'bytes=0-9'], ['x-amz-content-sha256', EMPTY], dated],
    signature: 'f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41',
  },
  {
    ...s3,
    name: 'S3: PUT object',
    method: 'PUT',
    target: '/test%24file.text',
    headers: [
      ['Date', 'Fri, 24 May 2013 00:00:00 GMT'],
      ...bucket,
      dated,
      ['x-amz-storage-class', 'REDUCED_REDUNDANCY'],
      ['x-amz-content-sha256', '44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072'],
    ],
    body: 'Welcome to Amazon S3.',
    signature: '98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd',
  },
  {
    ...s3,
    name: 'S3: GET bucket lifecycle',
    method: 'GET',
    target: '/?lifecycle',
    headers: [...bucket, dated, ['x-amz-content-sha256', EMPTY]],
    signature: 'fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543',
  },
  {
    ...s3,
    name: 'S3: list objects',
    method: 'GET',
    target: '/?max-keys=2&prefix=J',
    headers: [...bucket, dated, ['x-amz-content-sha256', EMPTY]],
    signature: '34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7',
  },
];

/** With the header that says it. */
function signedVector({ service, date, signature: sum, headers, target, ...rest }: Vector): ApiCall {
  const id = service === 's3' ? 'AKIAIOSFODNN7EXAMPLE' : 'AKIDEXAMPLE';
  const scope = `${date.slice(0, 8)}/us-east-1/${service}/aws4_request`;
  const names = headers.map(([name]) => name.toLowerCase()).sort();
  const text = `AWS4-HMAC-SHA256 Credential=${id}/${scope},SignedHeaders=${names.join(';')},Signature=${sum}`;
  return callOf({ ...rest, target, headers: [...headers, ['Authorization', text]] });
}

function callOf({
  method,
  target,
  headers,
  body,
}: Pick<Vector, 'method' | 'target' | 'headers' | 'body'>): ApiCall {
  const [path = '', ...query] = target.split('?');
  const lower: Record<string, string> = {};
  for (const [name, value] of headers) lower[name.toLowerCase()] = value;
  return {
    requestId: 'r',
    method,
    path,
    query: query.join('?'),
    headers: lower,
    rawHeaders: headers.flat(),
    body: Buffer.from(body),
  };
}

describe('the examples of AWS', () => {
  test.each(vectors)('$name', (vector) => {
    const call = signedVector(vector);
    const { date, service } = vector;
    const now = Date.parse(date.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));
    const secret = service === 's3' ? S3_SECRET : credentials.secret;
    const trust = { now, find: () => ({ secret }) };
    expect(verifyCall(call, readSignature(call)!, trust).toString()).toBe(vector.body);
    const other = { now, find: () => ({ secret: `${secret}x` }) };
    expect(() => verifyCall(call, readSignature(call)!, other)).toThrow(AwsError);
  });
});

const scopes = fc.constantFrom('lambda', 's3', 'iam');
const requests = fc.record({
  service: scopes,
  method: fc.constantFrom('GET', 'POST', 'PUT'),
  segments: fc.array(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 8 }), { maxLength: 4 }),
  query: fc.array(fc.tuple(fc.string({ minLength: 1 }), fc.string()), { maxLength: 3 }),
  header: fc.stringMatching(/^[\x21-\x7e]( ?[\x21-\x7e])*$/),
  body: fc.string(),
});
type Wish = typeof requests extends fc.Arbitrary<infer R> ? R : never;

/** What a client that keeps to the rules sends. */
function signedCall({ service, method, segments, query, header, body }: Wish): ApiCall {
  const path = `/${segments
    .filter((one) => one !== '.' && one !== '..')
    .map(encode)
    .join('/')}`;
  const text = query.map(([name, value]) => `${encode(name)}=${encode(value)}`).join('&');
  const scope = { date: '20150830', region: 'us-east-1', service };
  const payloadHash = sha256(body);
  const headers: [string, string][] = [
    ['Host', '127.0.0.1:4566'],
    ['X-Amz-Date', '20150830T123600Z'],
    ['X-Own', header],
    ['x-amz-content-sha256', payloadHash],
  ];
  const signedHeaders = headers.map(([name]) => name.toLowerCase()).sort();
  const all = Object.fromEntries(headers.map(([name, value]) => [name.toLowerCase(), [value]]));
  const canonical = canonicalRequest(
    { method, path, query: text, headers: all, signedHeaders, payloadHash },
    { normalizes: service !== 's3' },
  );
  const sum = signature(stringToSign(canonical, '20150830T123600Z', scope), credentials.secret, scope);
  const authorization = `AWS4-HMAC-SHA256 Credential=${credentials.id}/${scopeText(scope)}, SignedHeaders=${signedHeaders.join(';')}, Signature=${sum}`;
  return callOf({
    method,
    target: text === '' ? path : `${path}?${text}`,
    headers: [...headers, ['Authorization', authorization]],
    body,
  });
}

function verify(call: ApiCall): Buffer {
  return verifyCall(call, readSignature(call)!, TRUST);
}

describe('any request', () => {
  test('that is signed is found good', () => {
    fc.assert(
      fc.property(requests, (wish) => {
        expect(verify(signedCall(wish)).toString()).toBe(wish.body);
      }),
    );
  });

  test('of which anything is another is refused', () => {
    const places = fc.constantFrom('body', 'path', 'query', 'method', 'header', 'signature');
    fc.assert(
      fc.property(requests, places, (wish, place) => {
        const call = signedCall(wish);
        const raw = [...call.rawHeaders];
        const changed: ApiCall = {
          ...call,
          rawHeaders: raw,
          ...(place === 'body' ? { body: Buffer.concat([call.body, Buffer.from('x')]) } : {}),
          ...(place === 'path' ? { path: `${call.path}x` } : {}),
          ...(place === 'query' ? { query: `${call.query}&x=1` } : {}),
          ...(place === 'method' ? { method: 'DELETE' } : {}),
        };
        if (place === 'header') raw[raw.indexOf('X-Own') + 1] += 'x';
        const signed = readSignature(call)!;
        if (place === 'signature')
          signed.signature = signed.signature.replace(/.$/, (last) => (last === '0' ? '1' : '0'));
        expect(() => verifyCall(changed, signed, TRUST)).toThrow(AwsError);
      }),
    );
  });
});

test.each([
  ['lambda', -6, 'InvalidSignatureException'],
  ['lambda', 6, 'InvalidSignatureException'],
  ['s3', -6, 'RequestTimeTooSkewed'],
])('%s: a clock that is off by %d minutes: %s', (service, minutes, code) => {
  const call = signedCall({ service, method: 'GET', segments: [], query: [], header: 'x', body: '' } as Wish);
  const trust = { ...TRUST, now: NOW + minutes * 60_000 };
  expect(() => verifyCall(call, readSignature(call)!, trust)).toThrow(
    expect.objectContaining({ code, status: 403 }),
  );
});

test.each([
  ['lambda', 'UnrecognizedClientException'],
  ['s3', 'InvalidAccessKeyId'],
])('%s: a key that nobody knows: %s', (service, code) => {
  const call = signedCall({ service, method: 'GET', segments: [], query: [], header: 'x', body: '' } as Wish);
  const trust = { now: NOW, find: () => undefined };
  expect(() => verifyCall(call, readSignature(call)!, trust)).toThrow(expect.objectContaining({ code }));
});

test('keys for a time are good with their token, and until their time is over', () => {
  const call = signedCall({
    service: 'lambda',
    method: 'GET',
    segments: [],
    query: [],
    header: 'x',
    body: '',
  });
  const find = (expires: number) => () => ({ secret: credentials.secret, token: 'tok', expires });
  const signed = { ...readSignature(call)!, token: 'tok' };
  expect(() => verifyCall(call, signed, { now: NOW, find: find(NOW + 1) })).not.toThrow();
  expect(() => verifyCall(call, { ...signed, token: 'other' }, { now: NOW, find: find(NOW + 1) })).toThrow(
    AwsError,
  );
  expect(() => verifyCall(call, signed, { now: NOW, find: find(NOW - 1) })).toThrow(
    expect.objectContaining({ code: 'ExpiredTokenException' }),
  );
});
