import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { afterEach, describe, expect, it } from 'vitest';

import { packageVersion } from '../../src/lib/package-root.ts';
import { appFolder, ropeway, startDev } from '../support/command.ts';

const NODE_APP = `require('node:http').createServer((request, response) => response.end('x')).listen(3000);\n`;

let app: ReturnType<typeof appFolder> | undefined;

function files(content: Record<string, string>): string {
  app = appFolder(content);
  return app.dir;
}

afterEach(() => app?.remove());

describe('ropeway', () => {
  it('prints its version and its help', async () => {
    expect(await ropeway(['--version'])).toEqual({ code: 0, stdout: `${packageVersion()}\n`, stderr: '' });
    const help = await ropeway(['--help']);
    expect(help.code).toBe(0);
    expect(help.stdout).toContain('ropeway dev');
    for (const verb of ['dev', 'request', 'serve', 'logs', 'stats', 'doctor']) {
      const verbHelp = await ropeway([verb, '--help']);
      expect(verbHelp.code).toBe(0);
      expect(verbHelp.stdout).toContain('Example');
    }
  });

  it.each([
    [['dve'], 'Did you mean dev?'],
    [['dev', '--prot', '80'], 'Did you mean --port?'],
    [['dev', '--port', 'eighty'], 'Expected a whole number from 0 to 65535'],
    [['dev', '--port', '70000'], 'Expected a whole number from 0 to 65535'],
    [['dev', '--memory', '1'], 'Expected a whole number from 32 to 10240'],
    [['dev', '/no/such/folder'], 'There is no such folder'],
    [['dev', '--host', '0.0.0.0'], 'NOT_LOOPBACK'],
    [['dev', '--env', '1A=x'], 'ENV_OPTION'],
    [['dev', '--env', 'NOT_SET_ANYWHERE'], 'it is not set here'],
    [['dev', '--stage', 'a/b'], 'STAGE_NAME'],
    [['dev', '--events', 'aws-v3'], 'aws-v2'],
  ])('refuses %j with exit code 2', async (args, message) => {
    const result = await ropeway(args, files({ 'server.js': NODE_APP }));
    expect(result.stderr).toContain(message);
    expect(result.code).toBe(2);
  });

  it('refuses an environment file that cannot be read', async () => {
    // Node 20 looks for --env-file among the arguments of scripts, too, unless `--` comes first.
    const result = await ropeway(['dev', '--env-file', 'no.env'], files({ 'server.js': NODE_APP }), {}, [
      '--',
    ]);
    expect(result.stderr).toContain('ENV_FILE');
    expect(result.code).toBe(2);
  });

  it('refuses an environment that no cloud takes, without its values', async () => {
    const result = await ropeway(
      ['dev', '--env', `KEY=${'hush'.repeat(2000)}`],
      files({ 'server.js': NODE_APP }),
    );
    expect([result.code, result.stderr]).toEqual([2, expect.stringContaining('ENV_TOO_LARGE')]);
    expect(result.stderr).not.toContain('hush');
  });

  it('says what it looked for when there is no app', async () => {
    const result = await ropeway(['dev'], files({ 'notes.md': 'nothing here' }));
    expect(result.code).toBe(2);
    expect(result.stderr).toContain('APP_NOT_FOUND');
    expect(result.stderr).toContain('looked for:');
    expect(result.stderr).toContain('--app');
  });

  it('lists the candidates when two apps match', async () => {
    const dir = files({ 'one.js': NODE_APP, 'app.js': NODE_APP, 'server.js': NODE_APP });
    const result = await ropeway(['dev'], dir);
    expect(result.code).toBe(2);
    expect(result.stderr).toContain('APP_AMBIGUOUS');
    expect(result.stderr).toContain('app.js:1');
    expect(result.stderr).toContain('server.js:1');
    expect(result.stderr).toMatch(/--app (app|server)\.js/);
    const dev = await startDev(dir, ['--app', 'server.js']);
    expect((await dev.get('/')).text).toBe('x');
    await dev.interrupt();
  });

  it('says that a port is taken and which option mends it', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => other.once('listening', resolve));
    const { port } = other.address() as AddressInfo;
    const result = await ropeway(['dev', '--port', String(port)], files({ 'server.js': NODE_APP }));
    other.close();
    expect(result.code).toBe(2);
    expect(result.stderr).toContain(`127.0.0.1:${port} already`);
    expect(result.stderr).toContain(`--port ${port + 1}`);
  });

  it('prints an error as one JSON line with --json', async () => {
    const result = await ropeway(['dev', '--json'], files({ 'notes.md': '' }));
    expect(result.code).toBe(2);
    expect(JSON.parse(result.stdout)).toMatchObject({ type: 'error', code: 'APP_NOT_FOUND', fault: 'user' });
  });
});
