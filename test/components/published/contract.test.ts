import { mkdirSync, readdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';

import { afterEach, describe, expect, test } from 'vitest';

import { RopewayError } from '../../../src/lib/errors.ts';
import { installPublished } from './install.ts';
import { createProject, errorOf, type Project } from './project.ts';

// The 1.x contract, with the component's own core and with ours in its place.

const PARENT = `
const { Component, utils } = require('@serverless/core');
class Parent extends Component {
  async default(inputs) {
    this.context.log('log');
    this.context.debug('debug');
    this.context.status('status');
    this.context.output('key', { a: 1 });
    const first = await this.load('./child', 'first');
    const second = await this.load('./child');
    const outputs = [await first({ n: 1 }), await second({ n: 2 }), await first.double({ n: 4 })];
    this.state = { runs: (this.state.runs || 0) + 1 };
    await this.save();
    return { id: this.id, inputs, outputs, runs: this.state.runs, cwd: process.cwd(), dropped: undefined };
  }
  async remove() { const was = this.state; this.state = {}; await this.save(); return was; }
  async names() {
    const { root, stateRoot, id } = this.context.instance;
    await utils.writeFile(stateRoot + '/a/b.json', { written: true });
    return { root, id, resource: this.context.resourceId(), read: await utils.readFile(stateRoot + '/a/b.json'),
      there: await utils.fileExists(stateRoot + '/a/b.json'), folder: await utils.dirExists(stateRoot + '/a'),
      credentials: this.context.credentials, files: utils.walkDirSync(stateRoot).length };
  }
}
module.exports = Parent;
`;

const CHILD = `
const { Component } = require('@serverless/core');
module.exports = class Child extends Component {
  async default(inputs) {
    this.context.log('muted'); this.context.status('muted'); this.context.output('muted', 1);
    this.context.debug('heard from ' + this.id);
    this.state.last = inputs.n;
    await this.save();
    return inputs.n;
  }
  double(inputs) { return inputs.n * 2; }
};
`;

let project: Project;

afterEach(() => project.remove());

async function start(core: 'own' | 'ours'): Promise<string> {
  project = createProject({ 'parent/serverless.js': PARENT, 'child/serverless.js': CHILD });
  if (core === 'own') {
    const installed = await installPublished('@serverless/core@1.1.2');
    mkdirSync(join(project.root, 'node_modules', '@serverless'), { recursive: true });
    symlinkSync(installed, join(project.root, 'node_modules', '@serverless', 'core'));
  }
  return join(project.root, 'parent');
}

describe.each(['own', 'ours'] as const)('with %s core', (core) => {
  test('default, remove, children, state and logs', { timeout: 120_000 }, async () => {
    const folder = await start(core);
    expect(await project.call(folder, 'default', { a: ['b'] })).toEqual({
      id: 'Template.shop.Thing',
      inputs: { a: ['b'] },
      outputs: [1, 2, 8],
      runs: 1,
      cwd: project.root,
    });
    expect(Object.fromEntries(project.states)).toEqual({
      'Template.shop.Thing': { runs: 1 },
      'Template.shop.Thing.first': { last: 1 },
      'Template.shop.Thing.Child': { last: 2 },
    });
    expect(project.logs).toEqual([
      { level: 'log', text: 'log' },
      { level: 'debug', text: 'debug' },
      { level: 'status', text: 'status' },
      { level: 'log', text: 'key: { a: 1 }' },
      { level: 'debug', text: 'heard from Template.shop.Thing.first' },
      { level: 'debug', text: 'heard from Template.shop.Thing.Child' },
    ]);
    expect(await project.call(folder)).toMatchObject({ runs: 2 });
    expect(await project.call(folder, 'remove')).toEqual({ runs: 2 });
    expect(project.states.get('Template.shop.Thing')).toEqual({});
  });

  test('the host object and the helpers', { timeout: 120_000 }, async () => {
    const folder = await start(core);
    const names = (await project.call(folder, 'names')) as { id: string; resource: string };
    expect(names).toMatchObject({
      root: project.root,
      read: { written: true },
      there: true,
      folder: true,
      credentials: {},
      files: 1,
    });
    expect(names.resource).toMatch(new RegExp(`^${names.id}-[0-9a-z]{7}$`));
    expect(await project.call(folder, 'names')).toMatchObject({ id: names.id });
    expect(await project.call(folder, 'names', {}, { stage: 'prod' })).not.toMatchObject({ id: names.id });
  });

  test('a child of the parent process', { timeout: 120_000 }, async () => {
    const folder = await start(core);
    const asked: unknown[] = [];
    const outputs = await project.call(
      folder,
      'default',
      {},
      {
        provide: (name) => name === './child',
        async callProvided(name, id, method, inputs) {
          asked.push({ name, id, method, inputs });
          return (inputs as { n: number }).n * 100;
        },
      },
    );
    expect(outputs).toMatchObject({ outputs: [100, 200, 400] });
    const id = 'Template.shop.Thing';
    expect(asked).toEqual([
      { name: './child', id: `${id}.first`, method: 'default', inputs: { n: 1 } },
      { name: './child', id: `${id}.child`, method: 'default', inputs: { n: 2 } },
      { name: './child', id: `${id}.first`, method: 'double', inputs: { n: 4 } },
    ]);
  });

  test('an error of a provided child that nobody catches is the error', { timeout: 120_000 }, async () => {
    const folder = await start(core);
    const own = new RopewayError({ code: 'MINE', message: 'The function was refused.' });
    const error = await errorOf(
      project.call(
        folder,
        'default',
        {},
        {
          provide: () => true,
          callProvided: () => Promise.reject(own),
        },
      ),
    );
    expect(error).toBe(own);
  });
});

test('a method that there is not', async () => {
  const folder = await start('ours');
  const error = await errorOf(project.call(folder, 'deploy'));
  expect(error).toMatchObject({
    code: 'NO_SUCH_METHOD',
    message: 'Template.shop.Thing: There is no "deploy".',
    expected: 'one of default, remove, names',
    exitCode: 2,
  });
  expect((await errorOf(project.call(folder, 'save'))).code).toBe('NO_SUCH_METHOD');
});

test('nothing is left in the temporary folder', async () => {
  const folder = await start('ours');
  const temporary = join(project.root, 'temporary');
  mkdirSync(temporary);
  const { TMPDIR } = process.env;
  process.env['TMPDIR'] = temporary;
  try {
    const { root, ...names } = (await project.call(folder, 'names')) as { root: string; there: boolean };
    expect({ root, there: names.there }).toEqual({ root: project.root, there: true });
    await errorOf(project.call(folder, 'deploy'));
  } finally {
    if (TMPDIR === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = TMPDIR;
  }
  expect(readdirSync(temporary)).toEqual([]);
});

describe('saving', () => {
  const SAVES = `
    const { Component } = require('@serverless/core');
    module.exports = class extends Component {
      async default() {
        for (const n of [1, 2, 3]) { this.state = { n }; this.save(); }
        this.state = { n: 4 };
        await this.save();
        this.context.log('saved');
      }
      async killed() { this.state = { done: 1 }; await this.save(); process.kill(process.pid, 'SIGKILL'); await new Promise(() => {}); }
      async caught() { try { await this.save(); } catch (error) { return error.message; } }
    };`;

  test('resolves when the parent has written, in order', async () => {
    project = createProject({ 'c/serverless.js': SAVES });
    const written: unknown[] = [];
    const events: string[] = [];
    await project.call(
      join(project.root, 'c'),
      'default',
      {},
      {
        state: {
          read: async () => undefined,
          async write(_id, value) {
            // The first takes longest.
            await new Promise((resolve) => void setTimeout(resolve, written.length === 0 ? 100 : 0));
            written.push(value);
            events.push('written');
          },
        },
        onLog: ({ text }) => void events.push(text),
      },
    );
    expect(written).toEqual([{ n: 1 }, { n: 2 }, { n: 3 }, { n: 4 }]);
    expect(events).toEqual(['written', 'written', 'written', 'written', 'saved']);
  });

  test('is kept when the component is killed afterwards', async () => {
    project = createProject({ 'c/serverless.js': SAVES });
    const error = await errorOf(project.call(join(project.root, 'c'), 'killed'));
    expect(error).toMatchObject({
      code: 'PUBLISHED_EXITED',
      message: 'Template.shop.Thing ended its process (SIGKILL) before it was done.',
    });
    expect(project.states.get('Template.shop.Thing')).toEqual({ done: 1 });
  });

  test('fails with the parent’s own error', async () => {
    project = createProject({ 'c/serverless.js': SAVES });
    const full = new RopewayError({ code: 'DISK_FULL', message: 'No space for the state.' });
    const state = { read: async () => undefined, write: () => Promise.reject(full) };
    const folder = join(project.root, 'c');
    expect(await project.call(folder, 'caught', {}, { state })).toBe('No space for the state.');
    expect(await errorOf(project.call(folder, 'default', {}, { state }))).toBe(full);
  });
});
