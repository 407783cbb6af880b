import COS from 'cos-nodejs-sdk-v5';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { zipOf } from '../../support/zip.ts';
import {
  codeOf,
  KEYS,
  REGION,
  type ScfClient,
  scfClient,
  settled,
  startTestEmulator,
  type TestEmulator,
} from './start.ts';

let emulator: TestEmulator;
let client: ScfClient;
const Bucket = 'packages-1250000000';

beforeAll(async () => {
  emulator = await startTestEmulator();
  client = scfClient(emulator);
  const cos = new COS({
    SecretId: KEYS.id,
    SecretKey: KEYS.secret,
    Protocol: 'http:',
    Domain: `${emulator.url.replace('http://', '')}/{Bucket}`,
  });
  await cos.putBucket({ Bucket, Region: REGION });
  for (const word of ['one', 'two']) {
    const Body = await zipOf({ 'index.py': `def main_handler(event, context):\n    return "${word}"\n` });
    await cos.putObject({ Bucket, Region: REGION, Key: `apps/${word}.zip`, Body });
  }
});
afterAll(() => emulator.close());

describe('code from a bucket', () => {
  it('is taken by functions and layers, with and without the app id in its name', async () => {
    const FunctionName = 'from-cos';
    const said = async (): Promise<unknown> => {
      expect(await settled(client, FunctionName)).toBe('Active');
      return (await client.Invoke({ FunctionName })).Result!.RetMsg;
    };
    const Code = { CosBucketName: 'packages', CosObjectName: '/apps/one.zip', CosBucketRegion: REGION };
    await client.CreateFunction({ FunctionName, Code, Handler: 'index.main_handler', Runtime: 'Python3.9' });
    expect(await said()).toBe('"one"');
    await client.UpdateFunctionCode({ FunctionName, CosBucketName: Bucket, CosObjectName: 'apps/two.zip' });
    expect(await said()).toBe('"two"');
    await client.UpdateFunctionCode({ FunctionName, Code });
    expect(await said()).toBe('"one"');
    const { LayerVersion } = await client.PublishLayerVersion({
      LayerName: 'cos',
      CompatibleRuntimes: ['Python3.9'],
      Content: Code,
    });
    expect(LayerVersion).toBe(1);
  });

  it('is refused when it is not there', async () => {
    const create = (CosBucketName: string, CosObjectName: string): Promise<string> =>
      codeOf(
        client.CreateFunction({
          FunctionName: 'none',
          Code: { CosBucketName, CosObjectName },
          Handler: 'index.main',
          Runtime: 'Python3.9',
        }),
      );
    expect(await create('nobody', '/apps/one.zip')).toBe('ResourceNotFound.Cos');
    expect(await create('packages', '/apps/none.zip')).toBe('ResourceNotFound.CosObject');
    expect(await create('packages', '')).toBe('InvalidParameterValue.CosObjectName');
  });
});
