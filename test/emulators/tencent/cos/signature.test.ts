import COS from 'cos-nodejs-sdk-v5';
import fc from 'fast-check';
import { expect, test } from 'vitest';

import {
  isSignedWith,
  parseSignature,
  signatureOfQuery,
  type SignedRequest,
  signRequest,
  validity,
} from '../../../../src/emulators/tencent/cos/signature.ts';

const names = fc.stringMatching(/^[A-Za-z][A-Za-z0-9-]{0,12}$/);
const values = fc.string({ unit: 'binary', maxLength: 12 });
const pairs = fc.uniqueArray(fc.tuple(names, values), {
  maxLength: 5,
  selector: ([name]) => name.toLowerCase(),
});

const requests: fc.Arbitrary<SignedRequest> = fc.record({
  method: fc.constantFrom('GET', 'PUT', 'POST', 'HEAD', 'DELETE'),
  path: fc.string({ unit: 'binary', maxLength: 20 }).map((path) => `/${path}`),
  query: pairs,
  headers: pairs,
});

const secrets = fc.string({ minLength: 1, maxLength: 30 });
const TIMES = { id: 'AKIDx', start: 1_700_000_000, end: 1_700_000_900 };

test('what is signed is found good, and nothing else is', () => {
  fc.assert(
    fc.property(requests, secrets, fc.string({ minLength: 1 }), (request, secret, other) => {
      const signature = parseSignature(signRequest(request, { ...TIMES, secret }))!;
      expect(isSignedWith(secret, signature, request)).toBe(true);
      expect(isSignedWith(`${secret}x`, signature, request)).toBe(false);
      const changed: SignedRequest[] = [
        { ...request, method: request.method === 'GET' ? 'PUT' : 'GET' },
        { ...request, path: `${request.path}${other}` },
        ...request.query.map((_, index) => ({ ...request, query: touched(request.query, index, other) })),
        ...request.headers.map((_, index) => ({
          ...request,
          headers: touched(request.headers, index, other),
        })),
      ];
      for (const one of changed) expect(isSignedWith(secret, signature, one)).toBe(false);
      for (const time of ['signTime', 'keyTime'] as const) {
        const later = { ...signature, [time]: '1700000000;1700000901' };
        expect(isSignedWith(secret, later, request)).toBe(false);
      }
    }),
  );
});

function touched(list: SignedRequest['query'], index: number, more: string): SignedRequest['query'] {
  return list.map(([name, value], at): [string, string] => [name, at === index ? value + more : value]);
}

test('case and order of names, and what is not signed, do not matter', () => {
  fc.assert(
    fc.property(requests, secrets, (request, secret) => {
      const signature = parseSignature(signRequest(request, { ...TIMES, secret }))!;
      const seen: SignedRequest = {
        ...request,
        method: request.method.toLowerCase(),
        query: request.query.toReversed(),
        headers: [
          ['x-another-header-that-nobody-signed', '1'],
          ...request.headers.map(([name, value]): [string, string] => [name.toLowerCase(), value]),
        ],
      };
      expect(isSignedWith(secret, signature, seen)).toBe(true);
    }),
  );
});

test('the SDK of the cloud signs the same', () => {
  fc.assert(
    fc.property(requests, secrets, (request, SecretKey) => {
      // The SDK signs those headers that it knows.
      const headers = request.headers.map(([name, value]): [string, string] => [`x-cos-${name}`, value]);
      const authorization = COS.getAuthorization({
        SecretId: TIMES.id,
        SecretKey,
        Method: request.method as 'GET',
        Pathname: request.path,
        Query: Object.fromEntries(request.query),
        Headers: Object.fromEntries(headers),
      });
      const signature = parseSignature(authorization)!;
      expect(isSignedWith(SecretKey, signature, { ...request, headers })).toBe(true);
      const { start, end } = validity(signature);
      expect(end - start).toBe(900);
      const again = { id: TIMES.id, secret: SecretKey, start, end };
      expect(signRequest({ ...request, headers }, again)).toBe(authorization);
    }),
  );
});

test('a signature in the query is the same', () => {
  const request: SignedRequest = {
    method: 'GET',
    path: '/a',
    query: [['b', 'c d']],
    headers: [['host', 'x']],
  };
  const text = signRequest(request, { ...TIMES, secret: 's' });
  expect(signatureOfQuery([...new URLSearchParams(`${text}&b=c+d`)])).toEqual(parseSignature(text));
});

test.each([
  '',
  'Basic x',
  'q-sign-algorithm=md5&q-ak=a&q-sign-time=1;2&q-key-time=1;2&q-signature=x',
  'q-sign-algorithm=sha1&q-ak=a&q-sign-time=1&q-key-time=1;2&q-signature=x',
  'q-sign-algorithm=sha1&q-ak=&q-sign-time=1;2&q-key-time=1;2&q-signature=x',
])('%j is no signature', (text) => {
  expect(parseSignature(text)).toBeUndefined();
});

test('a signature holds as long as both of its times do', () => {
  expect(validity({ signTime: '10;20', keyTime: '5;15' })).toEqual({ start: 10, end: 15 });
});
