import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { openStore } from '../../../src/emulators/store.ts';
import type { TencentContext } from '../../../src/emulators/tencent/context.ts';
import {
  type AsyncEvents,
  openAsyncEvents,
} from '../../../src/emulators/tencent/scf/invoking/async-events.ts';
import type { Invocations } from '../../../src/emulators/tencent/scf/invoking/invocations.ts';
import { chooseVersion } from '../../../src/emulators/tencent/scf/invoking/routing.ts';
import type { Ledger } from '../../../src/emulators/tencent/scf/ledger.ts';
import { zipOf } from '../../support/zip.ts';
import { codeOf, type ScfClient, scfClient, settled, startTestEmulator, type TestEmulator } from './start.ts';

let emulator: TestEmulator;
let client: ScfClient;

const CODE = `
import sys, time
def main_handler(event, context):
    print("line one")
    print("line two", file=sys.stderr)
    if event.get("raise"):
        raise ValueError("no such " + event["raise"])
    if event.get("sleep"):
        time.sleep(event["sleep"])
    if event.get("print"):
        print("é" * event["print"])
    return {"echo": event}
`;
const NODE =
  'exports.main_handler = async (event, context) => ({ node: event, version: context.function_version })';

beforeAll(async () => {
  emulator = await startTestEmulator();
  client = scfClient(emulator);
  const python = (await zipOf({ 'index.py': CODE })).toString('base64');
  await client.CreateFunction({
    FunctionName: 'worker',
    Code: { ZipFile: python },
    Handler: 'index.main_handler',
    Runtime: 'Python3.9',
    Timeout: 1,
  });
  const node = (await zipOf({ 'index.js': NODE })).toString('base64');
  await client.CreateFunction({
    FunctionName: 'node',
    Code: { ZipFile: node },
    Handler: 'index.main_handler',
    Runtime: 'Nodejs18.15',
  });
  await settled(client, 'worker');
  await settled(client, 'node');
});
afterAll(() => emulator.close());

const invoke = async (event: object, more: object = {}) => {
  const { Result } = await client.Invoke({
    FunctionName: 'worker',
    ClientContext: JSON.stringify(event),
    ...more,
  });
  return Result!;
};

describe('a call', () => {
  it('gives back what the handler returns', async () => {
    const result = await invoke({ a: [1, 'ü'] });
    expect(result).toMatchObject({ InvokeResult: 0, RetMsg: '{"echo":{"a":[1,"ü"]}}', ErrMsg: '', Log: '' });
    expect(result.FunctionRequestId).toMatch(/^[0-9a-f-]{36}$/);
    expect(result.MemUsage).toBeGreaterThan(1024);
    const { Result } = await client.InvokeFunction({ FunctionName: 'node', Event: '{"b":2}' });
    expect(Result!.RetMsg).toBe('{"node":{"b":2},"version":"$LATEST"}');
  });

  it('brings the end of its log along when it is asked to', async () => {
    const { Log = '', FunctionRequestId } = await invoke({}, { LogType: 'Tail' });
    const lines = Log.split('\n');
    expect(lines[0]).toBe(`START RequestId: ${FunctionRequestId} Version: $LATEST`);
    expect(lines.slice(1, 3).sort()).toEqual(['line one', 'line two']);
    expect(lines[3]).toBe(`END RequestId: ${FunctionRequestId}`);
    expect(lines[4]).toMatch(/^REPORT RequestId: .*Duration: .* ms\t/);
    const long = await invoke({ print: 5000 }, { LogType: 'Tail' });
    expect(Buffer.byteLength(long.Log!)).toBeLessThanOrEqual(4096);
    expect(Buffer.byteLength(long.Log!)).toBeGreaterThan(4090);
    expect(long.Log).not.toContain('\ufffd');
  });

  it('tells what the code raised', async () => {
    const result = await invoke({ raise: 'thing' });
    expect(result.InvokeResult).toBe(1);
    expect(JSON.parse(result.RetMsg!)).toMatchObject({
      errorCode: -1,
      errorMessage: 'user code exception caught',
      requestId: result.FunctionRequestId,
      stackTrace: expect.stringContaining('ValueError: no such thing'),
      statusCode: 430,
    });
    expect(result.ErrMsg).toContain('ValueError: no such thing');
  });

  it('tells that the time is over', async () => {
    const result = await invoke({ sleep: 5 });
    expect(JSON.parse(result.RetMsg!)).toMatchObject({ errorCode: -1, statusCode: 433 });
  });

  it.each<[string, object, string]>([
    ['an event that is no JSON', { ClientContext: '{' }, 'InvalidParameterValue.ClientContext'],
    ['another kind of call', { InvocationType: 'DryRun' }, 'InvalidParameterValue.InvokeType'],
    ['a qualifier that is not there', { Qualifier: 'nobody' }, 'ResourceNotFound.Qualifier'],
    [
      'too large an asynchronous event',
      { InvocationType: 'Event', ClientContext: JSON.stringify('x'.repeat(131_072)) },
      'InvalidParameter.RequestTooLarge',
    ],
    ['a routing key that is no object of texts', { RoutingKey: '{"a":1}' }, 'InvalidParameterValue.Param'],
  ])('is refused with %s', async (_name, more, code) => {
    expect(await codeOf(client.Invoke({ FunctionName: 'worker', ...more }))).toBe(code);
  });
});

describe('an asynchronous call', () => {
  it('is answered at once, and done later', async () => {
    const { FunctionRequestId: InvokeRequestId = '', RetMsg } = await invoke(
      { later: true },
      { InvocationType: 'Event' },
    );
    expect(RetMsg).toBe('');
    for (;;) {
      const { Result } = await client.GetAsyncEventStatus({ InvokeRequestId });
      if (Result!.Status === 'FINISHED') break;
      expect(Result!.Status).toBe('RUNNING');
    }
    const { EventList } = await client.ListAsyncEvents({ FunctionName: 'worker', InvokeRequestId });
    expect(EventList).toEqual([
      {
        InvokeRequestId,
        InvokeType: 'INVOKE',
        Qualifier: '$LATEST',
        Status: 'FINISHED',
        StartTime: expect.stringMatching(/\.\d{3}$/),
        EndTime: expect.stringMatching(/\.\d{3}$/),
      },
    ]);
    expect(await codeOf(client.TerminateAsyncEvent({ FunctionName: 'worker', InvokeRequestId }))).toBe(
      'FailedOperation.AsyncEventStatus',
    );
    expect(await codeOf(client.GetAsyncEventStatus({ InvokeRequestId: 'none' }))).toBe(
      'ResourceNotFound.AsyncEvent',
    );
  });

  it('that runs can be terminated', async () => {
    const { FunctionRequestId: InvokeRequestId = '' } = await invoke(
      { sleep: 0.5 },
      { InvocationType: 'Event' },
    );
    await client.TerminateAsyncEvent({ FunctionName: 'worker', InvokeRequestId });
    expect((await client.GetAsyncEventStatus({ InvokeRequestId })).Result!.Status).toBe('ABORTED');
  });

  it('is told how often to try again', async () => {
    const config = { MsgTTL: 3600, RetryConfig: [{ RetryNum: 1 }] };
    await client.UpdateFunctionEventInvokeConfig({ FunctionName: 'worker', AsyncTriggerConfig: config });
    const { AsyncTriggerConfig } = await client.GetFunctionEventInvokeConfig({ FunctionName: 'worker' });
    expect(AsyncTriggerConfig).toMatchObject({
      MsgTTL: 3600,
      RetryConfig: [{ RetryNum: 1 }, { RetryNum: -1 }],
    });
    const bad = { MsgTTL: 10, RetryConfig: [{ RetryNum: 1 }] };
    expect(
      await codeOf(
        client.UpdateFunctionEventInvokeConfig({ FunctionName: 'worker', AsyncTriggerConfig: bad }),
      ),
    ).toBe('LimitExceeded.MsgTTL');
  });
});

describe('asynchronous events', () => {
  const folders: string[] = [];
  afterAll(() => folders.forEach((folder) => rmSync(folder, { recursive: true, force: true })));
  const WANTED = { region: 'ap-guangzhou', namespace: 'default', name: 'f', qualifier: '$LATEST' };

  /** With a function that fails so many times. */
  function open(
    failures: number,
    retries: number,
    folder?: string,
  ): { events: AsyncEvents; calls: unknown[]; folder: string } {
    const at = folder ?? mkdtempSync(join(tmpdir(), 'ropeway-events-'));
    folders.push(at);
    const calls: unknown[] = [];
    let left = failures;
    const invocations = {
      invoke: (_wanted: unknown, { event }: { event: unknown }) => {
        calls.push(event);
        left -= 1;
        return Promise.resolve(
          left >= 0 ? { error: { code: 'FUNCTION_ERROR', message: 'no' } } : { result: 1 },
        );
      },
    } as unknown as Invocations;
    const context = {
      now: Date.now,
      onNotice: (message: string) => expect.fail(message),
      openStore: <T>(name: string, empty: T) =>
        openStore({ folder: at, name, empty, onNotice: () => undefined }),
    } as unknown as TencentContext;
    const ledger = { find: () => ({ asyncConfig: { retries, ttl: 3600 } }) } as unknown as Ledger;
    return { events: openAsyncEvents({ context, ledger, invocations, retryMs: 5 }), calls, folder: at };
  }

  async function outcome(events: AsyncEvents, id: string): Promise<string> {
    for (;;) {
      const { status } = events.all().find((one) => one.id === id)!;
      if (status !== 'RUNNING') return status;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }

  it('are tried again as often as they may', async () => {
    const twice = open(2, 2);
    expect(await outcome(twice.events, await twice.events.add(WANTED, 'INVOKE', '{"n":1}'))).toBe('FINISHED');
    expect(twice.calls).toEqual([{ n: 1 }, { n: 1 }, { n: 1 }]);
    const never = open(9, 1);
    expect(await outcome(never.events, await never.events.add(WANTED, 'INVOKE', '{}'))).toBe('FAILED');
    expect(never.calls).toHaveLength(2);
    expect(never.events.all()[0]).not.toHaveProperty('event');
  });

  it('that were not done when the emulator ended are done then', async () => {
    const first = open(0, 0);
    const id = await first.events.add(WANTED, 'INVOKE', '{"kept":true}');
    await first.events.close();
    expect(first.calls).toEqual([]);
    const second = open(0, 0, first.folder);
    second.events.resume();
    expect(await outcome(second.events, id)).toBe('FINISHED');
    expect(second.calls).toEqual([{ kept: true }]);
  });
});

describe('an alias', () => {
  const alias = { description: '', version: '1', addTime: 0, modTime: 0 };
  const weights = [{ Version: '2', Weight: 0.25 }];
  it('leads to the other version by its weight', () => {
    const of = (random: number): string => chooseVersion({ ...alias, weights, matches: [] }, {}, random);
    expect([of(0), of(0.2499), of(0.25), of(0.99)]).toEqual(['2', '2', '1', '1']);
  });
  it.each([
    ['range', '(1,3)', ['1', '2', '3', 'x'], ['1', '2', '1', '1']],
    ['range', '[1,3]', ['1', '3', '4', '1.5'], ['2', '2', '1', '1']],
    ['exact', 'me', ['me', 'you', 'ME', ''], ['2', '1', '1', '1']],
  ])('leads to it by the rule %s %s', (Method, Expression, values, expected) => {
    const matches = [{ Version: '2', Key: 'invoke.headers.User', Method, Expression }];
    const of = (User: string): string => chooseVersion({ ...alias, weights: [], matches }, { User }, 0);
    expect(values.map(of)).toEqual(expected);
    expect(chooseVersion({ ...alias, weights: [], matches }, { Other: 'me' }, 0)).toBe('1');
  });
});

/** What a call has printed is written down a little later. */
async function logged(FunctionName: string, FunctionRequestId: string): Promise<void> {
  for (;;) {
    const { Data } = await client.GetFunctionLogs({ FunctionName, FunctionRequestId });
    if (Data?.[0]?.InvokeFinished === 1) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

describe('logs', () => {
  it('are one entry per call, filtered and in pages', async () => {
    const FunctionName = 'node';
    const { Result } = await client.Invoke({ FunctionName, ClientContext: '{"n":1}' });
    const second = await client.Invoke({ FunctionName, ClientContext: '{"n":2}' });
    await logged(FunctionName, second.Result!.FunctionRequestId!);
    const { Data, TotalCount } = await client.GetFunctionLogs({ FunctionName });
    expect(TotalCount).toBeGreaterThanOrEqual(2);
    expect(Data![0]).toMatchObject({
      FunctionName,
      RetCode: 0,
      InvokeFinished: 1,
      RetMsg: '{"node":{"n":2},"version":"$LATEST"}',
    });
    const one = await client.GetFunctionLogs({ FunctionName, FunctionRequestId: Result!.FunctionRequestId! });
    expect(one.Data).toHaveLength(1);
    expect(one.Data![0]!.Log).toContain(`START RequestId: ${Result!.FunctionRequestId}`);
    expect(one.Data![0]!.Duration).toBeGreaterThan(0);
    expect((await client.GetFunctionLogs({ FunctionName, Limit: 1, Order: 'asc' })).Data).toHaveLength(1);
    expect((await client.GetFunctionLogs({ FunctionName, Qualifier: '9' })).TotalCount).toBe(0);
  });

  it('tell failures from successes', async () => {
    const FunctionName = 'worker';
    const { Result } = await client.Invoke({ FunctionName, ClientContext: '{"raise":"log"}' });
    await logged(FunctionName, Result!.FunctionRequestId!);
    const failed = await client.GetFunctionLogs({ FunctionName, Filter: { RetCode: 'not0' } });
    const ids = failed.Data!.map(({ RequestId }) => RequestId);
    expect(ids).toContain(Result!.FunctionRequestId);
    const good = await client.GetFunctionLogs({ FunctionName, Filter: { RetCode: 'is0' } });
    expect(good.Data!.map(({ RequestId }) => RequestId)).not.toContain(Result!.FunctionRequestId);
    const { Data } = await client.GetRequestStatus({
      FunctionName,
      FunctionRequestId: Result!.FunctionRequestId!,
    });
    expect(Data).toMatchObject([{ RetCode: -1, RequestId: Result!.FunctionRequestId }]);
  });

  it.each<[string, object, string]>([
    [
      'more than a day',
      { StartTime: '2026-01-01 00:00:00', EndTime: '2026-01-02 00:00:01' },
      'InvalidParameterValue.StartTimeOrEndTime',
    ],
    ['a time that is none', { StartTime: 'yesterday' }, 'InvalidParameterValue.DateTime'],
    ['too many', { Limit: 10_001 }, 'LimitExceeded.Offset'],
    ['a filter that is none', { Filter: { RetCode: 'red' } }, 'InvalidParameterValue.RetCode'],
  ])('are refused for %s', async (_name, more, code) => {
    expect(await codeOf(client.GetFunctionLogs({ FunctionName: 'node', ...more }))).toBe(code);
  });
});
