import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { signForm, verifyForm } from '../../../src/emulators/tencent/signing/form.ts';
import { hostForms } from '../../../src/emulators/tencent/signing/hosts.ts';
import { readForm, readMultipart, treeOf } from '../../../src/emulators/tencent/signing/parameters.ts';
import type { Trust } from '../../../src/emulators/tencent/signing/refusal.ts';
import { signTc3, type Tc3Request, verifyTc3 } from '../../../src/emulators/tencent/signing/tc3.ts';

interface Vector {
  secretId: string;
  secretKey: string;
  timestamp: number;
  service: string;
  host: string;
  contentType: string;
  payload: string;
  payloadSha256: string;
  signature: string;
}

const vector = JSON.parse(readFileSync(new URL('vectors/tc3.json', import.meta.url), 'utf8')) as Vector;
const KEYS = { id: 'AKIDone', secret: 'one+secret' };
const NOW = 1_700_000_000;
const trust: Trust = {
  now: NOW * 1000,
  find: (id) =>
    id === KEYS.id
      ? { secret: KEYS.secret }
      : id === 'AKIDtemporary'
        ? { secret: 'temporary', token: 'the-token' }
        : undefined,
};

/** The code of what is thrown. */
function refusal(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    return (error as { code: string }).code;
  }
  return 'accepted';
}

function request(parts: Partial<Tc3Request> & { host?: string; type?: string } = {}): Tc3Request {
  const { host = '127.0.0.1:4566', type = 'application/json', ...rest } = parts;
  return {
    method: 'POST',
    path: '/',
    query: '',
    body: Buffer.from('{"FunctionName":"hello"}'),
    ...rest,
    headers: { host, 'content-type': type, 'x-tc-timestamp': String(NOW), ...rest.headers },
  };
}

function signed(one: Tc3Request, signHost?: string, keys = KEYS, service = 'scf'): Tc3Request {
  const headers = { ...one.headers, ...(signHost === undefined ? {} : { host: signHost }) };
  const timestamp = Number(one.headers['x-tc-timestamp']);
  const authorization = signTc3({ ...one, headers }, keys, { timestamp, service });
  return { ...one, headers: { ...one.headers, authorization } };
}

describe('TC3-HMAC-SHA256', () => {
  const known: Tc3Request = {
    method: 'POST',
    path: '/',
    query: '',
    headers: { host: vector.host, 'content-type': vector.contentType },
    body: Buffer.from(vector.payload),
  };

  it('signs the documented example as the documents do', () => {
    expect(createHash('sha256').update(known.body).digest('hex')).toBe(vector.payloadSha256);
    expect(
      signTc3(
        known,
        { id: vector.secretId, secret: vector.secretKey },
        { timestamp: vector.timestamp, service: vector.service },
      ),
    ).toBe(
      `TC3-HMAC-SHA256 Credential=${vector.secretId}/2019-02-25/cvm/tc3_request, SignedHeaders=content-type;host, Signature=${vector.signature}`,
    );
  });

  it.each([
    ['as it was sent', '127.0.0.1:4566', '127.0.0.1:4566'],
    ['without the port, as the Node SDK does', '127.0.0.1:4566', '127.0.0.1'],
    ['as a whole URL, as the Python SDK sends it', 'http://127.0.0.1:4566', 'http://127.0.0.1:4566'],
  ])('takes the host %s', (_name, host, meant) => {
    expect(verifyTc3(signed(request({ host }), meant), trust)).toEqual({
      id: KEYS.id,
      date: '2023-11-14',
      service: 'scf',
    });
  });

  it.each([
    ['another host', '127.0.0.2'],
    ['another port', '127.0.0.1:4567'],
    ['no host', ''],
  ])('refuses a signature of %s', (_name, meant) => {
    expect(refusal(() => verifyTc3(signed(request(), meant), trust))).toBe('AuthFailure.SignatureFailure');
  });

  it('names what is wrong as the cloud does', () => {
    const at = (seconds: number): Tc3Request =>
      signed(request({ headers: { 'x-tc-timestamp': String(NOW + seconds) } }));
    const withHeaders = (headers: Tc3Request['headers']): Tc3Request => {
      const one = signed(request());
      return { ...one, headers: { ...one.headers, ...headers } };
    };
    expect(refusal(() => verifyTc3(at(299), trust))).toBe('accepted');
    expect(refusal(() => verifyTc3(at(-301), trust))).toBe('AuthFailure.SignatureExpire');
    expect(refusal(() => verifyTc3(at(301), trust))).toBe('AuthFailure.SignatureExpire');
    expect(refusal(() => verifyTc3(signed(request(), undefined, { ...KEYS, id: 'AKIDother' }), trust))).toBe(
      'AuthFailure.SecretIdNotFound',
    );
    expect(refusal(() => verifyTc3(withHeaders({ authorization: 'TC3-HMAC-SHA256 nonsense' }), trust))).toBe(
      'AuthFailure.InvalidAuthorization',
    );
    expect(refusal(() => verifyTc3(withHeaders({ 'x-tc-timestamp': undefined }), trust))).toBe(
      'MissingParameter',
    );
    expect(refusal(() => verifyTc3(withHeaders({ 'x-tc-token': 'of somebody' }), trust))).toBe(
      'AuthFailure.TokenFailure',
    );
  });

  it('wants the token of temporary keys', () => {
    const keys = { id: 'AKIDtemporary', secret: 'temporary' };
    const withToken = (token: string): Tc3Request =>
      signed(request({ headers: { 'x-tc-token': token } }), undefined, keys);
    expect(verifyTc3(withToken('the-token'), trust).id).toBe('AKIDtemporary');
    expect(refusal(() => verifyTc3(withToken('another'), trust))).toBe('AuthFailure.TokenFailure');
    expect(refusal(() => verifyTc3(signed(request(), undefined, keys), trust))).toBe(
      'AuthFailure.TokenFailure',
    );
  });

  it('verifies what it signs, and nothing in which one byte is another', () => {
    const requests = fc.record({
      method: fc.constantFrom('GET', 'POST'),
      query: fc.webQueryParameters(),
      body: fc.uint8Array({ minLength: 1, maxLength: 64 }).map((bytes) => Buffer.from(bytes)),
      host: fc.constantFrom('scf.tencentcloudapi.com', 'localhost:4566', '127.0.0.1:80'),
      type: fc.constantFrom('application/json', 'multipart/form-data; boundary=--ABC123'),
    });
    const places = fc.constantFrom(
      'method',
      'path',
      'query',
      'body',
      'host',
      'content-type',
      'x-tc-timestamp',
      'authorization',
    );
    fc.assert(
      fc.property(
        requests,
        places,
        fc.nat(),
        fc.integer({ min: 1, max: 127 }),
        (parts, place, index, change) => {
          const good = signed(request(parts));
          expect(verifyTc3(good, trust).id).toBe(KEYS.id);
          const bad = flipped(good, place, index, change);
          fc.pre(bad !== undefined);
          // Of a GET nobody reads a body.
          fc.pre(!(place === 'body' && parts.method === 'GET'));
          expect(refusal(() => verifyTc3(bad, trust))).not.toBe('accepted');
        },
      ),
      { numRuns: 500 },
    );
  });
});

/** With one byte changed; undefined when there is none, or when it is no other one in the eyes of HTTP. */
function flipped(one: Tc3Request, place: string, index: number, change: number): Tc3Request | undefined {
  const flip = (bytes: Buffer): Buffer | undefined => {
    if (bytes.length === 0) return undefined;
    const copy = Buffer.from(bytes);
    const at = index % bytes.length;
    copy[at] = copy[at]! ^ change;
    return copy;
  };
  if (place === 'body') {
    const body = flip(one.body);
    return body === undefined ? undefined : { ...one, body };
  }
  const isPart = place === 'method' || place === 'path' || place === 'query';
  const before = isPart ? one[place] : String(one.headers[place]);
  const after = flip(Buffer.from(before, 'latin1'))?.toString('latin1');
  if (after === undefined || after.trim() === before.trim()) return undefined;
  if (isPart) return { ...one, [place]: after };
  // The case of what the documents want in lower case means nothing there.
  if (place !== 'authorization' && after.toLowerCase() === before.toLowerCase()) return undefined;
  return { ...one, headers: { ...one.headers, [place]: after } };
}

describe('the signatures before', () => {
  const HOST = '127.0.0.1:4566';
  const parameters = (more: Record<string, string> = {}): Record<string, string> => ({
    Action: 'GetFunction',
    FunctionName: 'hello world',
    Nonce: '7',
    SecretId: KEYS.id,
    Timestamp: String(NOW),
    Version: '2018-04-16',
    ...more,
  });
  const form = (given: Record<string, string>, host = HOST, signedHost = host) => {
    const one = { method: 'POST', host: signedHost, path: '/', parameters: given };
    return { ...one, host, parameters: { ...given, Signature: signForm(one, KEYS.secret) } };
  };

  it.each(['HmacSHA1', 'HmacSHA256'])('verifies %s', (SignatureMethod) => {
    expect(verifyForm(form(parameters({ SignatureMethod })), trust)).toBe(KEYS.id);
    expect(verifyForm(form(parameters({ SignatureMethod }), HOST, '127.0.0.1'), trust)).toBe(KEYS.id);
  });

  it('takes HmacSHA1 when none is named', () => {
    expect(verifyForm(form(parameters()), trust)).toBe(KEYS.id);
  });

  it('names what is wrong as the cloud does', () => {
    const good = form(parameters());
    const without = (name: string): string => {
      const { [name]: _, ...rest } = good.parameters as Record<string, string>;
      return refusal(() => verifyForm({ ...good, parameters: rest }, trust));
    };
    expect(['Signature', 'SecretId', 'Nonce', 'Timestamp'].map(without)).toEqual(
      Array.from({ length: 4 }, () => 'MissingParameter'),
    );
    expect(without('FunctionName')).toBe('AuthFailure.SignatureFailure');
    expect(refusal(() => verifyForm(form(parameters({ Timestamp: String(NOW - 400) })), trust))).toBe(
      'AuthFailure.SignatureExpire',
    );
    expect(refusal(() => verifyForm(form(parameters({ SecretId: 'AKIDother' })), trust))).toBe(
      'AuthFailure.SecretIdNotFound',
    );
    expect(refusal(() => verifyForm({ ...good, host: '127.0.0.1:4567' }, trust))).toBe(
      'AuthFailure.SignatureFailure',
    );
  });

  it('refuses every other parameter than those that were signed', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.stringMatching(/^[A-Z][a-z]{1,8}$/), fc.string({ maxLength: 20 }), { maxKeys: 5 }),
        fc.stringMatching(/^[A-Z][a-z]{1,8}$/),
        fc.string({ maxLength: 20 }),
        (more, name, value) => {
          const good = form({ ...more, ...parameters() });
          expect(verifyForm(good, trust)).toBe(KEYS.id);
          const before = good.parameters as Record<string, string>;
          fc.pre(before[name] !== value && name !== 'Signature');
          const bad = { ...good, parameters: { ...before, [name]: value } };
          expect(refusal(() => verifyForm(bad, trust))).not.toBe('accepted');
        },
      ),
    );
  });

  it('refuses names that stand there twice', () => {
    expect(refusal(() => readForm('a=1&a=1'))).toBe('InvalidParameter');
    expect(refusal(() => readForm('a=1', 'a=2'))).toBe('InvalidParameter');
  });
});

describe('parameters of a form', () => {
  it('are the tree that their names say', () => {
    expect(
      treeOf({
        'Environment.Variables.0.Key': 'A',
        'Environment.Variables.0.Value': '1',
        'Environment.Variables.1.Key': 'B',
        'Layers.10.LayerName': 'ten',
        'Layers.2.LayerName': 'two',
        Name: 'x',
      }),
    ).toEqual({
      Environment: { Variables: [{ Key: 'A', Value: '1' }, { Key: 'B' }] },
      Layers: [{ LayerName: 'two' }, { LayerName: 'ten' }],
      Name: 'x',
    });
  });

  it('are refused when one is both a value and a tree, or leads out of the tree', () => {
    expect(refusal(() => treeOf({ A: '1', 'A.B': '2' }))).toBe('InvalidParameter');
    expect(refusal(() => treeOf({ 'A.B': '2', A: '1' }))).toBe('InvalidParameter');
    expect(treeOf({ '__proto__.polluted': 'yes' })).not.toHaveProperty('polluted');
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  it('come in parts, octets in base64', () => {
    const body = Buffer.concat([
      Buffer.from('--b\r\nContent-Disposition: form-data; name="FunctionName"\r\n\r\nhello\r\n'),
      Buffer.from('--b\r\nContent-Disposition: form-data; name="Code"\r\n\r\n{"ZipFile":"aGk="}\r\n'),
      Buffer.from(
        '--b\r\nContent-Disposition: form-data; name="Raw"\r\nContent-Type: application/octet-stream\r\n\r\n',
      ),
      Buffer.from([0, 255, 13, 10]),
      Buffer.from('\r\n--b--\r\n'),
    ]);
    expect(readMultipart(body, 'multipart/form-data; boundary=b')).toEqual({
      FunctionName: 'hello',
      Code: { ZipFile: 'aGk=' },
      Raw: Buffer.from([0, 255, 13, 10]).toString('base64'),
    });
    expect(refusal(() => readMultipart(body.subarray(0, 60), 'multipart/form-data; boundary=b'))).toBe(
      'InvalidRequest',
    );
    expect(refusal(() => readMultipart(body, 'multipart/form-data'))).toBe('InvalidRequest');
  });
});

describe('the texts that a host can have been signed as', () => {
  it('are those of the clients', () => {
    expect(hostForms('scf.tencentcloudapi.com')).toEqual(['scf.tencentcloudapi.com']);
    expect(hostForms('localhost:1')).toEqual(['localhost:1', 'localhost']);
    expect(hostForms('http://localhost:1')).toEqual(['http://localhost:1', 'localhost:1', 'localhost']);
  });
});
