import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import type { EmulatedPlatform } from '../../../src/emulators/types.ts';
import type { GuestSpec, GuestStart } from '../../../src/platform/guests/types.ts';
import { type TestGuests, testGuests } from '../../support/guests.ts';
import { zipOf } from '../../support/zip.ts';

const PYTHON = `
import json
print("loaded")
def handler(event, context):
    print("in the call")
    if event == "raise":
        raise ValueError("no good")
    if isinstance(event, dict) and "rawPath" in event:
        return {"statusCode": 200, "body": event["rawPath"] + " " + event["mark"]}
    return {"event": event, "id": context.aws_request_id}
`;
const NODE = `
exports.handler = async (event, context) => {
  console.log('in the call');
  if (event === 'raise') throw new TypeError('no good');
  return { event, id: context.awsRequestId, arn: context.invoked_function_arn };
};
`;

describe('functions of others', () => {
  let guests: TestGuests;
  let code: string;

  beforeAll(async () => {
    guests = testGuests();
    // What an emulator sees has this shape: the compiler says so.
    const seen: EmulatedPlatform = guests;
    seen.keepPackages(() => []);
    const zip = await zipOf({ 'app.py': PYTHON, 'src/index.js': NODE });
    const added = await guests.addPackage(zip);
    code = added.digest;
    expect(added.unpackedBytes).toBe(PYTHON.length + NODE.length);
    expect(guests.packageFolder(code)).toBe(added.folder);
    expect(guests.packageFolder('0'.repeat(64))).toBeUndefined();
  });
  afterAll(() => guests.close(0));

  const python: GuestStart = { kind: 'handler', language: 'python', version: '3.11', handler: 'app.handler' };
  const node: GuestStart = { kind: 'handler', language: 'node', version: '20', handler: 'src/index.handler' };
  const specOf = (start: GuestStart, more: Partial<GuestSpec> = {}): GuestSpec => ({
    name: `aws.us-east-1.${start.kind === 'handler' ? start.language : start.kind}`,
    version: 0,
    code,
    layers: [],
    start,
    env: {},
    limits: { memory: 256, timeout: 5 },
    context: { invoked_function_arn: 'arn:x' },
    ...more,
  });

  test.each([
    ['python', python],
    ['node', node],
  ])('a %s handler is called, and what it prints is told with the answer', async (_, start) => {
    const fn = guests.run(specOf(start));
    const event = { name: 'it' };
    const first = await fn.invoke({ requestId: 'r-1', event });
    expect(first.result).toMatchObject({ event, id: 'r-1' });
    expect(first.report).toMatchObject({ start: 'cold', memoryLimitMb: 256 });
    expect(first.lines.map(({ line }) => line.split('\t')[0])).toEqual([
      'START RequestId: r-1 Version: $LATEST',
      'in the call',
      'END RequestId: r-1',
      'REPORT RequestId: r-1',
    ]);
    const failed = await fn.invoke({ requestId: 'r-2', event: 'raise' });
    expect(failed.result).toBeUndefined();
    expect(failed.error).toMatchObject({
      code: 'FUNCTION_ERROR',
      app: { type: start === python ? 'ValueError' : 'TypeError', message: 'no good' },
    });
    expect(failed.report.start).toBe('warm');
    expect(fn.instances()).toEqual({ all: 1, ready: 1 });
    await expect
      .poll(async () => {
        const query = { function: fn.spec.name, since: 0, until: Date.now() + 1, requestId: 'r-2' };
        return (await guests.logs(query)).map(({ line }) => line.split(' ')[0]);
      })
      .toEqual(expect.arrayContaining(['START', 'END', 'REPORT\tRequestId:'.split('\t')[0]]));
    await fn.close(1);
    expect(guests.running()).toHaveLength(0);
  });

  test('an address of its own leads requests to it, as events that its owner finishes', async () => {
    const fn = guests.run(specOf(python));
    const listening = await guests.listen({
      route: ({ url }) =>
        url === '/refused'
          ? {
              kind: 'refused',
              status: 403,
              headers: [['Content-Type', 'application/json']],
              body: '{"Message":"Forbidden"}',
            }
          : url === '/nothing'
            ? undefined
            : {
                kind: 'routed',
                code: fn,
                route: '/*',
                eventFormat: 'aws-v2',
                stage: '',
                stream: false,
                finishEvent: (event) => ({ ...event, mark: 'finished' }),
              },
    });
    const answer = await fetch(`${listening.url}/some/path`);
    expect(await answer.text()).toBe('/some/path finished');
    const refused = await fetch(`${listening.url}/refused`);
    expect(refused.status).toBe(403);
    expect(await refused.json()).toEqual({ Message: 'Forbidden' });
    expect((await fetch(`${listening.url}/nothing`)).status).toBe(404);
    await listening.close();
    await fn.close(0);
  });

  test('what does not load says so in the answer', async () => {
    const fn = guests.run(specOf({ ...python, handler: 'nothing.handler' }));
    const answer = await fn.invoke({ requestId: 'r-3', event: {} });
    expect(answer.error).toMatchObject({ code: 'INIT_FAILED', app: { type: 'ModuleNotFoundError' } });
    await fn.close(0);
  });
});
