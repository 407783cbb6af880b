import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';

import { deployProject, type DeployProject } from '../support/deploy.ts';
import { emulatingServe, type EmulatingServe } from '../support/emulators.ts';

const SOURCE = "require('node:http').createServer((_, response) => response.end('x')).listen(3000);\n";
const FILES = {
  'server.js': SOURCE,
  'package.json': '{"name": "shop", "scripts": {"start": "node server.js"}}',
};

let serve: EmulatingServe;
const open: DeployProject[] = [];

beforeAll(async () => {
  serve = await emulatingServe();
});
afterEach(async () => {
  await Promise.all(open.splice(0).map((one) => one.end()));
});
afterAll(() => serve.end());

/** Makes a bucket, and gives its address. */
async function makeBucket(cloud: 'aws' | 'tencent', name: string): Promise<string> {
  const env = serve.env(cloud);
  if (cloud === 'aws') {
    const { S3 } = await import('@aws-sdk/client-s3');
    const credentials = {
      accessKeyId: env['AWS_ACCESS_KEY_ID']!,
      secretAccessKey: env['AWS_SECRET_ACCESS_KEY']!,
    };
    const s3 = new S3({
      region: env['AWS_REGION']!,
      endpoint: env['AWS_ENDPOINT_URL']!,
      credentials,
      forcePathStyle: true,
    });
    await s3.createBucket({ Bucket: name });
    return `s3://${name}/team/states`;
  }
  const { default: Cos } = await import('cos-nodejs-sdk-v5');
  const { host } = new URL(env['TENCENTCLOUD_ENDPOINT']!);
  const Bucket = `${name}-${env['TENCENT_APP_ID']!}`;
  const cos = new Cos({
    SecretId: env['TENCENTCLOUD_SECRET_ID']!,
    SecretKey: env['TENCENTCLOUD_SECRET_KEY']!,
    Protocol: 'http:',
    Domain: `${host}/{Bucket}`,
  });
  await cos.putBucket({ Bucket, Region: 'ap-guangzhou' });
  return `cos://${Bucket}/team/states`;
}

describe.each(['aws', 'tencent'] as const)('a state in a bucket of %s', (cloud) => {
  test('is seen by another checkout, and gone with the deployment', async () => {
    const address = await makeBucket(cloud, `state-${cloud}`);
    const checkout = (): DeployProject => {
      const project = deployProject({ ...FILES, 'ropeway.yml': 'name: shop\n' }, serve.env(cloud));
      open.push(project);
      return project;
    };
    const state = ['--target', cloud, '--state', address];
    const [one, other] = [checkout(), checkout()];
    const deployed = (await one.lines('deploy', ...state)).at(-1)!;
    expect(deployed).toMatchObject({ type: 'finished', ok: true });
    expect(existsSync(join(one.dir, '.ropeway', 'state'))).toBe(false);

    // The same files elsewhere: nothing is made twice.
    const again = await other.lines('deploy', ...state);
    expect(again.map(({ type }) => type)).toContain('unchanged');

    expect((await other.run('remove', '--yes', ...state)).code).toBe(0);
    const info = (await one.lines('info', ...state)).at(-1)!;
    expect(info['components']).toEqual([]);
  }, 120_000);

  test('is held by one command at a time; what one that was killed holds is let go by hand', async () => {
    const address = await makeBucket(cloud, `killed-${cloud}`);
    const project = deployProject(FILES, serve.env(cloud));
    open.push(project);
    const state = ['--target', cloud, '--state', address];
    const main = join(process.cwd(), 'dist', 'cli', 'main.js');
    const env = { ...process.env, ...project.env };
    // Killed as soon as it has the lock: before anything else can be done.
    execFileSync(
      process.execPath,
      [
        '-e',
        `const {spawn}=require('child_process');const c=spawn(process.execPath,[${JSON.stringify(main)},'deploy',...${JSON.stringify(state)}],{stdio:['ignore','pipe','inherit']});c.stdout.on('data',(d)=>{if(String(d).includes('packing'))c.kill('SIGKILL')});`,
      ],
      { cwd: project.dir, env },
    );
    const second = await project.run('deploy', ...state);
    expect(second.stderr).toContain('LOCKED');
    expect((await project.run('unlock', ...state)).stdout).toContain('let go of');
    expect((await project.lines('deploy', ...state)).at(-1)).toMatchObject({ ok: true });
    expect((await project.run('remove', '--yes', ...state)).code).toBe(0);
  }, 120_000);
});
