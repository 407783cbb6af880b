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

describe('functions', () => {
  const text =
    'memory: 512\nfunctions:\n  default: { memory: 128 }\n  segment:\n    memory: ${env.HEAVY, 256}\n    env: { LEVEL: debug, V: 1.10 }\n' +
    "    routes: ['/jieba/*', { path: /cut, methods: [POST] }]\n" +
    'stages:\n  prod:\n    functions:\n      segment: { timeout: 20, env: { LEVEL: warn } }\n';
  const routes = [{ path: '/jieba/*' }, { path: '/cut', methods: ['POST'] }];

  it('are taken, a stage wins setting by setting', async () => {
    const segment = { memory: 256, env: { LEVEL: 'debug', V: '1.10' }, routes };
    expect(await load(text)).toEqual({ memory: 512, functions: { default: { memory: 128 }, segment } });
    expect(await load(text, { stage: 'prod', env: { HEAVY: '300' } })).toEqual({
      memory: 512,
      functions: {
        default: { memory: 128 },
        segment: { memory: 300, timeout: 20, env: { LEVEL: 'warn', V: '1.10' }, routes },
      },
    });
  });

  it.each([
    [
      'functions:\n  segment:\n    memroy: 256\n',
      'ropeway.yml:3:5: a function has no setting `memroy`. [CONFIG]\n' +
        '  expected: one of memory, timeout, concurrency, minInstances, keepAlive, tmp, cpu, env, cold, warmup, routes\n' +
        '  to mend:  did you mean `memory`?',
    ],
    [
      'functions:\n  segment:\n    memory: 5\n    routes: [/a]\n',
      'ropeway.yml:3:5: `functions.segment.memory` is not valid. [CONFIG]\n' +
        '  expected: a whole number of MB from 32 to 10240\n' +
        '  got:      5',
    ],
    [
      'functions:\n  a b: {}\n',
      'ropeway.yml:2:3: `functions.a b` is not valid. [CONFIG]\n' +
        '  expected: names of functions (a letter, then up to 31 letters, digits, - and _), each with what it has otherwise than the app\n' +
        '  got:      a mapping',
    ],
    [
      'functions:\n  a:\n    routes: [/x, jieba]\n',
      'ropeway.yml:3:18: `functions.a.routes.1` is not valid. [CONFIG]\n' +
        '  expected: a list of paths of the app: /jieba/*, or `path: /jieba/*` with methods\n' +
        '  got:      "jieba"',
    ],
    [
      'functions:\n  a: { env: { KEY: [hunter2] }, routes: [/x] }\n',
      'ropeway.yml:2:15: `functions.a.env.KEY` is not valid. [CONFIG]\n' +
        '  expected: names of variables (letters, digits, _) with text, numbers, true or false\n' +
        '  got:      a list',
    ],
    [
      "functions:\n  a:\n    routes: ['/users/{id}', /b]\n  b:\n    routes:\n      - '/users/{name}'\n",
      'ropeway.yml:6:9: `functions.b.routes.0` is not valid. [CONFIG]\n' +
        '  expected: a route that no function has yet: `a` has /users/{id}\n' +
        '  got:      /users/{name}',
    ],
    [
      "functions:\n  a:\n    routes: [{ path: /x, methods: [GET, PUT] }]\n  b:\n    routes: [{ path: '/%78', methods: [PUT] }]\n",
      'ropeway.yml:5:14: `functions.b.routes.0` is not valid. [CONFIG]\n' +
        '  expected: a route that no function has yet: `a` has GET,PUT /x\n' +
        '  got:      PUT /%78',
    ],
    [
      'functions:\n  default: { routes: [/x] }\n',
      'ropeway.yml:2:14: `functions.default.routes` is not valid. [CONFIG]\n' +
        '  expected: no routes: `default` takes every path that no other function takes\n' +
        '  got:      ["/x"]',
    ],
    [
      'functions:\n  a: { memory: 64 }\n',
      'ropeway.yml:2:3: `functions.a` is not valid. [CONFIG]\n' +
        '  expected: `routes`: the paths that this function takes, such as [/jieba/*]\n' +
        '  got:      no routes',
    ],
    [
      "functions:\n  a: { routes: ['/*'] }\n",
      'ropeway.yml:2:17: `functions.a.routes.0` is not valid. [CONFIG]\n' +
        "  expected: paths that are not all of the app's: those are for `default`\n" +
        '  got:      /*',
    ],
    [
      'functions:\n  a: { routes: [/x] }\nstages:\n  dev:\n    functions:\n      b: { routes: [/x] }\n',
      'ropeway.yml:6:21: `functions.b.routes.0` is not valid. [CONFIG]\n' +
        '  expected: a route that no function has yet: `a` has /x\n' +
        '  got:      /x',
    ],
  ])('%j is refused', async (wrong, message) => {
    expect(await told(() => load(wrong))).toBe(message);
  });

  it('one path may be of several by the method, and all of it for some methods', async () => {
    const split =
      "functions:\n  a: { routes: [{ path: /x, methods: [GET] }] }\n  b: { routes: [/x, { path: '/*', methods: [PUT] }] }\n";
    expect(await load(split)).toMatchObject({ functions: { a: {}, b: {} } });
  });
});
