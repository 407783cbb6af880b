import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';

import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { installError } from '../../../src/components/published/install.ts';
import { isPublishedComponent } from '../../../src/components/published/kind.ts';
import { loadPublished } from '../../../src/components/published/load.ts';
import { describeError } from '../../../src/lib/errors.ts';
import { installPublished } from './install.ts';
import { createProject, errorOf, type Project } from './project.ts';

let project: Project;
let cache: string;
let before: Record<string, string | undefined>;

beforeEach(() => {
  cache = mkdtempSync(join(tmpdir(), 'ropeway-cache-'));
  const { XDG_CACHE_HOME, PATH, npm_config_registry } = process.env;
  before = { XDG_CACHE_HOME, PATH, npm_config_registry };
  process.env['XDG_CACHE_HOME'] = cache;
});

afterEach(() => {
  for (const [name, value] of Object.entries(before)) {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
  project?.remove();
  rmSync(cache, { recursive: true, force: true });
});

describe('a path', () => {
  test('is meant from the project', async () => {
    project = createProject({ 'components/Foo/serverless.js': '', 'packed/package.json': '{}' });
    const { root } = project;
    expect(await loadPublished('./components/Foo', root)).toBe(join(root, 'components/Foo'));
    expect(await loadPublished('../Foo', join(root, 'components/Bar'))).toBe(join(root, 'components/Foo'));
    expect(await loadPublished(join(root, 'packed'), root)).toBe(join(root, 'packed'));
    expect(await loadPublished('.', join(root, 'packed'))).toBe(join(root, 'packed'));
  });

  test('that leads nowhere is an error', async () => {
    project = createProject({ 'empty/readme.md': '' });
    const { root } = project;
    expect(describeError(await errorOf(loadPublished('./missing', root)))).toBe(
      [
        'There is no component at ./missing. [COMPONENT_NOT_FOUND]',
        `  expected: a folder with serverless.js or package.json: ${root}/missing`,
        '  got:      no such folder',
        '  to mend:  mend the path; it is meant from the folder of the serverless.yml',
      ].join('\n'),
    );
    expect((await errorOf(loadPublished('./empty', root))).got).toBe('a folder without them');
  });
});

describe('a name', () => {
  test('is looked for in node_modules, and above', async () => {
    project = createProject({ 'node_modules/@me/thing/package.json': '{}', 'apps/shop/serverless.yml': '' });
    expect(await loadPublished('@me/thing', join(project.root, 'apps/shop'))).toBe(
      join(project.root, 'node_modules/@me/thing'),
    );
  });

  test('that is not installed is an error', async () => {
    project = createProject();
    expect(describeError(await errorOf(loadPublished('@serverless/tencent-scf', project.root)))).toBe(
      [
        'There is no component @serverless/tencent-scf in node_modules. [COMPONENT_NOT_FOUND]',
        '  expected: an installed package, ./<folder>, or npm:@serverless/tencent-scf@<version>',
        "  to mend:  run npm install @serverless/tencent-scf, or write component: 'npm:@serverless/tencent-scf@<version>'",
      ].join('\n'),
    );
  });
});

describe('npm:', () => {
  const reference = 'npm:@serverless/core@1.1.2';

  test('is installed once, whole, also when two want it at once', { timeout: 120_000 }, async () => {
    const both = await Promise.all([loadPublished(reference, '/'), loadPublished(reference, '/')]);
    const folder = join(cache, 'ropeway/components/@serverless/core@1.1.2/node_modules/@serverless/core');
    expect(both).toEqual([folder, folder]);
    expect(readFileSync(join(folder, 'package.json'), 'utf8')).toContain('"version": "1.1.2"');
    expect(existsSync(join(dirname(dirname(folder)), 'fs-extra'))).toBe(true);
    expect(readdirSync(join(cache, 'ropeway/components/@serverless'))).toEqual(['core@1.1.2']);

    const made = statSync(folder).ino;
    const { PATH } = process.env;
    process.env['PATH'] = '/nowhere';
    expect(await loadPublished(reference, '/')).toBe(folder);
    expect(statSync(folder).ino).toBe(made);

    // Somebody tidied up in the cache.
    process.env['PATH'] = PATH;
    rmSync(folder, { recursive: true });
    expect(await loadPublished(reference, '/')).toBe(folder);
    expect(existsSync(join(folder, 'package.json'))).toBe(true);
  });

  test.each([
    ['npm:@serverless/tencent-scf', 'no version'],
    ['npm:@serverless/tencent-scf@', 'no version'],
    ['npm:@serverless/tencent-scf@latest', 'latest'],
    ['npm:@serverless/tencent-scf@^2.1.4', '^2.1.4'],
    ['npm:thing@1.0.0 && rm -rf', '1.0.0 && rm -rf'],
  ])('%s does not say which version', async (name, got) => {
    const error = await errorOf(loadPublished(name, '/'));
    expect(error).toMatchObject({ code: 'BAD_VERSION', got });
    expect(existsSync(join(cache, 'ropeway'))).toBe(false);
  });

  test.each(['npm:', 'npm:../x@1.0.0', 'npm:@a/../b@1.0.0'])('%s is no name', async (name) => {
    expect(await errorOf(loadPublished(name, '/'))).toMatchObject({
      code: 'COMPONENT_NOT_FOUND',
      message: `${name} names no npm package.`,
      expected: 'npm:<name>@<version>, such as npm:@serverless/tencent-scf@2.1.4',
    });
  });

  test('says when the registry cannot be reached, and leaves nothing', { timeout: 120_000 }, async () => {
    process.env['npm_config_registry'] = 'http://127.0.0.1:1/';
    process.env['npm_config_fetch_retries'] = '0';
    process.env['npm_config_cache'] = join(cache, 'npm');
    try {
      expect(describeError(await errorOf(loadPublished(reference, '/')))).toBe(
        [
          'The registry cannot be reached to install @serverless/core@1.1.2. [INSTALL_FAILED]',
          '  to mend:  try again with a network, or install the package into the project and name it without npm:',
        ].join('\n'),
      );
    } finally {
      delete process.env['npm_config_fetch_retries'];
      delete process.env['npm_config_cache'];
    }
    expect(readdirSync(join(cache, 'ropeway/components/@serverless'))).toEqual([]);
  });

  test('says when there is no npm', async () => {
    process.env['PATH'] = ['/nowhere', '/nowhere-else'].join(delimiter);
    expect(await errorOf(loadPublished(reference, '/'))).toMatchObject({
      code: 'INSTALL_FAILED',
      detail: 'npm was not found on the PATH.',
    });
  });

  test.each([
    [
      'npm error code ETARGET\nnpm error notarget No matching version',
      'BAD_VERSION',
      'x has no version 9.9.9.',
    ],
    ['npm error code E404', 'COMPONENT_NOT_FOUND', 'The registry has no package x.'],
    ['npm error code EAI_AGAIN', 'INSTALL_FAILED', 'The registry cannot be reached to install x@9.9.9.'],
    ['npm error code EACCES', 'INSTALL_FAILED', 'npm could not install x@9.9.9.'],
  ])('%s', (printed, code, message) => {
    expect(installError('x', '9.9.9', printed)).toMatchObject({ code, message });
  });
});

describe('the kind of a component', () => {
  test.each<[string, Record<string, string>, boolean]>([
    ['requires the core', { 'serverless.js': `const { Component } = require("@serverless/core")` }, true],
    [
      'hands on a file',
      { 'serverless.js': `module.exports = require('./src')`, 'src/index.js': `require('@serverless/core')` },
      true,
    ],
    ['hands on in a circle', { 'serverless.js': `require('./serverless')` }, false],
    [
      'depends on it',
      { 'package.json': '{"main":"a.js","dependencies":{"@serverless/core":"^1.0.0"}}' },
      true,
    ],
    [
      'has another main',
      { 'package.json': '{"main":"./lib"}', 'lib/index.js': `require('@serverless/core')` },
      true,
    ],
    ['is ours', { 'serverless.js': `import { Component } from 'ropeway'` }, false],
    ['has a broken package.json', { 'package.json': '{' }, false],
    ['is empty', {}, false],
  ])('%s', (_what, files, is) => {
    project = createProject(files);
    mkdirSync(project.root, { recursive: true });
    expect(isPublishedComponent(project.root)).toBe(is);
  });

  test('the published ones are', { timeout: 300_000 }, async () => {
    expect(isPublishedComponent(await installPublished('@serverless/tencent-layer@0.1.7'))).toBe(true);
  });
});
