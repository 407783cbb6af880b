import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';

import { deployProject, type DeployProject } from '../support/deploy.ts';
import { emulatingServe, type EmulatingServe } from '../support/emulators.ts';

// A Node app whose answers come part by part, on the emulated AWS: over its function URL, over an HTTP API, and when it is invoked.

/** `/parts` writes its second part when the file that GATE names is there: by then the client has the first. */
const APP = `
const { existsSync } = require('node:fs');
require('node:http')
  .createServer((request, response) => {
    response.setHeader('Set-Cookie', ['a=1', 'b=2']);
    if (!request.url.endsWith('/parts')) return response.end('whole');
    response.writeHead(201, { 'Content-Type': 'text/plain' });
    response.write('first');
    const wait = setInterval(() => {
      if (!existsSync(process.env.GATE)) return;
      clearInterval(wait);
      response.end(Buffer.alloc(7 * 1024 * 1024, 'x'));
    }, 10);
  })
  .listen(3000);
`;
const files = (more: string, gate: string): Record<string, string> => ({
  'app/server.js': APP,
  'app/package.json': '{"scripts": {"start": "node server.js"}}',
  'ropeway.yml': `name: parts
api:
  component: web
  inputs:
    src: ./app
    env: { GATE: '${gate}' }
${more}`,
});

let serve: EmulatingServe;
let project: DeployProject | undefined;
let gate: string;

beforeAll(async () => {
  serve = await emulatingServe(['aws']);
  gate = join(serve.state, 'gate');
});
afterEach(async () => {
  rmSync(gate, { force: true });
  await project?.end();
  project = undefined;
});
afterAll(async () => {
  expect(await serve.end()).toBe(0);
});

async function deploy(more: string): Promise<Record<string, { url: string }>> {
  project = deployProject(files(more, gate), serve.env('aws'));
  const lines = await project.lines('deploy', '--target', 'aws');
  expect(lines.at(-1), JSON.stringify(lines)).toMatchObject({ type: 'finished', ok: true });
  return lines.at(-1)!['outputs'] as Record<string, { url: string }>;
}

test('what an app writes reaches the client as it is written, and may be larger than 6 MB', async () => {
  const { api } = await deploy('');
  const whole = await fetch(api!.url);
  expect([whole.status, await whole.text(), whole.headers.getSetCookie()]).toEqual([
    200,
    'whole',
    ['a=1', 'b=2'],
  ]);

  const answer = await fetch(`${api!.url}parts`);
  expect([answer.status, answer.headers.get('content-type')]).toEqual([201, 'text/plain']);
  const reader = answer.body!.getReader();
  expect(Buffer.from((await reader.read()).value).toString()).toBe('first');
  expect(existsSync(gate)).toBe(false);
  writeFileSync(gate, '');
  let length = 0;
  for (let read = await reader.read(); !read.done; read = await reader.read()) length += read.value.length;
  expect(length).toBe(7 * 1024 * 1024);

  // Nothing of the call that only loads it looks like a failure.
  expect((await project!.run('logs', '--target', 'aws')).stdout).not.toMatch(/ERROR/);
  const invoked = await project!.run('invoke', '--target', 'aws', '--http', 'GET', '/');
  expect(invoked.stdout).toMatch(/^200\n[^]*\nwhole\n/);
  expect((await project!.run('remove', '--target', 'aws', '--yes')).code).toBe(0);
}, 120_000);

test.each([
  [
    'behind an HTTP API',
    'gate: { component: gateway, inputs: { routes: [{ path: /v/*, function: "${api.name}" }] } }',
  ],
  ['in a VPC', '    vpc: { subnets: [subnet-1], securityGroups: [sg-1] }'],
  ['that is not to stream', '    stream: false'],
])(
  'an app %s answers in one piece',
  async (_, more) => {
    const outputs = await deploy(more);
    const url = outputs['gate']?.url ?? outputs['api']!.url;
    const answer = await fetch(url);
    expect([answer.status, await answer.text(), answer.headers.getSetCookie()]).toEqual([
      200,
      'whole',
      ['a=1', 'b=2'],
    ]);
    expect((await project!.run('remove', '--target', 'aws', '--yes')).code).toBe(0);
  },
  120_000,
);
