import { afterEach, beforeEach, expect, test } from 'vitest';

import { zipOf } from '../../../support/zip.ts';
import {
  codeOf,
  type ScfClient,
  scfClient,
  settled,
  startTestEmulator,
  type TestEmulator,
} from '../start.ts';

// The old `apigw` trigger: SCF asks the gateway for a service and an API.

let emulator: TestEmulator;
let client: ScfClient;

beforeEach(async () => {
  emulator = await startTestEmulator();
  client = scfClient(emulator);
  const code = `exports.main_handler = async (event) => ({ statusCode: 200, body: event.httpMethod + ' ' + event.path });\n`;
  const zip = await zipOf({ 'index.js': code });
  await client.CreateFunction({
    FunctionName: 'hello',
    Runtime: 'Nodejs18.15',
    Handler: 'index.main_handler',
    Code: { ZipFile: zip.toString('base64') },
  });
  await settled(client, 'hello');
});

afterEach(async () => {
  expect(emulator.notices.filter((notice) => !notice.startsWith('Node'))).toEqual([]);
  await emulator.close();
});

interface Description {
  service: { serviceId: string; subDomain: string };
  api: { apiId: string };
}

async function addTrigger(): Promise<Description> {
  const made = await client.CreateTrigger({
    FunctionName: 'hello',
    TriggerName: 'gateway',
    Type: 'apigw',
    TriggerDesc: JSON.stringify({
      api: { authRequired: 'FALSE', requestConfig: { method: 'ANY' }, isIntegratedResponse: 'TRUE' },
      service: { serviceName: 'SCF_API_SERVICE' },
      release: { environmentName: 'release' },
    }),
  });
  return JSON.parse(made.TriggerInfo!.TriggerDesc!) as Description;
}

test('answers, outlives the process, and goes with its trigger', async () => {
  const { service } = await addTrigger();
  const read = async (): Promise<string> => (await fetch(`${service.subDomain}/users`)).text();
  expect(await read()).toBe('GET /hello/users');
  emulator = await emulator.restart();
  client = scfClient(emulator);
  expect(await read()).toBe('GET /hello/users');
  const { Triggers = [] } = await client.ListTriggers({ FunctionName: 'hello' });
  const { TriggerName, TriggerDesc } = Triggers[0]!;
  await client.DeleteTrigger({
    FunctionName: 'hello',
    TriggerName: TriggerName!,
    Type: 'apigw',
    TriggerDesc: TriggerDesc!,
  });
  await expect(fetch(service.subDomain)).rejects.toThrow();
});

test('goes with its function', async () => {
  const { service } = await addTrigger();
  await client.DeleteFunction({ FunctionName: 'hello' });
  await expect(fetch(service.subDomain)).rejects.toThrow();
  expect(await codeOf(client.GetFunction({ FunctionName: 'hello' }))).toBe('ResourceNotFound.Function');
});
