import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { zipOf } from '../../support/zip.ts';
import { scfClient, settled, startTestEmulator, type ScfClient, type TestEmulator } from './start.ts';

let emulator: TestEmulator;
let client: ScfClient;

beforeAll(async () => {
  emulator = await startTestEmulator();
  client = scfClient(emulator);
});
afterAll(() => emulator.close());

const CODE = {
  'index.py':
    'import os\ndef main_handler(event, context):\n    print("hello", event)\n    return {"event": event, "name": os.environ["SCF_FUNCTIONNAME"], "v": context.function_version}\n',
};

describe('a function', () => {
  it('is made, called and gone', async () => {
    const zip = (await zipOf(CODE)).toString('base64');
    await client.CreateFunction({
      FunctionName: 'hello',
      Code: { ZipFile: zip },
      Handler: 'index.main_handler',
      Runtime: 'Python3.9',
    });
    expect(await settled(client, 'hello')).toBe('Active');
    const { Result } = await client.Invoke({
      FunctionName: 'hello',
      ClientContext: '{"a":1}',
      LogType: 'Tail',
    });
    console.log(Result, await client.GetFunction({ FunctionName: 'hello' }));
    await client.DeleteFunction({ FunctionName: 'hello' });
    expect((await client.ListFunctions({})).TotalCount).toBe(0);
    console.log(emulator.notices);
  });
});
