import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, test } from 'vitest';

import { adoptFromFile } from '../../src/components/engine/adopt.ts';
import { callVerb } from '../../src/components/engine/call-verb.ts';
import { deployAll } from '../../src/components/engine/deploy.ts';
import { planAll } from '../../src/components/engine/plan.ts';
import { openStateStore, type StateRecord } from '../../src/components/state/store.ts';
import type { RopewayError } from '../../src/lib/errors.ts';
import { engineOptions, entry, memoryTarget, memoryWorkshop, type MemoryTarget } from './fakes.ts';
import { deploy, remove, root, shop, store } from './shop.ts';

describe('deploying', () => {
  test('what depends on an output gets it, and comes after', async () => {
    const target = memoryTarget();
    const told = await deploy(target);
    expect(told.done).toEqual({ api: 'deployed', admin: 'deployed', jobs: 'deployed', site: 'deployed' });
    expect(target.functions.get('shop-jobs')!.versions[0]!.env).toEqual({ API: 'http://memory/shop-api/' });
    expect(target.calls.indexOf('site shop-site')).toBeGreaterThan(target.calls.indexOf('deploy backoffice'));
    expect(told.outputs['admin']).toMatchObject({
      functionName: 'backoffice',
      url: 'http://memory/backoffice/',
    });
  });

  test('independent ones run at the same time', async () => {
    const target = memoryTarget();
    const { deployFunction } = target.provider;
    const begun: string[] = [];
    let bothBegan: () => void = () => undefined;
    const both = new Promise<void>((resolve) => {
      bothBegan = resolve;
    });
    target.provider.deployFunction = async (deployment) => {
      begun.push(deployment.name);
      if (begun.length === 2) bothBegan();
      // The first would wait for ever if the second waited for it.
      await both;
      return deployFunction(deployment);
    };
    await deploy(target);
    expect(begun.slice(0, 2).sort()).toEqual(['backoffice', 'shop-api']);
  });

  test('a second time nothing is packed, uploaded or changed', async () => {
    const target = memoryTarget();
    await deploy(target);
    const calls = [...target.calls];
    const told = await deploy(target);
    expect(new Set(Object.values(told.done))).toEqual(new Set(['unchanged']));
    expect(target.calls).toEqual(calls);
    expect(told.built).toEqual([]);
  });

  test('new code is one new version of one function', async () => {
    const target = memoryTarget();
    await deploy(target);
    const told = await deploy(target, shop, { admin: 'django: mysite', api: 'new' });
    expect(told.done).toEqual({ api: 'deployed', admin: 'unchanged', jobs: 'unchanged', site: 'unchanged' });
    expect(told.changes).toEqual([
      { action: 'update', kind: 'function', name: 'shop-api version 2', because: ['code'] },
    ]);
  });

  test('new values of the environment are seen, and stand nowhere in the state', async () => {
    const target = memoryTarget();
    await deploy(target);
    const changed = [entry('api', 'flask', { src: './api', env: { TOKEN: 'an0ther' } }), ...shop.slice(1)];
    const told = await deploy(target, changed);
    expect(told.changes[0]!.because).toEqual(['environment']);
    const written = readdirSync(store.folder).map((name) =>
      JSON.stringify(store.read(decodeURIComponent(name.slice(0, -5)))),
    );
    expect(written.join('\n')).toContain('$secret');
    expect(written.join('\n')).not.toMatch(/s3cret|an0ther/);
  });

  test('what fails leaves out only what needs it, and the next time goes on', async () => {
    let broken = true;
    const target = memoryTarget((call) => {
      if (broken && call === 'deploy shop-api') throw new Error('no room');
    });
    const told = await deploy(target);
    expect(told.done).toEqual({ admin: 'deployed' });
    expect(Object.keys(told.failed)).toEqual(['api']);
    expect(told.skipped).toEqual({ jobs: 'api', site: 'api' });
    expect(store.read('api')!.status).toBe('failed');
    broken = false;
    expect((await deploy(target)).done).toEqual({
      api: 'deployed',
      admin: 'unchanged',
      jobs: 'deployed',
      site: 'deployed',
    });
  });

  test('one alias alone, with what it needs that is not there yet', async () => {
    const target = memoryTarget();
    expect((await deploy(target, shop, {}, { only: 'jobs' })).done).toEqual({
      api: 'deployed',
      jobs: 'deployed',
    });
    expect((await deploy(target, shop, {}, { only: 'jobs' })).done).toEqual({ jobs: 'unchanged' });
  });

  test('what is gone from the file stays until it is asked to go', async () => {
    const target = memoryTarget();
    await deploy(target);
    const fewer = shop.slice(0, 3);
    expect((await deploy(target, fewer)).gone).toEqual(['site']);
    expect(target.sites.size).toBe(1);
    const told = await deploy(target, fewer, { admin: 'django: mysite' }, { removeGone: true });
    expect(told.done['site']).toBe('removed');
    expect([target.sites.size, store.read('site')]).toEqual([0, undefined]);
  });

  test('another name is a new function, and the old one goes', async () => {
    const target = memoryTarget();
    await deploy(target, [entry('api', 'flask', { src: './api', name: 'one' })]);
    await deploy(target, [entry('api', 'flask', { src: './api', name: 'two' })]);
    expect([...target.functions.keys()]).toEqual(['two']);
    expect(target.calls).toEqual(['deploy one', 'deploy two', 'remove one']);
  });

  test('a change of the name that was cut off leaves no function behind', async () => {
    for (let cut = 0; cut < 8; cut += 1) {
      let left = Infinity;
      const target = memoryTarget(() => {
        left -= 1;
        if (left < 0) throw new Error('cut off');
      });
      const here = openStateStore({ root, project: 'shop', target: 'local', stage: `cut-${cut}` });
      let writes = Infinity;
      const cutStore = {
        ...here,
        write: async (record: StateRecord) => {
          writes -= 1;
          if (writes < 0) throw new Error('cut off');
          await here.write(record);
        },
      };
      const one = [entry('api', 'flask', { src: './api', name: 'one' })];
      const two = [entry('api', 'flask', { src: './api', name: 'two' })];
      await deploy(target, one, {}, { store: cutStore });
      if (cut % 2 === 0) left = cut / 2;
      else writes = (cut + 1) / 2 + 1;
      await deploy(target, two, {}, { store: cutStore }).catch(() => undefined);
      left = writes = Infinity;
      await deploy(target, two, {}, { store: cutStore });
      expect([...target.functions.keys()]).toEqual(['two']);
    }
  });

  test('a state that was lost makes nothing twice', async () => {
    const target = memoryTarget();
    await deploy(target);
    rmSync(join(root, '.ropeway'), { recursive: true });
    const told = await deploy(target);
    expect(new Set(Object.values(told.done).slice(0, 3))).toEqual(new Set(['unchanged']));
    expect(told.notes).toContain(
      'function shop-api is there already and is of api: the state had not known it, and does now',
    );
    await remove(target);
    expect([target.functions.size, target.sites.size]).toEqual([0, 0]);
  });

  test('a name that somebody else has is left alone', async () => {
    const target = memoryTarget();
    await deploy(target, [entry('api', 'flask', { src: './api', name: 'one' })]);
    const told = await deploy(target, [
      entry('api', 'flask', { src: './api', name: 'one' }),
      entry('other', 'flask', { src: './admin', name: 'one' }),
    ]);
    expect((told.failed['other'] as RopewayError).code).toBe('NAME_TAKEN');
    expect(target.functions.get('one')!.versions).toHaveLength(1);
  });

  test('hooks run around it, with nothing in between when they fail', async () => {
    const hooked = entry('api', 'flask', { src: './api' }, { hooks: { before: ['make'], after: ['tell'] } });
    const workshop = memoryWorkshop({});
    const target = memoryTarget();
    const { options } = engineOptions({
      root,
      entries: [hooked],
      store,
      provider: target.provider,
      workshop,
    });
    await deployAll({ ...options, removeGone: false });
    expect(workshop.ran).toEqual(['make', 'tell']);
    workshop.run = async () => Promise.reject(new Error('make failed'));
    await deployAll({ ...options, entries: [{ ...hooked, alias: 'second' }], removeGone: false });
    expect(target.calls).toEqual(['deploy shop-api']);
  });

  test('nothing is called when any input is wrong', async () => {
    const target = memoryTarget();
    const wrong = [...shop, entry('late', 'flask', { src: './api', memory: 'much' })];
    await expect(deploy(target, wrong)).rejects.toMatchObject({
      code: 'INPUTS',
      message: 'shop.yml:late.memory: the input `memory` of `late` is not valid.',
      expected: 'number',
      got: '"much"',
    });
    expect(target.calls).toEqual([]);
  });
});

describe('planning', () => {
  const plan = async (
    target: MemoryTarget,
    entries = shop,
    sources: Record<string, string> = { admin: 'django: mysite' },
  ) => {
    const { options } = engineOptions({
      root,
      entries,
      store,
      provider: target.provider,
      workshop: memoryWorkshop(sources),
    });
    const all = await planAll({ ...options, removeGone: false });
    return Object.fromEntries(all.map((one) => [one.alias, one]));
  };

  test('says what is new, and what is known only later', async () => {
    const planned = await plan(memoryTarget());
    expect(Object.values(planned).map(({ action }) => action)).toEqual([
      'create',
      'create',
      'create',
      'create',
    ]);
    expect(planned['site']!.waitsFor).toEqual(['api', 'admin']);
  });

  test('says what would change and why, and changes nothing', async () => {
    const target = memoryTarget();
    await deploy(target);
    const calls = target.calls.length;
    const changed = [
      entry('api', 'flask', { src: './api', memory: 256, env: { TOKEN: 'other' } }),
      ...shop.slice(1, 3),
    ];
    const planned = await plan(target, changed, { admin: 'django: mysite' });
    expect(planned['api']!.changes[0]!.because).toEqual(['environment', 'limits']);
    expect(planned['api']!.inputs).toEqual([
      { path: 'env.TOKEN', from: '(secret)', to: '(secret)' },
      { path: 'memory', to: '256' },
    ]);
    expect([planned['admin']!.action, planned['jobs']!.action, planned['site']!.action]).toEqual([
      'nothing',
      'ask',
      'remove',
    ]);
    expect(target.calls).toHaveLength(calls);
  });

  test('sees what was removed by hand', async () => {
    const target = memoryTarget();
    await deploy(target);
    target.functions.delete('backoffice');
    target.functions.get('shop-api')!.versions[0]!.routes = [];
    const planned = await plan(target);
    expect(planned['api']!.changes[0]!.because).toEqual(['/shop-api/* does not lead to it']);
    expect(planned['admin']).toMatchObject({
      action: 'update',
      changes: [{ action: 'create', name: 'backoffice' }],
    });
  });
});

describe('removing', () => {
  test('in reverse order, and leaves nothing', async () => {
    const target = memoryTarget();
    await deploy(target);
    target.calls.length = 0;
    await remove(target);
    expect(target.calls.indexOf('remove shop-api')).toBeGreaterThan(
      target.calls.indexOf('remove site shop-site'),
    );
    expect(target.calls.indexOf('remove shop-api')).toBeGreaterThan(target.calls.indexOf('remove shop-jobs'));
    expect([target.functions.size, target.sites.size, store.list()]).toEqual([0, 0, []]);
    store.tidy();
    expect(readdirSync(root)).not.toContain('.ropeway');
  });

  test('bears that something is gone already', async () => {
    const target = memoryTarget();
    await deploy(target);
    target.functions.clear();
    expect((await remove(target)).failed).toEqual({});
    expect(store.list()).toEqual([]);
  });

  test('finds what another checkout has deployed, by its labels', async () => {
    const target = memoryTarget();
    await deploy(target);
    await deploy(
      target,
      [entry('api', 'flask', { src: './api', name: 'foreign' })],
      {},
      { store: openStateStore({ root, project: 'x', target: 'x', stage: 'x' }) },
    );
    rmSync(join(root, '.ropeway'), { recursive: true });
    target.functions.get('foreign')!.versions[0]!.labels = { project: 'other' };
    const { options } = engineOptions({
      root,
      entries: shop,
      store,
      provider: target.provider,
      workshop: memoryWorkshop({}),
    });
    expect(await adoptFromFile(options)).toEqual(['api', 'admin', 'jobs', 'site']);
    await remove(target);
    expect([[...target.functions.keys()], target.sites.size]).toEqual([['foreign'], 0]);
  });

  test('leaves what somebody else has made in the meantime', async () => {
    const target = memoryTarget();
    await deploy(target);
    const { versions } = target.functions.get('shop-api')!;
    target.functions.set('shop-api', { versions: [{ ...versions[0]!, labels: {} }], serving: 1 });
    await remove(target);
    expect([...target.functions.keys()]).toEqual(['shop-api']);
  });
});

describe('rolling back', () => {
  test('the version before serves, and the next deployment goes forward', async () => {
    const target = memoryTarget();
    const api = [entry('api', 'flask', { src: './api' })];
    await deploy(target, api, { api: 'one' });
    await deploy(target, api, { api: 'two' });
    const { options } = engineOptions({
      root,
      entries: api,
      store,
      provider: target.provider,
      workshop: memoryWorkshop({}),
    });
    expect(await callVerb(options, 'api', 'rollback', {})).toEqual({
      function: 'shop-api',
      version: '1',
      before: '2',
    });
    expect(target.functions.get('shop-api')!.serving).toBe(1);
    await expect(callVerb(options, 'api', 'rollback', {})).rejects.toMatchObject({
      code: 'NO_OLDER_VERSION',
    });
    await expect(callVerb(options, 'api', 'rollback', { version: '7' })).rejects.toMatchObject({
      code: 'NO_SUCH_VERSION',
      expected: '1, 2',
    });
    const told = await deploy(target, api, { api: 'two' });
    expect(told.changes[0]!.because).toEqual(['an older version serves']);
    expect(target.functions.get('shop-api')!.serving).toBe(2);
  });

  test('a verb that is not there is told with those that are', async () => {
    const target = memoryTarget();
    await deploy(target, [entry('api', 'flask', { src: './api' })]);
    const { options } = engineOptions({
      root,
      entries: [],
      store,
      provider: target.provider,
      workshop: memoryWorkshop({}),
    });
    await expect(callVerb(options, 'api', 'dance', {})).rejects.toMatchObject({
      code: 'NO_SUCH_VERB',
      expected: 'rollback, promote',
    });
  });
});
