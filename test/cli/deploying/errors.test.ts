import { afterEach, describe, expect, test } from 'vitest';

import { deployProject, type DeployProject } from '../../support/deploy.ts';

let project: DeployProject | undefined;

afterEach(async () => {
  await project?.end();
  project = undefined;
});

const NODE = "require('node:http').createServer((_, response) => response.end('x')).listen(3000);\n";

async function run(
  files: Record<string, string>,
  ...args: string[]
): Promise<{ code: number | null; text: string }> {
  project = deployProject(files);
  const { code, stdout, stderr } = await project.run(...args);
  return { code, text: stdout + stderr };
}

describe('what is wrong is told before anything is done', () => {
  test.each<[string, Record<string, string>, string[], string[]]>([
    [
      'an alias that there is not',
      { 'ropeway.yml': 'api: {component: web}\n' },
      ['deploy', 'apo'],
      ['There is no component `apo` here. [NO_SUCH_ALIAS]', 'did you mean `api`?'],
    ],
    [
      'a cloud without a region',
      { 'index.js': NODE, '.env': 'TENCENTCLOUD_REGION=\nTENCENT_REGION=\nREGION=\n' },
      ['deploy', '--target', 'tencent'],
      ['No region is given for Tencent Cloud. [REGION_MISSING]'],
    ],
    [
      'a target that there is not',
      { 'index.js': NODE },
      ['deploy', '--target', 'azure'],
      ["argument 'azure' is invalid"],
    ],
    [
      'an unknown option',
      { 'index.js': NODE },
      ['deploy', '--stgae', 'x'],
      ["unknown option '--stgae'", '--stage'],
    ],
    [
      'a folder that is not there',
      {},
      ['deploy', '--dir', 'nowhere'],
      ['There is no such folder. [NO_FOLDER]'],
    ],
    [
      'YAML that is none',
      { 'serverless.yml': 'api:\n  component: [\n' },
      ['deploy'],
      ['serverless.yml:', '[CONFIG]'],
    ],
    [
      'an input that cannot be',
      { 'serverless.yml': 'api:\n  component: web\n  inputs:\n    memory: much\n' },
      ['deploy'],
      [
        'serverless.yml:4:5: the input `memory` of `api` is not valid. [INPUTS]',
        'expected: number',
        'got:      "much"',
      ],
    ],
    [
      'an input that there is not',
      { 'serverless.yml': 'api:\n  component: web\n  inputs:\n    memroy: 128\n' },
      ['deploy'],
      ['serverless.yml:4:5: `api` takes no input `memroy`. [INPUTS]', 'did you mean `memory`?'],
    ],
    [
      'a component that there is not',
      { 'serverless.yml': 'api:\n  component: flaks\n' },
      ['deploy'],
      ['There is no component flaks. [NO_SUCH_COMPONENT]', 'did you mean `flask`?'],
    ],
    [
      'a circle',
      {
        'serverless.yml':
          "a: {component: web, inputs: {src: '${b.name}'}}\nb: {component: web, inputs: {src: '${a.name}'}}\n",
      },
      ['deploy'],
      ['a → b → a', '[CYCLE]'],
    ],
    [
      'a variable that is not set',
      { 'serverless.yml': "api: {component: web, inputs: {src: '${env.NOWHERE_AT_ALL}'}}\n" },
      ['deploy'],
      ['NOWHERE_AT_ALL', '[ENV_MISSING]'],
    ],
    ['a removal that nobody agreed to', { 'index.js': NODE }, ['deploy'], ['new function']],
    [
      'an event that is none',
      { 'index.js': NODE },
      ['invoke', '--event', 'nowhere.json'],
      ['No function is deployed from here. [NOT_DEPLOYED]'],
    ],
    ['nothing to roll back', { 'index.js': NODE }, ['rollback'], ['[NOT_DEPLOYED]']],
    [
      'a verb of nobody',
      { 'ropeway.yml': 'api: {component: web}\n' },
      ['dance', 'api'],
      ['`api` is not deployed. [NOT_DEPLOYED]'],
    ],
  ])('%s', async (_, files, args, texts) => {
    const { code, text } = await run(files, ...args);
    for (const one of texts) expect(text).toContain(one);
    expect(text).not.toMatch(/\n\s+at .*:\d+:\d+\)?\n/);
    if (!texts.includes('new function')) expect(code, text).toBe(2);
  });

  test('nobody there to agree to a removal', async () => {
    project = deployProject({ 'index.js': NODE });
    await project.run('deploy');
    const { code, stderr } = await project.run('remove');
    expect([code, stderr]).toEqual([
      2,
      expect.stringMatching(/This would remove .* \(local, stage dev\)\. \[CONFIRMATION_NEEDED\]/),
    ]);
    expect((await project.run('info')).stdout).toContain('version 1');
  });

  test.each([
    [['--http', 'GET'], 'HTTP_REQUEST'],
    [['--http', 'GET', 'hello'], 'HTTP_REQUEST'],
    [['--http', 'GET', '/', '-H', 'nothing'], 'HTTP_REQUEST'],
    [['--http', 'GET', '/', '--event', 'x.json'], 'EVENT'],
    [['--http', 'GET', '/', '--format', 'nope'], 'EVENT'],
    [['--event', 'nowhere.json'], 'EVENT'],
    [['--event', 'index.js'], 'EVENT'],
  ])('invoke %j', async (args, code) => {
    project ??= deployProject({ 'index.js': NODE });
    await project.run('deploy');
    const invoked = await project.run('invoke', ...args);
    expect([invoked.code, invoked.stderr]).toEqual([2, expect.stringContaining(`[${code}]`)]);
  });
});

test('unlock says whose it was', async () => {
  project = deployProject({ 'index.js': NODE });
  expect((await project.run('unlock')).stdout).toBe('nobody holds it\n');
});

test('a hook that fails is shown with what it printed, and nothing is deployed', async () => {
  const { code, text } = await run(
    {
      'index.js': NODE,
      'ropeway.yml': "api:\n  component: web\n  hooks: {before: 'echo building; exit 3'}\n",
    },
    'deploy',
  );
  expect(code, text).toBe(2);
  expect(text).toContain('A command of the file failed: echo building; exit 3 [HOOK_FAILED]');
  expect(text).toContain('building');
  expect(text).toContain('nothing is deployed any more: the platform in the background was stopped');
});
