import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { beforeAll, describe, expect, it } from 'vitest';

import { gatherFacts } from '../../../src/cli/commands/advise/facts.ts';
import { subjectToAdvise } from '../../../src/cli/commands/advise/subject.ts';
import { findingsOf } from '../../../src/insight/advise/advise.ts';
import type { Finding } from '../../../src/insight/types.ts';
import { testPythonEnv } from '../../support/python.ts';
import { root } from '../../support/root.ts';

const fixtures = join(root, 'test/fixtures/advise');
const silent = { step: () => undefined, note: () => undefined, end: () => undefined };

beforeAll(async () => {
  const env = await testPythonEnv();
  process.env['VIRTUAL_ENV'] = env['VIRTUAL_ENV'];
});

async function findings(dir: string, options: { app?: string } = {}): Promise<Finding[]> {
  const wish = { ...options, env: [], envFile: [], stream: false, yes: false, json: true };
  return findingsOf(await gatherFacts(await subjectToAdvise(dir, wish, false, silent), undefined));
}

/** Where each finding was seen: its folder of static files is no line of a source. */
function places(found: Finding[]): Record<string, string[]> {
  return Object.fromEntries(
    found.map(({ id, evidence }) => [
      id,
      evidence
        .map(({ place }) => place)
        .filter((place) => /:\d+$/.test(place))
        .sort(),
    ]),
  );
}

describe('what the source of an app says', () => {
  it.each(readdirSync(fixtures))('%s', async (name) => {
    const dir = join(fixtures, name);
    const expected = JSON.parse(readFileSync(join(dir, 'expected.json'), 'utf8')) as Record<string, string[]>;
    const sorted = Object.fromEntries(Object.entries(expected).map(([id, lines]) => [id, lines.toSorted()]));
    expect(places(await findings(dir))).toEqual(sorted);
  });

  it('has a positive and a negative app for each rule on sources', () => {
    const all = readdirSync(fixtures).map((name): [string, string[]] => [
      name,
      Object.keys(JSON.parse(readFileSync(join(fixtures, name, 'expected.json'), 'utf8')) as object),
    ]);
    for (const runtime of ['py', 'node']) {
      const ids = new Set(
        all.filter(([name]) => name.startsWith(`${runtime}-`)).flatMap(([, found]) => found),
      );
      expect([...ids].toSorted((a, b) => (a < b ? -1 : 1))).toEqual(RULES_ON_SOURCES);
    }
  });

  it.each([
    ['bare-node', []],
    ['bare-python', []],
    // Its admin pages and its model need a database, which its settings keep in a file.
    ['django', ['sqlite-on-read-only-disk']],
    ['express', []],
    ['fastapi', []],
    ['flask', []],
    ['koa', []],
  ])('raises no false alarm on the example %s', async (name, ids) => {
    expect((await findings(join(root, 'examples', name))).map(({ id }) => id)).toEqual(ids);
  });

  it.each([
    ['apps/django-site', ['uploads']],
    ['apps/express-sessions', ['in-process-sessions']],
    ['apps/express4', []],
    ['apps/fastapi-lifespan', ['background-work', 'uploads']],
    ['apps/fastify', ['uploads']],
    ['apps/hono', []],
    ['apps/httpbin', []],
    ['apps/koa-multipart', ['uploads']],
    ['apps/socket-io', ['websockets']],
    ['fixtures/detect/node-express-generator', []],
    ['fixtures/detect/node-fastify-options', []],
    ['fixtures/detect/node-hono-tsx', []],
    ['fixtures/detect/node-listen-after-connect', ['database-connections']],
    ['fixtures/detect/py-django', []],
    ['fixtures/detect/py-fastapi-namespace', []],
    ['fixtures/detect/py-flask-extensions', []],
    ['fixtures/detect/py-flask-factory-package', []],
    ['fixtures/detect/py-starlette', []],
  ])('says of %s what is so: %j', async (name, ids) => {
    expect((await findings(join(root, 'test', name))).map(({ id }) => id)).toEqual(ids);
  });
});

const RULES_ON_SOURCES = [
  'background-work',
  'database-connections',
  'in-process-cache',
  'in-process-sessions',
  'in-process-state',
  'read-only-disk',
  'sqlite-on-read-only-disk',
  'static-files',
  'uploads',
  'websockets',
];
