import { execFile } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { afterEach, expect, test } from 'vitest';

import { commandFile } from '../support/command.ts';
import { deployProject, type DeployProject, platformPid } from '../support/deploy.ts';
import { isAlive, until } from '../support/platform.ts';
import { testPythonEnv } from '../support/python.ts';
import { root } from '../support/root.ts';

let project: DeployProject | undefined;

afterEach(async () => {
  await project?.end();
  project = undefined;
});

/** The commands of the tutorial, as a reader copies them: without prompts, without what they print. */
function tutorial(): string[] {
  const page = readFileSync(join(root, 'docs', 'components.md'), 'utf8');
  const part = page.slice(page.indexOf('## A component for another framework'));
  const [, text] = /```console\n(.*?)```/s.exec(part)!;
  return text!
    .split(/^\$ /m)
    .slice(1)
    .map((command) => command.trimEnd());
}

/** Of a command and what it printed, the command: a here-document is a part of it. */
function withoutOutput(command: string): { command: string; printed: string } {
  if (command.includes("<<'EOF'")) return { command, printed: '' };
  const [first, ...rest] = command.split('\n');
  return { command: first!, printed: rest.join('\n') };
}

test('the tutorial works as it is written, in an empty folder', async () => {
  project = deployProject({}, await testPythonEnv());
  const { dir, state } = project;
  const bin = join(state, '..', 'bin');
  mkdirSync(bin);
  writeFileSync(join(bin, 'ropeway'), `#!/bin/sh\nexec "${process.execPath}" "${commandFile}" "$@"\n`);
  chmodSync(join(bin, 'ropeway'), 0o755);
  const env: NodeJS.ProcessEnv = { ...process.env, NO_COLOR: '1', ...project.env };
  env['PATH'] = `${bin}:${env['PATH']}`;
  let pid = 0;
  for (const { command, printed } of tutorial().map(withoutOutput)) {
    if (command.startsWith('ropeway remove')) pid = (await platformPid(state))!;
    const { stdout } = await promisify(execFile)('bash', ['-c', command], { cwd: dir, env });
    if (printed !== '') expect(stdout.trim()).toBe(printed);
    if (command === 'ropeway') expect(stdout).toContain('✓ hello  new function');
  }
  await until(() => !isAlive(pid));
  expect([existsSync(state), readdirSync(dir).sort()]).toEqual([false, ['app', 'components', 'ropeway.yml']]);
}, 120_000);

test('a component that was begun with `init` passes its own test and deploys', async () => {
  project = deployProject({
    'app/index.js':
      "require('node:http').createServer((_, r) => r.end(process.env.GREETING)).listen(3000);\n",
    'ropeway.yml': 'mine:\n  component: ./components/mine\n  inputs: {src: ./app, greeting: Ahoy}\n',
  });
  const { dir, run } = project;
  const made = await run('init', 'component', './components/mine');
  expect(made.stdout).toContain('components/mine/index.test.js');
  const again = await run('init', 'component', './components/mine');
  expect([again.code, again.stderr]).toEqual([2, expect.stringContaining('[FOLDER_NOT_EMPTY]')]);
  // As `npm install` would put it there.
  mkdirSync(join(dir, 'node_modules'));
  const { symlinkSync } = await import('node:fs');
  symlinkSync(root, join(dir, 'node_modules', 'ropeway'));
  await promisify(execFile)(process.execPath, ['--test'], { cwd: join(dir, 'components', 'mine') });
  const deployed = await run('deploy');
  expect(deployed).toMatchObject({ code: 0, stderr: '' });
  const url = /http:\/\/127\.0\.0\.1:\d+\//.exec(deployed.stdout)![0];
  expect(await (await fetch(url)).text()).toBe('Ahoy');
  expect((await run('ask', 'mine')).stdout).toBe('deployed 1 times\n');
  expect((await run('remove', '--yes')).code).toBe(0);
});
