import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { commandFile, ropeway } from '../support/command.ts';
import { until } from '../support/platform.ts';
import { testLine, testRecord, timeAt, writeRecords, type Written } from '../support/records.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ropeway-logs-'));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Two requests, the second of which failed; the ids of both begin with `aaaa`. */
const WRITTEN = {
  requests: [
    testRecord({ requestId: 'aaaa1111-0', path: '/ok', start: 'cold', origin: 'fresh', initMs: 120.4 }),
    testRecord({
      time: timeAt(1000),
      requestId: 'aaaa2222-0',
      method: 'POST',
      path: '/boom',
      status: 500,
      error: {
        code: 'APP_ERROR',
        message: 'it broke',
        app: { type: 'Error', message: 'it broke', traceback: 'app.py:3 in boom\n  raise Error' },
      },
    }),
  ],
  lines: [
    testLine({ time: timeAt(5), requestId: 'aaaa1111-0', line: 'fine' }),
    testLine({ time: timeAt(500), function: 'other', line: 'between \u001b[31mred\u001b[0m \u001b[2J' }),
    testLine({ time: timeAt(1005), requestId: 'aaaa2222-0', stream: 'stderr', line: 'about to break' }),
  ],
} satisfies Written;

describe('ropeway logs', () => {
  it('has help with examples', async () => {
    const { code, stdout } = await ropeway(['logs', '--help']);
    expect(code).toBe(0);
    expect(stdout).toContain('$ ropeway logs -f --errors');
  });

  it('shows requests and lines in time', async () => {
    await writeRecords(folder, WRITTEN);
    expect(await ropeway(['logs', '--state', folder])).toEqual({
      code: 0,
      stderr: '',
      stdout: [
        '2026-11-23 10:00:00.005 shop │ fine',
        '2026-11-23 10:00:00.010 shop GET /ok 200 cold (fresh, 120 ms) 8 ms (billed 8 ms, 60 MB) aaaa1111',
        '2026-11-23 10:00:00.500 other │ between red \\x1b[2J',
        '2026-11-23 10:00:01.005 shop  │ about to break',
        '2026-11-23 10:00:01.010 shop  POST /boom 500 warm 8 ms (billed 8 ms, 60 MB) aaaa2222',
        '    app.py:3 in boom',
        '      raise Error',
        '',
      ].join('\n'),
    });
  });

  it.each([
    [
      ['shop', '-n', '2'],
      ['about to break', '/boom'],
    ],
    [['other'], ['between']],
    [['--errors'], ['about to break', '/boom']],
    [
      ['--errors', '--since', '2026-11-23'],
      ['about to break', '/boom'],
    ],
    [['--cold'], ['fine', '/ok']],
    [['--status', '2xx', '-n', '1'], ['/ok']],
    [
      ['--since', '2026-11-23T10:00:00.400'],
      ['between', 'about to break', '/boom'],
    ],
    [
      ['--request', 'aaaa2222'],
      ['about to break', '/boom'],
    ],
    [['-n', '0'], []],
  ])('%j', async (args, expected) => {
    await writeRecords(folder, WRITTEN);
    const { code, stdout } = await ropeway(['logs', ...args, '--json', '--state', folder]);
    const found = stdout
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as { kind: string; line: string; path: string });
    expect(found.map((one) => (one.kind === 'line' ? one.line.replace(/ \u001b.*/, '') : one.path))).toEqual(
      expected,
    );
    expect(code).toBe(0);
  });

  it('tells all about one request', async () => {
    await writeRecords(folder, WRITTEN);
    const { stdout } = await ropeway(['logs', '--request', 'aaaa1', '--state', folder]);
    expect(stdout).toContain('│ fine');
    expect(stdout).toContain('request   aaaa1111-0\n');
    expect(stdout).toContain('waited    1 ms for an instance, with loading in 120.4 ms\n');
    expect(stdout).not.toContain('boom');
  });

  it('hides the lines of the platform unless it is told to show them', async () => {
    const platformLine = { ...testLine({ line: 'START RequestId: x' }), stream: 'platform' };
    await writeRecords(folder, { lines: [platformLine as never] });
    const run = async (...args: string[]): Promise<string> =>
      (await ropeway(['logs', '--state', folder, ...args])).stdout;
    expect(await run()).toBe('');
    expect(await run('--platform')).toContain('┆ START RequestId: x');
    expect(await run('--json')).toContain('"stream":"platform"');
  });

  it('colours on a terminal only', async () => {
    await writeRecords(folder, WRITTEN);
    const { stdout } = await ropeway(['logs', '--state', folder], undefined, {
      NO_COLOR: '',
      FORCE_COLOR: '1',
    });
    expect(stdout).toContain('\u001b[31m500\u001b[39m');
    expect(stdout).toContain('between \u001b[31mred\u001b[0m \\x1b[2J\u001b[0m');
  });

  it.each([
    [['--request', 'aaaa'], 'Several requests have an id that begins with aaaa. [AMBIGUOUS_REQUEST]'],
    [['--request', 'aaaa'], '  aaaa1111-0 GET /ok\n  aaaa2222-0 POST /boom\n'],
    [['--request', 'bbbb'], '[NO_SUCH_REQUEST]'],
    [['--request', 'aaa'], 'at least its first 4 characters'],
    [['--since', 'now'], 'Expected an age like'],
    [['--status', '6xx'], 'Expected a status like'],
    [['-n', 'x'], 'Expected a whole number'],
  ])('refuses %j', async (args, message) => {
    await writeRecords(folder, WRITTEN);
    const { code, stderr } = await ropeway(['logs', ...args, '--state', folder]);
    expect(stderr).toContain(message);
    expect(code).toBe(2);
  });

  it('says where it looked, and what to run', async () => {
    const { code, stderr } = await ropeway(['logs'], folder, { ROPEWAY_STATE: join(folder, 'state') });
    expect(code).toBe(2);
    expect(stderr).toContain('There are no records of requests here. [NO_RECORDS]');
    for (const text of [
      join('.ropeway', 'dev'),
      join(folder, 'state', 'records'),
      'ropeway dev',
      'ropeway serve',
    ])
      expect(stderr).toContain(text);
    const named = await ropeway(['logs', '--state', folder]);
    expect(named.code).toBe(2);
    expect(named.stderr).toContain(`${folder} (holds neither), ${join(folder, 'records')} (not there)`);
  });

  it('finds the records of dev here, of serve, and of a state folder', async () => {
    const paths = async (cwd: string, args: string[] = []): Promise<string[]> => {
      const env = { ROPEWAY_STATE: join(folder, 'state') };
      const { stdout } = await ropeway(['logs', '--json', ...args], cwd, env);
      return stdout
        .split('\n')
        .flatMap((line) => (line === '' ? [] : (JSON.parse(line) as { path: string }).path));
    };
    await writeRecords(join(folder, 'state', 'records'), { requests: [testRecord({ path: '/serve' })] });
    expect(await paths(folder)).toEqual(['/serve']);
    await writeRecords(join(folder, '.ropeway', 'dev'), { requests: [testRecord({ path: '/dev' })] });
    expect(await paths(folder)).toEqual(['/dev']);
    expect(await paths(folder, ['--state', 'state'])).toEqual(['/serve']);
    expect(await paths(tmpdir(), ['--state', join(folder, 'state', 'records')])).toEqual(['/serve']);
  });

  it('says so when nothing matches', async () => {
    await writeRecords(folder, WRITTEN);
    const outcome = await ropeway(['logs', 'nothing', '--state', folder]);
    expect(outcome).toEqual({ code: 0, stdout: '', stderr: `Nothing in ${folder} matches.\n` });
  });
});

describe('lines after the answer', () => {
  it('are shown with their request, whether it is read from the end or the beginning', async () => {
    const id = { requestId: 'aaaa3333-0' };
    await writeRecords(folder, {
      requests: [testRecord({ ...id, status: 500, path: '/boom' }), testRecord({ time: timeAt(20) })],
      lines: [
        testLine({ ...id, time: timeAt(5), line: 'during' }),
        testLine({ time: timeAt(40), requestId: 'other', line: 'not this one' }),
        testLine({ ...id, time: timeAt(60), line: 'after' }),
      ],
    });
    for (const args of [[], ['--since', '2026-11-23']]) {
      const { stdout } = await ropeway(['logs', '--errors', '--json', '--state', folder, ...args]);
      const found = stdout.match(/during|after|\/boom|not this/g);
      expect(found).toEqual(['during', '/boom', 'after']);
    }
  });
});

describe('ropeway logs --follow', () => {
  let child: ChildProcess | undefined;
  let found: Record<string, unknown>[];
  let ended: number | null | undefined;

  afterEach(() => child?.kill('SIGKILL'));

  function start(args: string[] = []): void {
    [found, ended] = [[], undefined];
    child = spawn(process.execPath, [commandFile, 'logs', '-f', '--json', '--state', folder, ...args]);
    let rest = '';
    child.stdout!.setEncoding('utf8').on('data', (chunk: string) => {
      const lines = (rest + chunk).split('\n');
      rest = lines.pop()!;
      found.push(...lines.map((line) => JSON.parse(line) as Record<string, unknown>));
    });
    child.on('close', (code) => (ended = code));
  }

  const texts = (): unknown[] => found.map((one) => one['line'] ?? one['path']);

  it('shows what was there, and what comes over rotations, each once, until Ctrl-C', async () => {
    await writeRecords(folder, { lines: [testLine({ line: 'before' })] });
    start();
    await until(() => found.length === 1);
    const expected = ['before'];
    for (let round = 0; round < 5; round += 1) {
      const lines = Array.from({ length: 20 }, (_, index) => testLine({ line: `${round}:${index}` }));
      await writeRecords(folder, { lines }, { maxBytes: 700, keep: 1000 });
      expected.push(...lines.map(({ line }) => line));
      if (round % 2 === 0) await until(() => found.length === expected.length);
    }
    expect(texts()).toEqual(expected);
    child!.kill('SIGINT');
    await until(() => ended !== undefined);
    expect(ended).toBe(0);
  });

  it('waits in a folder that holds nothing yet, and shows failing requests with their lines', async () => {
    start(['--errors']);
    await new Promise((resolve) => setTimeout(resolve, 50));
    await writeRecords(folder, WRITTEN);
    await until(() => found.length === 2);
    expect(texts()).toEqual(['about to break', '/boom']);
    child!.kill('SIGTERM');
    await until(() => ended !== undefined);
    expect(ended).toBe(0);
  });

  it('ends when nobody reads on', async () => {
    await writeRecords(folder, WRITTEN);
    start();
    await until(() => found.length > 0);
    child!.stdout!.destroy();
    await writeRecords(folder, WRITTEN);
    await until(() => ended !== undefined);
    expect(ended).toBe(0);
  });
});
