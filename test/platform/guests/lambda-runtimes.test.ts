import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import type { GuestSpec, RunningGuest } from '../../../src/platform/guests/types.ts';
import { type TestGuests, testGuests } from '../../support/guests.ts';
import { cloudsPython } from '../../support/python.ts';
import { zipOf } from '../../support/zip.ts';

/*
 * Clients of the Lambda Runtime API that others have written: AWS's own for Python (`awslambdaric`) and curl; compiled programs and Node's HTTP are in lambda-streams.test.ts.
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

  const SHELL = `#!/bin/bash
set -eu
API="http://$AWS_LAMBDA_RUNTIME_API/2018-06-01/runtime"
while true; do
  HEADERS="$(mktemp)"
  EVENT="$(curl -sS -D "$HEADERS" "$API/invocation/next")"
  ID="$(grep -i Lambda-Runtime-Aws-Request-Id "$HEADERS" | tr -d '[:space:]' | cut -d: -f2)"
  echo "serving $ID"
  WRONG="$(curl -sS -o /dev/null -w '%{http_code}' -d '{}' "$API/invocation/none/response")"
  case "$EVENT" in
    '"raise"')
      curl -sS -H 'Lambda-Runtime-Function-Error-Type: Function.Own' \
        -d '{"errorMessage":"no good","errorType":"Own","stackTrace":["a","b"]}' "$API/invocation/$ID/error" ;;
    '"text"') curl -sS -d 'plain text' "$API/invocation/$ID/response" ;;
    *) curl -sS -d '{"event":'"$EVENT"',"wrong":'"$WRONG"'}' "$API/invocation/$ID/response" ;;
  esac
done
`;

  test('a shell script with curl', async () => {
    const fn = await run({ bootstrap: SHELL });
    const answer = await fn.invoke({ requestId: 'r-8', event: { a: 1 } });
    expect(answer.result).toEqual({ event: { a: 1 }, wrong: 400 });
    expect(answer.lines.map(({ line }) => line)).toContain('serving r-8');
    expect((await fn.invoke({ requestId: 'r-9', event: 'text' })).result).toBe('plain text');
    const raised = await fn.invoke({ requestId: 'r-10', event: 'raise' });
    expect(raised.error).toMatchObject({ app: { type: 'Own', message: 'no good', traceback: 'a\nb' } });
    await fn.close(0);
  });

  test.each<[string, Record<string, string>, number, string]>([
    ['is not there', { 'app.py': '' }, 0o755, "Couldn't find valid bootstrap(s): [/var/task/bootstrap /opt/"],
    ['may not be run', { bootstrap: SHELL }, 0o644, 'fork/exec /var/task/bootstrap: permission denied'],
    ['has line ends of Windows', { bootstrap: '#!/bin/sh\r\n' }, 0o755, 'no such file or directory'],
    ['is no program', { bootstrap: 'exec true\n' }, 0o755, 'exec format error'],
  ])('a bootstrap that %s is refused in the cloud’s words', async (_, files, mode, words) => {
    const fn = await run(files, {}, mode);
    const { error } = await fn.invoke({ requestId: 'r-11', event: {} });
    expect(error).toMatchObject({
      code: 'INIT_FAILED',
      message: expect.stringContaining(words),
      app: { type: 'Runtime.InvalidEntrypoint' },
    });
    await fn.close(0);
  });

  test('a bootstrap of a layer, whose programs it finds', async () => {
    const zip = await zipOf(
      { bootstrap: SHELL.replace('serving', 'layer: $(greet)'), 'bin/greet': '#!/bin/sh\necho hi' },
      0o755,
    );
    const { digest } = await guests.addPackage(zip);
    const fn = await run({ 'app.sh': '' }, { layers: [digest] });
    const { lines } = await fn.invoke({ requestId: 'r-12', event: {} });
    expect(lines.map(({ line }) => line)).toContain('layer: hi r-12');
    await fn.close(0);
  });

  test('one that does not ask for an event, and one that ends at once', async () => {
    const limits = { memory: 256, timeout: 5, initTimeout: 1 };
    const idle = await run({ bootstrap: '#!/bin/sh\nexec sleep 60\n' }, { limits });
    expect((await idle.invoke({ requestId: 'r-13', event: {} })).error?.code).toBe('INIT_TIMEOUT');
    const ended = await run({ bootstrap: '#!/bin/sh\necho why >&2\nexit 4\n' }, { limits });
    expect((await ended.invoke({ requestId: 'r-14', event: {} })).error).toMatchObject({
      code: 'INIT_FAILED',
      message: expect.stringContaining('exit code 4'),
      app: { traceback: 'why' },
    });
    await Promise.all([idle.close(0), ended.close(0)]);
  });
});
