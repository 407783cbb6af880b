import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { createFilter } from '../../src/cli/commands/logs/filter.ts';
import { joinLines } from '../../src/cli/commands/logs/join-lines.ts';
import { backwardOrder, lastEntries } from '../../src/cli/commands/logs/last-entries.ts';
import type { LogsOptions } from '../../src/cli/commands/logs/options.ts';
import { type Entry, parseEntry } from '../../src/platform/record-files/entries.ts';
import { mergeByTime } from '../../src/platform/record-files/read-entries.ts';
import type { InvocationRecord } from '../../src/platform/types.ts';
import { testLine, testRecord, timeAt } from '../support/records.ts';

const ANY: LogsOptions = { follow: false, errors: false, cold: false, platform: false, json: false };

describe('the filter', () => {
  const matches = (options: Partial<LogsOptions>, record: Partial<InvocationRecord>): boolean =>
    createFilter(undefined, { ...ANY, ...options }, undefined).request(testRecord(record));

  it.each([
    ['/users/*', { path: '/users/7?a=b' }, true],
    ['/users/*', { path: '/users' }, false],
    ['/users', { path: '/users?a=/users/' }, true],
    ['post /users', { path: '/users', method: 'POST' }, true],
    ['POST /users', { path: '/users' }, false],
    ['/shop/*', { path: '/release/shop', route: '/shop/*' }, true],
    ['/a.c', { path: '/abc' }, false],
    ['/(', { path: '/(' }, true],
  ])('--route %s and %o: %s', (route, record, expected) => {
    expect(matches({ route }, record)).toBe(expected);
  });

  it.each([
    ['404', 404, true],
    ['404', 405, false],
    ['4xx', 405, true],
    ['5xx', 404, false],
  ])('--status %s and %d: %s', (status, actual, expected) => {
    expect(matches({ status }, { status: actual })).toBe(expected);
  });

  it('takes an error below 500 for an error', () => {
    expect(matches({ errors: true }, { status: 429, error: { code: 'QUEUE_FULL', message: '' } })).toBe(true);
    expect(matches({ errors: true }, { status: 404 })).toBe(false);
  });
});

function textOf(entry: Entry): string {
  return entry.kind === 'line' ? entry.line.line : entry.record.path;
}

describe('the last ones', () => {
  /** Requests of 10 ms, a line in each and one after it; every third one fails. */
  const burst = (starts: number[]): { requests: Entry[]; lines: Entry[] } => {
    const requests = starts.map((start, index) =>
      testRecord({
        requestId: `r${index}`,
        path: `r${index}`,
        time: timeAt(start),
        status: index % 3 ? 200 : 500,
      }),
    );
    const lines = requests
      .flatMap(({ requestId }, index) =>
        [3, 70].map((after) =>
          testLine({ requestId, time: timeAt(starts[index]! + after), line: `${requestId}+${after}` }),
        ),
      )
      .toSorted((a, b) => (a.time < b.time ? -1 : 1));
    return {
      requests: requests.map((one) => parseEntry('invocations', JSON.stringify(one))!),
      lines: lines.map((one) => parseEntry('log', JSON.stringify(one))!),
    };
  };

  async function* portion(entries: Entry[]): AsyncGenerator<Entry[]> {
    if (entries.length > 0) yield entries;
  }

  it('are the end of all, also of requests that came close together', async () => {
    const gaps = fc.array(fc.integer({ min: 1, max: 200 }), { maxLength: 30 });
    await fc.assert(
      fc.asyncProperty(
        gaps,
        fc.boolean(),
        fc.integer({ min: 1, max: 20 }),
        async (gaps, onlyErrors, count) => {
          let now = 0;
          const { requests, lines } = burst(gaps.map((gap) => (now += gap)));
          const filter = createFilter(undefined, { ...ANY, errors: onlyErrors }, undefined);
          const backward = mergeByTime(
            [portion(requests.toReversed()), portion(lines.toReversed())],
            true,
            backwardOrder(filter),
          );
          const found = await lastEntries(backward, filter, count);
          const failed = (text: string): boolean => Number(/\d+/.exec(text)![0]) % 3 === 0;
          const all = [...requests, ...lines].filter((entry) => !onlyErrors || failed(textOf(entry)));
          const orders = (entries: Entry[]): number[] => entries.map(({ order }) => order);
          expect(orders(found)).toEqual(
            orders(all)
              .sort((a, b) => a - b)
              .slice(-count),
          );
        },
      ),
    );
  });
});

describe('lines with their request', () => {
  const line = (requestId: string, text: string): Entry =>
    parseEntry('log', JSON.stringify(testLine({ requestId, line: text })))!;
  const request = (requestId: string, status: number): Entry =>
    parseEntry('invocations', JSON.stringify(testRecord({ requestId, status, path: requestId })))!;
  const errors = createFilter(undefined, { ...ANY, errors: true }, undefined);

  it('come when it is answered, and late ones at once', () => {
    const join = joinLines(errors);
    const shown = [
      line('a', 'a1'),
      line('b', 'b1'),
      line('a', 'a2'),
      request('b', 200),
      request('a', 500),
      line('b', 'b2'),
      line('a', 'a3'),
    ].map((entry) => join(entry).map(textOf));
    expect(shown).toEqual([[], [], [], [], ['a1', 'a2', 'a'], [], ['a3']]);
  });

  it('are not held without bounds', () => {
    const join = joinLines(errors, 10);
    for (const id of ['a', 'b', 'c']) join(line(id, 'six...'));
    expect(['a', 'b', 'c'].map((id) => join(request(id, 500)).length)).toEqual([1, 1, 2]);
  });
});
