import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterEach, expect, test } from 'vitest';

import { stopIfIdle } from '../../src/providers/local/background.ts';
import { deployProject, type DeployProject, platformPid } from '../support/deploy.ts';
import { isAlive, until } from '../support/platform.ts';

const projects: DeployProject[] = [];

afterEach(async () => {
  for (const project of projects.splice(0)) await project.end();
});

function open(files: Record<string, string>, env: NodeJS.ProcessEnv = {}): DeployProject {
  const project = deployProject(files, env);
  projects.push(project);
  return project;
}

const app = (text: string): Record<string, string> => ({
  'index.js': `require('node:http').createServer((_, response) => response.end('${text}')).listen(3000);\n`,
});

const addressOf = (stdout: string): string => /http:\/\/127\.0\.0\.1:\d+\/\S*/.exec(stdout)![0];

test('a platform that was killed comes back with the next command, at the same address, with all that it had', async () => {
  const { run, state } = open(app('here'));
  const url = addressOf((await run('deploy')).stdout);
  const pid = (await platformPid(state))!;
  process.kill(pid, 'SIGKILL');
  await until(() => !isAlive(pid));
  const again = await run('deploy');
  expect(again.stdout).toContain('one was started in the background');
  expect(again.stdout).toContain('unchanged');
  expect(addressOf(again.stdout)).toBe(url);
  expect(await (await fetch(url)).text()).toBe('here');
});

test('it is stopped with the last project that it serves, not before', async () => {
  const one = open({ 'ropeway.yml': 'name: one\n', ...app('one') });
  const two = open({ 'ropeway.yml': 'name: two\n', ...app('two') });
  await one.run('deploy');
  const url = addressOf((await two.run('deploy', '--platform', one.state)).stdout);
  expect(url).toMatch(/\/two\/$/);
  const pid = (await platformPid(one.state))!;
  expect((await one.run('remove', '--yes')).stdout).not.toContain('was stopped');
  expect(await (await fetch(url)).text()).toBe('two');
  expect((await two.run('remove', '--yes', '--platform', one.state)).stdout).toContain('was stopped');
  await until(() => !isAlive(pid));
  expect(existsSync(one.state)).toBe(false);
});

test('a folder that was there before stays, and one whose platform somebody started himself is not touched', async () => {
  const { run, state } = open(app('here'));
  mkdirSync(state, { recursive: true });
  writeFileSync(join(state, 'mine.txt'), 'mine');
  await run('deploy');
  await run('remove', '--yes');
  expect(readFileSync(join(state, 'mine.txt'), 'utf8')).toBe('mine');
  expect(existsSync(join(state, 'background.json'))).toBe(false);
  expect(await stopIfIdle(state)).toBe(false);
});

test('why it does not start is told', async () => {
  const { run, state } = open(app('here'));
  mkdirSync(state, { recursive: true });
  writeFileSync(join(state, 'deployments.json'), 'not ours');
  const failed = await run('deploy');
  expect(failed.code).toBe(1);
  expect(failed.stderr).toContain(
    'A platform could not be started in the background. [PLATFORM_NOT_STARTED]',
  );
  expect(failed.stderr).toContain('STATE_BROKEN');
});
