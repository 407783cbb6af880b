import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';

import { deployProject, type DeployProject } from '../support/deploy.ts';
import { emulatingServe, type EmulatingServe } from '../support/emulators.ts';
import { copyExample, type Example, type Examples, loadExamples } from '../support/examples.ts';
import { leftovers } from '../support/leftovers.ts';
import { findPython } from '../support/pythons.ts';
import { testPythonEnv } from '../support/python.ts';

const CLOUDS = ['aws', 'tencent'] as const;
const NAMES = ['flask', 'django', 'fastapi', 'express', 'koa', 'bare-python', 'bare-node'];
/** What the newest Python of the clouds is that this machine has, too: native packages are for one version. */
const PYTHONS = { aws: ['3.14', '3.13', '3.12', '3.11', '3.10'], tencent: ['3.10'] };

let examples: Examples;
let serve: EmulatingServe;
let env: NodeJS.ProcessEnv;
let project: DeployProject | undefined;

beforeAll(async () => {
  env = await testPythonEnv();
  examples = await loadExamples(join(env['VIRTUAL_ENV']!, 'bin', 'python'));
  serve = await emulatingServe([...CLOUDS]);
}, 300_000);

afterEach(async () => {
  await project?.end();
  project = undefined;
  await examples.stopAll();
});

afterAll(async () => {
  expect(await serve.end()).toBe(0);
});

describe.each(CLOUDS)('the example apps on %s', (cloud) => {
  test.for(NAMES)(
    '%s: deployed, the same bytes as a plain server, a canary, rolled back, removed, nothing left',
    { timeout: 300_000 },
    async (name, { skip }) => {
      const example = examples.all.find((one) => one.name === name)!;
      const runtime = example.language === 'python' ? findPython(PYTHONS[cloud]) : undefined;
      if (example.language === 'python' && runtime === undefined)
        skip(`no Python ${PYTHONS[cloud].join(' or ')} on this machine`);
      await examples.prepare(example);
      const before = await leftovers(cloud, serve.env(cloud));
      project = deployProject({}, { ...env, ...serve.env(cloud) });
      const { dir, lines, run } = project;
      copyExample(example, dir);
      if (runtime !== undefined && !existsSync(join(dir, 'ropeway.yml')))
        writeFileSync(join(dir, 'ropeway.yml'), configOf(`python${runtime}`));

      if (runtime === '3.10') withoutVersions(dir);
      const deployed = await lines('deploy', '--target', cloud);
      const finished = deployed.at(-1)!;
      expect(finished, JSON.stringify(deployed)).toMatchObject({ type: 'finished', ok: true });
      const [outputs] = Object.values(
        finished['outputs'] as Record<string, { url: string; version: string }>,
      );
      await compare(example, outputs!.url.replace(/\/$/, ''));

      addComment(example, dir);
      const tried = (await lines('deploy', '--target', cloud, '--canary', '10')).at(-1)!;
      expect(tried).toMatchObject({ ok: true });
      const info = await run('info', '--target', cloud);
      expect(info.stdout).toMatch(/version \S+ gets 10 % of the requests/);
      await compare(example, outputs!.url.replace(/\/$/, ''));
      expect((await run('rollback', '--target', cloud)).stdout).toContain(
        `serves version ${outputs!.version} (as before, and alone again)`,
      );
      expect((await run('remove', '--target', cloud, '--yes')).code).toBe(0);
      expect(existsSync(join(dir, '.ropeway', 'state'))).toBe(false);
      expect(await leftovers(cloud, serve.env(cloud))).toEqual(before);
    },
  );
});

/** In a package files have one time, so that the same files are the same bytes; what a server makes of it differs. */
function notOfFileTimes(line: string): boolean {
  return (
    !/^header (last-modified|etag): .*\d/.test(line) || (!line.includes('GMT') && !/[0-9a-f]{8}-/.test(line))
  );
}

/** Each saved request, to the plain server and to the function. */
async function compare(example: Example, url: string): Promise<void> {
  const plain = await examples.plainAnswers(example);
  for (const [index, request] of (await examples.readRequests(example)).entries()) {
    const answer = await examples.send(url, request);
    const found =
      plain === undefined ? [] : examples.differences(plain[index]!, answer).filter(notOfFileTimes);
    expect(
      [...found, ...examples.unexpected(answer, request.expect)],
      `${request.method} ${request.path}`,
    ).toEqual([]);
  }
}

function configOf(runtime: string): string {
  return `web:\n  component: web\n  inputs:\n    src: .\n    runtime: ${runtime}\n`;
}

/** The example names versions that are for newer Pythons: what there is for this one. */
function withoutVersions(dir: string): void {
  const file = join(dir, 'requirements.txt');
  if (existsSync(file)) writeFileSync(file, readFileSync(file, 'utf8').replaceAll(/==\S+/g, ''));
}

/** Another version that answers the same. */
function addComment({ language }: Example, dir: string): void {
  const file = ['app.py', 'main.py', 'manage.py', 'index.py', 'app.js', 'index.js']
    .map((one) => join(dir, one))
    .find((one) => existsSync(one))!;
  writeFileSync(
    file,
    `${readFileSync(file, 'utf8')}\n${language === 'python' ? '#' : '//'} another version\n`,
  );
}
