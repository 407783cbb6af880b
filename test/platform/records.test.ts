import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { type RecordFileName, recordFile } from '../../src/platform/record-files/names.ts';
import { openJournal } from '../../src/platform/journal.ts';
import { openRecordFiles, type RecordFiles } from '../../src/platform/records.ts';
import type { OutputLine } from '../../src/platform/types.ts';
import { until } from '../support/platform.ts';
import { testRecord } from '../support/records.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ropeway-records-'));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

function line(text: string): OutputLine {
  return { time: '2026-11-23T10:00:00.000Z', function: 'f', instance: 'i', stream: 'stdout', line: text };
}

/** The texts of a log file, oldest first, over all its files; fails on a line that is not whole. */
function texts(name: RecordFileName = 'log', keep = 1000): string[] {
  const found: string[] = [];
  for (let age = keep; age >= 0; age -= 1) {
    const path = recordFile(folder, name, age);
    if (!existsSync(path)) continue;
    const lines = readFileSync(path, 'utf8').split('\n');
    expect(lines.pop()).toBe('');
    found.push(...lines.map((one) => (JSON.parse(one) as OutputLine).line));
  }
  return found;
}

async function writeAll(files: RecordFiles, lines: string[]): Promise<void> {
  for (const one of lines) files.line(line(one));
  await files.close();
}

function numbers(count: number, from = 0): string[] {
  return Array.from({ length: count }, (_, index) => `line ${from + index}`);
}

/** Bytes of one of the lines above in a file. */
const LINE_BYTES = Buffer.byteLength(`${JSON.stringify(line('line 0'))}\n`);

function unexpected(error: Error): never {
  throw error;
}

describe('rotation', () => {
  it('puts a full file aside and keeps so many old ones, the newest as 1', async () => {
    const files = openRecordFiles(folder, unexpected, { maxBytes: 2 * LINE_BYTES, keep: 2 });
    await writeAll(files, numbers(9));
    expect(texts()).toEqual(numbers(5, 4));
    expect(readFileSync(recordFile(folder, 'log', 1), 'utf8')).toContain('line 6');
    expect(existsSync(recordFile(folder, 'log', 3))).toBe(false);
  });

  it('counts what an earlier process wrote', async () => {
    await writeAll(openRecordFiles(folder, unexpected, { maxBytes: 3 * LINE_BYTES }), numbers(3));
    await writeAll(openRecordFiles(folder, unexpected, { maxBytes: 3 * LINE_BYTES }), numbers(1, 3));
    expect(existsSync(recordFile(folder, 'log', 1))).toBe(true);
    expect(texts()).toEqual(numbers(4));
  });

  it('gives a line that is longer than a file may be a file of its own', async () => {
    const long = 'x'.repeat(1000);
    await writeAll(openRecordFiles(folder, unexpected, { maxBytes: 500 }), ['a', long, 'b']);
    expect(texts()).toEqual(['a', long, 'b']);
    expect(existsSync(recordFile(folder, 'log', 2))).toBe(true);
  });

  it('keeps no old file when none is to be kept', async () => {
    await writeAll(openRecordFiles(folder, unexpected, { maxBytes: LINE_BYTES, keep: 0 }), numbers(4));
    expect(texts()).toEqual(['line 3']);
  });

  it('leaves the requests alone when the log rotates', async () => {
    await writeAll(openRecordFiles(folder, unexpected, { maxBytes: LINE_BYTES }), numbers(3));
    expect(readFileSync(recordFile(folder, 'invocations'), 'utf8')).toBe('');
    expect(existsSync(recordFile(folder, 'invocations', 1))).toBe(false);
  });

  it('loses and splits no line, whatever the sizes, the runs and the pauses', async () => {
    const runs = fc.array(
      fc.record({ lines: fc.array(fc.string({ unit: 'grapheme' })), pauses: fc.array(fc.nat(40)) }),
      {
        maxLength: 4,
      },
    );
    await fc.assert(
      fc.asyncProperty(runs, fc.integer({ min: 1, max: 2000 }), async (runs, maxBytes) => {
        for (const { lines, pauses } of runs) {
          const files = openRecordFiles(folder, unexpected, { maxBytes, keep: 1000 });
          for (const [index, one] of lines.entries()) {
            files.line(line(one));
            if (pauses.includes(index)) await new Promise((resolve) => setTimeout(resolve, 11));
          }
          await files.close();
        }
        expect(texts()).toEqual(runs.flatMap(({ lines }) => lines));
        rmSync(folder, { recursive: true, force: true });
      }),
      { numRuns: 50 },
    );
  });
});

describe('a file that others touch', () => {
  it('ends the half line that a killed process left', async () => {
    writeFileSync(recordFile(folder, 'log'), '{"line":"ha');
    await writeAll(openRecordFiles(folder, unexpected), ['next']);
    const [half, next] = readFileSync(recordFile(folder, 'log'), 'utf8').split('\n');
    expect(half).toBe('{"line":"ha');
    expect(JSON.parse(next!)).toEqual(line('next'));
  });

  it('begins a new one when it was taken away, with its folder or alone', async () => {
    const files = openRecordFiles(folder, unexpected, { lookMs: 0 });
    files.line(line('gone'));
    await until(() => existsSync(recordFile(folder, 'log')) && texts().length === 1);
    rmSync(folder, { recursive: true });
    await writeAll(files, ['kept']);
    expect(texts()).toEqual(['kept']);
  });

  it('does not put aside the file that another process has begun', async () => {
    const files = openRecordFiles(folder, unexpected, { maxBytes: 2 * LINE_BYTES, lookMs: 0 });
    files.line(line('line 0'));
    await until(() => existsSync(recordFile(folder, 'log')) && texts().length === 1);
    renameSync(recordFile(folder, 'log'), recordFile(folder, 'log', 1));
    writeFileSync(recordFile(folder, 'log'), `${JSON.stringify(line('line 1'))}\n`);
    await writeAll(files, ['line 2']);
    expect(texts()).toEqual(numbers(3));
    expect(existsSync(recordFile(folder, 'log', 2))).toBe(false);
  });
});

describe.runIf(existsSync('/dev/full'))('a disk that is full', () => {
  const told: (string | number)[] = [];
  const open = (retryMs: number): RecordFiles =>
    openRecordFiles(folder, (error) => told.push((error as NodeJS.ErrnoException).code!), {
      retryMs,
      onWorking: (lost) => told.push(lost),
    });

  beforeEach(() => {
    told.length = 0;
    symlinkSync('/dev/full', recordFile(folder, 'log'));
    symlinkSync('/dev/full', recordFile(folder, 'invocations'));
  });

  it('is told of once for both files, and so is that it works again', async () => {
    const files = open(0);
    for (let round = 0; round < 3; round += 1) {
      files.line(line('lost'));
      files.record({} as never);
      await new Promise((resolve) => setTimeout(resolve, 30));
    }
    expect(told).toEqual(['ENOSPC']);
    rmSync(recordFile(folder, 'log'));
    // What comes while a write is still failing is lost, too.
    await until(async () => {
      files.line(line('kept'));
      await new Promise((resolve) => setTimeout(resolve, 30));
      return texts().length > 0;
    });
    expect(told).toEqual(['ENOSPC']);
    rmSync(recordFile(folder, 'invocations'));
    await until(async () => {
      files.record({ line: 'kept' } as never);
      await new Promise((resolve) => setTimeout(resolve, 30));
      return told.length === 2;
    });
    expect(told[0]).toBe('ENOSPC');
    expect(told[1]).toBeGreaterThanOrEqual(6);
    await files.close();
    expect([new Set(texts()), new Set(texts('invocations'))]).toEqual([new Set(['kept']), new Set(['kept'])]);
  });

  it('is left alone until it is time to try again, and nothing is gathered', async () => {
    const files = open(1e9);
    files.line(line('lost'));
    await until(() => told.length === 1);
    rmSync(recordFile(folder, 'log'));
    files.line(line('dropped'));
    await files.close();
    expect(existsSync(recordFile(folder, 'log'))).toBe(false);
    expect(told).toEqual(['ENOSPC']);
  });
});

it('tells of a folder that takes no files at the start', async () => {
  const errors: Error[] = [];
  appendFileSync(join(folder, 'file'), '');
  rmSync(folder, { recursive: true });
  const files = openRecordFiles(folder, (error) => errors.push(error));
  rmSync(folder, { recursive: true });
  writeFileSync(folder, 'not a folder');
  await until(() => errors.length > 0);
  await files.close();
  expect(errors).toHaveLength(1);
});

it('counts what an instance prints right after an answer among the lines of that request', async () => {
  const requests: (string | undefined)[] = [];
  const journal = openJournal({
    folder,
    onRecord: () => undefined,
    onOutput: ({ requestId }) => requests.push(requestId),
    onNotice: () => undefined,
  });
  const print = (id: string, requestId: string | undefined): void =>
    journal.onLine('shop', { id, requestId }, 'stderr', 'text');
  const record = testRecord({ instance: 'shop-1', requestId: 'first' });
  journal.onStart(record);
  print('shop-1', 'first');
  journal.onRecord(record);
  print('shop-1', undefined);
  print('shop-2', undefined);
  print('shop-1', 'second');
  const another = testRecord({ instance: 'shop-1', requestId: 'another' });
  journal.onStart(another);
  print('shop-1', undefined);
  journal.onRecord(another);
  await until(() => !journal.busy());
  await journal.close();
  expect(requests).toEqual(['first', 'first', undefined, 'second', undefined]);
});
