import { cpSync, mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { zipOf } from '../../support/zip.ts';
import { codeOf, type ScfClient, scfClient, settled, startTestEmulator } from './start.ts';

const zip = async (word: string): Promise<string> =>
  (
    await zipOf({
      'index.py': `def main_handler(event, context):\n    return {"statusCode": 200, "body": ${JSON.stringify(word)}}\n`,
    })
  ).toString('base64');

async function create(client: ScfClient, FunctionName: string, word: string): Promise<void> {
  await client.CreateFunction({
    FunctionName,
    Code: { ZipFile: await zip(word) },
    Handler: 'index.main_handler',
    Runtime: 'Python3.9',
  });
}

describe('what the emulator was told', () => {
  it('is there after a restart, at the same addresses', async () => {
    let emulator = await startTestEmulator();
    let client = scfClient(emulator);
    await create(client, 'kept', 'one');
    await settled(client, 'kept');
    await client.PublishVersion({ FunctionName: 'kept' });
    await settled(client, 'kept', '1');
    await client.UpdateFunctionCode({ FunctionName: 'kept', ZipFile: await zip('two') });
    await settled(client, 'kept');
    await client.CreateAlias({ FunctionName: 'kept', Name: 'live', FunctionVersion: '1' });
    const { TriggerInfo } = await client.CreateTrigger({
      FunctionName: 'kept',
      TriggerName: 'url',
      Type: 'http',
      Qualifier: 'live',
      TriggerDesc: '{}',
    });
    const url = (JSON.parse(TriggerInfo!.TriggerDesc!) as { NetConfig: { ExtranetUrl: string } }).NetConfig
      .ExtranetUrl;
    await client.PutReservedConcurrencyConfig({ FunctionName: 'kept', ReservedConcurrencyMem: 256 });
    const before = await client.GetFunction({ FunctionName: 'kept' });

    emulator = await emulator.restart();
    client = scfClient(emulator);
    const { RequestId: _one, ...after } = await client.GetFunction({ FunctionName: 'kept' });
    const { RequestId: _two, ...expected } = before;
    expect(after).toEqual(expected);
    expect(await (await fetch(url)).text()).toBe('one');
    const { Result } = await client.Invoke({ FunctionName: 'kept' });
    expect(Result!.RetMsg).toContain('two');
    expect((await client.GetReservedConcurrencyConfig({ FunctionName: 'kept' })).ReservedMem).toBe(256);
    await client.DeleteFunction({ FunctionName: 'kept' });
    expect(readdirSync(join(emulator.folder, 'state', 'scf-packages')).length).toBeLessThanOrEqual(2);
    await emulator.close();
  });

  it('is finished after the power went in the middle', async () => {
    const first = await startTestEmulator();
    const client = scfClient(first);
    await create(client, 'cut-off', 'made after all');
    // The folder as it is at this moment, while the function is Creating, is what a power cut leaves.
    const folder = mkdtempSync(join(tmpdir(), 'ropeway-tencent-cut-'));
    cpSync(first.folder, folder, { recursive: true });
    await first.close();
    const second = await startTestEmulator({ folder });
    const again = scfClient(second);
    expect(await settled(again, 'cut-off')).toBe('Active');
    const { Result } = await again.Invoke({ FunctionName: 'cut-off' });
    expect(Result!.RetMsg).toContain('made after all');
    await second.close();
  });

  it('leaves nothing behind when it is deleted', async () => {
    const emulator = await startTestEmulator();
    const client = scfClient(emulator);
    await create(client, 'gone', 'x');
    await settled(client, 'gone');
    await client.DeleteFunction({ FunctionName: 'gone' });
    const next = await emulator.restart();
    expect((await scfClient(next).ListFunctions({})).TotalCount).toBe(0);
    expect(readdirSync(join(next.folder, 'state', 'scf-packages'))).toEqual([]);
    expect(await codeOf(scfClient(next).Invoke({ FunctionName: 'gone' }))).toBe('ResourceNotFound.Function');
    await next.close();
  });
});
