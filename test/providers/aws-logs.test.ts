import { afterEach, describe, expect, test } from 'vitest';

import type { LogLine, LogQuery, Provider } from '../../src/providers/types.ts';
import { answering } from './answering.ts';

const answers = answering();
afterEach(() => answers.close());

describe('logs', () => {
  const event = (eventId: string, timestamp: number, message: string, stream = 's1'): object => ({
    eventId,
    timestamp,
    message,
    logStreamName: `2026/11/24/[3]${stream}`,
  });
  const EVENTS = [
    event('1', 1000, 'START RequestId: aaaa-1 Version: 3\n'),
    event('2', 1001, 'hello from a\n'),
    event('3', 1002, 'START RequestId: bbbb-2 Version: 3\n', 's2'),
    event('4', 1003, 'first of b\r\u00a0second of b\n', 's2'),
    event('5', 1004, 'END RequestId: aaaa-1\n'),
    event('6', 1005, 'REPORT RequestId: aaaa-1\tDuration: 1 ms\n'),
    event('7', 1006, 'between\n'),
  ];
  const read = async (aws: Provider, query: Partial<LogQuery> = {}): Promise<LogLine[]> => {
    const lines = [];
    const signal = AbortSignal.timeout(10_000);
    for await (const line of aws.logs('shop', { since: 5, follow: false, signal, ...query }))
      lines.push(line);
    return lines;
  };

  test('come line by line over all pages, each with its request and instance', async () => {
    const asked: unknown[] = [];
    const aws = await answers.provider((_, body) => {
      const query = JSON.parse(body) as { nextToken?: string };
      asked.push(query);
      return query.nextToken === undefined
        ? { body: { events: EVENTS.slice(0, 4), nextToken: 'more' } }
        : { body: { events: EVENTS.slice(4) } };
    });
    const lines = await read(aws);
    expect(lines.map(({ requestId, instance, line }) => [requestId, instance, line])).toEqual([
      ['aaaa-1', 's1', 'START RequestId: aaaa-1 Version: 3'],
      ['aaaa-1', 's1', 'hello from a'],
      ['bbbb-2', 's2', 'START RequestId: bbbb-2 Version: 3'],
      ['bbbb-2', 's2', 'first of b'],
      ['bbbb-2', 's2', ' second of b'],
      ['aaaa-1', 's1', 'END RequestId: aaaa-1'],
      ['aaaa-1', 's1', 'REPORT RequestId: aaaa-1\tDuration: 1 ms'],
      [undefined, 's1', 'between'],
    ]);
    expect(lines[0]!.time).toBe('1970-01-01T00:00:01.000Z');
    expect(asked).toEqual([
      { logGroupName: '/aws/lambda/shop', startTime: 5 },
      { logGroupName: '/aws/lambda/shop', startTime: 5, nextToken: 'more' },
    ]);
  });

  test('of one request, or with a text in them', async () => {
    const aws = await answers.provider(() => ({ body: { events: EVENTS } }));
    expect((await read(aws, { requestId: 'bbbb-2', filter: 'of b' })).map(({ line }) => line)).toEqual([
      'first of b',
      ' second of b',
    ]);
    expect((await read(aws, { filter: 'hello' })).map(({ line }) => line)).toEqual(['hello from a']);
  });

  test('are followed without a line twice, even when one comes late', async () => {
    let looks = 0;
    const aws = await answers.provider(() => {
      looks += 1;
      const late = event('late', 900, 'came late\n');
      return { body: { events: looks === 1 ? EVENTS.slice(0, 2) : [late, ...EVENTS.slice(0, 3)] } };
    });
    const ending = new AbortController();
    const seen: string[] = [];
    for await (const { line } of aws.logs('shop', { since: 0, follow: true, signal: ending.signal })) {
      seen.push(line);
      if (seen.length === 4) ending.abort();
    }
    expect(seen).toEqual([
      'START RequestId: aaaa-1 Version: 3',
      'hello from a',
      'came late',
      'START RequestId: bbbb-2 Version: 3',
    ]);
    expect(looks).toBe(2);
  });

  test('of a function that has not printed yet are none', async () => {
    const aws = await answers.provider(() => ({
      status: 400,
      body: { __type: 'ResourceNotFoundException', message: 'The specified log group does not exist.' },
    }));
    expect(await read(aws)).toEqual([]);
  });
});
