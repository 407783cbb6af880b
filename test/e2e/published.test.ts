import { cpSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterEach, expect, test } from 'vitest';

import { deployProject, type DeployProject } from '../support/deploy.ts';
import { fixtures } from '../support/platform.ts';

let project: DeployProject | undefined;

afterEach(async () => {
  await project?.end();
  project = undefined;
});

const PROJECT = `
shop:
  component: ./components/flask
  inputs:
    code: ./code
    region: ap-guangzhou
    functionConf: {timeout: 10, memorySize: 128}
    apigatewayConf: {protocols: [http], environment: release}
`;

test('a component of the 1.x kind deploys to this machine by what is built in', async () => {
  project = deployProject({
    'serverless.yml': PROJECT,
    'code/index.js':
      'exports.handler = async (event) => ({ statusCode: 200, headers: {}, body: `${event.httpMethod} ${event.path}` });\n',
  });
  const { dir, run, write } = project;
  cpSync(join(fixtures, 'published', 'flask'), join(dir, 'components', 'flask'), { recursive: true });
  const deployed = await run('deploy', '--json');
  const lines = deployed.stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(deployed.code, deployed.stdout + deployed.stderr).toBe(0);
  const { outputs } = lines.at(-1) as { outputs: { shop: { url: string; functionName: string } } };
  expect(outputs.shop.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/release\/$/);
  expect(await (await fetch(`${outputs.shop.url}hello`)).text()).toContain('GET');
  expect(lines.filter(({ type }) => type === 'note').map(({ text }) => text)).toContain(
    'runtime Nodejs8.9 no longer exists: the app runs on the Node that it runs on here',
  );

  const state = JSON.parse(
    readFileSync(join(dir, '.ropeway', 'state', 'local', 'dev', 'shop.json'), 'utf8'),
  ) as {
    loaded: string[];
  };
  expect(state.loaded).toHaveLength(2);

  write('code/index.js', "exports.handler = async () => ({ statusCode: 200, headers: {}, body: 'new' });\n");
  expect((await run('deploy')).code).toBe(0);
  expect(await (await fetch(`${outputs.shop.url}x`)).text()).toBe('new');

  const removed = await run('remove', '--yes');
  expect(removed.code, removed.stdout + removed.stderr).toBe(0);
  expect(removed.stdout).toContain('nothing is deployed any more');
});

test('what ends its process, or fails, is told in its own words and leaves nothing behind', async () => {
  project = deployProject({
    'serverless.yml': 'bad:\n  component: ./bad\n',
    'bad/serverless.js':
      "const { Component } = require('@serverless/core');\nmodule.exports = class extends Component {\n  async default() { throw new Error('no such bucket'); }\n  async remove() { return {}; }\n};\n",
  });
  const { run, write } = project;
  const failed = await run('deploy');
  expect([failed.code, failed.stdout]).toEqual([2, expect.stringContaining('no such bucket')]);
  expect(failed.stdout + failed.stderr).not.toMatch(/\n\s+at /);
  write(
    'bad/serverless.js',
    "const { Component } = require('@serverless/core');\nmodule.exports = class extends Component {\n  async default() { process.exit(3); }\n  async remove() { return {}; }\n};\n",
  );
  const ended = await run('deploy');
  expect([ended.code, ended.stdout]).toEqual([2, expect.stringContaining('[PUBLISHED_EXITED]')]);
  expect((await run('remove', '--yes')).code).toBe(0);
});
