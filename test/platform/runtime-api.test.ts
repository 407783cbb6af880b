import { afterAll, beforeAll, expect, test } from 'vitest';

import type { EventCall } from '../../src/platform/instances/instance.ts';
import { type RuntimeServer, startRuntimeServer } from '../../src/platform/runtime-api/server.ts';

let server: RuntimeServer;
let base: string;
const said: string[] = [];

beforeAll(async () => {
  server = await startRuntimeServer('lambda', {
    onReady: () => void said.push('ready'),
    onInitError: ({ type, message }) => void said.push(`init: ${type} ${message}`),
    onAnswer: (id, { result }) => void said.push(`${id}: ${JSON.stringify(result)}`),
    onError: (id, error) => void said.push(`${id}: ${error.message}`),
  });
  base = `http://${server.env['AWS_LAMBDA_RUNTIME_API']}/2018-06-01/runtime`;
});
afterAll(() => server.close());

const call = (requestId: string): EventCall => ({
  requestId,
  event: { a: 1 },
  context: { deadline_ms: 5, function_name: 'f', client_context: { custom: { city: 'Köln' } } },
  timeout: 1,
});
const post = (path: string, body: string, headers = {}): Promise<Response> =>
  fetch(`${base}/${path}`, { method: 'POST', body, headers });

test('an event has its headers, and waits for who asks, as who asks waits for it', async () => {
  server.give(call('one'));
  const one = await fetch(`${base}/invocation/next`);
  expect(Object.fromEntries(one.headers)).toMatchObject({
    'content-type': 'application/json',
    'lambda-runtime-aws-request-id': 'one',
    'lambda-runtime-deadline-ms': '5',
    'lambda-runtime-invoked-function-arn': 'arn:aws:lambda:local:123456789012:function:f',
    'lambda-runtime-trace-id': expect.stringMatching(
      /^Root=1-[0-9a-f]{8}-[0-9a-f]{24};Parent=[0-9a-f]{16};Sampled=0$/,
    ),
    'lambda-runtime-client-context': String.raw`{"custom":{"city":"K\u00f6ln"}}`,
  });
  expect(await one.json()).toEqual({ a: 1 });
  const asked = fetch(`${base}/invocation/next`);
  await expect.poll(() => said).toHaveLength(2);
  server.give(call('two'));
  expect((await asked).headers.get('lambda-runtime-aws-request-id')).toBe('two');
});

test.each<[string, string, Record<string, string>, number, string | undefined, string | undefined]>([
  ['invocation/none/response', '{}', {}, 400, 'InvalidRequestID', undefined],
  [
    'invocation/one/response',
    '{}',
    { 'Lambda-Runtime-Function-Response-Mode': 'other' },
    400,
    'InvalidFunctionResponseMode',
    undefined,
  ],
  ['invocation/one/response', '{"b":2}', {}, 202, undefined, 'one: {"b":2}'],
  ['invocation/one/response', '{}', {}, 400, 'InvalidRequestID', undefined],
  ['invocation/two/response', 'x'.repeat(6 * 1024 * 1024 + 101), {}, 413, 'RequestEntityTooLarge', undefined],
  [
    'init/error',
    '{"errorMessage":"m"}',
    { 'Lambda-Runtime-Function-Error-Type': 'T' },
    202,
    undefined,
    'init: T m',
  ],
  ['nothing', '', {}, 404, 'NotFound', undefined],
])('POST %s', async (path, body, headers, status, type, heard) => {
  const before = said.length;
  const answer = await post(path, body, headers);
  expect(answer.status).toBe(status);
  expect(await answer.json()).toEqual(
    type === undefined ? { status: 'OK' } : { errorType: type, errorMessage: expect.any(String) },
  );
  if (heard === undefined) expect(said).toHaveLength(before);
  else await expect.poll(() => said.at(-1)).toBe(heard);
});

test('a refused answer is told when the runtime goes on; nothing is there to be restored', async () => {
  expect((await fetch(`${base}/restore/next`)).status).toBe(200);
  server.give(call('three'));
  await fetch(`${base}/invocation/next`);
  expect(said).toContainEqual(expect.stringContaining('two: Response payload size exceeded'));
});
