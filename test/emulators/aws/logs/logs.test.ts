import { CloudWatchLogs } from '@aws-sdk/client-cloudwatch-logs';
import { Lambda, waitUntilFunctionActiveV2 } from '@aws-sdk/client-lambda';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';

import { eventsOf, pageOfEvents, type Place } from '../../../../src/emulators/aws/logs/events.ts';
import { readPattern } from '../../../../src/emulators/aws/logs/pattern.ts';
import { zipOf } from '../../../support/zip.ts';
import { startTestEmulator, type TestEmulator } from '../start.ts';

const APP = `
def handler(event, context):
    for line in event:
        print(line)
`;
const logGroupName = '/aws/lambda/talker';

let emulator: TestEmulator;
let logs: CloudWatchLogs;
let lambda: Lambda;

beforeAll(async () => {
  emulator = await startTestEmulator();
  logs = new CloudWatchLogs({ ...emulator.client, maxAttempts: 1 });
  lambda = new Lambda(emulator.client);
  await lambda.createFunction({
    FunctionName: 'talker',
    Runtime: 'python3.12',
    Handler: 'app.handler',
    Role: 'arn:aws:iam::000000000000:role/any',
    Code: { ZipFile: await zipOf({ 'app.py': APP }) },
  });
  await waitUntilFunctionActiveV2({ client: lambda, maxWaitTime: 10 }, { FunctionName: 'talker' });
});
afterAll(() => emulator.close());

/** Lines are there some time after the answer. */
async function say(...lines: string[]): Promise<void> {
  const { $metadata } = await lambda.invoke({ FunctionName: 'talker', Payload: JSON.stringify(lines) });
  const report = `"REPORT RequestId: ${$metadata.requestId}"`;
  await vi.waitFor(async () => expect(await found({ filterPattern: report })).toHaveLength(1), {
    timeout: 60_000,
  });
}

async function found(more: object = {}): Promise<string[]> {
  const { events = [] } = await logs.filterLogEvents({ logGroupName, ...more });
  return events.map(({ message }) => message!.trimEnd());
}

test('what a function printed is found, in pages, and gone with its group', async () => {
  const missing = { name: 'ResourceNotFoundException' };
  await expect(found()).rejects.toMatchObject(missing);
  await say('one apple', 'two pears', 'same', 'same');
  await say('three apples');
  const all = await found();
  expect(all[0]).toMatch(/^START RequestId: /);
  expect(all).toEqual(expect.arrayContaining(['one apple', 'two pears', 'same', 'three apples']));
  expect(await found({ filterPattern: 'apple' })).toEqual(['one apple', 'three apples']);
  expect(await found({ filterPattern: '"two pears"' })).toEqual(['two pears']);
  expect(await found({ filterPattern: 'apple -three' })).toEqual(['one apple']);
  expect(await found({ filterPattern: '?pears ?three' })).toEqual(['two pears', 'three apples']);
  expect(await found({ filterPattern: 'nothing' })).toEqual([]);
  await expect(found({ filterPattern: '{ $.a = 1 }' })).rejects.toMatchObject({
    name: 'InvalidParameterException',
  });

  const ids = new Set<string>();
  const paged: string[] = [];
  let nextToken: string | undefined;
  do {
    const page = await logs.filterLogEvents({ logGroupName, limit: 2, ...(nextToken && { nextToken }) });
    for (const { eventId, message } of page.events!) {
      ids.add(eventId!);
      paged.push(message!.trimEnd());
    }
    nextToken = page.nextToken;
  } while (nextToken !== undefined);
  expect(paged).toEqual(all);
  expect(ids.size).toBe(all.length);

  const { logStreams } = await logs.describeLogStreams({
    logGroupName,
    orderBy: 'LastEventTime',
    descending: true,
  });
  const { logStreamName } = logStreams![0]!;
  expect(logStreamName).toMatch(/^\d{4}\/\d\d\/\d\d\/\[\$LATEST\]/);
  const head = await logs.getLogEvents({ logGroupName, logStreamName, startFromHead: true, limit: 3 });
  expect(head.events!.map(({ message }) => message!.trimEnd())).toEqual(all.slice(0, 3));
  const rest = await logs.getLogEvents({ logGroupName, logStreamName, nextToken: head.nextForwardToken });
  expect(rest.events).toHaveLength(all.length - 3);
  const end = await logs.getLogEvents({ logGroupName, logStreamName, nextToken: rest.nextForwardToken });
  expect([end.events, end.nextForwardToken]).toEqual([[], rest.nextForwardToken]);

  expect((await logs.describeLogGroups({ logGroupNamePrefix: '/aws/lambda/' })).logGroups).toMatchObject([
    { logGroupName, arn: 'arn:aws:logs:us-east-1:000000000000:log-group:/aws/lambda/talker:*' },
  ]);
  await logs.deleteLogGroup({ logGroupName });
  await expect(found()).rejects.toMatchObject(missing);
  await expect(logs.deleteLogGroup({ logGroupName })).rejects.toMatchObject(missing);
  await say('afterwards');
  expect(await found({ filterPattern: '?afterwards ?apple' })).toEqual(['afterwards']);
});

test('groups that somebody makes', async () => {
  const own = { logGroupName: '/own/group' };
  await logs.createLogGroup(own);
  await expect(logs.createLogGroup(own)).rejects.toMatchObject({ name: 'ResourceAlreadyExistsException' });
  await logs.putRetentionPolicy({ ...own, retentionInDays: 7 });
  expect((await logs.describeLogGroups({ logGroupNamePrefix: '/own' })).logGroups).toMatchObject([
    { ...own, retentionInDays: 7 },
  ]);
  expect((await logs.filterLogEvents(own)).events).toEqual([]);
  await expect(logs.createLogGroup({ logGroupName: 'a b' })).rejects.toMatchObject({
    name: 'InvalidParameterException',
  });
  await logs.deleteLogGroup(own);
  expect((await logs.describeLogGroups({ logGroupNamePrefix: '/own' })).logGroups).toEqual([]);
});

describe('patterns', () => {
  test.each([
    ['', 'anything', true],
    ['ERROR', 'an ERROR here', true],
    ['ERROR', 'an error here', false],
    ['a b', 'b and a', true],
    ['"a b"', 'b and a', false],
    ['"say \\"hi\\""', 'say "hi" now', true],
    ['-x', 'y', true],
    ['-x', 'x', false],
    ['?a ?b', 'b', true],
    ['?a ?b', 'c', false],
    ['?a c', 'c', true],
    ['-"a b"', 'a b', false],
    ['%[0-9]{3}%', 'status 404', true],
    ['%^x%', 'status', false],
  ])('%s on %s: %s', (pattern, message, expected) => {
    expect(readPattern(pattern)(message)).toBe(expected);
  });

  test.each(['{ $.a = 1 }', '[a, b]', '"open', '%(%'])('%s is refused', (pattern) => {
    expect(() => readPattern(pattern)).toThrow('Invalid filter pattern');
  });
});

test('pages together are the whole, whatever their size and however many come at once', () => {
  const line = fc.record({
    time: fc.nat({ max: 5 }),
    line: fc.constantFrom('a', 'b'),
    instance: fc.constantFrom('i', 'j'),
  });
  fc.assert(
    fc.property(fc.array(line, { maxLength: 30 }), fc.integer({ min: 1, max: 5 }), (given, limit) => {
      const sorted = given.toSorted((a, b) => a.time - b.time);
      const all = eventsOf(sorted.map((one) => ({ ...one, stream: 'stdout' as const })));
      expect(new Set(all.map(({ eventId }) => eventId)).size).toBe(all.length);
      const paged: typeof all = [];
      let from: Place | undefined;
      do {
        const page = pageOfEvents(all, from, limit);
        paged.push(...page.events);
        from = page.next;
      } while (from !== undefined);
      expect(paged).toEqual(all);
    }),
  );
});
