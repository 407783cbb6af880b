import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterEach, describe, expect, it } from 'vitest';

import type { AdviceResult } from '../../src/insight/types.ts';
import { appFolder, ropeway } from '../support/command.ts';
import { testPythonEnv } from '../support/python.ts';

let app: ReturnType<typeof appFolder> | undefined;
afterEach(() => app?.remove());

const SHOP = {
  'app.py': `
from flask import Flask
app = Flask(__name__)
@app.get("/hello/<name>")
def hello(name):
    return f"hello {name}"
@app.route("/report")
def report():
    return str(len(bytearray(160 * 1024 * 1024)))
`,
  'requests.http': '### hello\nGET {{host}}/hello/Ada\n\n### report\nGET {{host}}/report\n',
};
const QUICK = ['--runs', '1', '--count', '3', '--yes'];

describe('ropeway advise', { timeout: 180_000 }, () => {
  it('finds the route that needs more memory, and writes a function of its own into ropeway.yml', async () => {
    app = appFolder({ ...SHOP, 'ropeway.yml': '# ours\nname: shop\n' });
    const file = join(app.dir, 'ropeway.yml');
    const { code, stdout } = await ropeway(
      ['advise', app.dir, ...QUICK, '--apply'],
      undefined,
      await testPythonEnv(),
    );
    expect([code, stdout]).toEqual([
      0,
      expect.stringContaining('/report needs more memory than the other routes'),
    ]);
    expect(stdout).toMatch(
      /\+ functions:\n\+ {3}default: \{ memory: 128 \}\n\+ {3}report: \{ memory: \d+, routes: /,
    );
    expect(stdout).toContain('✓ ropeway.yml written');
    const written = readFileSync(file, 'utf8');
    expect(written.startsWith('# ours\nname: shop\n')).toBe(true);
    // It is what the other verbs take, and nothing is left to say.
    const again = await ropeway(['advise', app.dir, ...QUICK, '--json'], undefined, await testPythonEnv());
    const result = JSON.parse(again.stdout) as AdviceResult;
    expect(result.findings.map(({ id }) => id)).toEqual([]);
  });

  it('never overwrites what is written there, asks, and fails on demand', async () => {
    app = appFolder({
      'app.py': 'import sqlite3\nfrom flask import Flask\napp = Flask(__name__)\nsqlite3.connect("a.db")\n',
    });
    const env = await testPythonEnv();
    const plain = await ropeway(['advise', app.dir, '--no-measure'], undefined, env);
    expect([plain.code, plain.stdout]).toEqual([0, expect.stringContaining('app.py:4')]);
    const failing = await ropeway(
      ['advise', app.dir, '--no-measure', '--fail-on', 'medium', '--json'],
      undefined,
      env,
    );
    expect(failing.code).toBe(1);
    expect((JSON.parse(failing.stdout) as AdviceResult).findings).toMatchObject([
      { id: 'sqlite-on-read-only-disk', severity: 'high' },
    ]);
    const unasked = await ropeway(['advise', app.dir, '--no-measure', '--apply', '--json'], undefined, env);
    expect([unasked.code, unasked.stdout]).toEqual([2, expect.stringContaining('APPLY_NEEDS_YES')]);
    const nothing = await ropeway(['advise', app.dir, '--no-measure', '--apply', '--yes'], undefined, env);
    expect(nothing.stdout).toContain('Nothing of this can be written');
    expect(existsSync(join(app.dir, 'ropeway.yml'))).toBe(false);
    writeFileSync(join(app.dir, 'ropeway.yml'), 'memory: x\n');
    const wrong = await ropeway(['advise', app.dir, '--no-measure'], undefined, env);
    expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringContaining('ropeway.yml:1:1')]);
  });
});
