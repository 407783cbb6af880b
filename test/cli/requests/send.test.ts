import { spawnSync } from 'node:child_process';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

import { describe, expect, it, onTestFinished } from 'vitest';

import { RopewayError } from '../../../src/lib/errors.ts';
import { makeFolder, run, startServer } from './support.ts';

const traced = {
  'x-ropeway-request-id': 'abc',
  'x-ropeway-start': 'cold',
  'x-ropeway-duration-ms': '12.5',
  'x-ropeway-billed-ms': '13',
  'x-ropeway-memory-mb': '41.2',
  'x-ropeway-init-ms': '80',
};

describe('one request', () => {
  it('finds the running dev, and shows status, headers, body and how the function ran', async () => {
    const server = await startServer((_, __, response) => {
      response.writeHead(201, 'Made', [
        ['X-B', '1'],
        ['x-a', '2'],
        ['X-B', '3'],
        ['Content-Type', 'application/json'],
        ...Object.entries(traced),
      ] as unknown as string[]);
      response.end('{"a":12345678901234567890}');
    });
    const dir = makeFolder({
      '.ropeway/dev.json': JSON.stringify({ url: server.url, pid: process.pid, startedAt: '' }),
    });
    const { stdout } = await run('/user/ann?x=1', '--dir', dir, '-H', 'X-One: 1', '-H', 'x-one: 2', '--cold');
    expect(stdout).toContain('HTTP/1.1 201 Made\nX-B: 1\nx-a: 2\nX-B: 3\nContent-Type: application/json\n');
    expect(stdout).toContain('\n\n{"a":12345678901234567890}\n\n');
    expect(stdout).toMatch(
      /took .* ms · cold \(start took 80 ms\) · ran 12\.5 ms · billed 13 ms · 42 MB · request abc\n$/,
    );
    expect(stdout).not.toContain('x-ropeway');
    const [seen] = server.seen;
    expect(seen).toMatchObject({ method: 'GET', url: '/user/ann?x=1' });
    const raw = seen?.rawHeaders.join('|');
    expect(raw).toContain('X-One|1|x-one|2|x-ropeway-trace|1|x-ropeway-cold|1');
    expect(raw).toMatch(/^Host\|127\.0\.0\.1:\d+\|User-Agent\|ropeway\//);
    expect(raw).not.toContain('Content-Length');
  });

  it('shows only the time for a server without a platform', async () => {
    const server = await startServer((_, __, response) => response.end('hi'));
    const { stdout } = await run('hello', '--url', `${server.url}/base/`);
    expect(stdout).toMatch(/\nhi\n\n─+\ntook [\d.]+ m?s\n$/);
    expect(server.seen[0]?.url).toBe('/base/hello');
  });

  it('sends paths as they are written, and only what HTTP cannot carry encoded', async () => {
    const server = await startServer((_, __, response) => response.end());
    await run('/a/../b//c?x=%2f&y=分 z#part', '--url', server.url);
    await run(`${server.url}?q`);
    expect(server.seen.map(({ url }) => url)).toEqual(['/a/../b//c?x=%2f&y=%E5%88%86%20z', '/?q']);
  });

  it('sends each kind of body', async () => {
    const server = await startServer((_, __, response) => response.end());
    const dir = makeFolder({ 'a.json': '{"a":1}\n', 'b.bin': Buffer.from([0, 255, 10]) });
    const to = ['--url', server.url];
    await run('/', '-d', 'a=1', '-d', 'b=分', ...to);
    await run('put', '/', '--json-body', '{"n": 1}', ...to);
    await run('/', '--data-file', join(dir, 'a.json'), ...to);
    await run('/', '--form', 'a=1&2', '--form', 'b=x y', ...to);
    await run('/', '--form', 'a=1', '--form', `f=@${join(dir, 'b.bin')}`, '--form', 'c=', ...to);
    await run('POST', '/', ...to);
    await run('/', '-d', 'x', '-H', 'Content-Type: text/plain', '-H', 'User-Agent:', '-H', 'X-Empty;', ...to);
    const sent = server.seen.map(({ method, rawHeaders, body }) => [
      method,
      header(rawHeaders, 'content-type'),
      header(rawHeaders, 'content-length'),
      body.toString('latin1'),
    ]);
    const boundary = /boundary=(.*)$/.exec(sent[4]?.[1] ?? '')?.[1] ?? '';
    expect(sent).toEqual([
      ['POST', 'application/x-www-form-urlencoded', '9', Buffer.from('a=1&b=分').toString('latin1')],
      ['PUT', 'application/json', '8', '{"n": 1}'],
      ['POST', 'application/json', '8', '{"a":1}\n'],
      ['POST', 'application/x-www-form-urlencoded', '13', 'a=1%262&b=x+y'],
      [
        'POST',
        `multipart/form-data; boundary=${boundary}`,
        expect.any(String),
        [
          `--${boundary}`,
          'Content-Disposition: form-data; name="a"',
          '',
          '1',
          `--${boundary}`,
          'Content-Disposition: form-data; name="f"; filename="b.bin"',
          'Content-Type: application/octet-stream',
          '',
          '\0\xff\n',
          `--${boundary}`,
          'Content-Disposition: form-data; name="c"',
          '',
          '',
          `--${boundary}--`,
          '',
        ].join('\r\n'),
      ],
      ['POST', undefined, '0', ''],
      ['POST', 'text/plain', '1', 'x'],
    ]);
    expect(header(server.seen[6]?.rawHeaders ?? [], 'user-agent')).toBeUndefined();
    expect(header(server.seen[6]?.rawHeaders ?? [], 'x-empty')).toBe('');
  });

  it('follows no redirect, and decodes a body only to show it', async () => {
    const packed = gzipSync('packed text');
    const server = await startServer((_, __, response) =>
      response
        .writeHead(302, { location: '/other', 'content-encoding': 'gzip', 'content-type': 'text/plain' })
        .end(packed),
    );
    expect((await run('/', '--url', server.url)).stdout).toContain('\n\npacked text\n');
    expect((await run('/', '--url', server.url, '--body-only')).bytes).toEqual(packed);
    expect(server.seen).toHaveLength(2);
  });

  it('sums up a binary body', async () => {
    const server = await startServer((_, __, response) =>
      response.writeHead(200, { 'content-type': 'image/png' }).end(Buffer.from([0x89, 0, 1])),
    );
    expect((await run('/', '--url', server.url)).stdout).toContain(
      '(binary, image/png, 3 bytes; --body-only > file keeps it)',
    );
    const json = JSON.parse((await run('/', '--url', server.url, '--json')).stdout) as object;
    expect(json).toMatchObject({ status: 200, bodyBase64: 'iQAB', bodyBytes: 3, trace: {} });
  });

  it('reads text in the charset that is named, and answers without a body', async () => {
    const server = await startServer(({ method }, __, response) =>
      response
        .writeHead(200, { 'content-type': 'text/plain; charset=gbk' })
        .end(method === 'HEAD' ? '' : Buffer.from([0xc4, 0xe3])),
    );
    expect((await run('/', '--url', server.url)).stdout).toContain('\n你\n');
    expect((await run('HEAD', '/', '--url', server.url)).stdout).toContain('(no body)');
  });

  it('prints the outcome as JSON', async () => {
    const server = await startServer((_, __, response) =>
      response.writeHead(200, { ...traced, 'content-type': 'text/plain' }).end('hi'),
    );
    const json = JSON.parse((await run('/', '--url', server.url, '--json', '-d', 'x')).stdout) as object;
    expect(json).toMatchObject({
      request: { method: 'POST', url: `${server.url}/`, bodyBytes: 1 },
      status: 200,
      reason: 'OK',
      headers: expect.arrayContaining([['content-type', 'text/plain']]) as unknown,
      body: 'hi',
      trace: { requestId: 'abc', start: 'cold', durationMs: 12.5, billedMs: 13, memoryMb: 41.2, initMs: 80 },
    });
    expect(JSON.stringify(json)).not.toContain('x-ropeway-start');
  });
});

describe('bad input', () => {
  const cases: [string[], string, string?][] = [
    [[], 'BAD_TARGET', 'No path to send the request to'],
    [['GET'], 'BAD_TARGET', 'No path after GET'],
    [['GETT', '/x'], 'BAD_TARGET', 'No request can be sent with method GETT'],
    [['GET', '/x', '/y'], 'BAD_TARGET', 'More than a method and a path'],
    [['/', '-H', 'no colon', '--url', 'http://h'], 'BAD_HEADER'],
    [['/', '-H', 'X: 你', '--url', 'http://h'], 'BAD_HEADER'],
    [['/', '--json-body', '{a}', '--url', 'http://h'], 'BAD_JSON'],
    [['/', '--form', 'a', '--url', 'http://h'], 'BAD_FORM_FIELD'],
    [['/', '--form', 'a=@/no/such/file', '--url', 'http://h'], 'BODY_FILE_UNREADABLE'],
    [['/', '--data-file', '/no/such/file', '--url', 'http://h'], 'BODY_FILE_UNREADABLE'],
    [['/', '--timeout', '0'], 'BAD_TIMEOUT'],
    [['/', '--timeout', 'x'], 'BAD_TIMEOUT'],
    [['/', '--url', 'ftp://h'], 'BAD_ADDRESS'],
    [['/', '--url', 'http://h:99999'], 'BAD_ADDRESS'],
    [
      ['/', '-d', 'a', '--json-body', '1'],
      'OPTIONS_CONFLICT',
      'A request has one body, but -d and --json-body were given',
    ],
    [['/', '--all'], 'OPTIONS_CONFLICT', '--all sends what the file holds; / cannot be added'],
    [['--all', '--save'], 'OPTIONS_CONFLICT'],
    [['/', '--name', 'x'], 'OPTIONS_CONFLICT'],
    [['/', '--file', 'x'], 'OPTIONS_CONFLICT'],
    [['/', '--json', '--body-only'], 'OPTIONS_CONFLICT'],
  ];
  it.each(cases)('%j: %s', async (args, code, message) => {
    const error = await failure(run(...args));
    expect(error).toMatchObject({
      code,
      exitCode: 2,
      fix: expect.any(String) as unknown,
      ...(message && { message }),
    });
  });

  it('says when nothing runs, or no longer runs', async () => {
    const gone = spawnSync(process.execPath, ['-e', '0']).pid;
    const none = makeFolder();
    const stale = makeFolder({
      '.ropeway/dev.json': JSON.stringify({ url: 'http://127.0.0.1:1', pid: gone }),
    });
    const damaged = makeFolder({ '.ropeway/dev.json': '{"url":' });
    const errors = await Promise.all([none, stale, damaged].map((dir) => failure(run('/', '--dir', dir))));
    expect(errors.map(({ code }) => code)).toEqual(Array(3).fill('NO_RUNNING_DEV'));
    expect(errors.map(({ message }) => message)).toEqual([
      'No `ropeway dev` is running for this folder',
      `The last \`ropeway dev\` of this folder has ended (process ${gone} is gone)`,
      'The file .ropeway/dev.json, by which a run is found, is damaged',
    ]);
    expect(errors[0]?.fix).toContain('ropeway dev');
  });

  it('says when nobody listens, when no answer comes, and when it is not HTTP', async () => {
    const silent = await startServer(() => {});
    const cut = await startServer((_, request, response) => {
      response.writeHead(200, { 'content-length': '100' }).write('half');
      setTimeout(() => request.socket.destroy(), 20);
    });
    const closed = await startServer(() => {});
    await closed.close();
    const other = await startSocket('SSH-2.0-x\r\n');
    expect(await failure(run('/', '--url', closed.url))).toMatchObject({
      code: 'CONNECTION_REFUSED',
      message: `Nothing answers at ${closed.url}`,
    });
    expect(await failure(run('/', '--url', silent.url, '--timeout', '0.2'))).toMatchObject({
      code: 'REQUEST_TIMEOUT',
    });
    expect(await failure(run('/', '--url', cut.url))).toMatchObject({
      code: 'NO_ANSWER',
      got: expect.stringContaining('too early') as unknown,
    });
    expect(await failure(run('/', '--url', other))).toMatchObject({ code: 'NO_ANSWER' });
    expect(await failure(run('/', '--url', 'http://nobody.invalid'))).toMatchObject({
      code: 'HOST_NOT_FOUND',
    });
  });
});

async function startSocket(text: string): Promise<string> {
  const server = createServer((socket) => socket.on('error', () => {}).end(text));
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function header(raw: string[], name: string): string | undefined {
  const at = raw.findIndex((text, index) => index % 2 === 0 && text.toLowerCase() === name);
  return at === -1 ? undefined : raw[at + 1];
}

async function failure(running: Promise<unknown>): Promise<RopewayError> {
  try {
    await running;
  } catch (error) {
    if (error instanceof RopewayError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}
