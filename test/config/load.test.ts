import { afterEach, describe, expect, it } from 'vitest';

import { loadConfig } from '../../src/config/load.ts';
import { appFolder } from '../support/command.ts';

let folder: ReturnType<typeof appFolder> | undefined;
afterEach(() => folder?.remove());

function load(files: Record<string, string>): Promise<unknown> {
  folder = appFolder(files);
  return loadConfig(folder.dir);
}

describe('ropeway.yml', () => {
  it('is optional and may be empty', async () => {
    expect(await load({})).toEqual({});
    expect(await load({ 'ropeway.yml': '# nothing yet\n' })).toEqual({});
  });

  it('holds the settings of an app, env values as text', async () => {
    const text =
      'app: shop:app\nmemory: 256\ntimeout: 10\nconcurrency: 4\nstage: release\nevents: tencent-url\nenv:\n  DEBUG: 1\n  ON: true\n  NAME: x\n';
    expect(await load({ 'ropeway.yaml': text })).toEqual({
      app: 'shop:app',
      memory: 256,
      timeout: 10,
      concurrency: 4,
      stage: 'release',
      events: 'tencent-url',
      env: { DEBUG: '1', ON: 'true', NAME: 'x' },
    });
  });

  it.each([
    [
      'app: x\nmemroy: 5\n',
      'ropeway.yml:2:1: there is no setting `memroy`.',
      { fix: 'did you mean `memory`?' },
    ],
    [
      'memory: lots\n',
      'ropeway.yml:1:1: `memory` is not valid.',
      { expected: 'a whole number of MB from 32 to 10240', got: '"lots"' },
    ],
    ['memory: 31\n', 'ropeway.yml:1:1: `memory` is not valid.', { got: '31' }],
    ['timeout: 1.5\n', 'ropeway.yml:1:1: `timeout` is not valid.', { got: '1.5' }],
    ['app: x\nstage: a/b\n', 'ropeway.yml:2:1: `stage` is not valid.', { got: '"a/b"' }],
    [
      'env:\n  GOOD: 1\n  SECRET: [hidden]\n',
      'ropeway.yml:3:3: `env.SECRET` is not valid.',
      { got: undefined },
    ],
    ['- a\n- b\n', 'ropeway.yml:1:1: `ropeway.yml` is not valid.', {}],
    ['app: "x\n', 'ropeway.yml:2:1: ', {}],
    ['app: x\napp: y\n', 'ropeway.yml:2:1: ', {}],
  ])('%j is refused with its place', async (text, message, more) => {
    await expect(load({ 'ropeway.yml': text })).rejects.toMatchObject({
      code: 'CONFIG',
      exitCode: 2,
      message: expect.stringContaining(message) as string,
      ...more,
    });
  });

  it('never shows a value of env', async () => {
    const error = await load({ 'ropeway.yml': 'env:\n  KEY: { a: hunter2 }\n' }).catch((one: unknown) => one);
    expect(JSON.stringify(error)).not.toContain('hunter2');
  });

  it('is refused twice', async () => {
    await expect(load({ 'ropeway.yml': '', 'ropeway.yaml': '' })).rejects.toMatchObject({ code: 'CONFIG' });
  });
});
