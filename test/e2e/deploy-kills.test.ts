import { spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

import { afterEach, expect, test } from 'vitest';

import { commandFile } from '../support/command.ts';
import { deployProject, type DeployProject, platformPid } from '../support/deploy.ts';
import { isAlive, until } from '../support/platform.ts';

let project: DeployProject | undefined;

afterEach(async () => {
  await project?.end();
  project = undefined;
});

const KILLS = 50;
/** Milliseconds in which a command of this project does all that it does. */
const LONGEST = 900;

const FILES = {
  'ropeway.yml': `
name: shop
api:
  component: web
  inputs: {src: ./api}
admin:
  component: web
  inputs: {src: ./admin, env: {API: '\${api.url}'}}
jobs:
  component: function
  inputs: {src: ./jobs, handler: index.main_handler, env: {API: '\${api.url}'}}
front:
  component: gateway
  inputs: {stage: v1, routes: [{path: '/*', function: '\${api.name}'}]}
site:
  component: static
  inputs: {src: ./site, env: {API_URL: '\${api.url}'}}
`,
  'api/index.js': server('api'),
  'admin/app.py':
    "def application(environ, start_response):\n    start_response('200 OK', [])\n    return [b'admin']\n",
  'jobs/index.js': "exports.main_handler = async () => 'job';\n",
  'site/index.html': 'site',
};

function server(text: string): string {
  return `require('node:http').createServer((_, response) => response.end('${text}')).listen(3000);\n`;
}

/** Runs a command and kills it, if it has not ended by then. */
async function runAndKill({ dir, env }: DeployProject, args: string[], after: number): Promise<boolean> {
  const child = spawn(process.execPath, [commandFile, ...args], {
    cwd: dir,
    env: { ...process.env, ...env },
    stdio: 'ignore',
  });
  let ended = false;
  const end = new Promise<void>((resolve) => {
    child.once('close', () => {
      ended = true;
      resolve();
    });
  });
  await Promise.race([end, sleep(after)]);
  const killed = !ended;
  if (killed) child.kill('SIGKILL');
  await end;
  return killed;
}

test(`killed ${KILLS} times at random moments, what follows completes and nothing is lost or left`, async () => {
  project = deployProject(FILES);
  const { write, run, state, dir } = project;
  let killed = 0;
  for (let round = 0; killed < KILLS; round += 1) {
    write('api/index.js', server(`api ${round}`));
    write('site/index.html', `site ${round}`);
    const args = round % 3 === 2 ? ['remove', '--yes'] : ['deploy', '--yes'];
    if (await runAndKill(project, args, Math.random() * LONGEST)) killed += 1;
    if (round % 5 !== 4) continue;
    const deployed = await run('deploy', '--json');
    expect([deployed.code, deployed.stderr], deployed.stdout).toEqual([0, '']);
    const last = JSON.parse(deployed.stdout.trim().split('\n').at(-1)!) as {
      outputs: Record<string, { url: string }>;
    };
    const base = new URL(last.outputs['api']!.url).origin;
    for (const [path, text] of [
      ['/shop-api/', `api ${round}`],
      ['/v1/x', `api ${round}`],
      ['/shop-admin/', 'admin'],
      ['/shop-site/', `site ${round}`],
    ] as const) {
      expect(await (await fetch(base + path)).text()).toBe(text);
    }
  }
  await run('deploy');
  const pid = (await platformPid(state))!;
  const removed = await run('remove', '--yes');
  expect([removed.code, removed.stderr], removed.stdout).toEqual([0, '']);
  await until(() => !isAlive(pid));
  expect([existsSync(state), readdirSync(dir).sort()], removed.stdout).toEqual([
    false,
    ['admin', 'api', 'jobs', 'ropeway.yml', 'site'],
  ]);
}, 240_000);
