import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { afterAll, beforeAll, expect, test } from 'vitest';

import { cloudsPython } from '../../../support/python.ts';
import { root } from '../../../support/root.ts';
import { startTestEmulator, type TestEmulator } from '../start.ts';

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

test('boto3: buckets, addresses, roles and tags', async () => {
  const script = join(root, 'test', 'emulators', 'aws', 'scripts', 'rest_client.py');
  const seen = JSON.parse(await run(python, script)) as Record<string, unknown>;
  expect(seen).toEqual({
    keys: true,
    bodies: true,
    large: true,
    parts: true,
    signed: [['s3', 'text/x-other'], 403, 403, ['s3v4', 'text/x-other'], 403, 403],
    redirected: 0,
    tagged: ['arn:aws:apigateway:us-east-1::/apis/ID', 'arn:aws:s3:::from-boto3'],
    buckets: [{ ResourceARN: 'arn:aws:s3:::from-boto3', Tags: [{ Key: 'team', Value: 'web' }] }],
    trust: true,
    caller: 'arn:aws:sts::000000000000:assumed-role/boto3/me',
    missing: 'ResourceNotFoundException',
    left: [],
  });
}, 120_000);

test('the aws command: a folder goes there and back', async () => {
  const aws = join(python, '..', 'aws');
  const files = { 'index.html': 'home', 'docs/a b.html': 'docs', 'ü/+.txt': 'odd' };
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(join(folder, 'site', name, '..'), { recursive: true });
    writeFileSync(join(folder, 'site', name), content);
  }
  await run(aws, 's3', 'mb', 's3://from-cli');
  await run(aws, 's3', 'sync', 'site', 's3://from-cli/x/');
  expect(await run(aws, 's3', 'ls', 's3://from-cli/x/')).toMatch(
    /PRE docs\/\n[^]*PRE ü\/\n[^]* 4 index\.html/,
  );
  await run(aws, 's3', 'sync', 's3://from-cli/x/', 'back');
  for (const [name, content] of Object.entries(files))
    expect(readFileSync(join(folder, 'back', name), 'utf8')).toBe(content);
  await run(aws, 's3', 'website', 's3://from-cli', '--index-document', 'index.html');
  expect(JSON.parse(await run(aws, 's3api', 'get-bucket-website', '--bucket', 'from-cli'))).toEqual({
    IndexDocument: { Suffix: 'index.html' },
  });
  await run(aws, 's3', 'rb', '--force', 's3://from-cli');
  expect(await run(aws, 's3', 'ls')).toBe('');
}, 120_000);
