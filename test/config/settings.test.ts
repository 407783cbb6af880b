import { afterEach, describe, expect, it } from 'vitest';

import { loadConfig, type LoadOptions } from '../../src/config/load.ts';
import { appFolder } from '../support/command.ts';
import { told } from './support.ts';

let folder: ReturnType<typeof appFolder> | undefined;
afterEach(() => folder?.remove());

function load(text: string, options: LoadOptions = { env: {} }): Promise<unknown> {
  folder = appFolder({ 'ropeway.yml': text });
  return loadConfig(folder.dir, options);
}

describe('variables in settings', () => {
  it('are put in, numbers where numbers are taken', async () => {
    const text =
      'name: shop-${stage}\nmemory: ${env.MEMORY}\nstream: ${env:STREAM, false}\ntimeout: ${env.TIMEOUT, 10}\n' +
      'app: ${env.APP}\nregion: ${env.ZERO}\nenv:\n  KEY: ${env.KEY}\n  N: ${env.ZERO}\n  RAW: $${HOME}\nwarmup: ["/${stage}"]\n';
    const env = { MEMORY: '300', APP: '17', ZERO: '007', KEY: 'k' };
    expect(await load(text, { env, stage: 'prod' })).toEqual({
      name: 'shop-prod',
      memory: 300,
      stream: false,
      timeout: 10,
      app: '17',
      region: '007',
      env: { KEY: 'k', N: '007', RAW: '${HOME}' },
      warmup: ['/prod'],
    });
  });

  it('come from this process when nobody says otherwise, and the stage is dev', async () => {
    folder = appFolder({ 'ropeway.yml': 'name: a-${stage}\nstart: ${env.PATH}\n' });
    expect(await loadConfig(folder.dir)).toEqual({ name: 'a-dev', start: process.env['PATH'] });
  });

  it('the setting `stage` is the prefix of URLs, not the stage of deployment', async () => {
    expect(await load('stage: release\nname: a-${stage}-${self:stage}\n')).toEqual({
      stage: 'release',
      name: 'a-dev-release',
    });
  });

  it.each([
    [
      'app: x\nenv:\n  KEY: ${env.NO_SUCH}\n',
      'ropeway.yml:3:3: the environment variable `NO_SUCH` is not set. [ENV_MISSING]\n' +
        "  to mend:  export NO_SUCH=…, write NO_SUCH=… in .env or .env.dev, or give a default: ${env.NO_SUCH, 'text'}",
    ],
    [
      'start: serve --port ${PORT}\n',
      'ropeway.yml:1:1: `${PORT}` refers to nothing that is known. [UNKNOWN_REFERENCE]\n' +
        '  expected: env.NAME, stage, a value of the file (start)\n' +
        '  to mend:  to keep the characters as they are, write $${PORT}',
    ],
    [
      'memory: ${env.SECRET}\n',
      'ropeway.yml:1:1: `memory` is not valid. [CONFIG]\n' +
        '  expected: a whole number of MB from 32 to 10240\n' +
        '  got:      a text',
    ],
    [
      'name: x\nstages:\n  dev:\n    name: "${env.SECRET}!"\n',
      'ropeway.yml:4:5: `stages.dev.name` is not valid. [CONFIG]\n' +
        '  expected: a letter, then up to 63 letters, digits, - and _\n' +
        '  got:      a text',
    ],
    [
      'env:\n  KEY: ["${env.SECRET}"]\n',
      'ropeway.yml:2:3: `env.KEY` is not valid. [CONFIG]\n' +
        '  expected: names of variables (letters, digits, _) with text, numbers, true or false\n' +
        '  got:      a list',
    ],
  ])('%j is refused, and no value of the environment is shown', async (text, message) => {
    expect(await told(() => load(text, { env: { SECRET: 'hunter2' } }))).toBe(message);
  });
});

describe('settings of a stage', () => {
  const text =
    'memory: 256\nenv:\n  LEVEL: debug\n  NAME: shop\nstages:\n  prod:\n    memory: 1024\n    minInstances: 2\n' +
    '    env:\n      LEVEL: warn\n      KEY: ${env.PROD_KEY}\n  test: {}\n';

  it('win over the others, one variable of env at a time', async () => {
    expect(await load(text, { stage: 'prod', env: { PROD_KEY: 'k' } })).toEqual({
      memory: 1024,
      minInstances: 2,
      env: { LEVEL: 'warn', NAME: 'shop', KEY: 'k' },
    });
  });

  it('are for that stage alone: nothing of it has to be set in another', async () => {
    const general = { memory: 256, env: { LEVEL: 'debug', NAME: 'shop' } };
    expect(await load(text)).toEqual(general);
    expect(await load(text, { stage: 'test', env: {} })).toEqual(general);
    expect(await load(text, { stage: 'other', env: {} })).toEqual(general);
    expect(await told(() => load(text, { stage: 'prod', env: {} }))).toContain(
      'ropeway.yml:11:7: the environment variable `PROD_KEY` is not set. [ENV_MISSING]',
    );
  });

  it('keep the numbers of env as they are written', async () => {
    expect(await load('stages: { dev: { env: { V: 1.10 } } }\n')).toEqual({ env: { V: '1.10' } });
  });

  it.each([
    [
      'stages:\n  prod:\n    memory: 5\n',
      'ropeway.yml:3:5: `stages.prod.memory` is not valid. [CONFIG]\n' +
        '  expected: a whole number of MB from 32 to 10240\n' +
        '  got:      5',
    ],
    [
      'stages:\n  prod:\n    env: { A: [hunter2] }\n',
      'ropeway.yml:3:12: `stages.prod.env.A` is not valid. [CONFIG]\n' +
        '  expected: names of variables (letters, digits, _) with text, numbers, true or false\n' +
        '  got:      a list',
    ],
    [
      'stages:\n  a b: {}\n',
      'ropeway.yml:2:3: `stages.a b` is not valid. [CONFIG]\n' +
        '  expected: names of stages (letters, digits, - and _), each with settings that win in that stage\n' +
        '  got:      a mapping',
    ],
    [
      'stages:\n  prod: hunter2\n',
      'ropeway.yml:2:3: `stages.prod` is not valid. [CONFIG]\n' +
        '  expected: names of stages (letters, digits, - and _), each with settings that win in that stage\n' +
        '  got:      a text',
    ],
    [
      'stages: [prod]\n',
      'ropeway.yml:1:1: `stages` is not valid. [CONFIG]\n' +
        '  expected: names of stages (letters, digits, - and _), each with settings that win in that stage\n' +
        '  got:      a list',
    ],
  ])('%j is refused in every stage', async (text, message) => {
    expect(await told(() => load(text))).toBe(message);
  });

  it('names the settings that there are for one that there is not', async () => {
    const message = await told(() => load('stages:\n  prod:\n    memroy: 5\n'));
    expect(message).toMatch(
      /^ropeway\.yml:3:5: there is no setting `memroy`\. \[CONFIG\]\n {2}expected: one of app, /,
    );
    expect(message).toContain('\n  to mend:  did you mean `memory`?');
    expect(message).not.toContain('stages');
  });

  it('refuses what is not the name of a stage', async () => {
    expect(await told(() => load('memory: 64\n', { stage: '../x', env: {} }))).toBe(
      'This is not the name of a stage. [CONFIG]\n' +
        '  expected: up to 64 letters, digits, - and _\n' +
        '  got:      "../x"',
    );
  });
});

describe('settings for deployment', () => {
  it('are taken', async () => {
    const text =
      'region: ap-beijing\nruntime: python3.12\ninclude: [../shared]\nexclude: ["*.csv"]\ntarget: tencent\n';
    expect(await load(text)).toEqual({
      region: 'ap-beijing',
      runtime: 'python3.12',
      include: ['../shared'],
      exclude: ['*.csv'],
      target: 'tencent',
    });
  });

  it.each([
    [
      'region: [a]',
      '`region` is not valid',
      'text: a region of the target, such as ap-guangzhou or eu-central-1',
      '["a"]',
    ],
    [
      'runtime: 3.12',
      '`runtime` is not valid',
      'text: a runtime of the target, such as python3.12 or nodejs20',
      '3.12',
    ],
    ['include: a', '`include` is not valid', 'a list of files and folders to be packed, too', '"a"'],
    [
      'exclude: [""]',
      '`exclude.0` is not valid',
      'a list of patterns, as in .gitignore, of files not to be packed',
      '""',
    ],
    ['target: gcp', '`target` is not valid', 'local, tencent or aws', '"gcp"'],
  ])('%s is refused', async (text, what, expected, got) => {
    expect(await told(() => load(`${text}\n`))).toMatch(
      new RegExp(`^ropeway\\.yml:1:\\d+: ${what}\\. \\[CONFIG\\]\n  expected: `),
    );
    folder?.remove();
    expect(await told(() => load(`${text}\n`))).toContain(`\n  expected: ${expected}\n  got:      ${got}`);
  });
});

it('a ropeway.yml of components says nothing of the app beside it', async () => {
  expect(await load('site:\n  component: static\n  inputs: { src: public }\n')).toEqual({});
  expect(await load('component: web\nname: shop\n')).toEqual({});
  // A variable may have that name, too.
  expect(await load('env: { component: x }\n')).toEqual({ env: { component: 'x' } });
});
