import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { freePort } from '../../../src/lib/ports.ts';
import type { GuestSpec, RunningGuest } from '../../../src/platform/guests/types.ts';
import { webEntry } from '../../../src/platform/guests/web-command.ts';
import { type TestGuests, testGuests } from '../../support/guests.ts';
import { zipOf } from '../../support/zip.ts';

const SERVER = `
const { createServer } = require('node:http');
const port = Number(process.argv[2]);
createServer((request, response) => response.end(\`\${process.env.WORD} \${request.url} \${__dirname === process.cwd()}\`)).listen(port, '0.0.0.0');
`;
const BOOTSTRAP = '#!/bin/bash\ncd "$(dirname "$0")"\nexec /var/lang/node18/bin/node server.js 9000\n';

describe('web functions as SCF has them', () => {
  let guests: TestGuests;
  beforeAll(() => {
    guests = testGuests();
    guests.keepPackages(() => []);
  });
  afterAll(() => guests.close(0));

  test('run side by side, though each says port 9000 and an interpreter of the cloud', async () => {
    const { digest } = await guests.addPackage(
      await zipOf({ scf_bootstrap: BOOTSTRAP, 'server.js': SERVER }, 0o755),
    );
    const answers = ['one', 'two'].map(async (word) => {
      const code = guests.run({
        name: `tencent.${word}`,
        version: 0,
        code: digest,
        layers: [],
        start: { kind: 'web', file: 'scf_bootstrap', port: 9000 },
        env: { WORD: word },
        limits: { memory: 256, timeout: 5 },
        context: {},
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
      return (await fetch(`${url}/path`)).text();
    });
    expect(await Promise.all(answers)).toEqual(['one /path true', 'two /path true']);
  });

  test.each<[string, Record<string, string>, number, string]>([
    ['is not there', { 'server.js': '' }, 0o755, 'not at the root'],
    ['may not be run', { scf_bootstrap: BOOTSTRAP }, 0o644, 'permission denied'],
    ['has line ends of Windows', { scf_bootstrap: '#!/bin/bash\r\nexec true\r\n' }, 0o755, 'bad interpreter'],
  ])('a bootstrap that %s is refused in the cloud’s words', async (_, files, mode, words) => {
    const { folder } = await guests.addPackage(await zipOf(files, mode));
    expect(() => webEntry(folder, 'scf_bootstrap', 9000, [])).toThrow(
      expect.objectContaining({ code: 'WEB_BOOTSTRAP', message: expect.stringContaining(words) }),
    );
  });

  const start = async (
    files: Record<string, string>,
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

  const FLASKLESS = `
import os, sys, greeting
from http.server import BaseHTTPRequestHandler, HTTPServer
class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        body = ("%s %s" % (greeting.WORD, open(sys.argv[2]).read())).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
HTTPServer(("0.0.0.0", int(sys.argv[1])), Handler).serve_forever()
`;

  test('a Python of the cloud, and what is in a layer', async () => {
    const layer = await guests.addPackage(
      await zipOf({ 'python/greeting.py': 'WORD = "hello"', 'etc/name': 'layer' }),
    );
    const bootstrap = [
      '#!/bin/bash',
      'export PYTHONPATH=/opt/python:$PYTHONPATH',
      '/var/lang/python310/bin/python3.10 -u app.py 9000 /opt/etc/name',
      '',
    ].join('\n');
    const { url, code } = await start(
      { scf_bootstrap: bootstrap, 'app.py': FLASKLESS },
      { layers: [layer.digest] },
    );
    expect(await (await fetch(url)).text()).toBe('hello layer');
    await code.close(0);
  });

  test('an app that listens on the cloud’s port itself has it, one at a time', async () => {
    const port = await freePort();
    const files = {
      scf_bootstrap: `#!/usr/bin/env node
require('node:http').createServer((request, response) => response.end('mine')).listen(${port}, '0.0.0.0');
`,
    };
    const web = { kind: 'web', file: 'scf_bootstrap', port } as const;
    const first = await start(files, { start: web });
    expect(await (await fetch(first.url)).text()).toBe('mine');
    const second = await start(files, { start: web });
    const refused = await fetch(second.url);
    expect(refused.status).toBe(502);
    await expect
      .poll(() => guests.records.at(-1)?.error?.message)
      .toContain(`listens on port ${port} itself`);
    await first.code.close(0);
    expect(await (await fetch(second.url)).text()).toBe('mine');
    await second.code.close(0);
  });

  test('one that does not listen at all', async () => {
    const { url, code } = await start(
      { scf_bootstrap: '#!/bin/bash\nexec sleep 60\n' },
      { limits: { memory: 256, timeout: 5, initTimeout: 1 } },
    );
    const answer = await fetch(url);
    expect(answer.status).toBe(504);
    await expect
      .poll(() => guests.records.at(-1)?.error?.message)
      .toContain('scf_bootstrap did not listen on port 9000');
    await code.close(0);
  });
});
