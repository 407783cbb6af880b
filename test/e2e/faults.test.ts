import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { InvocationRecord } from '../../src/platform/types.ts';
import { type Running, startServe } from '../support/command.ts';
import { isAlive, until } from '../support/platform.ts';
import { testPythonEnv } from '../support/python.ts';
import { control, load } from '../support/serve.ts';

// Whatever happens to a platform: no accepted request without an answer, no process left, no deployment lost. FAULT_REPEATS=19
// runs each twenty times; how long it took until the platform served again is printed.

const fixture = join(dirname(dirname(fileURLToPath(import.meta.url))), 'fixtures', 'faults');
const repeats = Number(process.env['FAULT_REPEATS'] ?? 0);

let folder: string;
let state: string;
let app: string;
let served: Running;
const socket = (): string => join(state, 'control.sock');

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rw-'));
  state = join(folder, 's');
  app = join(folder, 'app');
  cpSync(fixture, app, { recursive: true });
});
afterEach(async () => {
  await served.interrupt('SIGKILL');
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
});

async function serve(args: string[] = [], env: NodeJS.ProcessEnv = {}): Promise<void> {
  served = await startServe([app], ['--state', state, '--memory', '200', ...args], {
    ...(await testPythonEnv()),
    ...env,
  });
}

async function pids(): Promise<number[]> {
  const { body } = await control(socket(), 'GET', '/v1/functions/app');
  return (body['instances'] as { pid: number }[]).map(({ pid }) => pid);
}

/** Whether a request is being served or waits. */
async function isServing(count: number): Promise<boolean> {
  const { body } = await control(socket(), 'GET', '/v1/functions/app');
  const loads = body['load'] as { active: number; waiting: number }[];
  return loads.reduce((sum, { active, waiting }) => sum + active + waiting, 0) >= count;
}

/** Serves again, and how long that took from `since` on. */
async function recovers(fault: string, since: number): Promise<void> {
  expect((await served.get('/pid')).status).toBe(200);
  console.log(`recovery: ${fault}: ${Math.round(performance.now() - since)} ms`);
}

function records(): InvocationRecord[] {
  const text = readFileSync(join(state, 'records', 'invocations.ndjson'), 'utf8');
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as InvocationRecord);
}

describe('a platform goes on when', { repeats, timeout: 60_000 }, () => {
  it('an instance is killed in the middle of a request', async () => {
    await serve();
    const slow = served.get('/slow');
    await until(() => isServing(1));
    const since = performance.now();
    for (const pid of await pids()) process.kill(pid, 'SIGKILL');
    const answer = await slow;
    expect([answer.status, answer.headers.get('x-ropeway-error')]).toEqual([502, 'FUNCTION_EXITED']);
    await recovers('instance killed', since);
  });

  it.runIf(process.platform === 'linux')('its template is killed under load', async () => {
    await serve();
    const clients = load(`${served.url}/pid`, 4);
    await until(() => clients.statuses.length > 10);
    const since = performance.now();
    const all = descendants(served.child.pid!);
    const instances = await pids();
    // The template is the parent of the copies.
    const templates = all.filter((pid) => !instances.includes(pid) && commandOf(pid).includes('start.py'));
    expect(templates.length).toBeGreaterThan(0);
    for (const pid of templates) process.kill(pid, 'SIGKILL');
    const before = clients.statuses.length;
    await until(() => clients.statuses.length > before + 50);
    await clients.stop();
    expect(new Set(clients.statuses)).toEqual(new Set([200]));
    await recovers('template killed', since);
  });

  it.runIf(process.platform === 'linux')('it is killed itself and started again', async () => {
    await serve();
    const busy = served.get('/busy').catch(() => undefined);
    await until(() => isServing(1));
    const all = descendants(served.child.pid!);
    await served.interrupt('SIGKILL');
    await busy;
    await until(() => all.every((pid) => !isAlive(pid)));
    const since = performance.now();
    served = await startServe([], ['--state', state]);
    await recovers('platform killed (from its start on)', since);
  });

  it.runIf(process.platform === 'linux')('the disk is full', async () => {
    mkdirSync(join(state, 'records'), { recursive: true });
    symlinkSync('/dev/full', join(state, 'records', 'invocations.ndjson'));
    symlinkSync('/dev/full', join(state, 'records', 'log.ndjson'));
    await serve();
    const clients = load(`${served.url}/pid`, 4);
    await until(() => clients.statuses.length > 50);
    // Neither is a new version taken that would be forgotten.
    symlinkSync('/dev/full', join(state, 'deployments.json.new'));
    const refused = await control(socket(), 'PUT', '/v1/functions/app/aliases/other', { version: 1 });
    expect(refused).toMatchObject({ status: 507, body: { error: { code: 'STATE_WRITE' } } });
    const since = performance.now();
    rmSync(join(state, 'deployments.json.new'));
    expect((await control(socket(), 'PUT', '/v1/functions/app/aliases/other', { version: 1 })).status).toBe(
      200,
    );
    await clients.stop();
    expect(new Set(clients.statuses)).toEqual(new Set([200]));
    await recovers('disk full', since);
  });

  it('its state was cut off', async () => {
    await serve();
    await served.interrupt('SIGKILL');
    const file = join(state, 'deployments.json');
    writeFileSync(file, readFileSync(file, 'utf8').slice(0, 100));
    const since = performance.now();
    served = await startServe([], ['--state', state]);
    await recovers('state cut off (from the start on)', since);
  });

  it('clients go in the middle of their requests', async () => {
    await serve(['--concurrency', '1']);
    const since = performance.now();
    const clients = await Promise.all(
      Array.from({ length: 20 }, () => client('GET /slow HTTP/1.1\r\nHost: x\r\n\r\n')),
    );
    clients.push(await client('POST /pid HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nhalf of it'));
    await until(() => isServing(20));
    for (const one of clients) one.destroy();
    await recovers('clients gone', since);
    expect(await isServing(1)).toBe(false);
    await until(() => records().filter(({ status }) => status === 499).length >= 20);
  });

  it('the app takes ever more memory', async () => {
    await serve();
    const answer = await served.get('/leak');
    expect([answer.status, answer.headers.get('x-ropeway-error')]).toEqual([502, 'MEMORY_EXCEEDED']);
    await recovers('memory limit', performance.now());
  });

  it('the app has children when its instance ends', async () => {
    await serve();
    const started = (await served.get('/children')).text.split(' ').map(Number);
    expect(started.every(isAlive)).toBe(true);
    const since = performance.now();
    process.kill(started[0]!, 'SIGKILL');
    await until(() => started.every((pid) => !isAlive(pid)));
    await recovers('instance with children killed', since);
    const more = (await served.get('/children')).text.split(' ').map(Number);
    expect(await served.interrupt('SIGTERM')).toBe(0);
    await until(() => more.every((pid) => !isAlive(pid)));
  });

  it('the app writes garbage to its output', async () => {
    await serve(['--quiet']);
    const since = performance.now();
    const answers = await Promise.all(Array.from({ length: 8 }, () => served.get('/garbage')));
    expect(answers.map(({ status, text }) => [status, /^\d+$/.test(text)])).toEqual(
      answers.map(() => [200, true]),
    );
    await recovers('garbage', since);
  });

  it('the clock jumps', async () => {
    await serve([], { NODE_OPTIONS: `--import ${pathToFileURL(join(fixture, 'jumping-clock.mjs')).href}` });
    const clients = load(`${served.url}/pid`, 4);
    const since = performance.now();
    for (let jump = 0; jump < 4; jump++) {
      const before = clients.statuses.length;
      await until(() => clients.statuses.length > before + 20);
      served.child.kill('SIGUSR2');
    }
    await sleep(100);
    await clients.stop();
    expect(new Set(clients.statuses)).toEqual(new Set([200]));
    await recovers('clock jumped', since);
    await until(() => records().length > clients.statuses.length);
    for (const { totalMs, durationMs, queueMs } of records()) {
      for (const ms of [totalMs, durationMs, queueMs]) expect(ms >= 0 && ms < 20_000).toBe(true);
    }
  });
});

/** Everything that a process has started and that is still its descendant. */
function descendants(root: number): number[] {
  const children = readFileSync(`/proc/${root}/task/${root}/children`, 'latin1').trim();
  const own = children === '' ? [] : children.split(' ').map(Number);
  return own.flatMap((pid) => [pid, ...descendants(pid)]);
}

function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'latin1');
  } catch {
    return '';
  }
}

function client(request: string): Promise<ReturnType<typeof connect>> {
  return new Promise((resolve, reject) => {
    const connection = connect(Number(new URL(served.url).port), '127.0.0.1', () => {
      connection.write(request);
      resolve(connection);
    });
    connection.on('error', reject);
  });
}
