import { afterEach, describe, expect, test } from 'vitest';

import { deployProject, type DeployProject } from '../support/deploy.ts';

const appOf = (text: string): string =>
  `require('node:http').createServer((_, response) => response.end('${text}')).listen(3000);\n`;

describe('a canary on the platform of this machine', () => {
  let project: DeployProject | undefined;
  afterEach(() => project?.end());

  test('gets its share, can be rolled back and be promoted', async () => {
    project = deployProject({ 'server.js': appOf('one'), 'package.json': '{"name": "shop"}' });
    const { run, lines, write } = project;
    const first = (await lines('deploy')).at(-1)!;
    const [outputs] = Object.values(first['outputs'] as Record<string, { url: string; name: string }>);
    const { url } = outputs!;
    const answers = async (count: number): Promise<Set<string>> => {
      const texts = await Promise.all(
        Array.from({ length: count }, () => fetch(url).then((one) => one.text())),
      );
      return new Set(texts);
    };
    expect(await answers(20)).toEqual(new Set(['one']));

    write('server.js', appOf('two'));
    const tried = await run('deploy', '--canary', '50%');
    expect(tried.stdout).toContain('version 2 (50 %)');
    // All of one kind among 100: once in 2^99.
    expect(await answers(100)).toEqual(new Set(['one', 'two']));
    expect((await run('info')).stdout).toContain('version 2 gets 50 % of the requests');

    expect((await run('rollback')).stdout).toContain('serves version 1 (as before, and alone again)');
    expect(await answers(50)).toEqual(new Set(['one']));
    await run('deploy', '--canary', '50');
    expect((await run('promote')).stdout).toMatch(/serves version \d \(before: 1\)/);
    expect(await answers(50)).toEqual(new Set(['two']));
    expect((await run('promote')).stderr).toContain('NO_CANARY');
    expect((await run('deploy', '--canary', '100')).stderr).toContain('percentage between 0 and 100');
    expect(
      (await lines('deploy')).find(({ type }) => type === 'deployed' || type === 'unchanged'),
    ).toMatchObject({
      type: 'unchanged',
    });
    const [info] = await lines('info');
    expect(JSON.stringify(info)).not.toContain('observedEnv');
  });
});
