import { afterEach, describe, expect, it } from 'vitest';

import { readJs } from '../../../src/config/project/js-file.ts';
import { appFolder } from '../../support/command.ts';
import { isAlive, until } from '../../support/platform.ts';
import { projectOf, told } from '../support.ts';

let folder: ReturnType<typeof appFolder> | undefined;
afterEach(() => folder?.remove());

async function valueOf(text: string, files: Record<string, string> = {}, timeout = 20_000): Promise<unknown> {
  folder = appFolder({ 'serverless.js': text, ...files });
  const file = await readJs(folder.dir, 'serverless.js', { stage: 'prod', env: { KEY: 'k' }, timeout });
  expect(file.where(['a', 'b'])).toBe('serverless.js');
  return file.value;
}

describe('a serverless.js', () => {
  it.each([
    ['an object', 'module.exports = { a: 1 }'],
    ['a promise', 'module.exports = Promise.resolve({ a: 1 })'],
    ['a function', 'module.exports = () => ({ a: 1 })'],
    ['a function that waits', 'module.exports = async () => ({ a: 1 })'],
    ['an ES module', 'export default { a: 1 }'],
    ['an ES module with a function that waits', 'export default async () => ({ a: 1 })'],
    ['one that prints', 'console.log("{"); console.error("}"); module.exports = { a: 1 }'],
    ['one that keeps running', 'setInterval(() => {}, 1000); module.exports = { a: 1 }'],
    ['one that loads others', 'module.exports = require("./other.cjs")'],
    ['what JSON does not have is left out', 'module.exports = { a: 1, b: undefined, c() {} }'],
  ])('%s', async (_, text) => {
    expect(await valueOf(text, { 'other.cjs': 'exports.a = 1' })).toEqual({ a: 1 });
  });

  it('knows the stage, the environment and its folder', async () => {
    const text = 'module.exports = ({ stage }) => ({ stage, key: process.env.KEY, cwd: process.cwd() })';
    expect(await valueOf(text)).toEqual({ stage: 'prod', key: 'k', cwd: folder!.dir });
  });

  it('is a project like others, its places without line', async () => {
    const text = 'module.exports = { a: { component: "web", inputs: { key: "${env.KEY}" } } }';
    const project = await projectOf({ 'serverless.js': text }, { env: { KEY: 'k' } });
    const [entry] = project!.components;
    expect(entry).toMatchObject({ alias: 'a', inputs: { key: 'k' } });
    expect([...entry!.secret]).toEqual(['key']);
    expect(entry!.where(['key'])).toBe('serverless.js');
    const other = { 'serverless.js': 'module.exports = { provider: {}, functions: {} }' };
    expect(await told(() => projectOf(other))).toContain(
      '  to mend:  rename serverless.js and write a ropeway.yml (it may be empty)',
    );
  });

  it('takes values of megabytes, and no more than that', async () => {
    expect(await valueOf('module.exports = { a: "x".repeat(4e6) }')).toEqual({ a: 'x'.repeat(4e6) });
    folder?.remove();
    expect(await told(() => valueOf('module.exports = { a: "x".repeat(6e6) }'))).toBe(
      refused('its value is too large'),
    );
  });

  it.each([
    ['process.exit(0)', 'it ended without a value'],
    ['process.exit(7)', 'it ended with exit code 7'],
    ['module.exports = new Promise(() => {})', 'it waits for a promise that is never kept'],
    ['process.kill(process.pid, "SIGTERM"); for (;;);', 'it was ended by SIGTERM'],
  ])('%s is refused', async (text, got) => {
    expect(await told(() => valueOf(text))).toBe(refused(got));
  });

  it.each([
    ['throw new Error("oops")', 'Error: oops'],
    ['module.exports = () => { throw new Error("oops") }', 'Error: oops'],
    ['module.exports = {', 'SyntaxError'],
    ['const a = {}; a.a = a; module.exports = a', 'TypeError: Converting circular structure to JSON'],
  ])('%s: what it raised is shown', async (text, detail) => {
    const message = await told(() => valueOf(text));
    expect(message).toMatch(new RegExp(`^${escaped(refused('it ended with exit code 1'))}\n`));
    expect(message).toContain(detail);
  });

  it('that hangs is ended, with all that it has started', async () => {
    const text = `
      const { spawn } = require('node:child_process');
      const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'inherit' });
      console.log('started ' + child.pid);
      for (;;);`;
    const message = await told(() => valueOf(text, {}, 3000));
    expect(message).toContain(refused('it was not done after 3 seconds'));
    await until(() => !isAlive(Number(/started (\d+)/.exec(message)![1])));
  });
});

function refused(got: string): string {
  return (
    'serverless.js could not be evaluated. [CONFIG]\n' +
    '  expected: a module whose export is an object that JSON can hold, or a function or promise that gives one\n' +
    `  got:      ${got}`
  );
}

function escaped(text: string): string {
  return text.replaceAll(/[.[\]()]/g, String.raw`\$&`);
}
