import { createHash } from 'node:crypto';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { zipOf } from '../../support/zip.ts';
import { codeOf, type ScfClient, scfClient, settled, startTestEmulator, type TestEmulator } from './start.ts';

let emulator: TestEmulator;
let client: ScfClient;

beforeAll(async () => {
  emulator = await startTestEmulator();
  client = scfClient(emulator);
});
afterAll(() => emulator.close());

/** A function that tells a word. */
async function saying(word: string): Promise<string> {
  return (
    await zipOf({ 'index.py': `def main_handler(event, context):\n    return ${JSON.stringify(word)}\n` })
  ).toString('base64');
}

async function create(name: string, more: object = {}): Promise<void> {
  const ZipFile = await saying('one');
  await client.CreateFunction({
    FunctionName: name,
    Code: { ZipFile },
    Handler: 'index.main_handler',
    Runtime: 'Python3.9',
    ...more,
  });
  expect(await settled(client, name)).toBe('Active');
}

async function said(FunctionName: string, Qualifier = '$LATEST'): Promise<unknown> {
  const { Result } = await client.Invoke({ FunctionName, Qualifier });
  return JSON.parse(Result!.RetMsg!);
}

describe('the life of a function', () => {
  it('is Creating, then Active, is Updating, then Active again, and gone', async () => {
    await client.CreateFunction({
      FunctionName: 'life',
      Code: { ZipFile: await saying('one') },
      Handler: 'index.main_handler',
      Runtime: 'Python3.9',
    });
    expect((await client.GetFunction({ FunctionName: 'life' })).Status).toBe('Creating');
    // What comes too early is refused, as in the cloud.
    expect(await codeOf(client.PublishVersion({ FunctionName: 'life' }))).toBe(
      'FailedOperation.FunctionStatusError',
    );
    expect(await codeOf(client.Invoke({ FunctionName: 'life' }))).toBe('FailedOperation.FunctionStatusError');
    expect(
      await codeOf(
        client.CreateTrigger({ FunctionName: 'life', TriggerName: 'u', Type: 'http', TriggerDesc: '{}' }),
      ),
    ).toBe('FailedOperation.FunctionStatusError');
    expect(await settled(client, 'life')).toBe('Active');
    expect(await said('life')).toBe('one');

    await client.UpdateFunctionCode({ FunctionName: 'life', ZipFile: await saying('two') });
    expect((await client.GetFunction({ FunctionName: 'life' })).Status).toBe('Updating');
    // Meanwhile the code before answers.
    expect(await said('life')).toBe('one');
    expect(await codeOf(client.UpdateFunctionConfiguration({ FunctionName: 'life', Timeout: 5 }))).toBe(
      'FailedOperation.FunctionStatusError',
    );
    expect(await settled(client, 'life')).toBe('Active');
    expect(await said('life')).toBe('two');

    await client.DeleteFunction({ FunctionName: 'life' });
    expect(await codeOf(client.GetFunction({ FunctionName: 'life' }))).toBe('ResourceNotFound.Function');
  });

  it('ends in CreateFailed when the package is none, and can then be deleted', async () => {
    const ZipFile = Buffer.from('this is no zip').toString('base64');
    await client.CreateFunction({
      FunctionName: 'broken',
      Code: { ZipFile },
      Handler: 'index.main',
      Runtime: 'Python3.9',
    });
    expect(await settled(client, 'broken')).toBe('CreateFailed');
    const shown = await client.GetFunction({ FunctionName: 'broken' });
    expect(shown.StatusReasons).toEqual([
      { ErrorCode: 'InvalidCode', ErrorMessage: expect.stringContaining('zip') },
    ]);
    expect(await codeOf(client.PublishVersion({ FunctionName: 'broken' }))).toBe(
      'FailedOperation.FunctionStatusError',
    );
    await client.DeleteFunction({ FunctionName: 'broken' });
  });

  it('falls back to the code before when an update fails', async () => {
    await create('fallback');
    const { FunctionName } = { FunctionName: 'fallback' };
    const before = await client.GetFunctionAddress({ FunctionName });
    await client.UpdateFunctionCode({ FunctionName, ZipFile: Buffer.from('no zip').toString('base64') });
    expect(await settled(client, FunctionName)).toBe('UpdateFailed');
    expect((await client.GetFunctionAddress({ FunctionName })).CodeSha256).toBe(before.CodeSha256);
    expect(await said(FunctionName)).toBe('one');
    await client.UpdateFunctionCode({ FunctionName, ZipFile: await saying('better') });
    expect(await settled(client, FunctionName)).toBe('Active');
    expect(await said(FunctionName)).toBe('better');
  });
});

describe('what a function is told', () => {
  it('is shown again, and means something', async () => {
    const ZipFile = (
      await zipOf({
        'index.py':
          'import os\ndef main_handler(event, context):\n    return {"env": dict(os.environ), "memory": context.memory_limit_in_mb, "version": context.function_version}\n',
      })
    ).toString('base64');
    await create('told', {
      Code: { ZipFile },
      Description: '说明',
      MemorySize: 256,
      Timeout: 7,
      InitTimeout: 20,
      Role: 'SCF_ExecuteRole',
      Environment: { Variables: [{ Key: 'GREETING', Value: 'hello' }] },
      VpcConfig: { VpcId: 'vpc-1', SubnetId: 'subnet-1' },
      Tags: [{ Key: 'team', Value: 'one' }],
      ClsLogsetId: 'logset',
      ClsTopicId: 'topic',
      PublicNetConfig: { PublicNetStatus: 'ENABLE', EipConfig: { EipStatus: 'DISABLE' } },
      DeadLetterConfig: { Type: 'topic', Name: 'dead', FilterType: '' },
    });
    expect(await client.GetFunction({ FunctionName: 'told', ShowCode: 'TRUE' })).toMatchObject({
      FunctionName: 'told',
      Qualifier: '$LATEST',
      Description: '说明',
      MemorySize: 256,
      Timeout: 7,
      InitTimeout: 20,
      Role: 'SCF_ExecuteRole',
      Environment: { Variables: [{ Key: 'GREETING', Value: 'hello' }] },
      VpcConfig: { VpcId: 'vpc-1', SubnetId: 'subnet-1' },
      Tags: [{ Key: 'team', Value: 'one' }],
      ClsLogsetId: 'logset',
      ClsTopicId: 'topic',
      DeadLetterConfig: { Type: 'topic', Name: 'dead' },
      Type: 'Event',
      CodeInfo: expect.stringContaining('def main_handler'),
      FunctionId: expect.stringMatching(/^lam-[a-z0-9]{8}$/),
    });
    const { env, memory, version } = (await said('told')) as {
      env: Record<string, string>;
      memory: number;
      version: string;
    };
    expect({ memory, version }).toEqual({ memory: 256, version: '$LATEST' });
    expect(env).toMatchObject({
      GREETING: 'hello',
      SCF_RUNTIME: 'Python3.9',
      SCF_FUNCTIONNAME: 'told',
      SCF_FUNCTIONVERSION: '$LATEST',
      SCF_NAMESPACE: 'default',
      TENCENTCLOUD_REGION: 'ap-guangzhou',
      TENCENTCLOUD_APPID: '1250000000',
      USER_CODE_ROOT: expect.stringMatching(/^\//),
    });
  });

  it('can be changed in parts; an empty name takes the environment away', async () => {
    await create('parts', { Environment: { Variables: [{ Key: 'A', Value: '1' }] }, Timeout: 9 });
    await client.UpdateFunctionConfiguration({ FunctionName: 'parts', MemorySize: 512 });
    await settled(client, 'parts');
    expect(await client.GetFunction({ FunctionName: 'parts' })).toMatchObject({
      MemorySize: 512,
      Timeout: 9,
      Environment: { Variables: [{ Key: 'A', Value: '1' }] },
    });
    await client.UpdateFunctionConfiguration({
      FunctionName: 'parts',
      Environment: { Variables: [{ Key: '', Value: '' }] },
    });
    await settled(client, 'parts');
    expect((await client.GetFunction({ FunctionName: 'parts' })).Environment).toEqual({ Variables: [] });
  });

  const big = 'x'.repeat(4096);
  it.each<[string, object, string]>([
    ['a name that ends with -', { FunctionName: 'bad-' }, 'InvalidParameterValue.FunctionName'],
    ['a runtime that there is not', { Runtime: 'Python9' }, 'InvalidParameterValue.Runtime'],
    ['a runtime that does not run here', { Runtime: 'Java8' }, 'UnsupportedOperation'],
    ['no runtime', { Runtime: undefined }, 'MissingParameter.Runtime'],
    ['memory between the steps', { MemorySize: 200 }, 'InvalidParameterValue.MemorySize'],
    ['too much memory', { MemorySize: 4096 }, 'LimitExceeded.Memory'],
    ['too long a time-out', { Timeout: 901 }, 'LimitExceeded.Timeout'],
    ['no handler', { Handler: undefined }, 'InvalidParameterValue.Handler'],
    ['another type', { Type: 'Web' }, 'InvalidParameterValue.FunctionType'],
    ['an image', { Code: { ImageConfig: { ImageType: 'personal', ImageUri: 'x' } } }, 'UnsupportedOperation'],
    ['no code', { Code: {} }, 'MissingParameter.Code'],
    [
      'code that is no base64',
      { Code: { ZipFile: '!!!' } },
      'InvalidParameterValue.ZipFileBase64BinasciiError',
    ],
    [
      'a bucket that is not there',
      { Code: { CosBucketName: 'none', CosObjectName: '/a.zip' } },
      'ResourceNotFound.Cos',
    ],
    ['two sources', { Code: { ZipFile: 'aGk=', CosBucketName: 'b' } }, 'InvalidParameterValue.Code'],
    [
      'variables of the system',
      { Environment: { Variables: [{ Key: 'SCF_X', Value: '1' }] } },
      'InvalidParameterValue.EnvironmentSystemProtect',
    ],
    [
      'a variable that is no name',
      { Environment: { Variables: [{ Key: '1A', Value: '1' }] } },
      'InvalidParameterValue.Environment',
    ],
    [
      'too large an environment',
      { Environment: { Variables: [{ Key: 'A', Value: big }] } },
      'InvalidParameterValue.EnvironmentExceededLimit',
    ],
    [
      'a layer that is not there',
      { Layers: [{ LayerName: 'none', LayerVersion: 1 }] },
      'ResourceNotFound.LayerVersion',
    ],
    [
      'six layers',
      { Layers: Array.from({ length: 6 }, () => ({ LayerName: 'l', LayerVersion: 1 })) },
      'LimitExceeded.Layers',
    ],
    ['a namespace that is not there', { Namespace: 'none' }, 'ResourceNotFound.Namespace'],
    [
      'several requests at once of an event function',
      { InstanceConcurrencyConfig: { DynamicEnabled: 'FALSE', MaxConcurrency: 10 } },
      'InvalidParameterValue.InstanceConcurrencyConfig',
    ],
    ['a parameter that nobody knows', { Tiemout: 3 }, 'UnknownParameter'],
    ['a number as a text', { Timeout: '3' }, 'InvalidParameter'],
  ])('is refused with %s', async (_name, more, code) => {
    const request = {
      FunctionName: 'refused',
      Code: { ZipFile: await saying('one') },
      Handler: 'index.main_handler',
      Runtime: 'Python3.9',
      ...more,
    };
    expect(await codeOf(client.CreateFunction(request))).toBe(code);
    expect(await codeOf(client.GetFunction({ FunctionName: 'refused' }))).toBe('ResourceNotFound.Function');
  });

  it('is refused a second time, and another runtime later', async () => {
    await create('twice');
    const again = client.CreateFunction({
      FunctionName: 'twice',
      Code: { ZipFile: await saying('x') },
      Handler: 'a.b',
      Runtime: 'Python3.9',
    });
    expect(await codeOf(again)).toBe('ResourceInUse.Function');
    expect(
      await codeOf(client.UpdateFunctionConfiguration({ FunctionName: 'twice', Runtime: 'Python3.10' })),
    ).toBe('InvalidParameterValue.Runtime');
  });
});

describe('the code of a function', () => {
  it('can be fetched where GetFunctionAddress says', async () => {
    await create('fetched');
    const { Url, CodeSha256 } = await client.GetFunctionAddress({ FunctionName: 'fetched' });
    const zip = Buffer.from(await (await fetch(Url!)).arrayBuffer());
    expect(createHash('sha256').update(zip).digest('hex')).toBe(CodeSha256);
    expect(zip.toString('base64')).toBe(await saying('one'));
    expect((await fetch(Url!.replace(/sign=../, 'sign=00'))).status).toBe(403);
    expect((await fetch(Url!.replace(/expires=\d/, 'expires=9'))).status).toBe(403);
  });
});

describe('lists of functions', () => {
  it('are in pages, ordered and filtered', async () => {
    for (const name of ['list-a', 'list-b', 'list-c'])
      await create(name, { Tags: [{ Key: 'row', Value: name }] });
    const names = async (request: Parameters<ScfClient['ListFunctions']>[0]): Promise<unknown> => {
      const { Functions, TotalCount } = await client.ListFunctions({ SearchKey: 'list-', ...request });
      return [TotalCount, Functions!.map(({ FunctionName }) => FunctionName)];
    };
    expect(await names({ Orderby: 'FunctionName', Order: 'ASC' })).toEqual([
      3,
      ['list-a', 'list-b', 'list-c'],
    ]);
    expect(await names({ Orderby: 'FunctionName', Order: 'DESC', Limit: 2 })).toEqual([
      3,
      ['list-c', 'list-b'],
    ]);
    expect(await names({ Orderby: 'FunctionName', Offset: 2 })).toEqual([3, ['list-c']]);
    expect(await names({ Filters: [{ Name: 'tag-row', Values: ['list-b'] }] })).toEqual([1, ['list-b']]);
    expect(await names({ Filters: [{ Name: 'Status', Values: ['Creating'] }] })).toEqual([0, []]);
    expect(await codeOf(client.ListFunctions({ Filters: [{ Name: 'Colour', Values: ['red'] }] }))).toBe(
      'InvalidParameterValue.Filters',
    );
  });
});

describe('regions and namespaces', () => {
  it('know nothing of each other', async () => {
    const other = scfClient(emulator, 'ap-shanghai');
    await create('here');
    expect(await codeOf(other.GetFunction({ FunctionName: 'here' }))).toBe('ResourceNotFound.Function');
    await client.CreateNamespace({ Namespace: 'team', Description: 'of a team' });
    expect((await client.ListNamespaces({})).Namespaces!.map(({ Name }) => Name)).toEqual([
      'default',
      'team',
    ]);
    expect((await other.ListNamespaces({})).TotalCount).toBe(1);
    expect(await codeOf(client.GetFunction({ FunctionName: 'here', Namespace: 'team' }))).toBe(
      'ResourceNotFound.Function',
    );
    await client.CopyFunction({ FunctionName: 'here', NewFunctionName: 'there', TargetNamespace: 'team' });
    expect(await codeOf(client.DeleteNamespace({ Namespace: 'team' }))).toBe(
      'FailedOperation.DeleteNamespace',
    );
    for (;;) {
      const { Status } = await client.GetFunction({ FunctionName: 'there', Namespace: 'team' });
      if (Status === 'Active') break;
    }
    const { Result } = await client.Invoke({ FunctionName: 'there', Namespace: 'team' });
    expect(Result!.RetMsg).toBe('"one"');
    await client.DeleteFunction({ FunctionName: 'there', Namespace: 'team' });
    await client.UpdateNamespace({ Namespace: 'team', Description: 'of nobody' });
    await client.DeleteNamespace({ Namespace: 'team' });
    expect(await codeOf(client.DeleteNamespace({ Namespace: 'default' }))).toBe(
      'FailedOperation.DeleteNamespace',
    );
    expect(await codeOf(client.CreateNamespace({ Namespace: 'default' }))).toBe('ResourceInUse.Namespace');
  });
});
