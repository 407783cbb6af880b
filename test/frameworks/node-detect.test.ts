import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterEach, describe, expect, it } from 'vitest';

import {
  nodeAppFromCommand,
  nodeAppFromFile,
  nodeAppsFromSources,
  workspaceFolders,
} from '../../src/frameworks/node/detect.ts';
import type { RunCommand } from '../../src/frameworks/run-commands/types.ts';

const folders: string[] = [];

function folder(files: Record<string, string>): string {
  const dir = mkdtempSync(path.join(tmpdir(), 'node-detect-'));
  folders.push(dir);
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(dir, name)), { recursive: true });
    writeFileSync(path.join(dir, name), text);
  }
  return dir;
}

afterEach(() => {
  for (const dir of folders.splice(0)) rmSync(dir, { recursive: true });
});

const command = (line: string): RunCommand => ({
  evidence: { file: 'Procfile', line: 1, text: `web: ${line}` },
  line,
  words: line.split(' '),
  env: {},
});
const express = "const app = require('express')();\napp.listen(3000);\n";
const selectors = async (dir: string): Promise<string[]> =>
  (await nodeAppsFromSources(dir)).map(({ selector }) => selector);

describe('a start command', () => {
  it('runs a file that shows no framework all the same', async () => {
    const dir = folder({ 'run.js': "require('./start')(80);" });
    expect(await nodeAppFromCommand(dir, command('node run'))).toEqual({
      framework: 'node',
      title: 'Node',
      entry: {
        runtime: 'node',
        interface: 'listener',
        root: dir,
        file: path.join(dir, 'run.js'),
        nodeOptions: [],
      },
      selector: 'run.js',
      evidence: [{ file: 'Procfile', line: 1, text: 'web: node run' }],
    });
  });

  it('is refused for files that are not there, outside, of a package, or data', async () => {
    const dir = folder({
      'app/data.json': '{}',
      'app/node_modules/.bin/next': express,
      'outside.js': express,
      'app/package.json': '{}',
    });
    for (const line of [
      'node missing.js',
      'node ../outside.js',
      'node node_modules/.bin/next',
      'node data.json',
    ]) {
      expect(await nodeAppFromCommand(path.join(dir, 'app'), command(line))).toBeUndefined();
    }
  });

  it('finds folders as Node does', async () => {
    const dir = folder({
      'package.json': '{"main":"lib"}',
      'lib/index.js': express,
      'server/package.json': '{"main":"./run"}',
      'server/run.js': express,
    });
    expect((await nodeAppFromCommand(dir, command('node .')))?.selector).toBe('lib/index.js');
    expect((await nodeAppFromCommand(dir, command('nodemon')))?.selector).toBe('lib/index.js');
    expect((await nodeAppFromCommand(dir, command('node server')))?.selector).toBe('server/run.js');
  });

  it("follows nodemon's configuration", async () => {
    const dir = folder({
      'nodemon.json': '{"exec":"tsx src/a.ts"}',
      'src/a.ts': "import e from 'express';\ne().listen(1);",
    });
    expect(await nodeAppFromCommand(dir, command('nodemon'))).toMatchObject({
      framework: 'express',
      selector: 'src/a.ts',
      entry: { nodeOptions: ['--import', 'tsx'] },
    });
  });

  it('names the build whose output is missing', async () => {
    const dir = folder({ 'package.json': '{"scripts":{"build":"x"}}' });
    for (const [line, selector] of [
      ['node build', 'build/index.js'],
      ['node dist/main', 'dist/main.js'],
      ['node .output/server/index.mjs', '.output/server/index.mjs'],
    ] as const) {
      expect(await nodeAppFromCommand(dir, command(line))).toMatchObject({
        selector,
        build: 'npm run build',
      });
    }
  });

  it('reads no more than it must, and ends on circles', async () => {
    const dir = folder({
      'a.js': "require('./b'); require('./missing'); require('./data.json');",
      'b.js': "require('./a'); require('./c');",
      'c.js': "require('http').createServer(() => {}); require('./d');",
      'd.js': "module.exports = require('koa'); new module.exports();",
      'data.json': '{}',
    });
    const app = await nodeAppFromCommand(dir, command('node a.js'));
    expect(app?.framework).toBe('node-http');
    expect(app?.evidence.map(({ file, line }) => `${file}:${line}`)).toEqual([
      'c.js:1',
      'a.js:1',
      'Procfile:1',
    ]);
  });
});

describe('sources', () => {
  it('a TypeScript entry counts only when something runs it', async () => {
    const source = "import e from 'express';\ne().listen(1);";
    expect(await selectors(folder({ 'src/server.ts': source, 'package.json': '{}' }))).toEqual([]);
    const dir = folder({ 'src/server.ts': source, 'package.json': '{"devDependencies":{"ts-node":"*"}}' });
    expect(await nodeAppsFromSources(dir)).toMatchObject([
      { entry: { nodeOptions: ['-r', 'ts-node/register'] } },
    ]);
  });

  it('what neither listens nor exports its app is none', async () => {
    expect(await selectors(folder({ 'app.js': "const app = require('express')();" }))).toEqual([]);
    expect(await selectors(folder({ 'index.js': 'emitter.listen(1);' }))).toEqual([]);
    expect(await selectors(folder({}))).toEqual([]);
    expect(await selectors(folder({ 'package.json': 'not json', 'app.js': 'export const = (' }))).toEqual([]);
    expect(await selectors('/nonexistent')).toEqual([]);
  });

  it('the top level wins over src', async () => {
    expect(await selectors(folder({ 'server.js': express, 'src/index.js': express }))).toEqual(['server.js']);
    expect(await selectors(folder({ 'src/index.js': express, 'other.js': express }))).toEqual([
      'src/index.js',
    ]);
  });

  it('other files are candidates together', async () => {
    expect(await selectors(folder({ 'b.js': express, 'a.js': express, 'c.js': 'x' }))).toEqual([
      'a.js',
      'b.js',
    ]);
  });

  it('an app that listens is preferred to a handler around it', async () => {
    const files = {
      'handler.js': "exports.handler = require('serverless-http')(require('./app'));",
      'app.js': "module.exports = require('express')();",
    };
    expect(await nodeAppsFromSources(folder(files))).toMatchObject([
      { selector: 'app.js', framework: 'express' },
    ]);
  });
});

describe('a file named by the user', () => {
  it('is an app, a handler, or simply a file', async () => {
    const dir = folder({ 'a.js': express, 'fn.js': 'exports.handler = () => 1;', 'x.js': 'start();' });
    expect(await nodeAppFromFile(dir, 'a.js')).toMatchObject({
      framework: 'express',
      evidence: [{ line: 1 }],
    });
    expect(await nodeAppFromFile(dir, './fn')).toMatchObject({
      entry: { interface: 'handler', attribute: 'handler' },
    });
    expect(await nodeAppFromFile(dir, 'x.js')).toMatchObject({
      framework: 'node',
      evidence: [{ text: 'start();' }],
    });
    expect(await nodeAppFromFile(dir, 'no.js')).toBeUndefined();
  });
});

describe('workspaces', () => {
  it('are expanded', async () => {
    const dir = folder({
      'package.json': '{"workspaces":{"packages":["packages/*","apps/web-*","tools","!packages/old"]}}',
      'packages/a/package.json': '{}',
      'packages/old/package.json': '{}',
      'packages/none/readme': '',
      'apps/web-one/package.json': '{}',
      'apps/api/package.json': '{}',
      'tools/package.json': '{}',
    });
    expect(await workspaceFolders(dir)).toEqual(['apps/web-one', 'packages/a', 'tools']);
    expect(await workspaceFolders(folder({}))).toEqual([]);
  });
});
