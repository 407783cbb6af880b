import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';

import { csvFields, csvTime } from '../../../src/insight/traffic/csv-line.ts';
import { parseLogLine } from '../../../src/insight/traffic/log-line.ts';
import { readTrace } from '../../../src/insight/traffic/read-trace.ts';
import type { Arrivals } from '../../../src/insight/traffic/types.ts';
import { routeMatcher } from '../../../src/insight/workload/match-route.ts';

const folder = mkdtempSync(join(tmpdir(), 'ropeway-trace-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const ROUTES = ['GET /', 'GET /hello/<name>', 'POST /orders'];
const routeOf = routeMatcher({
  routes: ROUTES.map((name) => {
    const [method = '', path = ''] = name.split(' ');
    return {
      name,
      method,
      paths: [path],
      weight: 1,
      warmMs: [],
      firstMs: [],
      serverMs: [],
      billedMs: 1,
      responseBytes: 0,
    };
  }),
});

function traceOf(text: string | Buffer, name = 'trace'): Promise<Arrivals> {
  const file = join(folder, name);
  writeFileSync(file, text);
  return readTrace({ file, routeOf, routeNamed: (route) => ROUTES.indexOf(route), seed: 1 });
}

describe('a line of an access log', () => {
  it.each([
    [
      '127.0.0.1 - frank [10/Oct/2000:13:55:36 -0700] "GET /apache_pb.gif HTTP/1.0" 200 2326',
      {
        time: Date.UTC(2000, 9, 10, 20, 55, 36) / 1000,
        method: 'GET',
        target: '/apache_pb.gif',
        status: 200,
        bytes: 2326,
      },
    ],
    [
      '::1 - - [01/Dec/2026:00:00:01 +0800] "POST /orders?a=%20 HTTP/1.1" 201 - "http://x/?q=[1]" "curl/8 \\"quoted\\""',
      {
        time: Date.UTC(2026, 10, 30, 16, 0, 1) / 1000,
        method: 'POST',
        target: '/orders?a=%20',
        status: 201,
        bytes: 0,
      },
    ],
    [
      'shop.example.com:443 10.0.0.1 - "two words" [29/Feb/2024:23:59:59.250 +0000] "HEAD / HTTP/2.0" 304 0 "-" "-" 0.004 "extra"',
      {
        time: Date.UTC(2024, 1, 29, 23, 59, 59, 250) / 1000,
        method: 'HEAD',
        target: '/',
        status: 304,
        bytes: 0,
      },
    ],
    // HTTP/0.9
    [
      'x - - [10/Oct/2000:13:55:36 +0000] "GET /old" 200 1',
      {
        time: Date.UTC(2000, 9, 10, 13, 55, 36) / 1000,
        method: 'GET',
        target: '/old',
        status: 200,
        bytes: 1,
      },
    ],
  ])('%s', (line, expected) => {
    expect(parseLogLine(line)).toEqual(expected);
  });

  it.each([
    String.raw`1.2.3.4 - - [10/Oct/2000:13:55:36 -0700] "\x16\x03\x01" 400 157 "-" "-"`,
    '1.2.3.4 - - [10/Oct/2000:13:55:36 -0700] "-" 408 -',
    '1.2.3.4 - - [31/Feb/2000:13:55:36 -0700] "GET / HTTP/1.1" 200 1',
    '1.2.3.4 - - [10/Foo/2000:13:55:36 -0700] "GET / HTTP/1.1" 200 1',
    '1.2.3.4 - - [10/Oct/2000:25:55:36 -0700] "GET / HTTP/1.1" 200 1',
    'time,route',
    '',
  ])('is no request: %s', (line) => {
    expect(parseLogLine(line)).toBeUndefined();
  });

  it('gives back what it was written of', () => {
    const request = fc.record({
      seconds: fc.integer({ min: 0, max: 4_000_000_000 }),
      method: fc.constantFrom('GET', 'POST', 'DELETE', 'PROPFIND'),
      target: fc.webPath().map((path) => `/${path.replace(/^\//, '')}`),
      status: fc.integer({ min: 100, max: 599 }),
      bytes: fc.nat(),
      user: fc.constantFrom('-', 'ann', 'a b', '"]'),
      agent: fc.string().map((text) => text.replaceAll(/["\\\r\n]/g, '')),
    });
    fc.assert(
      fc.property(request, ({ seconds, method, target, status, bytes, user, agent }) => {
        const [day, month, year, time] = new Date(seconds * 1000)
          .toUTCString()
          .replace(/^\w+, (\d\d) (\w+) (\d+) ([\d:]+) GMT$/, '$1 $2 $3 $4')
          .split(' ');
        const line = `h - ${user} [${day}/${month}/${year}:${time} +0000] "${method} ${target} HTTP/1.1" ${status} ${bytes} "-" "${agent}"`;
        expect(parseLogLine(line)).toEqual({ time: seconds, method, target, status, bytes });
      }),
    );
  });

  it('never throws, whatever it is given, and stays quick', () => {
    const pieces = fc.constantFrom(
      '[',
      ']',
      '"',
      '\\',
      ' ',
      '10/Oct/2000:13:55:36 -0700',
      'GET /',
      '200',
      '-',
      'x',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(pieces, { maxLength: 400 }).map((all) => all.join('')),
        ),
        (line) => {
          parseLogLine(line);
          csvFields(line);
          csvTime(line);
        },
      ),
    );
  });
});

describe('a line of CSV', () => {
  it('gives back the fields that it was written of', () => {
    const field = fc.string().map((text) => text.replaceAll(/[\r\n]/g, ''));
    fc.assert(
      fc.property(fc.array(field, { minLength: 1 }), (fields) => {
        const line = fields.map((text) => `"${text.replaceAll('"', '""')}"`).join(',');
        expect(csvFields(line)).toEqual(fields);
      }),
    );
  });

  it.each([
    ['0', 0],
    ['12.5', 12.5],
    ['1700000000', 1_700_000_000],
    ['1700000000123', 1_700_000_000.123],
    ['2026-12-01T05:00:00Z', Date.UTC(2026, 11, 1, 5) / 1000],
    ['2026-12-01 05:00:00.5', Date.UTC(2026, 11, 1, 5, 0, 0, 500) / 1000],
    ['2026-12-01T05:00:00+08:00', Date.UTC(2026, 10, 30, 21) / 1000],
    ['yesterday', undefined],
    ['', undefined],
  ])('%s is a time', (text, seconds) => {
    expect(csvTime(text)).toBe(seconds);
  });
});

describe('a trace', () => {
  const line = (second: number, request: string): string =>
    `1.2.3.4 - - [10/Oct/2026:13:55:${String(second).padStart(2, '0')} +0000] "${request} HTTP/1.1" 200 10`;

  it('is an access log, in any order, also packed', async () => {
    const text = [
      line(9, 'GET /hello/Ada?x=1'),
      String.raw`1.2.3.4 - - [10/Oct/2026:13:55:01 +0000] "\x16\x03" 400 0`,
      line(5, 'POST /orders'),
      line(5, 'GET /elsewhere'),
      '',
    ].join('\r\n');
    for (const file of [text, gzipSync(text)]) {
      const { at, routes, notes, seconds } = await traceOf(file);
      expect([...routes!].sort((a, b) => a - b)).toEqual([-1, 1, 2]);
      expect(routes![2]).toBe(1);
      // Within the seconds that the log tells.
      expect(Math.floor(at[0]!)).toBe(0);
      expect(Math.floor(at[2]!)).toBe(4);
      expect(seconds).toBe(at[2]);
      expect(notes[0]).toContain('1 lines of the trace are no requests');
      expect(notes[1]).toContain('whole seconds');
    }
  });

  it('is CSV with and without a header', async () => {
    const withHeader = await traceOf('route,time\n"GET /",3\nPOST /orders,1.5\n/hello/Bo,2\n');
    expect([...withHeader.at]).toEqual([0, 0.5, 1.5]);
    expect([...withHeader.routes!]).toEqual([2, 1, 0]);
    const bare = await traceOf('0\n0.25\n7\n');
    expect([...bare.at]).toEqual([0, 0.25, 7]);
    expect([...bare.routes!]).toEqual([-1, -1, -1]);
  });

  it('comes in order whatever the file', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(1e6), { minLength: 1, maxLength: 200 }), async (times) => {
        const { at } = await traceOf(times.join('\n'));
        const first = Math.min(...times);
        expect([...at]).toEqual(times.map((time) => time - first).sort((a, b) => a - b));
      }),
      { numRuns: 15 },
    );
  });

  it.each([
    ['nothing', ''],
    ['prose', 'Dear Sir,\nthis is no log.\n'],
    ['packed prose', gzipSync('hello\nworld\n')],
    ['a broken archive', Buffer.from([0x1f, 0x8b, 8, 0, 1, 2, 3])],
  ])('is refused: %s', async (_, text) => {
    await expect(traceOf(text)).rejects.toMatchObject({ code: 'BAD_TRACE' });
  });

  it('is refused when it is not there', async () => {
    const missing = readTrace({ file: join(folder, 'none'), routeOf, routeNamed: () => -1, seed: 1 });
    await expect(missing).rejects.toMatchObject({ code: 'BAD_TRACE' });
  });
});
