import { afterEach, describe, expect, test } from 'vitest';

import { describeError } from '../../src/lib/errors.ts';
import { type Aws, openAws } from '../../src/providers/aws/aws.ts';
import { checkLoads } from '../../src/providers/aws/smoke.ts';
import type { FunctionDeployment } from '../../src/providers/types.ts';
import type { ScriptedAnswer } from '../support/scripted-aws.ts';
import { answering, failed, type Script } from './answering.ts';

const answers = answering();
afterEach(() => answers.close());

const tail = (...lines: string[]): string => Buffer.from(`${lines.join('\n')}\n`).toString('base64');
const REPORT =
  'REPORT RequestId: 8f5\tDuration: 12.34 ms\tBilled Duration: 13 ms\tMemory Size: 512 MB\tMax Memory Used: 61 MB\tInit Duration: 210.5 ms\t';

function answered(payload: string | Buffer | object, lines: string[], error?: string): ScriptedAnswer {
  return {
    headers: {
      'x-amz-log-result': tail(...lines),
      'x-amz-executed-version': '3',
      ...(error === undefined ? {} : { 'x-amz-function-error': error }),
    },
    body: payload,
  };
}

const PYTHON_LINES = [
  'START RequestId: 8f5 Version: 3',
  '[ERROR] ValueError: no such thing',
  'Traceback (most recent call last):',
  '\u00a0\u00a0File "/var/task/app.py", line 7, in view',
  '\u00a0\u00a0\u00a0\u00a0raise ValueError("no such thing")',
  'END RequestId: 8f5',
  REPORT,
];

describe('an invocation', () => {
  test('has its result, and figures of it', async () => {
    const lines = ['START RequestId: 8f5 Version: 3', 'END RequestId: 8f5', REPORT];
    const aws = await answers.provider(() => answered({ statusCode: 200, body: 'hello' }, lines));
    expect(await aws.invoke('shop', { a: 1 })).toEqual({
      result: { statusCode: 200, body: 'hello' },
      record: {
        id: 'request-1',
        function: 'shop',
        version: '3',
        start: 'cold',
        durationMs: 12.34,
        billedMs: 13,
        initMs: 210.5,
        memoryMb: 61,
        memoryLimitMb: 512,
      },
    });
    expect(answers.calls()).toEqual(['lambda POST /functions/shop/invocations?Qualifier=live']);
  });

  test('has an error with what the app printed of it', async () => {
    const payload = {
      errorMessage: 'no such thing',
      errorType: 'ValueError',
      stackTrace: ['  File "/var/task/app.py"\n'],
    };
    const aws = await answers.provider(() => answered(payload, PYTHON_LINES, 'Unhandled'));
    const { error, result, record } = await aws.invoke('shop', {});
    expect(result).toBeUndefined();
    expect(error).toEqual({
      code: 'FUNCTION_ERROR',
      message: 'ValueError: no such thing',
      traceback: PYTHON_LINES.slice(2, 5).join('\n').replaceAll('\u00a0', ' '),
    });
    expect(record).toMatchObject({ error: { code: 'FUNCTION_ERROR' } });
  });

  test.each([
    [
      'FUNCTION_TIMEOUT',
      { errorMessage: '2026-01-01T00:00:00Z 8f5 Task timed out after 3.00 seconds' },
      [REPORT],
    ],
    [
      'INIT_FAILED',
      { errorType: 'Runtime.ImportModuleError', errorMessage: "Unable to import module 'app'" },
      [],
    ],
    [
      'INIT_FAILED',
      { errorType: 'KeyError', errorMessage: "'DB'" },
      ['INIT_REPORT Init Duration: 91 ms\tPhase: invoke\tStatus: error\tError Type: KeyError'],
    ],
    [
      'MEMORY_EXCEEDED',
      {
        errorType: 'Runtime.ExitError',
        errorMessage: 'RequestId: 8f5 Error: Runtime exited with error: signal: killed',
      },
      [],
    ],
    [
      'FUNCTION_EXITED',
      {
        errorType: 'Runtime.ExitError',
        errorMessage: 'RequestId: 8f5 Error: Runtime exited with error: exit status 1',
      },
      [],
    ],
  ])('is %s for %j', async (code, payload, lines) => {
    const aws = await answers.provider(() => answered(payload, lines, 'Unhandled'));
    expect((await aws.invoke('shop', {})).error).toMatchObject({ code });
  });

  test('that was answered in parts is one result', async () => {
    const head = JSON.stringify({ statusCode: 200, headers: { 'content-type': 'text/html' } });
    const payload = Buffer.concat([Buffer.from(head), Buffer.alloc(8), Buffer.from('<h1>grüß</h1>')]);
    const aws = await answers.provider(() => answered(payload, []));
    expect((await aws.invoke('shop', {})).result).toEqual({
      statusCode: 200,
      headers: { 'content-type': 'text/html' },
      body: '<h1>grüß</h1>',
      isBase64Encoded: false,
    });
  });

  test('is never made twice, unless it was not begun', async () => {
    const lost = await answers.provider(() => 'dropped');
    expect(await failed(lost.invoke('shop', {}))).toMatchObject({ code: 'CLOUD_UNREACHABLE' });
    expect(answers.calls()).toHaveLength(1);
    let throttled = 2;
    const busy = await answers.provider(() =>
      throttled-- > 0
        ? {
            status: 429,
            headers: { 'x-amzn-errortype': 'TooManyRequestsException' },
            body: { message: 'Rate Exceeded.' },
          }
        : answered('"done"', []),
    );
    expect((await busy.invoke('shop', {})).result).toBe('done');
    expect(answers.calls()).toHaveLength(3);
  });
});

describe('the look at whether an app loads', () => {
  const deployment = (handler = 'ropeway_handler.handler'): FunctionDeployment =>
    ({
      name: 'shop',
      entry: { runtime: 'python', interface: 'handler' },
      cloud: { type: 'event', runtime: 'python3.12', handler, arch: 'x64', settings: {} },
    }) as unknown as FunctionDeployment;
  const aws = async (script: Script): Promise<Aws> => openAws(await answers.options(script));

  test('tells the traceback of one that does not', async () => {
    const lines = [
      "[ERROR] Runtime.ImportModuleError: Unable to import module 'ropeway_handler': No module named 'flask'",
      'Traceback (most recent call last):',
      '  File "/var/task/app.py", line 1, in <module>',
      'INIT_REPORT Init Duration: 91 ms\tPhase: init\tStatus: error\tError Type: Runtime.ImportModuleError',
      'START RequestId: 8f5 Version: 3',
      'END RequestId: 8f5',
    ];
    const payload = {
      errorType: 'Runtime.ImportModuleError',
      errorMessage: "Unable to import module 'ropeway_handler'",
    };
    const error = await failed(
      checkLoads(await aws(() => answered(payload, lines, 'Unhandled')), deployment(), '3'),
    );
    expect(error).toMatchObject({ code: 'APP_NOT_LOADED', detail: lines.slice(1, 3).join('\n') });
    expect(describeError(error)).toContain('version 3');
    expect(answers.calls()[0]).toContain('Qualifier=3');
  });

  test('tells what a Node app printed, which has no traceback of Python', async () => {
    const lines = [
      '2026-01-01T00:00:00Z\tundefined\tERROR\tUncaught Exception \t{"errorType":"Error"}',
      REPORT,
    ];
    const payload = {
      errorType: 'Error',
      errorMessage: 'no database',
      trace: ['Error: no database', '    at Object.<anonymous> (/var/task/app.js:1:7)'],
    };
    const error = await failed(
      checkLoads(await aws(() => answered(payload, lines, 'Unhandled')), deployment(), '3'),
    );
    expect(error.detail).toBe('Error: no database\n    at Object.<anonymous> (/var/task/app.js:1:7)');
  });

  test('takes an adapter that does not know the event for one that has loaded its app', async () => {
    const payload = { errorType: 'EventError', errorMessage: 'not an HTTP event of a known format' };
    await checkLoads(await aws(() => answered(payload, [], 'Unhandled')), deployment(), '3');
    expect(answers.calls()).toHaveLength(1);
  });

  test('never calls code that is the user’s alone', async () => {
    await checkLoads(await aws(() => answered('{}', [])), deployment('index.main'), '3');
    expect(answers.calls()).toEqual([]);
  });
});
