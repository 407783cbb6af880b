import { describe, expect, it } from 'vitest';

import { parseRequestFile } from '../../../src/cli/requests/parse.ts';
import { RopewayError, describeError } from '../../../src/lib/errors.ts';

describe('what other tools write', () => {
  it('reads variables, names, comments, queries over several lines and bodies', () => {
    const file = parseRequestFile(`
@host = https://api.example
@token = {{$processEnv TOKEN}}

# @name list
GET {{host}}/items
    ?page=2
    # &hidden=1
    &size=10 HTTP/1.1
Accept: application/json
# X-Old: 1
X-Empty:

### Create one
// @name create
POST {{host}}/items HTTP/1.1
content-type: application/json

{
  "name": "a",

  "tags": ["# not a comment"]
}


###
https://plain.example/x
`);
    expect(file.variables).toEqual([
      ['host', 'https://api.example'],
      ['token', '{{$processEnv TOKEN}}'],
    ]);
    expect(file.requests).toMatchObject([
      {
        title: '',
        name: 'list',
        method: 'GET',
        url: '{{host}}/items?page=2&size=10',
        httpVersion: '1.1',
        headers: [
          ['Accept', 'application/json'],
          ['X-Empty', ''],
        ],
        body: [],
      },
      {
        title: 'Create one',
        name: 'create',
        method: 'POST',
        body: [{ kind: 'text', text: '{\n  "name": "a",\n\n  "tags": ["# not a comment"]\n}' }],
      },
      { method: 'GET', url: 'https://plain.example/x' },
    ]);
  });

  it('reads over scripts, stored answers and assertions, and says so', () => {
    const file = parseRequestFile(
      `### a
< {%
  request.variables.set("x", 1)
%}
POST /a
A: b

text

> {%
  client.test("ok", () => {});

%}
<> 2024-01-01.200.json
>> out.json
?? status == 200

### b
GET /b
> ./check.js
`,
      'api.http',
    );
    expect(file.requests).toMatchObject([
      { url: '/a', body: [{ kind: 'text', text: 'text' }] },
      { url: '/b', body: [] },
    ]);
    expect(file.notes).toEqual([
      'api.http:2: the pre-request script is not run',
      'api.http:10: the response handler script is not run',
      'api.http:15: the answer is not written to a file',
      'api.http:16: this assertion is not checked; write # @expect status 200',
      'api.http:20: the response handler script is not run',
    ]);
  });

  it('reads body files, with and without variables, between lines of text', () => {
    const [request] = parseRequestFile(
      'POST /\nA: b\n\n--x\n\n< ./a b.png\n--x\n<@ ./t.json\n<@latin1 c.txt\n--x--\n',
    ).requests;
    expect(request?.body).toEqual([
      { kind: 'text', text: '--x\n' },
      { kind: 'file', path: './a b.png', substitute: false },
      { kind: 'text', text: '--x' },
      { kind: 'file', path: './t.json', substitute: true },
      { kind: 'file', path: 'c.txt', substitute: true, encoding: 'latin1' },
      { kind: 'text', text: '--x--' },
    ]);
  });

  it('reads lower-case methods, addresses without scheme or method, and a blank inside {{ }}', () => {
    const file = parseRequestFile(
      'get localhost:3000/a\n###\nlocalhost:3000\n###\n{{ host }}/b HTTP/2\n###\n# nothing\n',
    );
    expect(file.requests.map(({ method, url }) => `${method} ${url}`)).toEqual([
      'GET localhost:3000/a',
      'GET localhost:3000',
      'GET {{ host }}/b',
    ]);
  });

  it('reads what to expect', () => {
    const file = parseRequestFile(
      '# @cookie-jar\n###\n# @expect status 404\n// @expect content-type text/html\n# @no-cookie-jar\nGET /\n',
    );
    expect(file.cookieJar).toBe(true);
    expect(file.requests[0]).toMatchObject({
      expect: { status: 404, contentType: 'text/html' },
      noCookieJar: true,
    });
  });
});

describe('what cannot be read', () => {
  const cases: [string, string, string][] = [
    ['GETT /x', 'f.http:1:1: No request can be sent with method GETT', 'correct the method'],
    ['###\nhello world\n', 'f.http:2:1: Not a request line', 'start requests with ###'],
    ['###\n\n  {"a": 1}', 'f.http:3:3: Not a request line', 'leave a blank line before a body'],
    ['GET', 'f.http:1:4: No address after GET', 'same line'],
    ['GET http://h/a b', 'f.http:1:15: A blank inside the address', '%20'],
    ['GET /a\n  ?q=a b', 'f.http:2:7: A blank inside the address', '%20'],
    ['POST /a\n{"a": 1}', 'f.http:2:1: Not a header', 'blank line between'],
    ['@host http://x\nGET /', 'f.http:1:1: Not a variable', 'write an ='],
    ['# @expect status ok\nGET /', 'f.http:1:3: This expectation cannot be checked', 'correct the line'],
    ['GET /\n\n> {%\n client.log(1)', 'f.http:3:1: This script has no end', 'close the script'],
    ['< {%\nGET /', 'f.http:1:1: This script has no end', 'close the script'],
  ];
  it.each(cases)('%j', (text, message, fix) => {
    const error = failure(() => parseRequestFile(text, 'f.http'));
    expect(describeError(error)).toContain(`${message} [REQUEST_FILE_SYNTAX]`);
    expect(error.fix).toContain(fix);
    expect(error.exitCode).toBe(2);
  });
});

function failure(run: () => unknown): RopewayError {
  try {
    run();
  } catch (error) {
    if (error instanceof RopewayError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}
