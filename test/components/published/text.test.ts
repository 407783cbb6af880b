import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { fits, hostName, treatmentOf } from '../../../src/components/published/child/hosts.ts';
import { readLines, writeLine } from '../../../src/components/published/json-lines.ts';
import { splitLines } from '../../../src/components/published/output-lines.ts';
import { createMask } from '../../../src/components/published/secrets.ts';

/** Cuts a text into pieces at these places. */
function pieces(text: string, cuts: number[]): string[] {
  const places = [...new Set(cuts.map((cut) => cut % (text.length + 1)))].toSorted((a, b) => a - b);
  return [...places, text.length].map((end, index) => text.slice(index === 0 ? 0 : places[index - 1], end));
}

describe('messages as lines', () => {
  test('arrive as they were sent, however they are cut', () => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue()), fc.array(fc.nat()), (values, cuts) => {
        const messages = values.map((value) => ({ value }));
        const arrived: unknown[] = [];
        const read = readLines((value) => arrived.push(value));
        pieces(messages.map(writeLine).join(''), cuts).forEach(read);
        expect(arrived).toEqual(JSON.parse(JSON.stringify(messages)));
      }),
    );
  });

  test('are one line each', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(writeLine({ text }).indexOf('\n')).toBe(writeLine({ text }).length - 1);
      }),
    );
  });

  test('that are no JSON are an error', () => {
    expect(() => readLines(() => undefined)('hello\n')).toThrow(SyntaxError);
  });
});

const noMask = createMask({});

function linesOf(parts: string[], mask = noMask): string[] {
  const lines: string[] = [];
  const split = splitLines(mask, (line) => lines.push(line));
  parts.forEach(split.write);
  split.end();
  return lines;
}

describe('what is printed', () => {
  test('comes line by line, however it is cut', () => {
    const ends = fc.constantFrom('\n', '\r\n', '\r');
    const line = fc.string({ minLength: 1 }).filter((text) => text.trim() !== '' && !/[\r\n]/.test(text));
    fc.assert(
      fc.property(fc.array(fc.tuple(line, ends)), fc.array(fc.nat()), (printed, cuts) => {
        const text = printed.map(([content, end]) => content + end).join('');
        expect(linesOf(pieces(text, cuts))).toEqual(printed.map(([content]) => content));
      }),
    );
  });

  test('is not held back for ever without an end of line', () => {
    const lines: string[] = [];
    splitLines(noMask, (line) => lines.push(line)).write('x'.repeat(100_000));
    expect(lines.join('')).toHaveLength(100_000);
  });

  test('has no secret in it, however it is cut and however long it is', () => {
    const secret = fc.stringMatching(/^[A-Za-z0-9+/=]{8,40}$/);
    fc.assert(
      fc.property(secret, fc.nat(40_000), fc.nat(100), fc.array(fc.nat()), (value, before, after, cuts) => {
        const mask = createMask({ tencent: { SecretKey: value } });
        const text = `${'-'.repeat(before)}${value}${'-'.repeat(after)}`;
        expect(linesOf(pieces(text, cuts), mask).join('')).not.toContain(value);
      }),
      { numRuns: 200 },
    );
  });
});

describe('secrets', () => {
  const mask = createMask({
    tencent: { AppId: '1250000000', SecretId: 'AKIDabc', SecretKey: 'a"b c', token: '' },
    aws: { accessKeyId: 'xyz', secretAccessKey: 'AKIDabcdef' },
  });

  test.each([
    ['AppId 1250000000', 'AppId 1250000000'],
    ['id AKIDabc.', 'id ***.'],
    ['the longer AKIDabcdef first', 'the longer *** first'],
    ['in JSON {"k":"a\\"b c"}', 'in JSON {"k":"***"}'],
    ['in a URL ?k=a%22b%20c', 'in a URL ?k=***'],
    ['in base64 YSJiIGM=', 'in base64 ***'],
    ['too short to be one: xyz', 'too short to be one: xyz'],
  ])('%s', (text, masked) => {
    expect(mask(text)).toBe(masked);
  });

  test('are none without credentials', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(noMask(text)).toBe(text);
      }),
    );
  });

  test('of any characters are hidden', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 4, maxLength: 30 }), fc.string(), (secret, rest) => {
        const hide = createMask({ c: { secret } });
        expect(hide(`${rest}|${secret}|`)).toContain('***|');
      }),
    );
  });
});

describe('hosts', () => {
  test.each([
    ['API.Example.com:443', 'api.example.com'],
    ['example.com.', 'example.com'],
    ['[::1]:80', '::1'],
    ['::1', '::1'],
    ['127.0.0.1', '127.0.0.1'],
  ])('%s is %s', (address, name) => {
    expect(hostName(address)).toBe(name);
  });

  test.each([
    ['*.b.c', 'a.b.c', true],
    ['*.b.c', 'x.a.b.c', true],
    ['*.b.c', 'b.c', false],
    ['*.b.c', 'ab.c', false],
    ['B.c', 'b.c', true],
    ['b.c', 'a.b.c', false],
    ['*', 'anything', true],
  ])('%s, %s: %s', (pattern, host, is) => {
    expect(fits(pattern, host)).toBe(is);
  });

  test('the first redirect that fits counts, and none takes a report', () => {
    const redirects = [
      { host: 'a.example.com', url: 'http://127.0.0.1:1' },
      { host: '*.example.com', url: 'http://emulator:2' },
    ];
    const kind = (host: string): string => treatmentOf(host, '/', redirects).kind;
    expect(treatmentOf('a.example.com', '/', redirects)).toEqual({
      kind: 'redirect',
      url: 'http://127.0.0.1:1',
    });
    expect(treatmentOf('b.example.com:443', '/', redirects)).toEqual({
      kind: 'redirect',
      url: 'http://emulator:2',
    });
    expect(kind('emulator:2')).toBe('direct');
    expect(kind('localhost:3000')).toBe('direct');
    expect(kind('example.org')).toBe('refuse');
    expect(treatmentOf('api.segment.io', '/', [{ host: '*', url: 'http://127.0.0.1:1' }]).kind).toBe(
      'answer',
    );
  });

  test('without redirects everything goes where it wants to', () => {
    fc.assert(
      fc.property(fc.domain(), fc.webPath(), (host, path) => {
        fc.pre(!/segment|mixpanel|amplitude|google-analytics|sentry|tencent|serverless|qq/.test(host));
        expect(treatmentOf(host, path, undefined)).toEqual({ kind: 'direct' });
        expect(treatmentOf(host, path, []).kind).toBe('refuse');
      }),
    );
  });
});
