import { describe, expect, it } from 'vitest';

import { parseCron, sevenFields } from '../../../src/emulators/tencent/scf/triggers/cron.ts';

/** The next times in Beijing after one there. */
function times(expression: string, after: string, count = 1): string[] {
  const cron = parseCron(expression);
  const found: string[] = [];
  let at: number | undefined = Date.parse(`${after}+08:00`);
  while (found.length < count) {
    at = cron.next(at);
    if (at === undefined) break;
    found.push(new Date(at + 8 * 3600_000).toISOString().slice(0, 19));
  }
  return found;
}

describe('a cron expression of the cloud', () => {
  it.each<[string, string, string[]]>([
    ['*/5 * * * * * *', '2026-01-01T00:00:01', ['2026-01-01T00:00:05', '2026-01-01T00:00:10']],
    ['0 0 2 1 * * *', '2026-01-01T02:00:00', ['2026-02-01T02:00:00', '2026-03-01T02:00:00']],
    // 2026-01-02 is a Friday.
    ['0 15 10 * * MON-FRI *', '2026-01-02T10:00:00', ['2026-01-02T10:15:00', '2026-01-05T10:15:00']],
    [
      '0 0 10,14,16 * * * *',
      '2026-01-01T11:00:00',
      ['2026-01-01T14:00:00', '2026-01-01T16:00:00', '2026-01-02T10:00:00'],
    ],
    ['0 */30 9-17 * * * *', '2026-01-01T17:10:00', ['2026-01-01T17:30:00', '2026-01-02T09:00:00']],
    [
      '0 1/20 0 * * * *',
      '2026-01-01T00:00:00',
      ['2026-01-01T00:01:00', '2026-01-01T00:21:00', '2026-01-01T00:41:00', '2026-01-02T00:01:00'],
    ],
    ['0 0 0 L * ? *', '2026-02-01T00:00:00', ['2026-02-28T00:00:00', '2026-03-31T00:00:00']],
    // The last Friday.
    ['0 0 0 ? * 5L *', '2026-01-01T00:00:00', ['2026-01-30T00:00:00', '2026-02-27T00:00:00']],
    // The third Wednesday.
    ['0 0 0 ? * WED#3 *', '2026-01-01T00:00:00', ['2026-01-21T00:00:00', '2026-02-18T00:00:00']],
    // 2026-01-10 is a Saturday, 2026-02-01 a Sunday, 2026-05-31 too.
    ['0 0 0 10W 1 ? *', '2026-01-01T00:00:00', ['2026-01-09T00:00:00']],
    ['0 0 0 1W 2 ? *', '2026-01-01T00:00:00', ['2026-02-02T00:00:00']],
    ['0 0 0 LW 5 ? *', '2026-01-01T00:00:00', ['2026-05-29T00:00:00']],
    // Either will do.
    [
      '0 0 0 13 * FRI *',
      '2026-01-08T00:00:00',
      ['2026-01-09T00:00:00', '2026-01-13T00:00:00', '2026-01-16T00:00:00'],
    ],
    ['0 0 0 29 2 ? *', '2026-01-01T00:00:00', ['2028-02-29T00:00:00', '2032-02-29T00:00:00']],
    ['0 0 0 1 JAN * 2027', '2026-06-01T00:00:00', ['2027-01-01T00:00:00']],
    ['*/5 * * * *', '2026-01-01T00:00:01', ['2026-01-01T00:05:00']],
    ['30 */5 * * * *', '2026-01-01T00:00:31', ['2026-01-01T00:05:30']],
  ])('%s after %s', (expression, after, expected) => {
    expect(times(expression, after, expected.length)).toEqual(expected);
  });

  it('ends', () => {
    expect(times('0 0 0 1 1 * 2020', '2026-01-01T00:00:00')).toEqual([]);
    expect(times('0 0 0 31 2 ? *', '2026-01-01T00:00:00')).toEqual([]);
  });

  it.each([
    '',
    '* * * *',
    '60 * * * * * *',
    '* * 24 * * * *',
    '* * * 0 * * *',
    '* * * * 13 * *',
    '* * * * * 7 *',
    '* * * * * * 1969',
    '*/0 * * * * * *',
    '5-1 * * * * * *',
    '1-2-3 * * * * * *',
    'a * * * * * *',
    '* * * * * FRI#6 *',
    '1/2/3 * * * * * *',
  ])('%j is none', (expression) => {
    expect(() => parseCron(expression)).toThrow(/is not valid: seven fields/);
  });

  it('is stored with all seven fields', () => {
    expect(['*/5 * * * *', '1 */5 * * * *', ' 0  0 2 1 * * * '].map(sevenFields)).toEqual([
      '0 */5 * * * * *',
      '1 */5 * * * * *',
      '0 0 2 1 * * *',
    ]);
  });
});
