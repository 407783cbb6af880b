import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { makeFolder, run, startServer } from './support.ts';

const echo = (type = 'text/plain'): ReturnType<typeof startServer> =>
  startServer(({ url, body }, __, response) => {
    response
      .writeHead(url.startsWith('/missing') ? 404 : 200, { 'content-type': `${type}; charset=utf-8` })
      .end(body);
  });

describe('saving', () => {
  it('writes host, title, expectation and request', async () => {
    const server = await echo('text/html');
    const dir = makeFolder();
    const { stdout } = await run('/a?x=1', '--url', server.url, '--dir', dir, '--save');
    await run(
      '/form',
      '--form',
      'a=1',
      '-H',
      'X-Key: k',
      '--url',
      server.url,
      '--dir',
      dir,
      '--save',
      '--name',
      'Send form',
    );
    expect(stdout).toContain('saved "GET /a?x=1" in requests.http, expecting 200');
    expect(read(dir)).toBe(`@host = ${server.url}

### GET /a?x=1
# @expect status 200
# @expect content-type text/html
GET {{host}}/a?x=1

### Send form
# @expect status 200
# @expect content-type text/html
POST {{host}}/form
X-Key: k
Content-Type: application/x-www-form-urlencoded

a=1
`);
  });

  it('updates the same request and leaves everything else as it is', async () => {
    const server = await echo();
    const dir = makeFolder({
      'requests.http': [
        '# Mine',
        '@host = http://localhost:1',
        '',
        '### Form',
        '# why it is here',
        '@x = 1',
        '# @expect status 500',
        'POST {{host}}/old',
        '',
        'old body',
        '',
        '> {%',
        '  check()',
        '%}',
        '',
        '',
        '### Last',
        'GET   https://far.example/  ',
        '',
      ].join('\r\n'),
    });
    const { stdout } = await run(
      '/new',
      '-d',
      'b',
      '--url',
      server.url,
      '--dir',
      dir,
      '--save',
      '--name',
      'Form',
    );
    expect(stdout).toContain('updated "Form"');
    expect(read(dir)).toBe(
      [
        '# Mine',
        '@host = http://localhost:1',
        '',
        '### Form',
        '# why it is here',
        '@x = 1',
        '# @expect status 200',
        '# @expect content-type text/plain',
        'POST {{host}}/new',
        'Content-Type: application/x-www-form-urlencoded',
        '',
        'b',
        '',
        '> {%',
        '  check()',
        '%}',
        '',
        '',
        '### Last',
        'GET   https://far.example/  ',
        '',
      ].join('\r\n'),
    );
    const before = read(dir);
    await run('/new', '-d', 'b', '--url', server.url, '--dir', dir, '--save');
    expect(read(dir)).toBe(before);
  });

  it('writes whole addresses for another host than the one of the file', async () => {
    const server = await echo();
    const dir = makeFolder({ 'a.http': '@host = https://far.example\n' });
    await run('/x', '--url', server.url, '--save', '--file', join(dir, 'a.http'));
    expect(read(dir, 'a.http')).toContain(`GET ${server.url}/x\n`);
  });

  it('keeps bodies that the format cannot hold in files, and sends the same bytes again', async () => {
    const server = await echo();
    const dir = makeFolder({ 'up load.bin': Buffer.from([0, 13, 10, 255]) });
    const bodies = [
      '###',
      'a\r\nb',
      '< ./x',
      '{{x}}',
      '\n\nblank ends\n',
      '> {% x %}',
      'a\n&b',
      'plain\n\ntext',
      '@x = 1\n# y',
    ];
    for (const [index, body] of bodies.entries()) {
      await run(`/${index}`, '-d', body, '--url', server.url, '--dir', dir, '--save');
    }
    const upload = join(dir, 'up load.bin');
    await run('/file', '--data-file', upload, '--url', server.url, '--dir', dir, '--save');
    await run(
      '/form',
      '--form',
      'a=x',
      '--form',
      `f=@${upload}`,
      '--url',
      server.url,
      '--dir',
      dir,
      '--save',
    );
    const sent = server.seen.splice(0).map(({ method, url, body }) => ({ method, url, body }));
    expect(read(dir)).toContain('\n< ./up load.bin\n');
    expect(read(dir)).toContain('\n\nplain\n\ntext\n');
    const { stdout } = await run('--all', '--dir', dir);
    expect(stdout).toContain(`\n${bodies.length + 2} passed, 0 failed\n`);
    expect(server.seen.map(({ method, url, body }) => ({ method, url, body }))).toEqual(sent);
  });

  it('refuses what would be read as a variable, and warns of secrets', async () => {
    const server = await echo();
    const dir = makeFolder();
    await expect(run('/{{x}}', '--url', server.url, '--dir', dir, '--save')).rejects.toMatchObject({
      code: 'CANNOT_SAVE',
    });
    const { stdout } = await run(
      '/',
      '-H',
      'Authorization: Basic ann:pw',
      '--url',
      server.url,
      '--dir',
      dir,
      '--save',
    );
    expect(stdout).toContain('the file now holds the authorization header');
    expect(server.seen[1]?.rawHeaders).toContain(`Basic ${Buffer.from('ann:pw').toString('base64')}`);
  });
});

describe('replaying', () => {
  it('checks status and type, prints a table and sets the exit code', async () => {
    const server = await startServer(({ url }, __, response) => {
      const status = Number(/\d+/.exec(url)?.[0] ?? 200);
      response
        .writeHead(status, {
          'content-type': 'text/html; charset=utf-8',
          'x-ropeway-request-id': '1',
          'x-ropeway-start': 'warm',
        })
        .end();
    });
    const dir = makeFolder({
      'requests.http': `@host = ${server.url}
### first
# @expect status 200
# @expect content-type text/html
GET {{host}}/
### wrong
# @expect status 200
# @expect content-type application/json
GET {{host}}/404
###
GET {{host}}/404
###
GET {{host}}/500
###
# @expect status 503
# @expect content-type text/html;charset=UTF-8
GET {{host}}/503
> {% x %}
`,
    });
    const { stdout, exitCode } = await run('--all', '--dir', dir);
    expect(exitCode).toBe(1);
    expect(stdout.replaceAll(/[\d.]+ ms/g, 'T').replaceAll(/ +/g, ' ')).toBe(`✓ first 200 text/html T warm
✗ wrong 404 text/html T warm
 expected status 200, got 404
 expected application/json, got text/html; charset=utf-8
✓ GET /404 404 text/html T warm
✗ GET /500 500 text/html T warm
 status 500
✓ GET /503 503 text/html T warm
! requests.http:18: the response handler script is not run

3 passed, 2 failed
`);
    const json = await run('--all', '--dir', dir, '--json');
    expect(JSON.parse(json.stdout)).toMatchObject({ passed: 3, failed: 2, results: { length: 5 } });
    expect(json.exitCode).toBe(1);
  });

  it('sends local requests to the running dev, whatever port the file names', async () => {
    const server = await echo();
    const dir = makeFolder({
      'requests.http': '@host = http://localhost:9\n\nGET {{host}}/a\n',
      'bare.http': '###\nGET /b\n###\nGET {{host}}/c\n',
      '.ropeway/dev.json': JSON.stringify({ url: server.url, pid: process.pid }),
    });
    expect((await run('--all', '--dir', dir)).exitCode).toBe(0);
    expect((await run('--all', '--dir', dir, '--file', join(dir, 'bare.http'))).exitCode).toBe(0);
    expect(server.seen.map(({ url }) => url)).toEqual(['/a', '/b', '/c']);
  });

  it('fills in variables, and values of earlier answers', async () => {
    const server = await startServer(({ url }, __, response) => {
      if (url === '/login')
        response
          .writeHead(200, { 'content-type': 'application/json', 'x-id': '7' })
          .end('{"user":{"ids":[1,"two"]}}');
      else response.end();
    });
    const dir = makeFolder({
      'requests.http': `@host = ${server.url}
@path = {{base}}/x
@base = v1
# @name login
POST {{host}}/login
###
GET {{host}}/{{path}}?g={{$guid}}&t={{$timestamp}}&d={{$dotenv KEY}}&p={{%spaced}}&i={{$randomInt 5 6}}
X-Id: {{login.response.headers.X-ID}}-{{login.response.body.$.user.ids[1]}}

<@ ./body.txt
###
@spaced = a b
POST {{host}}/form
Content-Type: application/x-www-form-urlencoded

a=1
&b={{base}}
`,
      'body.txt': 'hello {{base}}',
      '.env': 'KEY=secret\n',
    });
    expect((await run('--all', '--dir', dir)).stdout).toContain('3 passed, 0 failed');
    expect(server.seen[1]?.url).toMatch(/^\/v1\/x\?g=[0-9a-f-]{36}&t=\d{10}&d=secret&p=a%20b&i=5$/);
    expect(server.seen[1]?.rawHeaders.join('|')).toContain('X-Id|7-two');
    expect(server.seen[1]?.body.toString()).toBe('hello v1');
    expect(server.seen[2]?.body.toString()).toBe('a=1&b=v1');
  });

  it('shares cookies only when the file says so', async () => {
    const server = await startServer((_, __, response) =>
      response.writeHead(200, { 'set-cookie': ['a=1; Path=/', 'b=2; Path=/other', 'c=3; Max-Age=0'] }).end(),
    );
    const requests =
      '###\nGET {{host}}/\n###\nGET {{host}}/x\nCookie: own=1\n###\n# @no-cookie-jar\nGET {{host}}/y\n';
    const dir = makeFolder({ 'requests.http': requests, 'shared.http': `# @cookie-jar\n${requests}` });
    const cookies = (): (string | undefined)[] =>
      server.seen.splice(0).map(({ rawHeaders }) => rawHeaders[rawHeaders.indexOf('Cookie') + 1]);
    await run('--all', '--dir', dir, '--url', server.url);
    expect(cookies().slice(1, 2)).toEqual(['own=1']);
    await run('--all', '--url', server.url, '--file', join(dir, 'shared.http'));
    expect(cookies()).toEqual(['Host', 'own=1; a=1', 'Host']);
  });

  it('checks everything before it sends anything', async () => {
    const server = await echo();
    const cases: [string, string, string][] = [
      [
        'GET {{host}}/a\n###\nGET {{hots}}/b\n',
        'UNKNOWN_VARIABLE',
        'requests.http:3:5: {{hots}} has no value',
      ],
      [
        'GET {{host}}/a\n###\nGET {{host}}/{{$processEnv ROPEWAY_NOT_SET}}\n',
        'UNKNOWN_VARIABLE',
        'requests.http:3:14: {{$processEnv ROPEWAY_NOT_SET}} has no value',
      ],
      [
        '@a = {{b}}\n@b = {{a}}\nGET {{host}}/{{a}}\n',
        'CIRCULAR_VARIABLE',
        'requests.http:3:14: the value of a leads back to itself',
      ],
      ['GET {{host}}/a\n###\nPOST {{host}}/\n\n< ./none\n', 'BODY_FILE_UNREADABLE', ''],
      ['# nothing\n', 'NO_REQUESTS', ''],
    ];
    for (const [text, code, message] of cases) {
      const dir = makeFolder({ 'requests.http': text });
      await expect(run('--all', '--dir', dir, '--url', server.url)).rejects.toMatchObject({
        code,
        exitCode: 2,
        message: expect.stringContaining(message) as unknown,
      });
    }
    expect(server.seen).toEqual([]);
  });

  it('says when there is no file, no running dev, or nobody at the address', async () => {
    const closed = await echo();
    await closed.close();
    const dir = makeFolder({
      'requests.http': `GET {{host}}/\n`,
      'here.http': `@host = ${closed.url}\nGET {{host}}/\n`,
    });
    await expect(run('--all', '--dir', makeFolder())).rejects.toMatchObject({
      code: 'REQUEST_FILE_NOT_FOUND',
      exitCode: 2,
    });
    await expect(run('--all', '--dir', dir)).rejects.toMatchObject({ code: 'NO_RUNNING_DEV', exitCode: 2 });
    await expect(run('--all', '--dir', dir, '--file', join(dir, 'here.http'))).rejects.toMatchObject({
      code: 'CONNECTION_REFUSED',
      exitCode: 2,
    });
  });

  it('counts requests that fail later as failed, and goes on', async () => {
    const server = await startServer(({ url }, request, response) => {
      if (url === '/cut') request.socket.destroy();
      else response.end();
    });
    const dir = makeFolder({
      'requests.http': 'GET {{host}}/\n###\nGET {{host}}/cut\n###\nGET {{host}}/b\n',
    });
    const { stdout, exitCode } = await run('--all', '--dir', dir, '--url', server.url);
    expect(stdout).toContain('was not answered with complete, valid HTTP');
    expect(stdout).toContain('2 passed, 1 failed');
    expect(exitCode).toBe(1);
  });
});

function read(dir: string, name = 'requests.http'): string {
  return readFileSync(join(dir, name), 'utf8');
}
