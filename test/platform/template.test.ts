import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, describe, expect, it } from 'vitest';

import { appPython } from '../../src/frameworks/python/interpreter.ts';
import type { FunctionSpec, Limits } from '../../src/platform/types.ts';
import type { Entry } from '../../src/runtimes/entry.ts';
import {
  errorOf,
  fixtures,
  isAlive,
  nodeEntry,
  pythonEntry,
  type TestPlatform,
  testPlatform,
  until,
} from '../support/platform.ts';

interface State {
  pid: number;
  parent: number;
  group: number;
  loaded_in: number;
  served: number;
  seen: string[];
  random: number;
  threads: number;
}

/** Pids of this process's children; none where there is no /proc. */
function children(): string[] {
  const path = `/proc/${process.pid}/task/${process.pid}/children`;
  return existsSync(path) ? readFileSync(path, 'utf8').trim().split(' ') : [];
}

const root = join(fixtures, 'instances');
const wsgi = pythonEntry('template_app', 'application', 'wsgi');
const asgi = pythonEntry('template_app', 'asgi', 'asgi');
const COLD = { headers: { 'x-ropeway-cold': '1' } };
let platform: TestPlatform;

afterEach(async () => {
  await platform.close();
});

async function start(entry: Entry, spec: Partial<FunctionSpec> = {}, limits: Partial<Limits> = {}) {
  platform = await testPlatform({
    entry,
    limits: { instances: 8, ...limits },
    spec: { interpreter: appPython(root), cold: 'template', ...spec },
  });
  await platform.prepare();
}

async function cold<T = State>(path = '/'): Promise<T> {
  const response = await fetch(platform.url + path, COLD);
  expect(response.status).toBe(200);
  return (await response.json()) as T;
}

// Copies of a process are made by fork, and what must not be copied is read from /proc: Linux has both.
describe.skipIf(process.platform !== 'linux')('a template', () => {
  it('is copied to make instances, of which one is ready ahead', async () => {
    await start(wsgi);
    const first = await cold();
    const all = await Promise.all([cold(), cold(), cold()]);
    const states = [first, ...all];
    expect(new Set(states.map(({ pid }) => pid)).size).toBe(4);
    // One process has loaded the app, none of these; each leads a group of its own.
    expect(new Set(states.map(({ loaded_in }) => loaded_in)).size).toBe(1);
    for (const { pid, parent, loaded_in, group, served } of states) {
      expect(parent).toBe(loaded_in);
      expect(group).toBe(pid);
      expect(served).toBe(1);
    }
    expect((await platform.record()).origin).toBe('spare');
    await platform.record(4);
    expect(platform.records.every(({ start: kind, initMs }) => kind === 'cold' && initMs! >= 0)).toBe(true);
  });

  it('is copied on demand where none is ready', async () => {
    await start(wsgi, { spares: 0 });
    const states = await Promise.all(Array.from({ length: 8 }, () => cold()));
    expect(new Set(states.map(({ pid }) => pid)).size).toBe(8);
    expect(new Set(states.map(({ parent }) => parent)).size).toBe(1);
    await platform.record(8);
    expect(platform.records.every(({ origin }) => origin === 'fork')).toBe(true);
  });

  it('runs what the app registered, and gives each copy numbers of its own', async () => {
    await start(wsgi);
    const states = [await cold(), await cold()];
    for (const { seen, pid } of states) expect(seen).toEqual(['before', `after ${pid}`]);
    expect(states[0]!.random).not.toBe(states[1]!.random);
  });

  it('has served its warm-up requests', async () => {
    await start(wsgi, { warmup: ['/first?a=1', '/raise', '/'] });
    expect((await cold()).served).toBe(4);
    const printed = (): string => platform.output.map(({ line }) => line).join('\n');
    expect(printed()).toContain('ValueError: raised');
    expect(platform.output[0]!.instance).toBe('test-template');
    // Whoever configures such a path wants to know.
    expect(printed()).toContain('the warm-up request /raise was answered with 500');
  });

  it('keeps what a copy prints apart, with its request', async () => {
    await start(wsgi);
    const { pid } = await cold('/print');
    const { requestId, instance } = await platform.record();
    await until(() => platform.output.length >= 2);
    expect(platform.output).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ stream: 'stdout', line: `printed ${pid}`, requestId, instance }),
        expect.objectContaining({ stream: 'stderr', line: 'warned', requestId, instance }),
      ]),
    );
  });

  it.each([
    ['thread', '1 threads run (ticker)'],
    ['socket', 'a socket is open'],
    ['file', 'template_app.py is open'],
    ['child', '1 child processes run'],
    ['folder', 'a tempfile.TemporaryDirectory exists'],
    ['loop', 'a eventpoll is open'],
    ['hook', 'division by zero'],
  ])('is not copied with a %s from its loading', async (hazard, reason) => {
    await start(wsgi, { env: { HAZARD: hazard } });
    expect(platform.notices).toHaveLength(1);
    expect(platform.notices[0]).toContain('instances start fresh');
    expect(platform.notices[0]).toContain(reason);
    const states = [await cold(), await cold()];
    for (const { pid, loaded_in } of states) expect(loaded_in).toBe(pid);
    expect((await platform.record()).origin).toBe('fresh');
  });

  it('is copied with a log file that is only appended to', async () => {
    await start(wsgi, { env: { HAZARD: 'log', LOG: join(process.env['TMPDIR'] ?? '/tmp', 'template.log') } });
    expect(platform.notices).toEqual([]);
    expect((await cold()).seen).toContain('before');
  });

  it('tells of an app that does not load, and every request does', async () => {
    await start(pythonEntry('broken', 'application', 'wsgi'));
    expect(platform.notices[0]).toContain('instances start fresh');
    expect((await errorOf(await fetch(platform.url))).code).toBe('INIT_FAILED');
  });

  it('gives way to another when it is killed, and its copies go on', async () => {
    await start(wsgi);
    const before = await cold();
    process.kill(before.loaded_in, 'SIGKILL');
    await until(() => !isAlive(before.loaded_in));
    const warm = (await (await fetch(platform.url)).json()) as State;
    expect(warm).toMatchObject({ pid: before.pid, served: 2 });
    // The spare that it has left serves, then a fresh one, which brings the next template.
    await expect
      .poll(async () => {
        const { loaded_in, pid } = await cold();
        return loaded_in !== pid && loaded_in !== before.loaded_in;
      })
      .toBe(true);
  });

  it('answers for a copy that is killed, exits or hangs, and leaves nothing of it', async () => {
    await start(wsgi, {}, { timeout: 1 });
    const exit = await errorOf(await fetch(`${platform.url}/exit`, COLD));
    expect(exit).toMatchObject({
      code: 'FUNCTION_EXITED',
      message: expect.stringContaining('exit code 3') as string,
    });
    const hang = fetch(`${platform.url}/hang`, COLD);
    const { error } = (await (await hang).json()) as { error: { code: string; traceback: string } };
    expect(error.code).toBe('FUNCTION_TIMEOUT');
    expect(error.traceback).toContain('template_app.py');
    const child = Number(await (await fetch(`${platform.url}/spawn`)).text());
    const { pid } = (await (await fetch(platform.url)).json()) as State;
    expect(isAlive(child)).toBe(true);
    process.kill(pid, 'SIGKILL');
    await until(() => !isAlive(child));
    expect((await fetch(platform.url)).status).toBe(200);
  });

  it('gives way to the new code on a reload, and ends with the platform', async () => {
    await start(wsgi);
    const before = await cold();
    platform.reload();
    await until(() => !isAlive(before.loaded_in) && !isAlive(before.pid));
    const after = (await (await fetch(platform.url)).json()) as State;
    expect(after.loaded_in).not.toBe(before.loaded_in);
    await platform.prepare();
    const copy = await cold();
    await platform.close();
    for (const pid of [after.pid, copy.pid, copy.loaded_in]) expect(isAlive(pid)).toBe(false);
  });

  it('runs the lifespan of an ASGI app in each copy', async () => {
    await start(asgi, { warmup: ['/'] });
    expect(platform.notices).toEqual([]);
    const { pid, loaded_in, seen } = await cold();
    expect(loaded_in).not.toBe(pid);
    expect(seen).toEqual([
      `startup ${loaded_in}`,
      `shutdown ${loaded_in}`,
      'before',
      `after ${pid}`,
      `startup ${pid}`,
    ]);
  });

  it('leaves nothing when the platform is killed', async () => {
    await start(wsgi);
    await platform.close();
    // Others make templates meanwhile.
    const temporary = mkdtempSync(join(tmpdir(), 'rw-'));
    const script = join(fixtures, 'platform-with-template.mjs');
    const env = { ...process.env, TMPDIR: temporary };
    const output = spawnSync(process.execPath, [script, appPython(root)], { encoding: 'utf8', env }).stdout;
    const pids = output.trim().split(' ').map(Number);
    expect(pids.length).toBe(3);
    await until(() => pids.every((pid) => !isAlive(pid)));
    // Nor the folders of its socket and of temporary files.
    await until(() => !readdirSync(temporary).some((name) => name.startsWith('ropeway-tmp-')));
    rmSync(temporary, { recursive: true });
  });
});

it('keeps a Node process ready that has loaded the app', async () => {
  const before = children();
  await start(nodeEntry('app.cjs'));
  const cold = async (): Promise<string> => {
    const seen = platform.records.length;
    expect((await fetch(`${platform.url}/pid`, COLD)).status).toBe(200);
    return (await platform.record(seen + 1)).origin!;
  };
  expect(await cold()).toBe('spare');
  // Another one is being loaded now; until it is ready a cold start does without.
  await expect.poll(cold, { timeout: 60_000, interval: 1000 }).toBe('spare');
  const instances = platform.records.map(({ instance }) => instance);
  expect(new Set(instances).size).toBe(instances.length);
  // Ready ahead or not, nothing is left of it.
  await platform.close();
  await expect.poll(children).toEqual(before);
});
