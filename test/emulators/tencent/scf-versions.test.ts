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

describe('versions and aliases', () => {
  it('keep what was published, and share calls by weight', async () => {
    await create('shared');
    const { FunctionVersion: first } = await client.PublishVersion({
      FunctionName: 'shared',
      Description: 'the first',
    });
    expect(first).toBe('1');
    expect(
      await codeOf(client.CreateAlias({ FunctionName: 'shared', Name: 'live', FunctionVersion: '1' })),
    ).toBe('FailedOperation.FunctionVersionStatusNotActive');
    expect(await settled(client, 'shared', '1')).toBe('Active');
    await client.UpdateFunctionCode({
      FunctionName: 'shared',
      ZipFile: await saying('two'),
      Publish: 'TRUE',
    });
    await settled(client, 'shared');
    expect(await settled(client, 'shared', '2')).toBe('Active');
    expect([await said('shared', '1'), await said('shared', '2'), await said('shared')]).toEqual([
      'one',
      'two',
      'two',
    ]);
    expect((await client.ListVersionByFunction({ FunctionName: 'shared' })).FunctionVersion).toEqual([
      '$LATEST',
      '1',
      '2',
    ]);

    await client.CreateAlias({ FunctionName: 'shared', Name: 'live', FunctionVersion: '1' });
    expect(await said('shared', 'live')).toBe('one');
    await client.UpdateAlias({
      FunctionName: 'shared',
      Name: 'live',
      FunctionVersion: '1',
      RoutingConfig: { AdditionalVersionWeights: [{ Version: '2', Weight: 1 }] },
    });
    expect(await said('shared', 'live')).toBe('two');
    expect(await client.GetAlias({ FunctionName: 'shared', Name: 'live' })).toMatchObject({
      FunctionVersion: '1',
      RoutingConfig: { AdditionalVersionWeights: [{ Version: '2', Weight: 1 }], AddtionVersionMatchs: [] },
    });
    const match = { Version: '2', Key: 'invoke.headers.User', Method: 'exact', Expression: 'tester' };
    await client.UpdateAlias({
      FunctionName: 'shared',
      Name: 'live',
      FunctionVersion: '1',
      RoutingConfig: { AddtionVersionMatchs: [match] },
    });
    const keyed = await client.InvokeFunction({
      FunctionName: 'shared',
      Qualifier: 'live',
      RoutingKey: '{"User":"tester"}',
    });
    expect([await said('shared', 'live'), keyed.Result!.RetMsg]).toEqual(['one', '"two"']);
    // Without RoutingConfig all of it leads to the first version again.
    await client.UpdateAlias({ FunctionName: 'shared', Name: '$DEFAULT', FunctionVersion: '1' });
    expect((await client.InvokeFunction({ FunctionName: 'shared' })).Result!.RetMsg).toBe('"one"');
    expect(
      (await client.ListAliases({ FunctionName: 'shared', FunctionVersion: '2' })).Aliases!.map(
        ({ Name }) => Name,
      ),
    ).toEqual(['live']);

    expect(await codeOf(client.DeleteFunctionVersion({ FunctionName: 'shared', Qualifier: '1' }))).toBe(
      'ResourceInUse.Alias',
    );
    expect(await codeOf(client.DeleteAlias({ FunctionName: 'shared', Name: '$DEFAULT' }))).toBe(
      'FailedOperation.DeleteAlias',
    );
    await client.DeleteAlias({ FunctionName: 'shared', Name: 'live' });
    await client.DeleteFunction({ FunctionName: 'shared', Qualifier: '2' });
    expect(await codeOf(client.Invoke({ FunctionName: 'shared', Qualifier: '2' }))).toBe(
      'ResourceNotFound.Qualifier',
    );
    // Numbers are never used again.
    expect((await client.PublishVersion({ FunctionName: 'shared' })).FunctionVersion).toBe('3');
  });

  it.each<[string, object, string]>([
    ['a version that is not there', { FunctionVersion: '7' }, 'ResourceNotFound.FunctionVersion'],
    [
      'the same version twice',
      { RoutingConfig: { AdditionalVersionWeights: [{ Version: '$LATEST', Weight: 0.1 }] } },
      'InvalidParameterValue.AdditionalVersionWeights',
    ],
    [
      'a weight above one',
      { RoutingConfig: { AdditionalVersionWeights: [{ Version: '1', Weight: 2 }] } },
      'InvalidParameterValue.AdditionalVersionWeights',
    ],
    [
      'two more versions',
      {
        RoutingConfig: {
          AdditionalVersionWeights: [
            { Version: '1', Weight: 0.1 },
            { Version: '2', Weight: 0.1 },
          ],
        },
      },
      'InvalidParameterValue.AdditionalVersionWeights',
    ],
    ['a name with a dot', { Name: 'a.b' }, 'InvalidParameterValue.Alias'],
    ['a name that there is', { Name: '$DEFAULT' }, 'InvalidParameterValue.Alias'],
  ])('an alias is refused with %s', async (_name, more, code) => {
    await create('aliased').catch(() => undefined);
    const request = { FunctionName: 'aliased', Name: 'live', FunctionVersion: '$LATEST', ...more };
    expect(await codeOf(client.CreateAlias(request))).toBe(code);
  });
});

describe('layers', () => {
  it('lie under the code, the later one above', async () => {
    const layer = async (name: string, text: string): Promise<void> => {
      const ZipFile = (await zipOf({ 'words.py': `WORD = ${JSON.stringify(text)}\n` })).toString('base64');
      const { LayerVersion } = await client.PublishLayerVersion({
        LayerName: name,
        CompatibleRuntimes: ['Python3.9'],
        Content: { ZipFile },
      });
      expect(LayerVersion).toBe(1);
      while ((await client.GetLayerVersion({ LayerName: name, LayerVersion: 1 })).Status !== 'Active');
    };
    await layer('lower', 'of the lower layer');
    await layer('upper', 'of the upper layer');
    const { Location, CodeSha256 } = await client.GetLayerVersion({ LayerName: 'lower', LayerVersion: 1 });
    const zip = Buffer.from(await (await fetch(Location!)).arrayBuffer());
    expect(createHash('sha256').update(zip).digest('hex')).toBe(CodeSha256);
    const ZipFile = (
      await zipOf({ 'index.py': 'import words\ndef main_handler(event, context):\n    return words.WORD\n' })
    ).toString('base64');
    await create('layered', {
      Code: { ZipFile },
      Layers: [
        { LayerName: 'lower', LayerVersion: 1 },
        { LayerName: 'upper', LayerVersion: 1 },
      ],
    });
    expect(await said('layered')).toBe('of the upper layer');
    expect(
      (await client.GetFunction({ FunctionName: 'layered' })).Layers!.map(({ LayerName }) => LayerName),
    ).toEqual(['lower', 'upper']);
    // What is bound stays.
    await client.DeleteLayerVersion({ LayerName: 'lower', LayerVersion: 1 });
    expect(await codeOf(client.GetLayerVersion({ LayerName: 'lower', LayerVersion: 1 }))).toBe(
      'ResourceNotFound.LayerVersion',
    );
    expect(await said('layered')).toBe('of the upper layer');
    expect((await client.ListLayers({})).Layers!.map(({ LayerName }) => LayerName)).toEqual(['upper']);
    expect((await client.ListLayerVersions({ LayerName: 'upper' })).LayerVersions).toHaveLength(1);
    await client.UpdateFunctionConfiguration({
      FunctionName: 'layered',
      Layers: [{ LayerName: '', LayerVersion: 0 }],
    });
    await settled(client, 'layered');
    expect((await client.GetFunction({ FunctionName: 'layered' })).Layers).toEqual([]);
  });
});

describe('concurrency', () => {
  it('is reserved and provisioned', async () => {
    await create('reserved');
    expect((await client.GetReservedConcurrencyConfig({ FunctionName: 'reserved' })).ReservedMem).toBeNull();
    await client.PutReservedConcurrencyConfig({ FunctionName: 'reserved', ReservedConcurrencyMem: 1280 });
    expect((await client.GetReservedConcurrencyConfig({ FunctionName: 'reserved' })).ReservedMem).toBe(1280);
    expect(
      await codeOf(
        client.PutReservedConcurrencyConfig({ FunctionName: 'reserved', ReservedConcurrencyMem: 128_000 }),
      ),
    ).toBe('FailedOperation.ReservedExceedTotal');
    const put = (Qualifier: string, VersionProvisionedConcurrencyNum: number): Promise<unknown> =>
      client.PutProvisionedConcurrencyConfig({
        FunctionName: 'reserved',
        Qualifier,
        VersionProvisionedConcurrencyNum,
      });
    expect(await codeOf(put('$LATEST', 1))).toBe('InvalidParameterValue.Qualifier');
    await client.PublishVersion({ FunctionName: 'reserved' });
    await settled(client, 'reserved', '1');
    expect(await codeOf(put('1', 11))).toBe('FailedOperation.ProvisionedExceedReserved');
    await put('1', 1);
    for (;;) {
      const { Allocated } = await client.GetProvisionedConcurrencyConfig({ FunctionName: 'reserved' });
      expect(Allocated![0]).toMatchObject({ Qualifier: '1', AllocatedProvisionedConcurrencyNum: 1 });
      if (Allocated![0]!.Status === 'Done') break;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    expect((await client.GetAccount(null)).AccountUsage!.Namespace![0]!.TotalAllocatedProvisionedMem).toBe(
      128,
    );
    await client.DeleteProvisionedConcurrencyConfig({ FunctionName: 'reserved', Qualifier: '1' });
    expect((await client.GetProvisionedConcurrencyConfig({ FunctionName: 'reserved' })).Allocated).toEqual(
      [],
    );
    await client.DeleteReservedConcurrencyConfig({ FunctionName: 'reserved' });
    expect(await codeOf(client.PutTotalConcurrencyConfig({ TotalConcurrencyMem: 100 }))).toBe(
      'LimitExceeded.TotalConcurrencyMemory',
    );
    await client.PutTotalConcurrencyConfig({ TotalConcurrencyMem: 256_000 });
    expect((await client.GetAccount(null)).AccountUsage!.TotalConcurrencyMem).toBe(256_000);
  });
});
