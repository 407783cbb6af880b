import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { type Entry, parseEntry } from '../../src/platform/record-files/entries.ts';
import { type FollowedFile, followFile } from '../../src/cli/records/follow-file.ts';
import { closeFiles, openFiles } from '../../src/platform/record-files/open-files.ts';
import { mergeByTime, readEntries } from '../../src/platform/record-files/read-entries.ts';
import { endOfLines, linesBackward, linesForward } from '../../src/platform/record-files/read-lines.ts';
import { parseSince } from '../../src/cli/records/since.ts';
import { terminalText } from '../../src/cli/terminal-text.ts';
import { recordFile } from '../../src/platform/record-files/names.ts';
import { openRecordFiles } from '../../src/platform/records.ts';
import { testLine, testRecord, timeAt, writeRecords } from '../support/records.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ropeway-logs-'));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function gather<T>(portions: AsyncIterable<T[]>): Promise<T[]> {
  const all: T[] = [];
  for await (const portion of portions) all.push(...portion);
  return all;
}

describe('lines of a file', () => {
  it('are the same from either end, wherever the chunks end, without the last half one', async () => {
    const lines = fc.array(fc.string({ unit: 'grapheme' }).map((text) => text.replaceAll('\n', ' ')));
    const half = fc.constantFrom('', '{"half', 'ü');
    await fc.assert(
      fc.asyncProperty(lines, half, fc.integer({ min: 1, max: 40 }), async (lines, half, chunkBytes) => {
        const path = join(folder, 'file');
        writeFileSync(path, lines.map((line) => `${line}\n`).join('') + half);
        const handle = await open(path);
        const end = await endOfLines(handle, (await handle.stat()).size);
        expect(await gather(linesForward(handle, end, { chunkBytes }))).toEqual(lines);
        expect(await gather(linesBackward(handle, end, { chunkBytes }))).toEqual(lines.toReversed());
        await handle.close();
      }),
    );
  });
});

describe('what was written', () => {
  it('is read whole, in time, from either end, through rotations of any size', async () => {
    const written = fc.array(fc.record({ isLine: fc.boolean(), text: fc.string({ maxLength: 50 }) }));
    await fc.assert(
      fc.asyncProperty(written, fc.integer({ min: 1, max: 3000 }), async (written, maxBytes) => {
        const lines = written.map(({ isLine, text }, index) => ({ isLine, text, time: timeAt(index * 20) }));
        await writeRecords(
          folder,
          {
            lines: lines
              .filter(({ isLine }) => isLine)
              .map(({ text, time }) => testLine({ line: text, time })),
            requests: lines
              .filter(({ isLine }) => !isLine)
              .map(({ text, time }) => testRecord({ path: text, time })),
          },
          { maxBytes, keep: 1000 },
        );
        const forward = (await readAll(false)).map(textOf);
        expect(forward).toEqual(lines.map(({ text }) => text));
        expect((await readAll(true)).map(textOf)).toEqual(forward.toReversed());
        rmSync(folder, { recursive: true, force: true });
      }),
      { numRuns: 40 },
    );
  });

  it('is read without lines that are half or not ours', () => {
    const good = JSON.stringify(testRecord());
    expect(parseEntry('invocations', good)).toMatchObject({ kind: 'request', record: testRecord() });
    expect(parseEntry('log', JSON.stringify(testLine()))).toMatchObject({ kind: 'line', line: testLine() });
    for (const text of [good.slice(0, -9), '', 'null', '[]', '{}', '{"time":"x","function":"f","line":""}'])
      expect([parseEntry('invocations', text), parseEntry('log', text)]).toEqual([undefined, undefined]);
  });

  it('is left out when it is older than wanted', async () => {
    const requests = [0, 1, 2, 3].map((second) => testRecord({ time: timeAt(second * 1000) }));
    await writeRecords(folder, { requests }, { maxBytes: 500 });
    const since = Date.parse(timeAt(1500));
    expect((await readAll(false, since)).length).toBe(2);
    expect((await readAll(true, since)).length).toBe(2);
  });
});

async function readAll(newestFirst: boolean, since?: number): Promise<Entry[]> {
  const how = { newestFirst, ...(since === undefined ? {} : { since }) };
  const [invocations, log] = [await openFiles(folder, 'invocations'), await openFiles(folder, 'log')];
  const sources = [
    readEntries(invocations, { name: 'invocations', ...how }),
    readEntries(log, { name: 'log', ...how }),
  ];
  const entries: Entry[] = [];
  for await (const entry of mergeByTime(sources, newestFirst)) entries.push(entry);
  await closeFiles([...invocations, ...log]);
  return entries;
}

function textOf(entry: Entry): string {
  return entry.kind === 'line' ? entry.line.line : entry.record.path;
}

describe('following a file', () => {
  let followed: FollowedFile | undefined;
  const path = (age = 0): string => recordFile(folder, 'log', age);

  afterEach(async () => {
    await followed?.close();
    followed = undefined;
  });

  async function follow(): Promise<FollowedFile> {
    const files = await openFiles(folder, 'log');
    await closeFiles(files.slice(0, -1));
    followed = followFile(folder, 'log', files);
    return followed;
  }

  it('reads what comes, not what was there', async () => {
    writeFileSync(path(), 'old\n');
    const { read } = await follow();
    expect(await read()).toEqual([]);
    appendFileSync(path(), 'one\ntwo\n');
    expect(await read()).toEqual(['one', 'two']);
    expect(await read()).toEqual([]);
  });

  it('waits for the rest of a line, also of one that was half at the start', async () => {
    writeFileSync(path(), 'old\nha');
    const { read } = await follow();
    expect(await read()).toEqual([]);
    appendFileSync(path(), 'lf\nü'.slice(0, -1));
    expect(await read()).toEqual(['half']);
    appendFileSync(path(), Buffer.from('ü').subarray(0, 1));
    expect(await read()).toEqual([]);
    appendFileSync(path(), Buffer.concat([Buffer.from('ü').subarray(1), Buffer.from('\n')]));
    expect(await read()).toEqual(['ü']);
  });

  it('reads a file that did not exist from its beginning', async () => {
    rmSync(folder, { recursive: true });
    const { read } = await follow();
    expect(await read()).toEqual([]);
    mkdirSync(folder);
    writeFileSync(path(), 'one\n');
    expect(await read()).toEqual(['one']);
  });

  it('reads a file that was put aside to its end, then those that follow', async () => {
    writeFileSync(path(1), 'older\n');
    writeFileSync(path(), 'old\n');
    const { read } = await follow();
    appendFileSync(path(), 'one\n');
    renameSync(path(1), path(3));
    renameSync(path(), path(2));
    writeFileSync(path(1), 'two\n');
    writeFileSync(path(), 'three\n');
    expect([await read(), await read(), await read(), await read()].flat()).toEqual(['one', 'two', 'three']);
  });

  it('reads a file that was cut off from its beginning', async () => {
    writeFileSync(path(), 'old and long\n');
    const { read } = await follow();
    truncateSync(path());
    expect(await read()).toEqual([]);
    appendFileSync(path(), 'one\n');
    expect(await read()).toEqual(['one']);
  });

  it('goes on with the file that took the place of one that is gone', async () => {
    writeFileSync(path(1), 'older\n');
    writeFileSync(path(), 'old\n');
    const { read } = await follow();
    rmSync(path());
    expect(await read()).toEqual([]);
    writeFileSync(path(), 'one\n');
    expect(await read()).toEqual(['one']);
  });

  it('misses no line of a writer that rotates all the time', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 2000 }), fc.nat(50), async (maxBytes, count) => {
        const { read, close } = await follow();
        const files = openRecordFiles(folder, (error) => expect(error).toBeUndefined(), {
          maxBytes,
          keep: 200,
        });
        const texts = Array.from({ length: count }, (_, index) => `line ${index}`);
        const found: string[] = [];
        for (const [index, text] of texts.entries()) {
          files.line(testLine({ line: text }));
          if (index % 40 === 0) await new Promise((resolve) => setTimeout(resolve, 12));
          if (index % 7 === 0) found.push(...(await read()));
        }
        await files.close();
        // A look may come in the middle of a rotation; so many in a row do not.
        for (let empty = 0; found.length < count && empty < 100;) {
          const lines = await read();
          found.push(...lines);
          empty = lines.length === 0 ? empty + 1 : 0;
        }
        expect(found.map((line) => textOf(parseEntry('log', line)!))).toEqual(texts);
        await close();
        rmSync(folder, { recursive: true });
      }),
      { numRuns: 20 },
    );
  }, 120_000);
});

describe('the text of others', () => {
  const red = '\u001b[31mred\u001b[0m';
  it.each([
    ['plain text stays', 'a\tü 中', 'a\tü 中', 'a\tü 中'],
    ['colours pass on a terminal, and end', `${red}!`, `${red}!\u001b[0m`, 'red!'],
    [
      'commands do not',
      'a\u001b[2J\u001b]0;title\u0007\r\u009b1m',
      ...twice('a\\x1b[2J\\x1b]0;title\\x07\\x0d\\x9b1m'),
    ],
    ['nor what turns the direction', 'a\u202eb', ...twice('a\\u202eb')],
  ])('%s', (_, text, coloured, plain) => {
    expect(terminalText(text, true)).toBe(coloured);
    expect(terminalText(text, false)).toBe(plain);
  });

  function twice(text: string): [string, string] {
    return [text, text];
  }
});

describe('--since', () => {
  it.each([
    ['2026-11-23', '2026-11-23T00:00:00.000Z'],
    ['2026-11-23T10:20', '2026-11-23T10:20:00.000Z'],
    ['2026-11-23 10:20:30.456', '2026-11-23T10:20:30.456Z'],
    ['2026-11-23T10:20:30+08:00', '2026-11-23T02:20:30.000Z'],
  ])('takes %s', (text, time) => {
    expect(new Date(parseSince(text)).toISOString()).toBe(time);
  });

  it.each(['', '10', 'm', '-1h', 'yesterday', '2026-13-01', '2026-11-23T25:00'])('refuses "%s"', (text) => {
    expect(() => parseSince(text)).toThrow('Expected an age like 90s');
  });

  it('takes ages', () => {
    expect(parseSince('1h') - parseSince('2h')).toBeGreaterThan(3_500_000);
    expect(parseSince('1.5d')).toBeLessThan(parseSince('90m'));
  });
});
