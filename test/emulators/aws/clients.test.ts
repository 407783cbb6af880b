import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { afterAll, beforeAll, expect, test } from 'vitest';

import { cloudsPython } from '../../support/python.ts';
import { root } from '../../support/root.ts';
import { zipOf } from '../../support/zip.ts';
import { startTestEmulator, type TestEmulator } from './start.ts';

const execute = promisify(execFile);

let emulator: TestEmulator;
let python: string;
let folder: string;

beforeAll(async () => {
  python = await cloudsPython();
  emulator = await startTestEmulator();
  folder = mkdtempSync(join(tmpdir(), 'ropeway-clients-'));
}, 300_000);
afterAll(async () => {
  await emulator.close();
  rmSync(folder, { recursive: true, force: true });
});

async function run(command: string, ...args: string[]): Promise<string> {
  const { stdout } = await execute(command, args, {
    cwd: folder,
    env: { PATH: process.env['PATH'], HOME: folder, AWS_PAGER: '', ...emulator.env },
  });
  return stdout;
}

test('boto3: from a zip to nothing left', async () => {
  const script = join(root, 'test', 'emulators', 'aws', 'scripts', 'lambda_client.py');
  const seen = JSON.parse(await run(python, script)) as Record<string, unknown>;
  expect(seen).toMatchObject({
    invoke: { hello: 'Ada', version: '1' },
    url: 'path /a/b',
    updated: { bye: 'Ada', version: '2' },
    versions: ['$LATEST', '1', '2'],
    missing: 'ResourceNotFoundException',
    left: [],
  });
  expect(seen['log']).toContain('printed by from-boto3');
});

test('the aws command: from a zip to nothing left', async () => {
  const aws = async (...args: string[]): Promise<Record<string, unknown>> => {
    const text = await run(join(python, '..', 'aws'), 'lambda', ...args, '--function-name', 'from-cli');
    return (text.trim() === '' ? {} : JSON.parse(text)) as Record<string, unknown>;
  };
  const source = 'def handler(event, context):\n    print("printed")\n    return {"got": event}\n';
  writeFileSync(join(folder, 'code.zip'), await zipOf({ 'app.py': source }));
  const role = 'arn:aws:iam::000000000000:role/any';
  const made = await aws(
    ...['create-function', '--runtime', 'python3.12', '--handler', 'app.handler', '--role', role],
    ...['--zip-file', 'fileb://code.zip', '--publish'],
  );
  expect(made).toMatchObject({ FunctionName: 'from-cli', Version: '1' });
  await aws('wait', 'function-active-v2');
  const invoked = await run(
    join(python, '..', 'aws'),
    ...[
      'lambda',
      'invoke',
      '--function-name',
      'from-cli',
      '--log-type',
      'Tail',
      'answer.json',
      '--payload',
      '{"a": 1}',
    ],
  );
  const { LogResult } = JSON.parse(invoked) as { LogResult: string };
  expect(Buffer.from(LogResult, 'base64').toString('utf8')).toContain('printed');
  await aws('create-alias', '--name', 'live', '--function-version', '1');
  const url = await aws('create-function-url-config', '--auth-type', 'NONE', '--qualifier', 'live');
  expect(url['FunctionUrl']).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/$/);
  await aws('delete-function');
  const { Functions } = JSON.parse(await run(join(python, '..', 'aws'), 'lambda', 'list-functions')) as {
    Functions: unknown[];
  };
  expect(Functions).toEqual([]);
}, 120_000);
