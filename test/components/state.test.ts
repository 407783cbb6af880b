import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';

import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { breakLock, readHolder, takeLock } from '../../src/components/state/lock.ts';
import { isMasked, newSalt, withoutSecrets } from '../../src/components/state/secrets.ts';
import { openStateStore, type StateRecord } from '../../src/components/state/store.ts';

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'ropeway-state-'));
});

afterEach(() => rmSync(root, { recursive: true, force: true }));

const record = (id: string): StateRecord => ({
  format: 1,
  id,
  component: 'web',
  status: 'deployed',
  inputs: {},
  salt: newSalt(),
  state: { function: 'shop' },
  outputs: { url: 'http://127.0.0.1:3000/' },
  dependsOn: [],
  loaded: [],
  changedAt: '2026-11-23T00:00:00.000Z',
});

describe('the store', () => {
  test('keeps records of any id, for their owner alone, and nothing before the first', async () => {
    const store = openStateStore({ root, project: 'shop', target: 'local', stage: 'dev' });
    expect(store.list()).toEqual([]);
    expect(readdirSync(root)).toEqual([]);
    const ids = ['api', 'api.web', '../up', 'ä b/c', 'CON', 'a*b', '.', '..'];
    for (const id of ids) await store.write(record(id));
    expect(new Set(store.list().map(({ id }) => id))).toEqual(new Set(ids));
    expect(readFileSync(join(root, '.ropeway', '.gitignore'), 'utf8')).toBe('*\n');
    for (const name of readdirSync(store.folder))
      expect(statSync(join(store.folder, name)).mode & 0o077).toBe(0);
    for (const id of ids) await store.remove(id);
    store.tidy();
    expect(existsSync(join(root, '.ropeway'))).toBe(false);
  });

  test('may be in a folder that machines share, each project apart', async () => {
    const shared = join(root, 'shared');
    const at = { root: join(root, 'checkout'), target: 'local', stage: 'dev', shared };
    await openStateStore({ ...at, project: 'shop' }).write(record('api'));
    expect(openStateStore({ ...at, root: join(root, 'elsewhere'), project: 'shop' }).list()).toHaveLength(1);
    expect(openStateStore({ ...at, project: 'other' }).list()).toEqual([]);
    expect(readdirSync(root)).toEqual(['shared']);
    const store = openStateStore({ ...at, project: 'shop' });
    await store.remove('api');
    store.tidy();
    expect(readdirSync(shared)).toEqual([]);
  });

  test('what was half written when a command was killed is no record, and goes', async () => {
    const store = openStateStore({ root, project: 'shop', target: 'local', stage: 'dev' });
    await store.write(record('api'));
    const gone = 2 ** 22 + 1;
    const drafts = ['api.json.77.tmp', `lock.${hostname()}.${gone}.tmp`, `lock.${hostname()}.${gone}.gone`];
    const others = [`lock.${hostname()}.${process.pid}.tmp`, `lock.elsewhere.${gone}.tmp`];
    for (const name of [...drafts, ...others]) writeFileSync(join(store.folder, name), '{"form');
    expect(store.list()).toHaveLength(1);
    store.dropDrafts();
    expect(readdirSync(store.folder).sort()).toEqual(['api.json', ...others].sort());
  });

  test('stages and targets are apart', async () => {
    await openStateStore({ root, project: 'shop', target: 'local', stage: 'dev' }).write(record('api'));
    expect(openStateStore({ root, project: 'shop', target: 'local', stage: 'test' }).list()).toEqual([]);
    expect(openStateStore({ root, project: 'shop', target: 'tencent', stage: 'dev' }).list()).toEqual([]);
  });

  test('what cannot be read is told with its file, and nothing is lost', async () => {
    const store = openStateStore({ root, project: 'shop', target: 'local', stage: 'dev' });
    await store.write(record('api'));
    const file = join(store.folder, 'api.json');
    writeFileSync(file, readFileSync(file, 'utf8').slice(0, 40));
    expect(() => store.read('api')).toThrow(expect.objectContaining({ code: 'STATE_BROKEN' }));
    expect(readFileSync(file, 'utf8')).toHaveLength(40);
  });
});

describe('the lock', () => {
  const folder = (): string => join(root, '.ropeway', 'state', 'local', 'dev');

  test('is one command’s at a time', () => {
    const lock = takeLock(root, folder(), 'deploy', () => undefined);
    expect(() => takeLock(root, folder(), 'remove', () => undefined)).toThrow(
      expect.objectContaining({
        code: 'LOCKED',
        message: 'Another command is changing this deployment.',
        got: expect.stringContaining(`\`ropeway deploy\`, process ${process.pid} on ${hostname()}, since `),
        fix: 'wait until it is done; if it is not running any more: ropeway unlock',
      }),
    );
    lock.release();
    takeLock(root, folder(), 'remove', () => undefined).release();
    expect(readdirSync(folder())).toEqual([]);
  });

  test('of a command that was killed is taken over, and told', () => {
    takeLock(root, folder(), 'deploy', () => undefined);
    const gone = { ...readHolder(folder())!, pid: 2 ** 22 + 1 };
    writeFileSync(join(folder(), 'lock'), JSON.stringify(gone));
    const told: string[] = [];
    takeLock(root, folder(), 'remove', (text) => told.push(text)).release();
    expect(told).toEqual([
      `an earlier \`ropeway deploy\` was cut off (${gone.since}); going on from where it was`,
    ]);
  });

  test('of another machine is left to a person', () => {
    takeLock(root, folder(), 'deploy', () => undefined);
    const other = { ...readHolder(folder())!, host: 'elsewhere', pid: 2 ** 22 + 1 };
    writeFileSync(join(folder(), 'lock'), JSON.stringify(other));
    expect(() => takeLock(root, folder(), 'deploy', () => undefined)).toThrow(
      expect.objectContaining({ code: 'LOCKED' }),
    );
    breakLock(folder());
    takeLock(root, folder(), 'deploy', () => undefined).release();
  });

  test('that somebody else has broken and taken is not released by us', () => {
    const ours = takeLock(root, folder(), 'deploy', () => undefined);
    breakLock(folder());
    const theirs = { ...takeLockAs('remove'), pid: process.pid };
    ours.release();
    expect(readHolder(folder())!.verb).toBe('remove');
    expect(theirs.pid).toBe(process.pid);
  });

  function takeLockAs(verb: string): object {
    return takeLock(root, folder(), verb, () => undefined);
  }
});

describe('secrets', () => {
  const values = fc.dictionary(fc.constantFrom('a', 'env', 'variables', 'x'), fc.string({ minLength: 3 }), {
    maxKeys: 4,
  });

  test('of environments stand nowhere, and still tell whether they are the same', () => {
    fc.assert(
      fc.property(values, fc.string({ minLength: 8 }), (inputs, secret) => {
        const salt = newSalt();
        const given = {
          ...inputs,
          env: { KEY: secret },
          functionConf: { environment: { variables: { KEY: secret } } },
        };
        const kept = withoutSecrets(given, () => false, salt);
        const text =
          JSON.stringify((kept as typeof given).env) + JSON.stringify((kept as typeof given).functionConf);
        expect(text).not.toContain(JSON.stringify(secret).slice(1, -1));
        expect(isMasked((kept as typeof given).env.KEY)).toBe(true);
        expect(withoutSecrets(given, () => false, salt)).toEqual(kept);
        expect(withoutSecrets(given, () => false, newSalt())).not.toEqual(kept);
      }),
    );
  });

  test('are what the file took from the environment, too', () => {
    const kept = withoutSecrets({ key: 'k', other: 'o' }, (path) => path.join('.') === 'key', 'salt');
    expect([isMasked(kept['key']), kept['other']]).toEqual([true, 'o']);
  });
});
