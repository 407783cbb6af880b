import {
  chmodSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import * as changes from '../../src/platform/deployments/changes.ts';
import { findFunction } from '../../src/platform/deployments/find.ts';
import { setRoutes } from '../../src/platform/deployments/routes.ts';
import { specSchema } from '../../src/platform/deployments/schema.ts';
import { openStore } from '../../src/platform/deployments/store.ts';
import { openTwinFile } from '../../src/lib/twin-file.ts';
import { NO_DEPLOYMENTS, type Route, type VersionSpec } from '../../src/platform/deployments/types.ts';
import { chooseVersion } from '../../src/platform/deployments/weights.ts';

let folder: string;
let notices: string[];
const note = (message: string): void => void notices.push(message);
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ropeway-store-'));
  notices = [];
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const spec = (root: string, env: Record<string, string> = {}): VersionSpec =>
  specSchema.parse({ entry: { runtime: 'command', root, command: 'run' }, sourceRoot: root, env });
const now = new Date(0);
const route = (path: string, name: string, alias = 'live'): Route => ({
  path,
  function: name,
  alias,
  stage: '',
});

describe('a twin file', () => {
  it('has what was written last, whichever of the two is lost or damaged anyhow', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.jsonValue(), { minLength: 1, maxLength: 4 }),
        fc.integer({ min: 0, max: 1 }),
        fc.nat(),
        async (values, which, cut) => {
          const name = `t${Math.random().toString(36).slice(2)}`;
          const file = openTwinFile(folder, name, note);
          // JSON itself does not tell -0 from 0.
          const plain = JSON.parse(JSON.stringify(values)) as unknown[];
          for (const value of plain) await file.write(value);
          const path = join(folder, which === 0 ? `${name}.json` : `${name}.twin.json`);
          truncateSync(path, cut % (statSync(path).size - 1));
          const found = openTwinFile(folder, name, note).read();
          expect(found).toEqual({ value: plain.at(-1), damaged: [path] });
          const again = openTwinFile(folder, name, note);
          again.read();
          await again.write('mended');
          expect(openTwinFile(folder, name, note).read()).toEqual({ value: 'mended', damaged: [] });
        },
      ),
      { numRuns: 40 },
    );
  });

  it('takes the newer of two whole ones: the machine may stop between them', async () => {
    const file = openTwinFile(folder, 't', note);
    await file.write('old');
    const old = readFileSync(join(folder, 't.twin.json'));
    await file.write('new');
    writeFileSync(join(folder, 't.twin.json'), old);
    expect(openTwinFile(folder, 't', note).read()).toEqual({ value: 'new', damaged: [] });
  });

  it('notices a value that was changed by hand or by a failing disk', async () => {
    await openTwinFile(folder, 't', note).write({ version: 1 });
    for (const name of ['t.json', 't.twin.json']) {
      const path = join(folder, name);
      writeFileSync(path, readFileSync(path, 'utf8').replace('"version": 1', '"version": 2'));
    }
    expect(() => openTwinFile(folder, 't', note).read()).toThrow(
      expect.objectContaining({ code: 'STATE_BROKEN' }),
    );
  });

  it('is nothing before it is written, and for its owner alone afterwards', async () => {
    const file = openTwinFile(join(folder, 'deep', 'er'), 't', note);
    expect(file.read()).toBeUndefined();
    await file.write(1);
    expect(statSync(join(folder, 'deep', 'er')).mode & 0o777).toBe(0o700);
    expect(statSync(join(folder, 'deep', 'er', 't.json')).mode & 0o777).toBe(0o600);
  });

  it.runIf(process.platform === 'linux')(
    'keeps what it had when the disk is full, and goes on when it is not',
    async () => {
      const file = openTwinFile(folder, 't', note);
      await file.write('kept');
      symlinkSync('/dev/full', join(folder, 't.json.new'));
      await expect(file.write('lost')).rejects.toMatchObject({
        code: 'STATE_WRITE',
        message: expect.stringContaining('ENOSPC'),
      });
      expect(openTwinFile(folder, 't', note).read()).toEqual({ value: 'kept', damaged: [] });
      rmSync(join(folder, 't.json.new'));
      await file.write('written');
      expect(openTwinFile(folder, 't', note).read()).toEqual({ value: 'written', damaged: [] });
    },
  );
});

describe('the store', () => {
  it('gives back what was changed, in the order of the changes, and keeps values of environments apart', async () => {
    const store = openStore(folder, note);
    await Promise.all(
      ['a', 'b', 'c'].map((name) =>
        store.change(
          (all) => changes.addVersion(all, name, spec('/x', { KEY: `hush-${name}` }), now).deployments,
        ),
      ),
    );
    const again = openStore(folder, note).current();
    expect(again).toEqual(store.current());
    expect(again.functions['b']!.versions[0]!.spec.env).toEqual({ KEY: 'hush-b' });
    const others = readdirSync(folder).filter((name) => !name.startsWith('environment'));
    for (const name of others) expect(readFileSync(join(folder, name), 'utf8')).not.toContain('hush');
  });

  it('changes nothing when a change is refused or cannot be written', async () => {
    const store = openStore(folder, note);
    await store.change((all) => changes.addVersion(all, 'a', spec('/x'), now).deployments);
    const before = store.current();
    await expect(store.change((all) => changes.removeFunction(all, 'b'))).rejects.toMatchObject({
      code: 'NO_SUCH_FUNCTION',
    });
    if (process.platform === 'linux') {
      symlinkSync('/dev/full', join(folder, 'deployments.json.new'));
      await expect(store.change((all) => changes.removeFunction(all, 'a'))).rejects.toMatchObject({
        code: 'STATE_WRITE',
      });
    }
    expect(store.current()).toBe(before);
    expect(openStore(folder, note).current()).toEqual(before);
  });

  it('does not start apps without their environment', async () => {
    await openStore(folder, note).change(
      (all) => changes.addVersion(all, 'a', spec('/x', { KEY: '1' }), now).deployments,
    );
    for (const name of ['environment.json', 'environment.twin.json']) rmSync(join(folder, name));
    expect(() => openStore(folder, note)).toThrow(expect.objectContaining({ code: 'STATE_BROKEN' }));
  });

  it('refuses what a newer version of Ropeway may have written', async () => {
    await openTwinFile(folder, 'environment', note).write({});
    await openTwinFile(folder, 'deployments', note).write({ functions: {}, routes: [], more: true });
    expect(() => openStore(folder, note)).toThrow(expect.objectContaining({ code: 'STATE_BROKEN' }));
  });

  it.runIf(process.getuid?.() !== 0)('says so when the folder may not be written to', async () => {
    chmodSync(folder, 0o500);
    await expect(
      openStore(folder, note).change((all) => changes.addVersion(all, 'a', spec('/x'), now).deployments),
    ).rejects.toMatchObject({ code: 'STATE_WRITE' });
  });
});

describe('changes of deployments', () => {
  const withVersions = (count: number) => {
    let all = NO_DEPLOYMENTS;
    for (let made = 0; made < count; made++)
      all = changes.addVersion(all, 'a', spec(`/v${made}`), now).deployments;
    return all;
  };

  it('number versions once and for all, and keep the last ten beside those that aliases name', () => {
    const named = changes.setAlias(withVersions(1), 'a', 'live', { version: 1, weights: {} });
    let all = named;
    for (let made = 0; made < 20; made++)
      all = changes.addVersion(all, 'a', spec(`/w${made}`), now).deployments;
    expect(all.functions['a']!.versions.map(({ version }) => version)).toEqual([
      1, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21,
    ]);
    const without = changes.removeVersion(all, 'a', 21);
    expect(changes.addVersion(without, 'a', spec('/x'), now).version.version).toBe(22);
    expect(named.functions['a']!.versions).toHaveLength(1);
  });

  it('take any name for a name', () => {
    const { deployments, version } = changes.addVersion(NO_DEPLOYMENTS, 'constructor', spec('/x'), now);
    expect(version.version).toBe(1);
    expect(findFunction(deployments, 'constructor').versions).toHaveLength(1);
  });

  it('know a version that is the same', () => {
    const { deployments } = changes.addVersion(NO_DEPLOYMENTS, 'a', spec('/x', { A: '1' }), now);
    expect(changes.sameVersion(deployments, 'a', spec('/x', { A: '1' }))?.version).toBe(1);
    expect(changes.sameVersion(deployments, 'a', spec('/x', { A: '2' }))).toBeUndefined();
    expect(changes.sameVersion(deployments, 'b', spec('/x'))).toBeUndefined();
  });

  it('refuse what would leave a route or an alias without its end', () => {
    let all = changes.setAlias(withVersions(2), 'a', 'live', { version: 2, weights: { 1: 0.5 } });
    all = setRoutes(all, [route('/*', 'a')]);
    const refused: [() => unknown, string][] = [
      [() => changes.removeVersion(all, 'a', 1), 'IN_USE'],
      [() => changes.removeAlias(all, 'a', 'live'), 'IN_USE'],
      [() => changes.removeVersion(all, 'a', 9), 'NO_SUCH_VERSION'],
      [() => changes.setAlias(all, 'a', 'x', { version: 9, weights: {} }), 'NO_SUCH_VERSION'],
      [() => changes.setAlias(all, 'a', 'x', { version: 1, weights: { 9: 0.1 } }), 'NO_SUCH_VERSION'],
      [() => changes.setAlias(all, 'constructor', 'x', { version: 1, weights: {} }), 'NO_SUCH_FUNCTION'],
      [() => changes.removeAlias(all, 'a', 'toString'), 'NO_SUCH_ALIAS'],
      [() => setRoutes(all, [route('/*', 'a', 'none')]), 'NO_SUCH_ALIAS'],
      [() => setRoutes(all, [route('/*', 'b')]), 'NO_SUCH_FUNCTION'],
      [() => setRoutes(all, [route('/a', 'a'), route('/%61', 'a')]), 'ROUTE_CONFLICT'],
    ];
    for (const [change, code] of refused) expect(change).toThrow(expect.objectContaining({ code }));
    const without = changes.removeFunction(all, 'a');
    expect(without).toEqual(NO_DEPLOYMENTS);
  });
});

describe('weights', () => {
  it('share the requests as they say', () => {
    const alias = { version: 3, weights: { 1: 0.25, 2: 0.5 } };
    expect([0, 0.2499, 0.25, 0.7499, 0.75, 0.9999].map((random) => chooseVersion(alias, random))).toEqual([
      1, 1, 2, 2, 3, 3,
    ]);
    expect(chooseVersion({ version: 3, weights: {} }, 0)).toBe(3);
    expect(chooseVersion({ version: 3, weights: { 4: 1 } }, 0.9999)).toBe(4);
    expect(chooseVersion({ version: 3, weights: { 4: 0 } }, 0)).toBe(3);
  });
});
