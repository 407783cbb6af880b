import { request } from 'node:http';

import { afterEach, describe, expect, test } from 'vitest';

import { awsV2 } from '../../src/events/aws-v2/index.ts';
import { tencentUrl } from '../../src/events/tencent-url/index.ts';
import type { HttpRequest, HttpResponse } from '../../src/events/types.ts';
import { type CloudPackage, cloudPackage } from '../support/cloud-packages.ts';
import { findPython } from '../support/pythons.ts';
import { errorOf, folderWith } from './support.ts';

const KINDS = [
  ['aws', 'event'],
  ['tencent', 'event'],
  ['tencent', 'web'],
] as const;
type Cloud = (typeof KINDS)[number][0];
type Type = (typeof KINDS)[number][1];

/** `call(environ, start_response)`: sends back what it gets, and two cookies. */
const ECHO = `
def echo(environ, start_response):
    length = int(environ.get("CONTENT_LENGTH") or 0)
    body = environ["wsgi.input"].read(length)
    start_response("200 OK", [
        ("Content-Type", "application/octet-stream"),
        ("Set-Cookie", "a=1; Path=/; Expires=Wed, 21 Oct 2026 07:28:00 GMT"),
        ("Set-Cookie", "b=2"),
        ("X-Path", environ["PATH_INFO"] + "?" + environ["QUERY_STRING"]),
    ])
    return [body]
`;

const LIFESPAN = `
greeting = []

async def app(scope, receive, send):
    if scope["type"] == "lifespan":
        await receive()
        greeting.append("started")
        await send({"type": "lifespan.startup.complete"})
        await receive()
        return await send({"type": "lifespan.shutdown.complete"})
    assert greeting == ["started"], greeting
    body, more = b"", True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    path = scope["path"] + "?" + scope["query_string"].decode()
    await send({"type": "http.response.start", "status": 200, "headers": [
        (b"content-type", b"application/octet-stream"),
        (b"set-cookie", b"a=1; Path=/; Expires=Wed, 21 Oct 2026 07:28:00 GMT"),
        (b"set-cookie", b"b=2"),
        (b"x-path", path.encode()),
    ]})
    await send({"type": "http.response.body", "body": body})
`;

const LISTENER = `(request, response) => {
  const parts = [];
  request.on('data', (part) => parts.push(part));
  request.on('end', () => {
    response.setHeader('Content-Type', 'application/octet-stream');
    response.setHeader('Set-Cookie', ['a=1; Path=/; Expires=Wed, 21 Oct 2026 07:28:00 GMT', 'b=2']);
    const { pathname, search } = new URL(request.url, 'http://localhost');
    response.setHeader('X-Path', Buffer.from(decodeURI(pathname) + (search || '?')).toString('latin1'));
    response.end(Buffer.concat(parts));
  });
}`;

interface SmallApp {
  language: 'python' | 'node';
  files: Record<string, string>;
  app?: string;
}

const APPS: Record<string, SmallApp> = {
  'a script that makes its app only when it is run': {
    language: 'python',
    app: 'run.py',
    files: {
      'run.py': `${ECHO}
from wsgiref.simple_server import make_server
if __name__ == "__main__":
    make_server("127.0.0.1", 5001, echo).serve_forever()
`,
    },
  },
  'a factory': {
    language: 'python',
    app: 'shop.web:create_app()',
    files: { 'shop/__init__.py': '', 'shop/web.py': `${ECHO}\ndef create_app():\n    return echo\n` },
  },
  'a WSGI app with an old gunicorn': {
    language: 'python',
    app: 'app:echo',
    files: { 'app.py': ECHO, 'requirements.txt': 'gunicorn==21.2.0\n' },
  },
  'an ASGI app with a lifespan': {
    language: 'python',
    app: 'main:app',
    files: { 'main.py': LIFESPAN, Procfile: 'web: uvicorn main:app\n' },
  },
  'an ES module': {
    language: 'node',
    files: {
      'package.json': '{"name": "shop", "type": "module", "main": "server.js"}',
      'server.js': `import { createServer } from 'node:http';
await new Promise((resolve) => setTimeout(resolve, 20));
createServer(${LISTENER}).listen(process.env.PORT ?? 3000);`,
    },
  },
  'an app with a port of its own': {
    language: 'node',
    files: {
      'package.json': '{"name": "shop", "main": "server.js"}',
      'server.js': `const http = require('http');
http.createServer(${LISTENER}).listen(8080, 'localhost', () => console.log('listening on 8080'));`,
    },
  },
};

let packed: CloudPackage | undefined;
afterEach(async () => {
  await packed?.end();
  packed = undefined;
});

const EVERY_BYTE = Buffer.from(Array.from({ length: 1024 }, (_, index) => index % 256));
const GIVEN = [
  { method: 'GET', path: '/a%20b/caf%C3%A9', query: 'x=1&x=2', body: Buffer.alloc(0) },
  { method: 'POST', path: '/', query: '', body: EVERY_BYTE },
  { method: 'PUT', path: '/text', query: '', body: Buffer.from('Grüße') },
];
const SHOWN = ['/a b/café?x=1&x=2', '/?', '/text?'];

describe.each(KINDS)('packages for %s (%s)', (cloud, type) => {
  test.each(Object.entries(APPS))(
    '%s: any byte, any path, repeated cookies',
    async (_, { language, files, app }) => {
      const python = findPython(cloud === 'aws' ? ['3.13', '3.12', '3.11', '3.10'] : ['3.10', '3.9']);
      if (language === 'python' && python === undefined) return console.warn('not run: no such Python');
      packed = await cloudPackage({
        dir: folderWith(files),
        cloud: cloud,
        wish: {
          ...(cloud === 'tencent' ? { type: type } : {}),
          runtime: language === 'python' ? `python${python}` : 'nodejs20',
        },
        ...(app === undefined ? {} : { app }),
      });
      const answers = await asked(packed, cloud, type);
      for (const [index, { status, headers, body }] of answers.entries()) {
        const all = (name: string): string[] =>
          headers.filter(([key]) => key.toLowerCase() === name).map(([, value]) => value);
        expect(status, packed.printed()).toBe(200);
        expect(Buffer.from(body)).toEqual(GIVEN[index]!.body);
        expect(all('set-cookie')).toEqual(['a=1; Path=/; Expires=Wed, 21 Oct 2026 07:28:00 GMT', 'b=2']);
        expect(Buffer.from(all('x-path')[0]!, 'latin1').toString()).toBe(SHOWN[index]);
      }
    },
    120_000,
  );
});

test.each(['a factory', 'an ES module'])(
  '%s: the event of a deployment that loads it is no error, another of no HTTP is',
  async (name) => {
    const { language, files, app } = APPS[name]!;
    const python = findPython(['3.13', '3.12', '3.11', '3.10']);
    packed = await cloudPackage({
      dir: folderWith(files),
      cloud: 'aws',
      wish: { runtime: language === 'python' ? `python${python}` : 'nodejs20' },
      ...(app === undefined ? {} : { app }),
    });
    expect(await packed.call([{ ropeway: 'load' }])).toMatchObject([{ result: null }]);
    await expect(packed.call([{ timer: 'tick' }])).rejects.toThrow(/EventError/);
  },
);

test.each(['aws', 'tencent'] as const)(
  'a bare handler on %s finds the packages of its layer where that cloud has them',
  async (cloud) => {
    const python = findPython(cloud === 'aws' ? ['3.13', '3.12', '3.11', '3.10'] : ['3.10', '3.9']);
    if (python === undefined) return console.warn('not run: no such Python');
    packed = await cloudPackage({
      dir: folderWith({
        'index.py': `import six\ndef main(event, context):\n    return [six.__version__, event]\n`,
        'requirements.txt': 'six==1.17.0\n',
      }),
      cloud,
      handler: 'index.main',
      wish: { runtime: `python${python}` },
    });
    expect(packed.start).toMatchObject({ type: 'event', handler: 'index.main' });
    expect((await packed.call([{ timer: 1 }]))[0]!.result).toEqual(['1.17.0', { timer: 1 }]);
  },
  120_000,
);

test('an app whose pyproject.toml forbids what the cloud has is not packed', async () => {
  const dir = folderWith({
    'app.py': `${ECHO}\napp = echo\n`,
    'pyproject.toml': '[project]\nname = "shop"\nversion = "1"\nrequires-python = ">=3.11"\n',
  });
  const work = cloudPackage({ dir, cloud: 'tencent', app: 'app:app' });
  expect(await errorOf(work)).toMatchObject({
    code: 'TARGET_PYTHON',
    expected: `requires-python >=3.11 of ${dir}/pyproject.toml`,
  });
});

async function asked(app: CloudPackage, cloud: Cloud, type: Type): Promise<HttpResponse[]> {
  if (type === 'web') {
    const url = await app.serve();
    const answers: HttpResponse[] = [];
    for (const one of GIVEN) answers.push(await overHttp(url, one));
    return answers;
  }
  const format = cloud === 'aws' ? awsV2 : tencentUrl;
  const results = await app.call(GIVEN.map((one) => format.toEvent(received(one))));
  return results.map(({ result }) => format.fromResult(result));
}

type Given = (typeof GIVEN)[number];

function received(given: Given): HttpRequest {
  return {
    ...given,
    headers: [['Host', 'localhost'], ...lengthOf(given)],
    scheme: 'https',
    remoteAddress: '127.0.0.1',
    stage: '',
    requestId: 'c6af9ac6-7b61-11e6-9a41-93e8deadbeef',
    time: 1_790_000_000_000,
  };
}

function lengthOf({ body }: Given): [string, string][] {
  return body.length === 0
    ? []
    : [
        ['Content-Type', 'application/octet-stream'],
        ['Content-Length', String(body.length)],
      ];
}

function overHttp(url: string, given: Given): Promise<HttpResponse> {
  const { method, path, query, body } = given;
  return new Promise((resolve, reject) => {
    const headers = Object.fromEntries(lengthOf(given));
    const outgoing = request(`${url}${path}?${query}`, { method, headers, agent: false }, (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.on('error', reject);
      incoming.on('end', () => {
        const { rawHeaders, statusCode } = incoming;
        const pairs = rawHeaders.flatMap((name, index): [string, string][] =>
          index % 2 === 0 ? [[name, rawHeaders[index + 1]!]] : [],
        );
        resolve({ status: statusCode!, headers: pairs, body: Buffer.concat(chunks) });
      });
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}
