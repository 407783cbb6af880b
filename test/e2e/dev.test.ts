import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterEach, describe, expect, it } from 'vitest';

import { appFolder, commandFile, type Running, startDev } from '../support/command.ts';
import { isAlive, until } from '../support/platform.ts';

const WSGI = (text: string): string => `import os
def application(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [("${text} %d" % os.getpid()).encode()]
`;

const NODE = (text: string): string => `const http = require('node:http');
const server = http.createServer((request, response) => {
  if (request.url === '/slow') setTimeout(() => response.end('${text} ' + process.pid), 400);
  else response.end('${text} ' + process.pid);
});
server.listen(process.env.PORT || 3000);
`;

const APPS = [
  {
    name: 'a WSGI app',
    file: 'wsgi.py',
    source: WSGI,
    broken: 'def application(environ, start_response:\n',
    trace: 'SyntaxError',
  },
  {
    name: 'a Node app',
    file: 'server.js',
    source: NODE,
    broken: 'const http = require(;\n',
    trace: 'SyntaxError',
  },
];

let dev: Running | undefined;
let app: ReturnType<typeof appFolder> | undefined;

afterEach(async () => {
  if (dev !== undefined && dev.child.exitCode === null) await dev.interrupt();
  dev = undefined;
  app?.remove();
});

describe.each(APPS)('$name under ropeway dev', ({ file, source, broken, trace }) => {
  it('answers, reloads, survives a broken edit, recovers, and leaves no process behind', async () => {
    app = appFolder({ [file]: source('first') });
    dev = await startDev(app.dir);
    const [text, pid] = (await dev.get('/')).text.split(' ');
    expect(text).toBe('first');

    let mark = dev.lines.length;
    app.write(file, source('again'));
    expect(await dev.line('reload', mark)).toEqual({ type: 'reload', files: [file] });
    expect((await dev.get('/')).text).toMatch(/^again /);

    mark = dev.lines.length;
    app.write(file, broken);
    await dev.line('reload', mark);
    const failed = await dev.get('/');
    expect(failed.status).toBe(502);
    const { error } = JSON.parse(failed.text) as { error: { code: string; traceback: string } };
    expect(error.code).toBe('INIT_FAILED');
    expect(error.traceback).toContain(trace);
    expect(error.traceback).toContain(file);
    const { lines } = dev;
    await until(() => lines.some(({ type, status }) => type === 'invocation' && status === 502));

    mark = dev.lines.length;
    app.write(file, source('mended'));
    await dev.line('reload', mark);
    const mended = (await dev.get('/')).text.split(' ');
    expect(mended[0]).toBe('mended');

    expect(await dev.interrupt()).toBe(0);
    for (const one of [pid, mended[1]]) expect(isAlive(Number(one))).toBe(false);
    expect(existsSync(join(app.dir, '.ropeway', 'dev.json'))).toBe(false);
    expect(readFileSync(join(app.dir, '.ropeway', '.gitignore'), 'utf8')).toBe('*\n');
  });

  it('starts broken, shows why, and is live after the mending edit', async () => {
    app = appFolder({ [file]: source('fine') });
    dev = await startDev(app.dir);
    await dev.interrupt();
    app.write(file, `${source('fine')}\nraise_something_undefined_here()\n`);
    dev = await startDev(app.dir);
    const failure = await dev.line('load-failed');
    expect(failure).toMatchObject({ code: 'INIT_FAILED' });
    expect(JSON.stringify(failure)).toContain('raise_something_undefined_here');
    const mark = dev.lines.length;
    app.write(file, source('mended'));
    await dev.line('reload', mark);
    expect((await dev.get('/')).text).toMatch(/^mended /);
  });

  it.each(['SIGTERM', 'SIGHUP'] as const)('ends on %s with exit code 0', async (signal) => {
    app = appFolder({ [file]: source('first') });
    dev = await startDev(app.dir);
    const pid = Number((await dev.get('/')).text.split(' ')[1]);
    expect(await dev.interrupt(signal)).toBe(0);
    expect(isAlive(pid)).toBe(false);
  });

  it('takes its instances with it even when it is killed with SIGKILL', async () => {
    app = appFolder({ [file]: source('first') });
    dev = await startDev(app.dir);
    const pid = Number((await dev.get('/')).text.split(' ')[1]);
    await dev.interrupt('SIGKILL');
    await until(() => !isAlive(pid));
  });
});

describe('ropeway dev', () => {
  it('finishes what is in flight on the old code while the new code serves', async () => {
    app = appFolder({ 'server.js': NODE('old') });
    dev = await startDev(app.dir);
    const inFlight = dev.get('/slow');
    await new Promise((resolve) => setTimeout(resolve, 100));
    const mark = dev.lines.length;
    app.write('server.js', NODE('new'));
    await dev.line('reload', mark);
    expect((await dev.get('/')).text).toMatch(/^new /);
    expect((await inFlight).text).toMatch(/^old /);
  });

  it('ends at once while a request is in flight', async () => {
    app = appFolder({ 'server.js': NODE('x').replace('400', '60000') });
    dev = await startDev(app.dir);
    const pid = Number((await dev.get('/')).text.split(' ')[1]);
    const inFlight = dev.get('/slow').catch(() => 'cut off');
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(await dev.interrupt()).toBe(0);
    expect(isAlive(pid)).toBe(false);
    await inFlight;
  });

  it('is not reloaded by the data that it writes itself', async () => {
    const source = `const fs = require('node:fs');
require('node:http').createServer((request, response) => {
  if (request.method === 'POST') fs.writeFileSync('db.json', '{"n":' + Date.now() + '}');
  response.end(String(process.pid));
}).listen(80);`;
    app = appFolder({ 'server.js': source, 'db.json': '{}' });
    dev = await startDev(app.dir);
    const { text: pid } = await dev.get('/');
    await new Promise((resolve) => setTimeout(resolve, 400));
    await dev.get('/', { method: 'POST' });
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect((await dev.get('/')).text).toBe(pid);
    // Written by hand, it counts.
    await new Promise((resolve) => setTimeout(resolve, 500));
    const mark = dev.lines.length;
    app.write('db.json', '{"by":"hand"}');
    expect(await dev.line('reload', mark)).toEqual({ type: 'reload', files: ['db.json'] });
  });

  // Copies of a process are made on Linux only; elsewhere the option says so and starts fresh.
  it.skipIf(process.platform !== 'linux')(
    'copies instances from a template with --cold template',
    async () => {
      const source = `import os
loaded_in = os.getpid()
def application(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [f"{loaded_in} {os.getpid()}".encode()]
`;
      app = appFolder({ 'wsgi.py': source, 'ropeway.yml': 'app: wsgi:application\nwarmup: [/]\n' });
      dev = await startDev(app.dir, ['--cold', 'template']);
      const { get, lines } = dev;
      const cold = async (): Promise<boolean> => {
        const [loadedIn, pid] = (await get('/', { headers: { 'x-ropeway-cold': '1' } })).text.split(' ');
        return loadedIn !== pid;
      };
      await expect.poll(cold, { timeout: 60_000 }).toBe(true);
      await expect.poll(() => lines.some(({ origin }) => origin === 'spare' || origin === 'fork')).toBe(true);
    },
  );

  it('passes environment, files and format on, and only those', async () => {
    const source = `const http = require('node:http');
http.createServer((request, response) => response.end(JSON.stringify({ env: process.env, event: request.ropeway.event }))).listen(80);`;
    app = appFolder({ 'server.js': source, 'my.env': 'FROM_FILE="of file"\nBOTH=file\n' });
    dev = await startDev(
      app.dir,
      [
        '--env',
        'BOTH=option',
        '--env',
        'PASSED_ON',
        '--env-file',
        join(app.dir, 'my.env'),
        '--events',
        'tencent-apigw',
        '--stage',
        'release',
      ],
      { PASSED_ON: 'yes', NOT_PASSED_ON: 'no' },
    );
    expect(dev.url).toMatch(/\/release$/);
    const { env, event } = JSON.parse((await dev.get('/x?a=1&a=2')).text) as {
      env: Record<string, string>;
      event: Record<string, unknown>;
    };
    expect(env).toMatchObject({ FROM_FILE: 'of file', BOTH: 'option', PASSED_ON: 'yes' });
    expect(env['NOT_PASSED_ON']).toBeUndefined();
    expect(event).toMatchObject({
      httpMethod: 'GET',
      path: '/x',
      queryString: { a: ['1', '2'] },
      requestContext: { stage: 'release' },
    });
  });

  it('ends at once while a start command has not begun to listen', async () => {
    app = appFolder({ 'package.json': '{}' });
    const child = spawn(
      process.execPath,
      [commandFile, 'dev', app.dir, '--port', '0', '--json', '--start', 'sleep 50'],
      {
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    );
    let output = '';
    child.stdout.on('data', (chunk) => (output += chunk));
    await until(() => output.includes('"detected"'));
    await new Promise((resolve) => setTimeout(resolve, 500));
    child.kill('SIGINT');
    await until(() => child.exitCode !== null);
    expect(child.exitCode).toBe(0);
  });

  it('prints each request as a line that says how it went', async () => {
    app = appFolder({ 'server.js': NODE('x') });
    dev = await startDev(app.dir, ['--memory', '300']);
    await dev.get('/?q=1', { headers: { 'x-ropeway-cold': '1' } });
    const record = await dev.line('invocation');
    expect(record).toMatchObject({
      method: 'GET',
      path: '/?q=1',
      status: 200,
      start: 'cold',
      memoryLimitMb: 300,
    });
    expect(record['initMs']).toBeGreaterThan(0);
    expect(record['billedMs']).toBeGreaterThan(0);
    expect(record['memoryMb']).toBeGreaterThan(10);
  });
});
