import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';

import { deployProject, type DeployProject } from '../support/deploy.ts';
import { emulatingServe, type EmulatingServe } from '../support/emulators.ts';
import { leftovers } from '../support/leftovers.ts';

// The published packages themselves, by `ropeway deploy`, against the emulator that `ropeway serve` starts.

const PROJECT = `
hello:
  component: 'npm:@serverless/tencent-scf@2.1.4'
  inputs:
    name: published-hello
    codeUri: ./code
    handler: index.main_handler
    runtime: Nodejs18.15
    region: ap-guangzhou
    timeout: 5
    memorySize: 128
`;
const source = (word: string): string =>
  `exports.main_handler = async (event) => ({ word: '${word}', event });\n`;

let serve: EmulatingServe;
let project: DeployProject | undefined;

beforeAll(async () => {
  serve = await emulatingServe(['tencent']);
});
afterEach(async () => {
  await project?.end();
  project = undefined;
});
afterAll(async () => {
  expect(await serve.end()).toBe(0);
});

/** What the function answers, asked by the SDK. */
async function answer(): Promise<unknown> {
  const { scf } = await import('tencentcloud-sdk-nodejs-scf');
  const env = serve.env('tencent');
  const client = new scf.v20180416.Client({
    credential: { secretId: env['TENCENTCLOUD_SECRET_ID']!, secretKey: env['TENCENTCLOUD_SECRET_KEY']! },
    region: 'ap-guangzhou',
    profile: { httpProfile: { endpoint: new URL(env['TENCENTCLOUD_ENDPOINT']!).host, protocol: 'http://' } },
  });
  const { Result } = await client.Invoke({ FunctionName: 'published-hello', ClientContext: '{"a":1}' });
  return JSON.parse(Result!.RetMsg!);
}

test('a published component is deployed, deployed again and removed, as it is', async () => {
  project = deployProject(
    { 'serverless.yml': PROJECT, 'code/index.js': source('one') },
    serve.env('tencent'),
  );
  const { run, write } = project;
  const deployed = await run('deploy', '--target', 'tencent');
  expect(deployed.code, deployed.stdout + deployed.stderr).toBe(0);
  expect(await answer()).toEqual({ word: 'one', event: { a: 1 } });
  write('code/index.js', source('two'));
  expect((await run('deploy', '--target', 'tencent')).code).toBe(0);
  await expect.poll(answer, { timeout: 60_000 }).toMatchObject({ word: 'two' });
  const removed = await run('remove', '--target', 'tencent', '--yes');
  expect(removed.code, removed.stdout + removed.stderr).toBe(0);
  expect((await leftovers('tencent', serve.env('tencent')))['functions']).toEqual([]);
}, 300_000);
