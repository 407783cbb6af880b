import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import type { JsonValue } from '../../../src/events/types.ts';
import type { GuestAnswer, RunningGuest } from '../../../src/platform/guests/types.ts';
import { type TestGuests, testGuests } from '../../support/guests.ts';
import { zipOf } from '../../support/zip.ts';

const PYTHON = `
def handler(event, context):
    client = context.client_context
    return {
        "event": event,
        "id": context.aws_request_id,
        "name": context.function_name,
        "version": context.function_version,
        "arn": context.invoked_function_arn,
        "memory": context.memory_limit_in_mb,
        "log": [context.log_group_name, context.log_stream_name],
        "client": client and [client.custom, client.env, client.client.app_title, client.client.nothing],
        "identity": context.identity.cognito_identity_id,
        "left": 0 < context.get_remaining_time_in_millis() <= 5000,
        "scf": [context["request_id"], context["namespace"], context["time_limit_in_ms"]],
    }
`;
const NODE = `
exports.handler = async (event, context) => ({
  event,
  id: context.awsRequestId,
  name: context.functionName,
  version: context.functionVersion,
  arn: context.invokedFunctionArn,
  memory: Number(context.memoryLimitInMB),
  log: [context.logGroupName, context.logStreamName],
  client: context.clientContext
    ? [context.clientContext.custom, context.clientContext.env, context.clientContext.client.app_title, null]
    : null,
  identity: context.identity === undefined ? null : context.identity.cognito_identity_id,
  left: context.getRemainingTimeInMillis() > 0 && context.getRemainingTimeInMillis() <= 5000,
  scf: [context.request_id, context.namespace, context.time_limit_in_ms],
});
exports.callback = (event, context, callback) => setTimeout(() => callback(null, event), 5);
exports.fails = (event, context, callback) => callback(new TypeError('no good'));
exports.succeed = (event, context) => { setTimeout(() => context.succeed(event), 5); };
exports.fail = (event, context) => { setTimeout(() => context.fail(new TypeError('no good')), 5); };
exports.done = (event, context) => context.done(null, event);
// As old adapters do.
exports.adapter = (event, context) => {
  setTimeout(() => context.succeed(event), 5);
  return require('node:http').createServer();
};
exports.nothing = (event) => { setTimeout(() => console.log('later'), 20); };
exports.plain = (event) => ({ event });

exports.parts = awslambda.streamifyResponse(async (event, stream, context) => {
  const out = awslambda.HttpResponseStream.from(stream, { statusCode: 201, headers: { 'x-a': 'b' } });
  out.write('one');
  if (event === 'raise') throw new TypeError('no good');
  setTimeout(() => out.end(' ' + context.awsRequestId), 10);
});
exports.bytes = awslambda.streamifyResponse(async (event, stream) => {
  if (event === 'raise') throw new TypeError('no good');
  stream.setContentType('application/json');
  stream.write('{"a":');
  stream.end('1}');
});
`;

describe('what handlers get, and how they answer', () => {
  let guests: TestGuests;
  let code: string;
  beforeAll(async () => {
    guests = testGuests();
    guests.keepPackages(() => []);
    code = (await guests.addPackage(await zipOf({ 'app.py': PYTHON, 'index.js': NODE }))).digest;
  });
  afterAll(() => guests.close(0));

  const run = (language: 'python' | 'node', name = 'handler'): RunningGuest =>
    guests.run({
      name: `aws.${language}.${name}`,
      version: 0,
      code,
      layers: [],
      start: {
        kind: 'handler',
        language,
        version: '3.12',
        handler: `${language === 'python' ? 'app' : 'index'}.${name}`,
      },
      env: {},
      limits: { memory: 256, timeout: 5 },
      context: { function_name: 'own', invoked_function_arn: 'arn:x', namespace: 'ns', log_stream_name: 's' },
    });

  test.each(['python', 'node'] as const)('any JSON value and a context: %s', async (language) => {
    const fn = run(language);
    const same = {
      id: 'r-1',
      name: 'own',
      version: '0',
      arn: 'arn:x',
      memory: 256,
      log: ['/aws/lambda/own', 's'],
      identity: null,
      left: true,
      scf: ['r-1', 'ns', 5000],
    };
    const events: JsonValue[] = [{ body: 'ü', a: 1 }, { body: 3 }, [], 'text', '', 0, false, null];
    for (const event of events) {
      const answer = await fn.invoke({ requestId: 'r-1', event });
      expect(answer.error).toBeUndefined();
      expect(answer.result).toEqual({ ...same, event, client: null });
    }
    const context = {
      client_context: { custom: { k: 1 }, env: { locale: 'de' }, client: { app_title: 't' } },
      identity: { cognito_identity_id: 'c' },
    };
    const { result } = await fn.invoke({ requestId: 'r-1', event: 1, context });
    expect(result).toEqual({
      ...same,
      event: 1,
      client: [{ k: 1 }, { locale: 'de' }, 't', null],
      identity: 'c',
    });
    await fn.close(0);
  });

  test.each(['callback', 'succeed', 'done', 'adapter'])('Node’s ways to answer: %s', async (name) => {
    const fn = run('node', name);
    for (const event of [{ a: 1 }, 'again'])
      expect((await fn.invoke({ requestId: 'r-2', event })).result).toEqual(event);
    await fn.close(0);
  });

  test.each(['fails', 'fail'])('Node’s ways to fail: %s', async (name) => {
    const fn = run('node', name);
    for (const event of [1, 2]) {
      const { error } = await fn.invoke({ requestId: 'r-3', event });
      expect(error).toMatchObject({
        code: 'FUNCTION_ERROR',
        app: { type: 'TypeError', message: 'no good' },
      });
    }
    await fn.close(0);
  });

  test('Node’s handlers that do not say when they are done', async () => {
    const nothing = run('node', 'nothing');
    for (const requestId of ['r-4', 'r-5']) {
      const answer = await nothing.invoke({ requestId, event: {} });
      expect(answer.result).toBeNull();
      expect(answer.lines.map(({ line }) => line)).toContain('later');
    }
    expect(nothing.instances()).toEqual({ all: 1, ready: 1 });
    const plain = run('node', 'plain');
    expect((await plain.invoke({ requestId: 'r-6', event: 1 })).result).toEqual({ event: 1 });
    await Promise.all([nothing.close(0), plain.close(0)]);
  });

  const read = async ({ stream }: GuestAnswer): Promise<string> => {
    let text = '';
    for await (const chunk of stream!.body as AsyncIterable<Buffer>) text += chunk.toString();
    return text;
  };

  test('Node’s handlers that write their answer', async () => {
    const parts = run('node', 'parts');
    const answer = await parts.invoke({ requestId: 'r-7', event: {}, stream: true });
    expect(answer.result).toEqual({ statusCode: 201, headers: { 'x-a': 'b' } });
    expect(answer.stream?.plain).toBeUndefined();
    expect(await read(answer)).toBe('one r-7');
    const whole = await parts.invoke({ requestId: 'r-8', event: {} });
    expect(whole.result).toMatchObject({ statusCode: 201, body: 'one r-8', isBase64Encoded: false });
    const broken = await parts.invoke({ requestId: 'r-9', event: 'raise', stream: true });
    const outcome = broken.error ?? (await read(broken).catch((error: unknown) => error));
    expect(outcome).toMatchObject({ code: 'FUNCTION_ERROR', app: { type: 'TypeError' } });

    const bytes = run('node', 'bytes');
    const plain = await bytes.invoke({ requestId: 'r-10', event: {}, stream: true });
    expect(plain.stream?.plain).toBe(true);
    expect(plain.result).toEqual({ statusCode: 200, headers: { 'content-type': 'application/json' } });
    expect(await read(plain)).toBe('{"a":1}');
    expect((await bytes.invoke({ requestId: 'r-11', event: {} })).result).toEqual({ a: 1 });
    const raised = await bytes.invoke({ requestId: 'r-12', event: 'raise', stream: true });
    expect(raised.error).toMatchObject({ code: 'FUNCTION_ERROR', app: { message: 'no good' } });
    await Promise.all([parts.close(0), bytes.close(0)]);
  });
});
