import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

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
  folder = mkdtempSync(join(tmpdir(), 'ropeway-s3-clients-'));
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

function aws(...args: string[]): Promise<string> {
  return run(join(python, '..', 'aws'), ...args);
}

/** What it says when it fails. */
async function failure(...args: string[]): Promise<string> {
  return aws(...args).then(
    (said) => expect.unreachable(`it did not fail: ${said}`),
    (error: { stderr: string }) => error.stderr,
  );
}

test('boto3: a bucket, objects, addresses, parts, lists, errors', async () => {
  const seen = JSON.parse(await run(python, join(root, 'test/emulators/aws/scripts/s3_client.py'))) as Record<
    string,
    unknown
  >;
  const presigned = (by: string, v2: boolean): Record<string, unknown> => ({
    put: 200,
    get: [200, `by ${by}`],
    changed: 'SignatureDoesNotMatch',
    'other key': 403,
    'other type': 'SignatureDoesNotMatch',
    late: 403,
    v2,
  });
  expect(seen).toEqual({
    got: ['content', 'text/plain', { a: 'b' }],
    // Left to itself it signs addresses of the oldest regions in the old way.
    presigned: [presigned('None', true), presigned('s3v4', false), presigned('s3', true)],
    transferred: { same: true, parts: '3', copy: true },
    listed: { keys: true, prefixes: ['many/sub/'], old: true },
    codes: {
      missing: 'NoSuchKey',
      'no bucket': 'NoSuchBucket',
      'no bucket for nobody': 'NoSuchBucket',
      nobody: 'AccessDenied',
      wrong: 'SignatureDoesNotMatch',
      exists: 'PreconditionFailed',
      full: 'BucketNotEmpty',
    },
    left: [],
  });
});

describe('the aws command', () => {
  test('copies and syncs folders', async () => {
    const site = join(folder, 'site');
    mkdirSync(join(site, 'a b', 'ü'), { recursive: true });
    const files: Record<string, string | Buffer> = {
      'index.html': '<h1>home</h1>',
      'a b/ü/c+d.txt': 'deep',
      // In parts.
      'big.bin': Buffer.alloc(20 * 1024 * 1024, 'big '),
    };
    for (const [name, content] of Object.entries(files)) writeFileSync(join(site, name), content);
    await aws('s3', 'mb', 's3://from-cli');
    await aws('s3', 'sync', site, 's3://from-cli/pages', '--cache-control', 'max-age=5');
    const listed = await aws('s3', 'ls', 's3://from-cli', '--recursive');
    expect(
      listed
        .trim()
        .split('\n')
        .map((line) => line.slice(20).trim()),
    ).toEqual(['4 pages/a b/ü/c+d.txt', `${20 * 1024 * 1024} pages/big.bin`, '13 pages/index.html']);
    const about = JSON.parse(
      await aws('s3api', 'head-object', '--bucket', 'from-cli', '--key', 'pages/index.html'),
    ) as object;
    expect(about).toMatchObject({ ContentType: 'text/html', CacheControl: 'max-age=5', ContentLength: 13 });
    // What is the same is not sent again.
    expect(await aws('s3', 'sync', site, 's3://from-cli/pages')).toBe('');
    rmSync(join(site, 'index.html'));
    expect(await aws('s3', 'sync', site, 's3://from-cli/pages', '--delete')).toContain('delete:');
    await aws('s3', 'sync', 's3://from-cli/pages', join(folder, 'back'));
    expect(readFileSync(join(folder, 'back/big.bin')).equals(files['big.bin'] as Buffer)).toBe(true);
    expect(await aws('s3', 'cp', 's3://from-cli/pages/a b/ü/c+d.txt', '-')).toBe('deep');
    await aws('s3', 'mv', 's3://from-cli/pages/big.bin', 's3://from-cli/moved.bin');
    expect(await aws('s3', 'ls', 's3://from-cli')).toMatch(/PRE pages\/\n.* moved\.bin\n$/);
  }, 120_000);

  test('makes addresses that anyone can read', async () => {
    const url = (await aws('s3', 'presign', 's3://from-cli/pages/a b/ü/c+d.txt')).trim();
    expect(await (await fetch(url)).text()).toBe('deep');
    expect((await fetch(url.replace(/Signature=./, 'Signature=x'))).status).toBe(403);
    const said = await failure(
      ...['s3', 'cp', 's3://from-cli/pages/a b/ü/c+d.txt', '-', '--no-sign-request'],
    );
    expect(said).toContain('Forbidden');
  });

  test('tells objects one by one', async () => {
    writeFileSync(join(folder, 'body'), '0123456789');
    const at = ['--bucket', 'from-cli', '--key', 'one'];
    const put = ['s3api', 'put-object', ...at, '--body', 'body', '--if-none-match', '*'];
    expect(JSON.parse(await aws(...put, '--checksum-algorithm', 'SHA256'))).toMatchObject({
      ETag: '"781e5e245d69b566979b86e28d23f2c7"',
      ChecksumSHA256: createHash('sha256').update('0123456789').digest('base64'),
    });
    expect(await failure(...put)).toContain('PreconditionFailed');
    await aws('s3api', 'get-object', ...at, '--range', 'bytes=2-4', 'part');
    expect(readFileSync(join(folder, 'part'), 'utf8')).toBe('234');
    expect(await failure('s3api', 'get-object', ...at, '--range', 'bytes=99-', 'part')).toContain(
      'InvalidRange',
    );
    const page = JSON.parse(
      await aws('s3api', 'list-objects-v2', '--bucket', 'from-cli', '--max-items', '1'),
    ) as { NextToken?: string };
    expect(page.NextToken).toBeTypeOf('string');
    const rest = await aws(
      ...['s3api', 'list-objects-v2', '--bucket', 'from-cli', '--starting-token', page.NextToken!],
      ...['--query', 'Contents[].Key', '--output', 'text'],
    );
    expect(rest.trim().split('\t')).toEqual(['one', 'pages/a b/ü/c+d.txt']);
  });

  test('opens a website, and removes all of it', async () => {
    await aws('s3', 'website', 's3://from-cli', '--index-document', 'index.html');
    expect(JSON.parse(await aws('s3api', 'get-bucket-website', '--bucket', 'from-cli'))).toEqual({
      IndexDocument: { Suffix: 'index.html' },
    });
    expect(await failure('s3', 'rb', 's3://from-cli')).toContain('BucketNotEmpty');
    await aws('s3', 'rm', 's3://from-cli/pages', '--recursive');
    await aws('s3', 'rb', 's3://from-cli', '--force');
    expect(await aws('s3', 'ls')).toBe('');
    expect(await failure('s3', 'ls', 's3://from-cli')).toContain('NoSuchBucket');
  });
});
