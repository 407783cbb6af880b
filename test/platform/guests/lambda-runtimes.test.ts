import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import type { GuestSpec, RunningGuest } from '../../../src/platform/guests/types.ts';
import { type TestGuests, testGuests } from '../../support/guests.ts';
import { cloudsPython } from '../../support/python.ts';
import { zipOf } from '../../support/zip.ts';

/*
 * Clients of the Lambda Runtime API that others have written: AWS's own for Python (`awslambdaric`), curl, Go's and C's HTTP by hand.
 * AWS's own for Node (`aws-lambda-ric`) needs Node 22 and a native build: it is not tried here.
 */

const PYTHON = `
import os
print("loaded")
if os.environ.get("BROKEN"):
    raise RuntimeError("no database")
def handler(event, context):
    print("in the call")
    if event == "raise":
        raise ValueError("no good")
    if event == "exit":
        os._exit(3)
    if event == "hang":
        import time
        time.sleep(60)
    if event == "large":
        return "x" * (7 * 1024 * 1024)
    return {
        "event": event,
        "id": context.aws_request_id,
        "arn": context.invoked_function_arn,
        "custom": context.client_context.custom if context.client_context else None,
        "left": 0 < context.get_remaining_time_in_millis() <= 5000,
        "root": os.environ["LAMBDA_TASK_ROOT"] == os.getcwd(),
        "more": os.environ["_HANDLER"],
    }
`;

describe('custom runtimes of Lambda', () => {
  let guests: TestGuests;
  beforeAll(() => {
    guests = testGuests();
    guests.keepPackages(() => []);
  });
  afterAll(() => guests.close(0));

  let count = 0;
  const run = async (
    files: Record<string, string | Buffer>,
    more: Partial<GuestSpec> = {},
    mode = 0o755,
  ): Promise<RunningGuest> => {
    const { digest } = await guests.addPackage(await zipOf(files, mode));
    count += 1;
    return guests.run({
      name: `aws.custom-${count}`,
      version: 0,
      code: digest,
      layers: [],
      start: { kind: 'bootstrap', api: 'lambda', file: 'bootstrap' },
      env: { _HANDLER: 'app.handler' },
      limits: { memory: 256, timeout: 5 },
      context: { invoked_function_arn: 'arn:x' },
      ...more,
    });
  };

  describe('AWS’s own client for Python', () => {
    let python: Record<string, string>;
    beforeAll(async () => {
      const interpreter = await cloudsPython();
      const bootstrap = `#!/bin/sh\nexec ${interpreter} -m awslambdaric "$_HANDLER"\n`;
      python = { bootstrap, 'app.py': PYTHON };
    }, 240_000);

    test('gets any event, and a context', async () => {
      const fn = await run(python);
      for (const event of [{ body: 'x' }, [1], 'text', null, 3, true, 'ü']) {
        const context = { client_context: { custom: { city: 'Köln' }, env: {}, client: {} } };
        const answer = await fn.invoke({ requestId: 'r-1', event, context });
        expect(answer.error).toBeUndefined();
        expect(answer.result).toEqual({
          event,
          id: 'r-1',
          arn: 'arn:x',
          custom: { city: 'Köln' },
          left: true,
          root: true,
          more: 'app.handler',
        });
        expect(answer.lines.map(({ line }) => line)).toContain('in the call');
      }
      expect(fn.instances()).toEqual({ all: 1, ready: 1 });
      await fn.close(0);
    });

    test('tells of what a function raises, exceeds and does not survive', async () => {
      const fn = await run(python, { limits: { memory: 256, timeout: 2 } });
      const raised = await fn.invoke({ requestId: 'r-2', event: 'raise' });
      expect(raised.error).toMatchObject({
        code: 'FUNCTION_ERROR',
        app: { type: 'ValueError', message: 'no good' },
      });
      expect(raised.error?.app?.traceback).toMatch(/File ".*app\.py", line \d+, in handler\n\s+raise/);
      const large = await fn.invoke({ requestId: 'r-3', event: 'large' });
      expect(large.error?.code).toBe('RESPONSE_TOO_LARGE');
      const exited = await fn.invoke({ requestId: 'r-4', event: 'exit' });
      expect(exited.error).toMatchObject({
        code: 'FUNCTION_EXITED',
        message: expect.stringContaining('exit code 3'),
      });
      const hung = await fn.invoke({ requestId: 'r-5', event: 'hang' });
      expect(hung.error?.code).toBe('FUNCTION_TIMEOUT');
      const after = await fn.invoke({ requestId: 'r-6', event: {} });
      expect(after).toMatchObject({ result: { id: 'r-6' }, report: { start: 'cold' } });
      await fn.close(0);
    });

    test('tells of what does not load', async () => {
      const fn = await run(python, { env: { _HANDLER: 'app.handler', BROKEN: '1' } });
      const answer = await fn.invoke({ requestId: 'r-7', event: {} });
      expect(answer.error).toMatchObject({
        code: 'INIT_FAILED',
        app: {
          type: 'RuntimeError',
          message: 'no database',
          traceback: expect.stringContaining('in <module>'),
        },
      });
      await fn.close(0);
    });
  });
});
