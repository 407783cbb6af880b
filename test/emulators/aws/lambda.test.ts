import {
  Lambda,
  ResourceConflictException,
  ResourceNotFoundException,
  waitUntilFunctionActiveV2,
  waitUntilFunctionUpdatedV2,
} from '@aws-sdk/client-lambda';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';

import { zipOf } from '../../support/zip.ts';
import { startTestEmulator, type TestEmulator } from './start.ts';

const ROLE = 'arn:aws:iam::000000000000:role/any';
const PYTHON = (word: string): string => `
import os
def handler(event, context):
    print("printed ${word}")
    if event == "raise":
        raise ValueError("no good")
    if isinstance(event, dict) and "rawPath" in event:
        return {"statusCode": 200, "headers": {"content-type": "text/plain"}, "body": "${word} " + event["rawPath"]}
    return {"word": "${word}", "event": event, "name": os.environ["AWS_LAMBDA_FUNCTION_NAME"], "own": os.environ.get("OWN"),
            "version": context.function_version}
`;

let emulator: TestEmulator;
/** Time stands still for the emulator as long as this is set: what takes a moment is not done before a test looks. */
let frozen: number | undefined;
let lambda: Lambda;
let count = 0;
let name = '';

beforeAll(async () => {
  emulator = await startTestEmulator({ now: () => frozen ?? Date.now() });
  lambda = new Lambda(emulator.client);
});
afterAll(() => emulator.close());
beforeEach(() => {
  frozen = undefined;
  count += 1;
  name = `hello-${count}`;
});

async function create(word = 'one', more: object = {}): Promise<void> {
  await lambda.createFunction({
    FunctionName: name,
    Runtime: 'python3.12',
    Handler: 'app.handler',
    Role: ROLE,
    Code: { ZipFile: await zipOf({ 'app.py': PYTHON(word) }) },
    ...more,
  });
  await waitUntilFunctionActiveV2({ client: lambda, maxWaitTime: 10 }, { FunctionName: name });
}

async function call(event: unknown, more: object = {}) {
  const answer = await lambda.invoke({
    FunctionName: name,
    Payload: JSON.stringify(event),
    LogType: 'Tail',
    ...more,
  });
  return {
    ...answer,
    value: JSON.parse(Buffer.from(answer.Payload!).toString('utf8')) as unknown,
    log: Buffer.from(answer.LogResult ?? '', 'base64').toString('utf8'),
  };
}

describe('a function', () => {
  test('is created, waited for, called with its log, shown, deleted', async () => {
    frozen = Date.now();
    await lambda.createFunction({
      FunctionName: name,
      Runtime: 'python3.12',
      Handler: 'app.handler',
      Role: ROLE,
      Code: { ZipFile: await zipOf({ 'app.py': PYTHON('one') }) },
      Environment: { Variables: { OWN: 'value' } },
      Tags: { team: 'shop' },
    });
    expect((await lambda.getFunctionConfiguration({ FunctionName: name })).State).toBe('Pending');
    await expect(lambda.invoke({ FunctionName: name })).rejects.toBeInstanceOf(ResourceConflictException);
    frozen = undefined;
    await waitUntilFunctionActiveV2({ client: lambda, maxWaitTime: 10 }, { FunctionName: name });
    const answer = await call({ a: 1 });
    expect(answer.value).toEqual({ word: 'one', event: { a: 1 }, name, own: 'value', version: '$LATEST' });
    expect(answer).toMatchObject({ StatusCode: 200, ExecutedVersion: '$LATEST' });
    expect(answer.log).toMatch(
      /^START RequestId: \S+ Version: \$LATEST\nprinted one\nEND RequestId: \S+\nREPORT /,
    );
    const shown = await lambda.getFunction({ FunctionName: name });
    expect(shown.Tags).toEqual({ team: 'shop' });
    expect(shown.Configuration).toMatchObject({ MemorySize: 128, Timeout: 3, State: 'Active' });
    const code = await fetch(shown.Code!.Location!);
    expect((await code.arrayBuffer()).byteLength).toBe(shown.Configuration!.CodeSize);
    await lambda.deleteFunction({ FunctionName: name });
    await expect(lambda.getFunction({ FunctionName: name })).rejects.toBeInstanceOf(
      ResourceNotFoundException,
    );
  });

  test('that raises says so as its runtime does', async () => {
    await create();
    const answer = await call('raise');
    expect(answer.FunctionError).toBe('Unhandled');
    expect(answer.value).toMatchObject({ errorType: 'ValueError', errorMessage: 'no good' });
    expect((answer.value as { stackTrace: string[] }).stackTrace.join('\n')).toContain('app.py');
  });

  test('changes while an update is going on are refused; afterwards the new code runs', async () => {
    await create();
    const ZipFile = await zipOf({ 'app.py': PYTHON('two') });
    frozen = Date.now();
    await lambda.updateFunctionCode({ FunctionName: name, ZipFile });
    await expect(
      lambda.updateFunctionConfiguration({ FunctionName: name, Timeout: 9 }),
    ).rejects.toBeInstanceOf(ResourceConflictException);
    frozen = undefined;
    await waitUntilFunctionUpdatedV2({ client: lambda, maxWaitTime: 10 }, { FunctionName: name });
    expect((await call({})).value).toMatchObject({ word: 'two' });
  });
});

describe('versions and aliases', () => {
  test('a version stays as it was; the same is not published twice; weights share the calls', async () => {
    await create('one');
    const one = await lambda.publishVersion({ FunctionName: name });
    expect(one.Version).toBe('1');
    expect((await lambda.publishVersion({ FunctionName: name })).Version).toBe('1');
    await lambda.updateFunctionCode({
      FunctionName: name,
      ZipFile: await zipOf({ 'app.py': PYTHON('two') }),
      Publish: true,
    });
    await waitUntilFunctionUpdatedV2({ client: lambda, maxWaitTime: 10 }, { FunctionName: name });
    await lambda.createAlias({ FunctionName: name, Name: 'live', FunctionVersion: '1' });
    expect((await call({}, { Qualifier: 'live' })).value).toMatchObject({ word: 'one', version: '1' });
    await lambda.updateAlias({
      FunctionName: name,
      Name: 'live',
      RoutingConfig: { AdditionalVersionWeights: { '2': 0.5 } },
    });
    const words = new Set<string>();
    for (let index = 0; index < 60; index += 1)
      words.add(((await call({}, { Qualifier: 'live' })).value as { word: string }).word);
    expect(words).toEqual(new Set(['one', 'two']));
    await expect(lambda.deleteFunction({ FunctionName: name, Qualifier: '2' })).rejects.toBeInstanceOf(
      ResourceConflictException,
    );
    expect(
      (await lambda.listVersionsByFunction({ FunctionName: name })).Versions!.map(({ Version }) => Version),
    ).toEqual(['$LATEST', '1', '2']);
  });
});

describe('an address', () => {
  test('answers when both permissions are there, and keeps its port over a restart', async () => {
    await create('one');
    const { FunctionUrl } = await lambda.createFunctionUrlConfig({ FunctionName: name, AuthType: 'NONE' });
    expect((await fetch(FunctionUrl!)).status).toBe(403);
    await lambda.addPermission({
      FunctionName: name,
      StatementId: 'url',
      Action: 'lambda:InvokeFunctionUrl',
      Principal: '*',
      FunctionUrlAuthType: 'NONE',
    });
    expect((await fetch(FunctionUrl!)).status).toBe(403);
    await lambda.addPermission({
      FunctionName: name,
      StatementId: 'invoke',
      Action: 'lambda:InvokeFunction',
      Principal: '*',
      InvokedViaFunctionUrl: true,
    });
    expect(await (await fetch(`${FunctionUrl}a/b`)).text()).toBe('one /a/b');
    emulator = await emulator.restart();
    lambda = new Lambda(emulator.client);
    expect(await (await fetch(`${FunctionUrl}c`)).text()).toBe('one /c');
    await lambda.deleteFunctionUrlConfig({ FunctionName: name });
    await expect(fetch(FunctionUrl!)).rejects.toThrow('fetch failed');
  });
});

test('layers are found by functions, and downloaded', async () => {
  const layer = await lambda.publishLayerVersion({
    LayerName: 'words',
    Content: { ZipFile: await zipOf({ 'python/words.py': 'WORD = "from the layer"\n' }) },
    CompatibleRuntimes: ['python3.12'],
  });
  expect(layer.Version).toBe(1);
  await lambda.createFunction({
    FunctionName: name,
    Runtime: 'python3.12',
    Handler: 'app.handler',
    Role: ROLE,
    Code: { ZipFile: await zipOf({ 'app.py': 'import words\ndef handler(e, c): return words.WORD\n' }) },
    Layers: [layer.LayerVersionArn!],
  });
  await waitUntilFunctionActiveV2({ client: lambda, maxWaitTime: 10 }, { FunctionName: name });
  expect((await call({})).value).toBe('from the layer');
  await lambda.deleteLayerVersion({ LayerName: 'words', VersionNumber: 1 });
  expect((await lambda.listLayers({})).Layers).toEqual([]);
});

test('a streamed call comes as messages that the SDK reads', async () => {
  await create('one');
  const { EventStream } = await lambda.invokeWithResponseStream({ FunctionName: name, Payload: '{"b":2}' });
  const parts: Buffer[] = [];
  let isComplete = false;
  for await (const { PayloadChunk, InvokeComplete } of EventStream!) {
    if (PayloadChunk !== undefined) parts.push(Buffer.from(PayloadChunk.Payload!));
    if (InvokeComplete !== undefined) isComplete = true;
  }
  expect(JSON.parse(Buffer.concat(parts).toString('utf8'))).toMatchObject({ word: 'one', event: { b: 2 } });
  expect(isComplete).toBe(true);
});

describe('what the cloud refuses', () => {
  const bad: [string, object, string][] = [
    ['memory', { MemorySize: 100 }, 'ValidationException'],
    ['an old runtime', { Runtime: 'python3.6' }, 'InvalidParameterValueException'],
    ['a role that is none', { Role: 'any' }, 'ValidationException'],
    [
      'an environment of 5 KB',
      { Environment: { Variables: { LONG: 'x'.repeat(5000) } } },
      'InvalidParameterValueException',
    ],
    [
      'a variable of its own',
      { Environment: { Variables: { AWS_REGION: 'x' } } },
      'InvalidParameterValueException',
    ],
    [
      'a layer that is not there',
      { Layers: ['arn:aws:lambda:us-east-1:000000000000:layer:none:1'] },
      'InvalidParameterValueException',
    ],
    ['code that is no zip', { Code: { ZipFile: Buffer.from('no zip') } }, 'InvalidParameterValueException'],
  ];
  test.each(bad)('%s', async (_, more, code) => {
    await expect(create('one', more)).rejects.toMatchObject({ name: code, $fault: 'client' });
    await expect(lambda.getFunction({ FunctionName: name })).rejects.toBeInstanceOf(
      ResourceNotFoundException,
    );
  });

  test('a name that is taken', async () => {
    await create();
    await expect(create()).rejects.toMatchObject({
      name: 'ResourceConflictException',
      message: `Function already exist: ${name}`,
    });
  });

  test('signatures of another key, another secret, another time', async () => {
    const with_ = (more: object): Lambda => new Lambda({ ...emulator.client, ...more });
    const credentials = { accessKeyId: 'AKIDOTHER', secretAccessKey: 'other' };
    await expect(with_({ credentials }).listFunctions({})).rejects.toMatchObject({
      name: 'UnrecognizedClientException',
    });
    const wrong = { ...emulator.client.credentials, secretAccessKey: 'other' };
    await expect(with_({ credentials: wrong }).listFunctions({})).rejects.toMatchObject({
      name: 'InvalidSignatureException',
    });
    const late = with_({ systemClockOffset: -10 * 60_000, maxAttempts: 1 });
    await expect(late.listFunctions({})).rejects.toMatchObject({
      name: 'InvalidSignatureException',
      message: expect.stringContaining('Signature expired'),
    });
    expect((await fetch(`${emulator.url}/2015-03-31/functions`)).status).toBe(403);
  });

  test('faults on demand', async () => {
    emulator.faults.add({
      operation: 'ListFunctions',
      error: { status: 429, code: 'TooManyRequestsException', message: 'Rate exceeded' },
    });
    const once = new Lambda({ ...emulator.client, maxAttempts: 1 });
    await expect(once.listFunctions({})).rejects.toMatchObject({ name: 'TooManyRequestsException' });
    expect((await once.listFunctions({})).Functions).toBeDefined();
  });
});
