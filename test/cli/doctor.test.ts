import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { checkClock, checkCredentials } from '../../src/cli/commands/doctor/deploying.ts';
import { appFolder, ropeway, startServe } from '../support/command.ts';
import { until } from '../support/platform.ts';
import { testPythonEnv } from '../support/python.ts';

let state: string;
beforeEach(() => {
  state = mkdtempSync(join(tmpdir(), 'rw-'));
});
afterEach(() => rmSync(state, { recursive: true, force: true }));

interface Check {
  name: string;
  status: string;
  found: string;
  fix?: string;
}

async function doctor(
  args: string[],
  env: NodeJS.ProcessEnv = {},
): Promise<{ code: number | null; checks: Check[] }> {
  const { code, stdout } = await ropeway(['doctor', '--state', state, '--json', ...args], undefined, env);
  return { code, checks: (JSON.parse(stdout) as { checks: Check[] }).checks };
}

const named = (checks: Check[], name: string): Check => checks.find((check) => check.name === name)!;

describe('ropeway doctor', () => {
  it('tells whether there are credentials, never which, and what is wrong with the clock', async () => {
    const env = { TENCENT_SECRET_ID: 'AKIDexample', TENCENT_SECRET_KEY: 'very-secret' };
    expect(checkCredentials(env, state).found).toBe('Tencent: variables');
    expect(checkCredentials({}, state).found).toBe('none; the platform of this machine needs none');
    mkdirSync(join(state, '.tencentcloud'));
    expect(checkCredentials({ AWS_PROFILE: 'work' }, state).found).toBe(
      'Tencent: ~/.tencentcloud, AWS: variables',
    );
    expect(await checkClock(new Date('2001-02-03T04:05:06Z'))).toEqual({
      name: 'clock',
      status: 'warning',
      found: '2001-02-03 04:05:06 UTC, which is long ago',
      fix: 'set the date',
    });
  });

  it('tells which limits are in force, what is there, and what to do', async () => {
    const { code, checks } = await doctor([]);
    expect(code).toBe(0);
    const names = [
      'system',
      'Python',
      'pip',
      'npm',
      'templates',
      'memory',
      'processor',
      'temporary files',
      'environment',
      'time',
    ];
    expect(checks.map(({ name }) => name)).toEqual([
      ...names,
      'open files',
      'state folder',
      'serve',
      'port',
      'credentials',
      'clock',
    ]);
    expect(named(checks, 'memory').found).toContain('512 MB');
    for (const { status, fix } of checks) expect(fix !== undefined).toBe(status !== 'ok');
    const { stdout } = await ropeway(['doctor', '--state', state]);
    expect(stdout).toContain('✓ environment      4096 bytes');
  });

  it('finds an app and what it lacks, and changes nothing', async () => {
    const env = await testPythonEnv();
    const app = appFolder({
      'app.py': 'from flask import Flask\napp = Flask(__name__)\n',
      'requirements.txt': 'flask\nnot-there-at-all\n',
    });
    const { code, checks } = await doctor([app.dir], env);
    expect(code).toBe(0);
    expect(named(checks, 'app')).toMatchObject({ status: 'ok', found: expect.stringContaining('app.py:2') });
    expect(named(checks, 'needs')).toMatchObject({
      status: 'warning',
      found: expect.stringContaining('not-there-at-all'),
    });
    app.remove();
  });

  it('fails where nothing can run: no app, several, a broken configuration', async () => {
    const cases: [Record<string, string>, string][] = [
      [{ 'readme.txt': 'nothing here' }, 'none was found'],
      [
        {
          'a.py': 'import flask\none = flask.Flask("a")\n',
          'b.py': 'import flask\ntwo = flask.Flask("b")\n',
        },
        '2 match',
      ],
      [{ 'ropeway.yml': 'nonsense: 1\n' }, 'nonsense'],
    ];
    for (const [files, words] of cases) {
      const app = appFolder(files);
      const { code, checks } = await doctor([app.dir]);
      expect([code, named(checks, 'app')]).toEqual([
        1,
        expect.objectContaining({ status: 'error', found: expect.stringContaining(words) }),
      ]);
      app.remove();
    }
    const { code, stderr } = await ropeway(['doctor', join(state, 'none')]);
    expect([code, stderr]).toEqual([2, expect.stringContaining('NO_FOLDER')]);
  });

  it('sees a serve that runs, one that was killed, and a port that is taken', async () => {
    const served = await startServe([], ['--state', state]);
    expect(named((await doctor([])).checks, 'serve').found).toContain('runs');
    await served.interrupt('SIGKILL');
    expect(named((await doctor([])).checks, 'serve')).toMatchObject({ status: 'warning' });
    const server = createServer();
    let listens = false;
    let port: Check | undefined;
    await until(async () => {
      // Somebody else may have it already, which does as well, as long as he keeps it.
      listens ||= await new Promise<boolean>((resolve) => {
        server.once('error', () => resolve(false));
        server.listen(3000, '127.0.0.1', () => resolve(true));
      });
      port = named((await doctor([])).checks, 'port');
      return listens || port.status === 'warning';
    });
    expect(port).toMatchObject({ status: 'warning', fix: expect.stringContaining('3001') });
    if (listens) server.close();
  });

  it('says so when the state folder cannot be used', async () => {
    const file = join(state, 'file');
    writeFileSync(file, '');
    const { code, stdout } = await ropeway(['doctor', '--state', file]);
    expect([code, stdout]).toEqual([1, expect.stringContaining('✗ state folder')]);
  });
});
