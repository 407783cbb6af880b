import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { testPythonEnv } from '../support/python.ts';
import { root } from '../support/root.ts';

const run = promisify(execFile);
const windows = process.platform === 'win32';
const npm = windows ? 'npm.cmd' : 'npm';

const event = {
  version: '2.0',
  rawPath: '/hello',
  rawQueryString: 'a=1',
  headers: { host: 'example.com' },
  requestContext: { http: { method: 'GET', sourceIp: '203.0.113.7' } },
};

let folder: string;
/** The packed archive of the npm package. */
let archive: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ropeway-packed-'));
  const { stdout } = await run(npm, ['pack', '--ignore-scripts', '--json', '--pack-destination', folder], {
    cwd: root,
  });
  const [{ filename }] = JSON.parse(stdout) as [{ filename: string }];
  archive = join(folder, filename);
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the npm package in an empty folder', () => {
  beforeAll(async () => {
    await run('tar', ['-xzf', archive, '-C', folder]);
    writeFileSync(join(folder, 'package.json'), '{"private":true}');
    const options = ['--no-audit', '--no-fund', '--ignore-scripts', '--prefer-offline', '--loglevel=error'];
    await run(npm, ['install', ...options, archive], { cwd: folder });
  });

  const app = `(request, response) => {
    response.setHeader('set-cookie', ['a=1', 'b=2']);
    response.end(request.method + ' ' + request.url + ' ' + request.ropeway.context.id);
  }`;
  const call = `handler(${app})(${JSON.stringify(event)}, { id: 7 }).then((result) => console.log(JSON.stringify(result)))`;
  const expected = {
    statusCode: 200,
    headers: { 'Content-Length': '16' },
    cookies: ['a=1', 'b=2'],
    body: 'GET /hello?a=1 7',
    isBase64Encoded: false,
  };

  it.each([
    ['ES module', 'app.mjs', `import { handler } from 'ropeway/adapter'; ${call};`],
    ['CommonJS module', 'app.cjs', `const { handler } = require('ropeway/adapter'); ${call};`],
  ])('serves an %s, without a word of warning', async (_, name, text) => {
    writeFileSync(join(folder, name), text);
    const { stdout, stderr } = await run(process.execPath, [name], {
      cwd: folder,
      env: { PATH: process.env['PATH'] },
    });
    expect(JSON.parse(stdout)).toEqual(expected);
    expect(stderr).toBe('');
  });

  it('serves a function inside AWS with streaming', async () => {
    writeFileSync(
      join(folder, 'stream.mjs'),
      `const { Writable } = await import('node:stream');
       globalThis.awslambda = {
         streamifyResponse: (handler) => handler,
         HttpResponseStream: { from(stream, head) { stream.write(JSON.stringify(head) + '|'); return stream; } },
       };
       const { streamHandler } = await import('ropeway/adapter');
       const parts = [];
       const stream = () => new Writable({ write(chunk, encoding, done) { parts.push(String(chunk)); done(); } });
       const answer = streamHandler((request, response) => {
         if (request.url.startsWith('/hello')) return response.end('at once');
         response.write('one ');
         setTimeout(() => response.end('two'), 20);
       }, { onEvent: (event) => ({ got: event.Type }) });
       const event = ${JSON.stringify(event)};
       await answer(event, stream(), {});
       await answer({ ...event, rawPath: '/parts' }, stream(), {});
       await answer({ Type: 'Timer' }, stream(), {});
       console.log(JSON.stringify(parts));`,
    );
    const { stdout } = await run(process.execPath, ['stream.mjs'], { cwd: folder });
    expect(JSON.parse(stdout)).toEqual([
      '{"statusCode":200,"headers":{"Content-Length":"7"}}|',
      'at once',
      '{"statusCode":200,"headers":{}}|',
      'one ',
      'two',
      '{"got":"Timer"}',
    ]);
  });

  it('deploys a Python app with a dependency, by a component that imports it', async () => {
    const files = {
      'shop/app.py':
        "import itsdangerous\n\ndef application(environ, start_response):\n    start_response('200 OK', [])\n    return [itsdangerous.__name__.encode()]\n",
      'shop/requirements.txt': 'itsdangerous==2.2.0\n',
      'mine/package.json': '{"type": "module"}',
      'mine/index.js':
        "import { Component } from 'ropeway';\nexport default class extends Component {\n  async default() { return (await this.load('web'))({ src: './shop' }); }\n}\n",
      'ropeway.yml': 'shop:\n  component: ./mine\n',
    };
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), text);
    }
    const env = { ...process.env, ...(await testPythonEnv()), ROPEWAY_STATE: join(folder, 's') };
    const command = join(folder, 'node_modules', '.bin', 'ropeway');
    const { stdout } = await run(command, ['deploy', '--json'], { cwd: folder, env });
    const finished = JSON.parse(stdout.trim().split('\n').at(-1)!) as { outputs: { shop: { url: string } } };
    try {
      expect(await (await fetch(finished.outputs.shop.url)).text()).toBe('itsdangerous');
    } finally {
      await run(command, ['remove', '--yes'], { cwd: folder, env });
    }
  }, 120_000);
});

describe('the Python package from an archive in an empty folder', () => {
  let python: string;

  beforeAll(async () => {
    const source = mkdtempSync(join(folder, 'python-'));
    await run('tar', ['-xzf', archive, '-C', source]);
    const packed = join(folder, 'ropeway-runtime.tar.gz');
    await run('tar', ['-czf', packed, '-C', join(source, 'package/src/runtimes'), 'python']);
    await run(windows ? 'python' : 'python3', ['-m', 'venv', join(folder, 'venv')]);
    python = join(folder, 'venv', windows ? 'Scripts/python.exe' : 'bin/python');
    await run(python, ['-m', 'pip', 'install', '-q', '--disable-pip-version-check', packed], { cwd: folder });
  });

  const app = `
import json
def app(environ, start_response):
    start_response("200 OK", [("Set-Cookie", "a=1"), ("Set-Cookie", "b=2")])
    return [(environ["PATH_INFO"] + "?" + environ["QUERY_STRING"]).encode()]
`;

  it.each([
    ['a handler', 'from ropeway_runtime import handler\ncall = handler(app)'],
    [
      'the drop-in',
      'from ropeway_runtime import handle_request\ndef call(event, context): return handle_request(app, event, context)',
    ],
    [
      'a class',
      `from ropeway_runtime import EventHandler
class Base:
    def __call__(self, environ, start_response): return app(environ, start_response)
class App(EventHandler, Base): pass
call = App()`,
    ],
  ])('serves as %s', async (_, code) => {
    const text = `${app}${code}\nprint(json.dumps(call(json.loads('''${JSON.stringify(event)}'''), None)))`;
    const { stdout } = await run(python, ['-I', '-W', 'error', '-c', text], { cwd: folder });
    expect(JSON.parse(stdout)).toEqual({
      statusCode: 200,
      headers: {},
      cookies: ['a=1', 'b=2'],
      body: '/hello?a=1',
      isBase64Encoded: false,
    });
  });

  it('has its version and its types', async () => {
    const code =
      'import importlib.metadata as m, ropeway_runtime, pathlib; ' +
      'print(m.version("ropeway-runtime") == ropeway_runtime.__version__, ' +
      '(pathlib.Path(ropeway_runtime.__file__).parent / "py.typed").exists())';
    expect((await run(python, ['-I', '-c', code])).stdout.trim()).toBe('True True');
  });
});
