import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import type { GuestSpec, RunningGuest } from '../../../src/platform/guests/types.ts';
import { type TestGuests, testGuests } from '../../support/guests.ts';
import { zipOf } from '../../support/zip.ts';

const PYTHON = `#!/usr/bin/env python3
import json, os, sys
from http.client import HTTPConnection

def ask(method, path, body=None):
    connection = HTTPConnection(os.environ["SCF_RUNTIME_API"], int(os.environ["SCF_RUNTIME_API_PORT"]))
    connection.request(method, "/runtime/" + path, body)
    response = connection.getresponse()
    text = response.read().decode()
    connection.close()
    return response.status, response.headers, text

early = ask("GET", "invocation/next")[0]
ask("POST", "init/ready", " ")
while True:
    _, headers, text = ask("GET", "invocation/next")
    event = json.loads(text)
    print("serving " + headers["request_id"], flush=True)
    if event == "raise":
        ask("POST", "invocation/error", "no good")
    elif event == "exit":
        sys.exit(3)
    elif event == "large":
        ask("POST", "invocation/response", "x" * (6 * 1024 * 1024 + 1))
    else:
        result = {
            "event": event,
            "early": early,
            "memory": headers["memory_limit_in_mb"],
            "time": headers["time_limit_in_ms"],
            "handler": os.environ["_HANDLER"],
            "root": os.environ["USER_CODE_ROOT"] == os.getcwd(),
        }
        ask("POST", "invocation/response", json.dumps(result))
        again = ask("POST", "invocation/response", "{}")[0]
        print("again %s" % again, flush=True)
`;

/** As in the cloud's own guide. */
const SHELL = `#! /bin/bash
set -euo pipefail
source ./"$(echo $_HANDLER | cut -d. -f1).sh"
curl -d " " -X POST -s "http://$SCF_RUNTIME_API:$SCF_RUNTIME_API_PORT/runtime/init/ready"
while true
do
  EVENT_DATA=$(curl -sS -X GET -s "http://$SCF_RUNTIME_API:$SCF_RUNTIME_API_PORT/runtime/invocation/next")
  RESPONSE=$($(echo "$_HANDLER" | cut -d. -f2) "$EVENT_DATA")
  curl -X POST -s "http://$SCF_RUNTIME_API:$SCF_RUNTIME_API_PORT/runtime/invocation/response" -d "$RESPONSE"
done
`;

describe('custom runtimes of SCF', () => {
  let guests: TestGuests;
  beforeAll(() => {
    guests = testGuests();
    guests.keepPackages(() => []);
  });
  afterAll(() => guests.close(0));

  const run = async (files: Record<string, string>, more: Partial<GuestSpec> = {}): Promise<RunningGuest> => {
    const { digest } = await guests.addPackage(await zipOf(files, 0o755));
    return guests.run({
      name: 'tencent.custom',
      version: 0,
      code: digest,
      layers: [],
      start: { kind: 'bootstrap', api: 'scf', file: 'bootstrap' },
      env: { SCF_HANDLER: 'index.main' },
      limits: { memory: 256, timeout: 5 },
      context: {},
      ...more,
    });
  };

  test('a Python program gets events once it has said that it is ready', async () => {
    const fn = await run({ bootstrap: PYTHON });
    for (const event of [{ a: 'ü' }, [1], 'text', null]) {
      const answer = await fn.invoke({ requestId: 'r-1', event });
      expect(answer.result).toEqual({
        event,
        early: 403,
        memory: '256',
        time: '5000',
        handler: 'index.main',
        root: true,
      });
      expect(answer.lines.map(({ line }) => line)).toContain('serving r-1');
    }
    const raised = await fn.invoke({ requestId: 'r-2', event: 'raise' });
    expect(raised.error).toMatchObject({ code: 'FUNCTION_ERROR', app: { message: 'no good' } });
    const large = await fn.invoke({ requestId: 'r-3', event: 'large' });
    expect(large.error?.code).toBe('RESPONSE_TOO_LARGE');
    const exited = await fn.invoke({ requestId: 'r-4', event: 'exit' });
    expect(exited.error).toMatchObject({
      code: 'FUNCTION_EXITED',
      message: expect.stringContaining('exit code 3'),
    });
    const query = { function: 'tencent.custom', since: 0, until: Date.now() + 1 };
    expect((await guests.logs(query)).map(({ line }) => line)).toContain('again 403');
    await fn.close(0);
  });

  test('a shell script, as in the guide', async () => {
    const fn = await run({ bootstrap: SHELL, 'index.sh': 'function main () { echo "got: $1"; }\n' });
    expect((await fn.invoke({ requestId: 'r-5', event: { a: 1 } })).result).toBe('got: {"a":1}');
    expect((await fn.invoke({ requestId: 'r-6', event: 2 })).result).toBe('got: 2');
    await fn.close(0);
  });

  test('one that never says that it is ready', async () => {
    const limits = { memory: 256, timeout: 5, initTimeout: 1 };
    const fn = await run({ bootstrap: '#!/bin/sh\nexec sleep 60\n' }, { limits });
    const { error } = await fn.invoke({ requestId: 'r-7', event: {} });
    expect(error).toMatchObject({ code: 'INIT_TIMEOUT', message: expect.stringContaining('init/ready') });
    await fn.close(0);
  });

  test('a bootstrap that is not there', async () => {
    const fn = await run({ 'index.sh': '' });
    const { error } = await fn.invoke({ requestId: 'r-8', event: {} });
    expect(error?.message).toBe('fork/exec /var/user/bootstrap: no such file or directory');
    await fn.close(0);
  });
});
