import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { callVerb } from '../../src/components/engine/call-verb.ts';
import { deployAll } from '../../src/components/engine/deploy.ts';
import { planAll } from '../../src/components/engine/plan.ts';
import { removeRecords } from '../../src/components/engine/remove.ts';
import { openStateStore, type FolderStore } from '../../src/components/state/store.ts';
import {
  engineOptions,
  entry,
  type MemoryTarget,
  memoryTarget,
  memoryWorkshop,
  type Setting,
} from './fakes.ts';

let root: string;
let store: FolderStore;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'ropeway-clouds-'));
  mkdirSync(join(root, 'api'));
  store = openStateStore({ root, project: 'shop', target: 'aws', stage: 'dev' });
});

afterEach(() => rmSync(root, { recursive: true, force: true }));

const cloud = (): MemoryTarget => memoryTarget(undefined, true);

function setUp(target: MemoryTarget, inputs: object, source: string, more: Partial<Setting> = {}) {
  return engineOptions({
    root,
    entries: [entry('api', 'flask', { src: './api', ...inputs })],
    store,
    provider: target.provider,
    workshop: memoryWorkshop({ api: source }),
    target: 'aws',
    ...more,
  });
}

async function deploy(target: MemoryTarget, inputs: object, source: string, more: Partial<Setting> = {}) {
  const { options, told } = setUp(target, inputs, source, more);
  await deployAll({ ...options, removeGone: false });
  if (told.failed['api'] !== undefined) throw told.failed['api'] as Error;
  return told;
}

describe('a canary', () => {
  test('gives the new version a share, promote all, and the deployment after it changes nothing', async () => {
    const target = cloud();
    await deploy(target, {}, 'one', { canary: 0.1 });
    // The first version has nothing to share with.
    expect(target.functions.get('shop-api')).toMatchObject({ serving: 1 });
    const told = await deploy(target, {}, 'two', { canary: 0.1 });
    expect(told.changes[0]!.name).toBe('shop-api version 2 (10 %)');
    expect(target.functions.get('shop-api')).toMatchObject({
      serving: 1,
      canary: { version: '2', weight: 0.1 },
    });
    const again = await deploy(target, {}, 'two', { canary: 0.1 });
    expect(again.done['api']).toBe('unchanged');

    const { options } = setUp(target, {}, 'two');
    expect(await callVerb(options, 'api', 'promote', {})).toEqual({
      function: 'shop-api',
      version: '2',
      before: '1',
    });
    expect(target.functions.get('shop-api')!.canary).toBeUndefined();
    expect((await deploy(target, {}, 'two')).done['api']).toBe('unchanged');
    await expect(callVerb(options, 'api', 'promote', {})).rejects.toMatchObject({ code: 'NO_CANARY' });
  });

  test('another share, or none, moves the traffic and packs nothing', async () => {
    const target = cloud();
    await deploy(target, {}, 'one');
    await deploy(target, {}, 'two', { canary: 0.1 });
    const workshop = memoryWorkshop({ api: 'two' });
    const told = await deploy(target, {}, 'two', { canary: 0.5, workshop });
    expect(told.changes[0]!.because).toEqual(['version 2 gets 10 % of the requests']);
    expect(target.functions.get('shop-api')).toMatchObject({
      serving: 1,
      canary: { version: '2', weight: 0.5 },
    });
    await deploy(target, {}, 'two', { workshop });
    expect(target.functions.get('shop-api')).toMatchObject({ serving: 2 });
    expect(target.functions.get('shop-api')!.canary).toBeUndefined();
    expect(workshop.built).toEqual([]);
  });

  test('rolled back, the version before it has everything again', async () => {
    const target = cloud();
    await deploy(target, {}, 'one');
    await deploy(target, {}, 'two', { canary: 0.1 });
    const { options } = setUp(target, {}, 'two');
    expect(await callVerb(options, 'api', 'rollback', {})).toEqual({
      function: 'shop-api',
      version: '1',
      before: '1',
    });
    expect(target.functions.get('shop-api')).toMatchObject({ serving: 1 });
    expect(target.functions.get('shop-api')!.canary).toBeUndefined();
    expect((await deploy(target, {}, 'two')).changes[0]!.because).toEqual(['an older version serves']);
  });
});

describe('what was changed by hand', () => {
  test('shows in the plan, and the next deployment sets it right', async () => {
    const target = cloud();
    await deploy(target, { memory: 512, env: { KEY: 'secret-1' } }, 'one');
    expect((await deploy(target, { memory: 512, env: { KEY: 'secret-1' } }, 'one')).done['api']).toBe(
      'unchanged',
    );
    target.functions.get('shop-api')!.byHand = { memory: '1024', timeout: '3' };
    target.functions.get('shop-api')!.versions[0]!.env = { KEY: 'other' };
    const { options } = setUp(target, { memory: 512, env: { KEY: 'secret-1' } }, 'one');
    const [plan] = await planAll({ ...options, removeGone: false });
    expect(plan!.changes).toEqual([
      expect.objectContaining({
        because: [
          'memory was changed by hand: 512 → 1024',
          'environment was changed by hand',
          'timeout was changed by hand: none → 3',
        ],
      }),
    ]);
    await deploy(target, { memory: 512, env: { KEY: 'secret-1' } }, 'one');
    expect(target.functions.get('shop-api')!.byHand).toBeUndefined();
  });

  test('values of the environment stand in no state', async () => {
    await deploy(cloud(), { env: { KEY: 'a-very-secret-value' } }, 'one');
    const files = readdirSync(store.folder, { recursive: true, withFileTypes: true }).filter((one) =>
      one.isFile(),
    );
    expect(files.length).toBeGreaterThan(0);
    for (const file of files)
      expect(readFileSync(join(file.parentPath, file.name), 'utf8')).not.toContain('a-very-secret-value');
  });
});

describe('several regions', () => {
  test('have a function each; a region that is no longer wanted loses its own', async () => {
    const [north, south] = [cloud(), cloud()];
    const regions = { north: north.provider, south: south.provider };
    const both = { region: ['north', 'south'] };
    const told = await deploy(north, both, 'one', { regions });
    expect([...north.functions.keys(), ...south.functions.keys()]).toEqual(['shop-api', 'shop-api']);
    expect(told.outputs['api']).toMatchObject({
      region: 'north',
      urls: { north: 'http://memory/', south: 'http://memory/' },
    });
    expect((await deploy(north, both, 'one', { regions })).done['api']).toBe('unchanged');

    const { options } = setUp(north, { region: 'south' }, 'one', { regions });
    expect((await planAll({ ...options, removeGone: false }))[0]!.changes).toEqual([
      expect.objectContaining({ action: 'remove', because: ['north is not wanted any more'] }),
    ]);
    await deploy(north, { region: 'south' }, 'one', { regions });
    expect(north.functions.size).toBe(0);
    expect(south.functions.size).toBe(1);
    expect((await deploy(north, { region: ['south'] }, 'one', { regions })).done['api']).toBe('unchanged');
  });

  test('without one it stays where it is, whatever the default region is by now', async () => {
    const [north, south] = [cloud(), cloud()];
    north.provider.region = 'north';
    south.provider.region = 'south';
    const regions = { north: north.provider, south: south.provider };
    expect((await deploy(north, {}, 'one', { regions })).outputs['api']).toMatchObject({ region: 'north' });

    const told = await deploy(south, {}, 'two', { regions });
    expect(told.notes).toEqual([
      'shop-api is in north and stays there, though south is the default region now: `region: south` in its inputs moves it',
    ]);
    expect(south.functions.size).toBe(0);
    expect(north.functions.get('shop-api')!.versions).toHaveLength(2);
    const { options } = setUp(south, {}, 'two', { regions });
    await callVerb(options, 'api', 'rollback', {});
    expect(north.functions.get('shop-api')!.serving).toBe(1);

    await deploy(south, { region: 'south' }, 'two', { regions });
    expect([north.functions.size, south.functions.size]).toEqual([0, 1]);
    await removeRecords({ ...setUp(north, {}, 'two', { regions }).options, aliases: ['api'] });
    expect(south.functions.size).toBe(0);
  });

  test.each([
    ['a site', 'static', { src: './api' }],
    ['a gateway', 'gateway', { routes: [{ path: '/a/*', function: 'somebody' }] }],
  ])('%s is removed where it was made', async (_, component, inputs) => {
    const [north, south] = [cloud(), cloud()];
    north.provider.region = 'north';
    south.provider.region = 'south';
    const regions = { north: north.provider, south: south.provider };
    const at = (target: MemoryTarget) =>
      engineOptions({
        root,
        entries: [entry('api', component, inputs)],
        store,
        provider: target.provider,
        workshop: memoryWorkshop({ api: 'one' }),
        target: 'aws',
        regions,
      });
    const { options, told } = at(north);
    await deployAll({ ...options, removeGone: false });
    expect(told.failed).toEqual({});
    expect(north.sites.size + north.gatewayRoutes.length).toBe(1);
    await removeRecords({ ...at(south).options, aliases: ['api'] });
    expect(north.sites.size + north.gatewayRoutes.length).toBe(0);
    expect(south.calls).toEqual([]);
  });

  test('all are rolled back, and all are removed', async () => {
    const [north, south] = [cloud(), cloud()];
    const regions = { north: north.provider, south: south.provider };
    const both = { region: ['north', 'south'] };
    await deploy(north, both, 'one', { regions });
    await deploy(north, both, 'two', { regions });
    const { options } = setUp(north, both, 'two', { regions });
    await callVerb(options, 'api', 'rollback', {});
    expect([north, south].map(({ functions }) => functions.get('shop-api')!.serving)).toEqual([1, 1]);
    await removeRecords({ ...options, aliases: ['api'] });
    expect([...north.functions, ...south.functions]).toEqual([]);
  });
});

test('what a cloud needs is passed on, and what only a machine of one’s own says is left out', async () => {
  const target = cloud();
  const workshop = memoryWorkshop({ api: 'one' });
  const { build } = workshop;
  workshop.build = async (app) => ({
    ...(await build(app)),
    cloud: { type: 'web', runtime: 'python3.10', handler: 'scf_bootstrap', arch: 'x64' },
  });
  const inputs = {
    component: undefined,
    code: './api',
    runtime: 'Python3.6',
    region: 'ap-beijing',
    functionConf: { memorySize: 64, vpcConfig: { vpcId: 'vpc-1', subnetId: 'subnet-1' } },
    tags: { team: 'shop' },
    role: 'QCS_SCFExcuteRole',
    layers: [{ name: 'deps', version: 3 }],
    apigatewayConf: { customDomain: [{ domain: 'shop.example.com' }], enableCORS: true },
  };
  const { component: _, ...given } = inputs;
  const told = await deploy(target, { ...given, src: undefined }, 'one', { workshop });
  expect(told.notes.filter((note) => /runtime|memorySize|vpcConfig|role|tags/.test(note))).toEqual([]);
  expect(target.functions.get('shop-api')!.versions[0]).toMatchObject({
    limits: { memory: 64 },
    routes: [{ path: '/*', cors: true }],
    cloud: {
      type: 'web',
      runtime: 'python3.10',
      settings: {
        role: 'QCS_SCFExcuteRole',
        tags: { team: 'shop' },
        vpc: { id: 'vpc-1', subnets: ['subnet-1'], securityGroups: [] },
        domains: [{ name: 'shop.example.com' }],
        layers: ['deps:3'],
      },
    },
  });
});
