import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, expect, test } from 'vitest';

import { withVerb } from '../../../src/cli/verb-of.ts';
import { handlerEntry } from '../../../src/cli/deploying/handler-entry.ts';
import { readEvent } from '../../../src/cli/commands/invoke/event.ts';
import { formatByName } from '../../../src/events/list.ts';

const before = process.cwd();
let dir: string;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'ropeway-verb-'));
});

afterEach(() => {
  rmSync(dir, { recursive: true, force: true });
});

test('beside a file no verb means deploy, and an unknown one is the component’s', () => {
  const verbs = ['deploy', 'remove', 'help'];
  const inFolder = (args: string[]): string[] => withVerb(args, verbs, dir);
  expect(inFolder([])).toEqual([]);
  writeFileSync(join(dir, 'serverless.yml'), '');
  expect(inFolder([])).toEqual(['deploy']);
  expect(inFolder(['--stage', 'test'])).toEqual(['deploy', '--stage', 'test']);
  expect(inFolder(['--help'])).toEqual(['--help']);
  expect(inFolder(['remove', 'api'])).toEqual(['remove', 'api']);
  expect(inFolder(['migrate', 'api'])).toEqual(['call', 'migrate', 'api']);
  expect(inFolder(['migrate'])).toEqual(['migrate']);
  rmSync(join(dir, 'serverless.yml'));
  writeFileSync(join(dir, 'ropeway.yml'), 'name: shop\nmemory: 256\n');
  expect(inFolder([])).toEqual([]);
  for (const text of ['api:\n  component: web\n', 'api: {component: web}\n', 'component: http\n']) {
    writeFileSync(join(dir, 'ropeway.yml'), text);
    expect(inFolder([])).toEqual(['deploy']);
  }
  expect(process.cwd()).toBe(before);
});

test('a handler is a file without its ending, and a name in it', () => {
  writeFileSync(join(dir, 'index.py'), '');
  writeFileSync(join(dir, 'app.mjs'), '');
  expect(handlerEntry(dir, 'index.main_handler')).toMatchObject({
    runtime: 'python',
    from: { module: 'index', attribute: 'main_handler' },
  });
  expect(handlerEntry(dir, 'app.handler')).toMatchObject({
    runtime: 'node',
    file: join(dir, 'app.mjs'),
    attribute: 'handler',
  });
  expect(() => handlerEntry(dir, 'nowhere.handler')).toThrow(expect.objectContaining({ code: 'HANDLER' }));
});

test('a request becomes the event that a gateway would make of it', () => {
  const options = { http: ['post', '/users?a=b'], header: ['X-Test: 1'], data: 'name=Ada' };
  for (const format of ['aws-v2', 'tencent-apigw', 'aws-v1']) {
    const request = formatByName(format).toRequest(readEvent(options, format));
    expect(request).toMatchObject({ method: 'POST', path: '/users' });
    expect(Buffer.from(request.body).toString()).toBe('name=Ada');
    expect(request.headers.map(([name, value]) => `${name.toLowerCase()}: ${value}`)).toContain('x-test: 1');
  }
  expect(readEvent({ header: [] }, 'aws-v2')).toEqual({});
});
