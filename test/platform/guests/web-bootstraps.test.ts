import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import type { GuestSpec, RunningGuest } from '../../../src/platform/guests/types.ts';
import { type TestGuests, testGuests } from '../../support/guests.ts';
import { testPython } from '../../support/python.ts';
import { zipOf } from '../../support/zip.ts';

/*
 * `scf_bootstrap` as its users write it (Tencent Cloud's documents, templates and guides for Koa, Flask, Laravel and Go), with the port in every place that it is found in.
 * Each app runs twice at the same time.
 */

const NODE = `
const { createServer } = require('node:http');
createServer((request, response) => response.end(process.env.WORD)).listen(LISTEN);
`;
const PYTHON = `
import os, sys, third
from http.server import BaseHTTPRequestHandler, HTTPServer
class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        body = (os.environ["WORD"] + third.WORD).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
HTTPServer(("0.0.0.0", PORT), Handler).serve_forever()
`;
const WSGI = `
import os
def app(environ, start_response):
    start_response("200 OK", [])
    return [os.environ["WORD"].encode()]
`;
const ASGI = `
import os
async def app(scope, receive, send):
    if scope["type"] != "http":
        return
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": os.environ["WORD"].encode()})
if __name__ == "__main__":
    import uvicorn
    uvicorn.run(app, host="0.0.0.0", port=9000, loop="asyncio")
`;

describe('start scripts of web functions', () => {
  let guests: TestGuests;
  let python: string;
  beforeAll(async () => {
    guests = testGuests();
    guests.keepPackages(() => []);
    python = await testPython();
  }, 240_000);
  afterAll(() => guests.close(0));

  const start = async (
    files: Record<string, string | Buffer>,
    more: Partial<GuestSpec> = {},
  ): Promise<{ code: RunningGuest; url: string }> => {
    const { digest } = await guests.addPackage(await zipOf(files, 0o755));
    const code = guests.run({
      name: 'tencent.web',
      version: 0,
      code: digest,
      layers: [],
      start: { kind: 'web', file: 'scf_bootstrap', port: 9000 },
      env: {},
      limits: { memory: 256, timeout: 5 },
      context: {},
      ...more,
    });
    const { url } = await guests.listen({
      route: () => ({
        kind: 'routed',
        code,
        route: '/*',
        eventFormat: 'tencent-url',
        stage: '',
        stream: false,
      }),
    });
    return { code, url };
  };

  /** What two instances of it answer that are there at the same time. */
  const twice = async (files: Record<string, string | Buffer>): Promise<string[]> => {
    const running = await Promise.all(['one', 'two'].map((WORD) => start(files, { env: { WORD } })));
    const answers: string[] = [];
    for (const { url } of running) answers.push(await (await fetch(url)).text());
    for (const { code } of running) expect(code.instances()).toEqual({ all: 1, ready: 1 });
    await Promise.all(running.map(({ code }) => code.close(0)));
    return answers;
  };

  test.each([
    ['a number', '9000'],
    ['a text', "'9000'"],
    ['a number and an address', "9000, '0.0.0.0', () => console.log('listening')"],
    ['options', '{ port: 9000 }'],
    ['a variable or a number', 'process.env.SOME_PORT || 9000'],
  ])('Node listens on the cloud’s port, written as %s', async (_, listen) => {
    const files = {
      scf_bootstrap: '#!/bin/bash\n/var/lang/node12/bin/node app.js\n',
      'app.js': NODE.replace('LISTEN', listen),
    };
    expect(await twice(files)).toEqual(['one', 'two']);
  });

  test('Node’s own options are kept', async () => {
    const files = {
      scf_bootstrap:
        '#!/bin/sh\ncd "$(dirname "$0")"\nexport NODE_OPTIONS="--max-old-space-size=128 --require ./third.cjs"\nexec "/var/lang/node18/bin/node" app.js\n',
      'third.cjs': "process.env.WORD += '!';",
      'app.js': NODE.replace('LISTEN', '9000'),
    };
    expect(await twice(files)).toEqual(['one!', 'two!']);
  });

  test.each([
    [
      'in its source, with a path of its own',
      'export PYTHONPATH="./third_party:$PYTHONPATH"\n/var/lang/python310/bin/python3.10 -u main.py',
      '9000',
    ],
    [
      'in its source, and nothing else is on the path',
      "export PYTHONPATH='./third_party'\n/var/lang/python3/bin/python3 main.py",
      '9000',
    ],
    [
      'as an argument in quotes',
      "cd /var/user\nPYTHONPATH=/var/user/third_party /var/lang/python37/bin/python3 main.py '9000'",
      'int(sys.argv[1])',
    ],
    [
      'as a variable in quotes',
      `export SOME_PORT='9000' PYTHONPATH=third_party:$PYTHONPATH\nexec "/var/lang/python39/bin/python3.9" main.py`,
      'int(os.environ["SOME_PORT"])',
    ],
    [
      'as a default',
      'export PATH=/var/lang/python39/bin:$PATH PYTHONPATH=third_party\nexec python3 main.py ${SOME_PORT:-9000}',
      'int(sys.argv[1])',
    ],
  ])('Python has the cloud’s port %s', async (_, lines, port) => {
    const files = {
      scf_bootstrap: `#!/bin/bash\n${lines}\n`,
      'main.py': PYTHON.replace('PORT', port),
      'third_party/third.py': 'WORD = "!"\n',
    };
    expect(await twice(files)).toEqual(['one!', 'two!']);
  });

  test.each([
    ['gunicorn', "-m gunicorn --bind '0.0.0.0:9000' --workers 1 app:app", WSGI],
    ['gunicorn on all addresses', '-m gunicorn -b :9000 -w 2 app:app', WSGI],
    ['uvicorn', '-m uvicorn app:app --host 0.0.0.0 --port=9000', ASGI],
    ['uvicorn in the app', 'app.py', ASGI],
  ])('%s', async (_, line, app) => {
    const files = { scf_bootstrap: `#!/bin/bash\nexec ${python} ${line}\n`, 'app.py': app };
    expect(await twice(files)).toEqual(['one', 'two']);
  });

  test('an app’s own sitecustomize is not lost', async () => {
    const files = {
      scf_bootstrap:
        '#!/bin/bash\nexport PYTHONPATH=third_party\n/var/lang/python310/bin/python3.10 main.py\n',
      'main.py': PYTHON.replace('PORT', '9000'),
      'third_party/third.py': 'WORD = ""\n',
      'third_party/sitecustomize.py': 'import os\nos.environ["WORD"] += " customized"\n',
    };
    expect(await twice(files)).toEqual(['one customized', 'two customized']);
  });

  test('a port of another host stays what it is', async () => {
    const files = {
      scf_bootstrap:
        '#!/bin/bash\nexport WORD="http://store.example:9000/a 10.0.0.1:9000 19000 9000.5"\n/var/lang/node18/bin/node app.js\n',
      'app.js': NODE.replace('LISTEN', '9000'),
    };
    const { url, code } = await start(files);
    expect(await (await fetch(url)).text()).toBe(
      'http://store.example:9000/a 10.0.0.1:9000 19000 9000.5',
    );
    await code.close(0);
  });

  test('what this machine lacks is told', async () => {
    const files = { scf_bootstrap: '#!/bin/bash\nexec /var/lang/cobol7/bin/cobol -S 0.0.0.0:9000\n' };
    const { url, code } = await start(files);
    expect((await fetch(url)).status).toBe(502);
    expect(guests.notices).toContain(
      'tencent.web: scf_bootstrap: /var/lang/cobol7/bin/cobol is not on this machine: install cobol, and set the PATH to where it is',
    );
    await expect.poll(() => guests.records.at(-1)?.error?.app?.traceback).toContain('cobol');
    await code.close(0);
  });

  const compiler = ['cc', 'gcc'].find((name) => {
    try {
      return execFileSync(name, ['--version']).length > 0;
    } catch {
      return false;
    }
  });
  test.skipIf(compiler === undefined)('a compiled program that reads PORT (needs a C compiler)', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'ropeway-compiled-'));
    try {
      writeFileSync(join(folder, 'web.c'), readFileSync(join(import.meta.dirname, 'runtimes/web.c')));
      execFileSync(compiler!, ['-o', join(folder, 'scf_bootstrap'), join(folder, 'web.c')]);
      const program = readFileSync(join(folder, 'scf_bootstrap'));
      expect(await twice({ scf_bootstrap: program })).toEqual(['one', 'two']);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
