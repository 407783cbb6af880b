import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';

import { loadConfig } from '../../src/config/load.ts';
import { describeError, type RopewayError } from '../../src/lib/errors.ts';
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
      { got: 'a list' },
    ],
    [
      'env:\n  a-b: 1\n',
      'ropeway.yml:2:3: `env.a-b` is not valid.',
      { expected: 'names of variables (letters, digits, _) with text, numbers, true or false' },
    ],
    ['env:\n', 'ropeway.yml:1:1: `env` is not valid.', { got: 'nothing' }],
    ['env: hidden\n', 'ropeway.yml:1:1: `env` is not valid.', { got: 'a text' }],
    ['memory: 10241\n', 'ropeway.yml:1:1: `memory` is not valid.', { got: '10241' }],
    ['timeout: 0\n', 'ropeway.yml:1:1: `timeout`', { expected: 'a whole number of seconds from 1 to 900' }],
    ['timeout: 901\n', 'ropeway.yml:1:1: `timeout`', { got: '901' }],
    ['concurrency: 0\n', 'ropeway.yml:1:1: `concurrency`', { expected: 'a whole number from 1 to 1000' }],
    ['concurrency: 1001\n', 'ropeway.yml:1:1: `concurrency`', { got: '1001' }],
    ['app: ""\n', 'ropeway.yml:1:1: `app` is not valid.', { got: '""' }],
    ['start: [a]\n', 'ropeway.yml:1:1: `start` is not valid.', { got: '["a"]' }],
    ['events: 5\n', 'ropeway.yml:1:1: `events` is not valid.', { got: '5' }],
    ['nonsense: 1\n', 'ropeway.yml:1:1: there is no setting `nonsense`.', { fix: undefined }],
    ['app: *x\n', 'ropeway.yml:1:6: there is no anchor (&name) above for this alias (*name)', {}],
    ['app: &x a\nstart: *x\n', 'ropeway.yml:2:8: aliases (*name) are not supported', {}],
    ['app: x\n---\napp: y\n', 'ropeway.yml:2:1: a second document begins here', {}],
    ['- a\n- b\n', 'ropeway.yml:1:1: `ropeway.yml` is not valid.', { got: 'a list' }],
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

  it.each([
    'env:\n  KEY: { a: hunter2 }\n',
    '- env: { KEY: hunter2 }\n',
    'env:\n  KEY: *hunter2\n',
    'env:\n  KEY: hunter2: x\n',
    'env:\n  KEY: "\\Uhunter2x"\n',
    'env:\n  KEY: "x" "hunter2"\n',
    'env:\n  KEY: >hunter2\n',
    'env:\n  KEY: !<hunter2\n',
    'env:\n  KEY: !hunter2! x\n',
  ])('never shows a value of env: %j', async (text) => {
    expect(shownText(await refused(text))).not.toContain('hunter2');
  });

  it('never shows a value of env, however the file is broken', async () => {
    const junk = fc.stringMatching(/^[ \t"'&*!%@{}[\]:,#?|>\\-]{0,3}$/);
    await fc.assert(
      fc.asyncProperty(junk, junk, async (before, after) => {
        const error = await refused(`env:\n  KEY: ${before}hunter2${after}\n  KEY: again\n`);
        expect(shownText(error)).not.toContain('hunter2');
        folder?.remove();
      }),
    );
  });

  it('keeps the numbers of env as they are written', async () => {
    expect(await load({ 'ropeway.yml': 'env: { A: 1.10, B: 0x10, C: 007 }\n' })).toEqual({
      env: { A: '1.10', B: '0x10', C: '007' },
    });
  });

  it('that cannot be read says so', async () => {
    await expect(load({ 'ropeway.yml/file': '' })).rejects.toMatchObject({
      code: 'CONFIG',
      message: 'ropeway.yml cannot be read.',
      got: expect.stringContaining('EISDIR') as string,
    });
  });

  it('is refused twice', async () => {
    await expect(load({ 'ropeway.yml': '', 'ropeway.yaml': '' })).rejects.toMatchObject({
      code: 'CONFIG',
      message: 'There are both ropeway.yml and ropeway.yaml.',
      fix: 'keep one of them: ropeway.yml',
    });
  });
});

async function refused(text: string): Promise<RopewayError> {
  const error = await load({ 'ropeway.yml': text }).catch((one: unknown) => one);
  expect(error).toMatchObject({ code: 'CONFIG' });
  return error as RopewayError;
}

function shownText(error: RopewayError): string {
  return describeError(error) + JSON.stringify(error);
}
