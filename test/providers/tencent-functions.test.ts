import { createHash } from 'node:crypto';
import { appendFileSync, readFileSync } from 'node:fs';

import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';

import type { CloudFunction, CloudSettings, FunctionDeployment } from '../../src/providers/types.ts';
import { orUndefined } from '../../src/providers/tencent/clients.ts';
import { withPackage } from '../../src/providers/tencent/packages.ts';
import { tencentProvider } from '../../src/providers/tencent/provider.ts';
import { openTencent } from '../../src/providers/tencent/tencent.ts';
import { REGION, scfClient, type ScfClient, settled } from '../emulators/tencent/start.ts';
import { CREDENTIALS, type TencentCloud, tencentCloud } from './tencent-cloud.ts';

// What the contract does not know of: web functions, instances, tags, namespaces, packages.

let cloud: TencentCloud;
let scf: ScfClient;
const names = new Set<string>();

beforeAll(async () => {
  cloud = await tencentCloud();
  scf = scfClient(cloud.emulator);
});

afterAll(() => cloud?.close());

afterEach(async () => {
  cloud.wire!.heal();
  for (const name of names) await cloud.provider().removeFunction(name);
  names.clear();
});

interface More {
  answer?: string;
  settings?: CloudSettings;
  limits?: FunctionDeployment['limits'];
  cloud?: Partial<CloudFunction>;
}

async function deployment(name: string, more: More = {}): Promise<FunctionDeployment> {
  names.add(name);
  const made = await cloud.deployment({ name, answer: more.answer ?? 'one' });
  return {
    ...made,
    limits: { ...made.limits, ...more.limits },
    cloud: { ...made.cloud!, ...more.cloud, settings: more.settings ?? {} },
  };
}

async function webDeployment(
  name: string,
  script: string,
  settings: CloudSettings = {},
): Promise<FunctionDeployment> {
  const app = `require('node:http').createServer((q, r) => r.end('web ' + q.url)).listen(process.env.PORT || 9000);`;
  return {
    ...(await deployment(name, { settings, cloud: { type: 'web', handler: 'scf_bootstrap' } })),
    entry: { runtime: 'command', root: '.', command: './scf_bootstrap' },
    code: await cloud.packages.make({ scf_bootstrap: `#!/bin/bash\n${script}\n`, 'app.js': app }),
    layers: [],
  };
}

describe('web functions', () => {
  test('are tried over an address that goes again, before they serve', async () => {
    const deployed = await cloud.provider().deployFunction(await webDeployment('web', 'exec node app.js'));
    expect(await cloud.get(`${deployed.url}a?b=c`)).toEqual({ status: 200, text: 'web /a?b=c' });
    expect(cloud.wire!.calls.filter((call) => call === 'scf CreateTrigger').length).toBeGreaterThanOrEqual(2);
    const { Triggers = [] } = await scf.ListTriggers({ FunctionName: 'web' });
    expect(Triggers.map(({ Qualifier }) => Qualifier)).toEqual(['$DEFAULT']);
    const { Type, InstanceConcurrencyConfig } = await scf.GetFunction({ FunctionName: 'web' });
    expect(Type).toBe('HTTP');
    expect(InstanceConcurrencyConfig).toMatchObject({ DynamicEnabled: 'FALSE', MaxConcurrency: 10 });
    await expect(cloud.provider().invoke('web', {})).rejects.toMatchObject({
      code: 'WEB_FUNCTION',
      fix: expect.stringMatching(/^ropeway request, /) as string,
    });
  });

  test('that do not start leave the old version serving, and what they printed is told', async () => {
    const good = await cloud.provider().deployFunction(await webDeployment('failing', 'exec node app.js'));
    const broken = await webDeployment('failing', 'echo "the database has gone" >&2; exit 3');
    await expect(cloud.provider().deployFunction(broken)).rejects.toMatchObject({
      code: 'APP_NOT_LOADED',
      message: 'The app of failing does not load on SCF (version 2); what served before serves on.',
      detail: 'the database has gone',
    });
    expect((await cloud.provider().findFunction('failing'))!.version).toBe(good.version);
    expect((await scf.ListTriggers({ FunctionName: 'failing' })).Triggers).toHaveLength(1);
    expect(await cloud.get(good.url!)).toEqual({ status: 200, text: 'web /' });
  });

  test('that only signed requests may call are tried with one', async () => {
    const settings = { auth: 'iam' as const };
    const deployed = await cloud
      .provider()
      .deployFunction(await webDeployment('private', 'exec node app.js', settings));
    expect((await cloud.get(deployed.url!)).status).toBe(401);
    expect(cloud.notes.filter((note) => note.startsWith('private '))).toEqual([]);
    const broken = await webDeployment('private', 'exit 3', settings);
    await expect(cloud.provider().deployFunction(broken)).rejects.toMatchObject({ code: 'APP_NOT_LOADED' });
  });

  test('whose check was cut off have no second address after the next deployment', async () => {
    const wanted = await webDeployment('checked', 'exec node app.js');
    const command = new AbortController();
    cloud.wire!.calls.length = 0;
    const cutting = setInterval(() => {
      // Between the making of the address and the end of the check.
      if (cloud.wire!.calls.at(-1) === 'scf CreateTrigger')
        cloud.wire!.cut(1, 'before', () => command.abort());
    }, 1);
    await cloud
      .provider(command.signal)
      .deployFunction(wanted)
      .catch(() => undefined);
    clearInterval(cutting);
    cloud.wire!.heal();
    await cloud.provider().deployFunction(wanted);
    const { Triggers = [] } = await scf.ListTriggers({ FunctionName: 'checked' });
    expect(Triggers.map(({ Qualifier }) => Qualifier)).toEqual(['$DEFAULT']);
  });
});

describe('instances', () => {
  test('are kept in MB, ready of the version that serves, and go along with the traffic', async () => {
    const limits = { memory: 128, instances: 8, minInstances: 2 };
    const first = await cloud.provider().deployFunction(await deployment('ready', { limits }));
    const see = async (): Promise<unknown> => {
      const { Allocated = [] } = await scf.GetProvisionedConcurrencyConfig({ FunctionName: 'ready' });
      return Allocated.map((one) => [one.Qualifier, one.AllocatedProvisionedConcurrencyNum]);
    };
    expect((await scf.GetReservedConcurrencyConfig({ FunctionName: 'ready' })).ReservedMem).toBe(1024);
    expect(await see()).toEqual([[first.version, 2]]);
    const second = await cloud
      .provider()
      .deployFunction(await deployment('ready', { limits, answer: 'two' }));
    expect(await see()).toEqual([[second.version, 2]]);
    await cloud.provider().setTraffic('ready', { version: first.version });
    expect(await see()).toEqual([[first.version, 2]]);
    await cloud.provider().deployFunction(await deployment('ready', { answer: 'two' }));
    expect(await see()).toEqual([]);
    expect((await scf.GetReservedConcurrencyConfig({ FunctionName: 'ready' })).ReservedMem).toBeNull();
  });

  test('of which there are too many are refused in words', async () => {
    const settings = { reserved: 10_000 };
    await expect(
      cloud.provider().deployFunction(await deployment('many', { settings })),
    ).rejects.toMatchObject({ code: 'QUOTA_REACHED' });
  });
});

describe('settings', () => {
  test('reach the cloud, and are taken back', async () => {
    const settings: CloudSettings = {
      role: 'shop_role',
      vpc: { id: 'vpc-1', subnets: ['', 'subnet-1'], securityGroups: [''] },
      tags: { team: 'shop', old: 'yes' },
      description: 'The shop, in short.',
      logs: { logset: 'logset-1', topic: 'topic-1' },
      auth: 'iam',
    };
    await cloud.provider().deployFunction(await deployment('set', { settings, limits: { memory: 300 } }));
    const set = await scf.GetFunction({ FunctionName: 'set' });
    expect(set).toMatchObject({
      Role: 'shop_role',
      VpcConfig: { VpcId: 'vpc-1', SubnetId: 'subnet-1' },
      ClsLogsetId: 'logset-1',
      ClsTopicId: 'topic-1',
      MemorySize: 384,
    });
    expect(set.Description).toMatch(/^The shop, in short\. ropeway\.\. /);
    expect(cloud.notes).toContain(
      'set: memory is 384 MB: SCF has 64, and 128 to 3072 in steps of 128, not 300',
    );
    const { url } = (await cloud.provider().findFunction('set'))!;
    expect((await cloud.get(url!)).status).toBe(401);

    const later = { tags: { team: 'office', more: 'yes' } };
    await cloud.provider().deployFunction(await deployment('set', { settings: later }));
    const unset = await scf.GetFunction({ FunctionName: 'set' });
    expect(unset).toMatchObject({ Role: '', VpcConfig: { VpcId: '' }, ClsTopicId: '', MemorySize: 256 });
    const tags = Object.fromEntries((unset.Tags ?? []).map(({ Key, Value }) => [Key, Value]));
    expect(tags).toEqual({
      team: 'office',
      more: 'yes',
      // Whoever else has set it.
      old: 'yes',
      'ropeway:project': 'shop',
      'ropeway:stage': 'dev',
      'ropeway:component': 'set',
    });
    expect(await cloud.get(url!)).toEqual({ status: 200, text: 'one' });
  });

  test('an environment and layers are taken back', async () => {
    const provider = cloud.provider();
    const full = { ...(await deployment('bare')), env: { A: '1' } };
    await provider.deployFunction(full);
    await provider.deployFunction({ ...full, env: {}, layers: [] });
    const { Environment, Layers } = await scf.GetFunction({ FunctionName: 'bare' });
    expect([Environment?.Variables, Layers]).toEqual([[], []]);
    // The version before has them still, to go back to.
    const { Layers: before } = await scf.GetFunction({ FunctionName: 'bare', Qualifier: '1' });
    expect(before).toHaveLength(1);
  });

  test('layers that the cloud has already stand beside those of the deployment', async () => {
    const { file } = await cloud.packages.make({ 'node_modules/given/index.js': 'module.exports = 2;\n' });
    const { LayerVersion } = await scf.PublishLayerVersion({
      LayerName: 'given',
      CompatibleRuntimes: ['Nodejs20.19'],
      Content: { ZipFile: readFileSync(file).toString('base64') },
    });
    await new Promise((resolve) => setTimeout(resolve, 200));
    const settings = { layers: [`given:${LayerVersion}`] };
    await cloud.provider().deployFunction(await deployment('layered', { settings }));
    const { Layers = [] } = await scf.GetFunction({ FunctionName: 'layered' });
    expect(Layers.map(({ LayerName }) => LayerName)).toEqual(['ropeway-layered-1', 'given']);
    await cloud.provider().removeFunction('layered');
    expect((await scf.ListLayers({})).Layers!.map(({ LayerName }) => LayerName)).toEqual(['given']);
    await scf.DeleteLayerVersion({ LayerName: 'given', LayerVersion: LayerVersion! });
    const wrong = { layers: ['arn:aws:lambda:eu-central-1:1:layer:x:1'] };
    await expect(
      cloud.provider().deployFunction(await deployment('layered', { settings: wrong })),
    ).rejects.toMatchObject({ code: 'INPUTS', expected: '`name:version`, such as `numpy:3`' });
  });

  test('a namespace is made, and the function is found in it', async () => {
    const settings = { namespace: 'shops' };
    const wanted = await deployment('spaced', { settings });
    const { url } = await cloud.provider().deployFunction(wanted);
    expect(await cloud.get(url!)).toEqual({ status: 200, text: 'one' });
    expect((await cloud.provider().findFunction('spaced'))!.version).toBe('1');
    expect((await cloud.provider().invoke('spaced', {})).result).toMatchObject({ body: 'one' });
    expect((await cloud.provider().deployFunction(wanted)).unchanged).toBe(true);
    await expect(cloud.provider().deployFunction(await deployment('spaced'))).rejects.toMatchObject({
      code: 'NAMESPACE_FIXED',
      expected: 'namespace: shops',
    });
    expect(await cloud.provider().removeFunction('spaced')).toBe(true);
    expect((await scf.ListFunctions({ Namespace: 'shops' })).TotalCount).toBe(0);
    await scf.DeleteNamespace({ Namespace: 'shops' });
  });
});

describe('what never changes of a function', () => {
  test('is said, and nothing is removed', async () => {
    await cloud.provider().deployFunction(await deployment('fixed'));
    const failing = cloud
      .provider()
      .deployFunction(await deployment('fixed', { cloud: { runtime: 'nodejs18' } }));
    await expect(failing).rejects.toMatchObject({
      code: 'RUNTIME_FIXED',
      expected: 'Event, Nodejs18.15',
      got: 'Event, Nodejs20.19',
    });
    await expect(
      cloud.provider().deployFunction(await webDeployment('fixed', 'exec node app.js')),
    ).rejects.toMatchObject({ code: 'RUNTIME_FIXED', expected: 'HTTP, Nodejs20.19' });
    expect((await cloud.provider().findFunction('fixed'))!.version).toBe('1');
  });

  test('is made anew when nothing serves yet, as is what could not be made', async () => {
    const wanted = await deployment('begun');
    const broken = await cloud.packages.make({ 'a.js': '' });
    appendFileSync(broken.file, 'no zip any more');
    const zip = Buffer.from('this is no zip').toString('base64');
    await scf.CreateFunction({
      FunctionName: 'begun',
      Runtime: 'Nodejs18.15',
      Handler: 'a.b',
      Code: { ZipFile: zip },
      Tags: [{ Key: 'ropeway:project', Value: 'shop' }],
    });
    expect(await settled(scf, 'begun')).toBe('CreateFailed');
    expect((await cloud.provider().deployFunction(wanted)).version).toBe('1');
    expect((await scf.GetFunction({ FunctionName: 'begun' })).Runtime).toBe('Nodejs20.19');

    // What is refused later is said with the reasons, serves nothing, and is mended by the next deployment.
    const failing = cloud.provider().deployFunction({ ...wanted, code: broken });
    await expect(failing).rejects.toMatchObject({
      code: 'CLOUD_REFUSED',
      message: 'SCF could not make begun.',
      got: expect.stringMatching(/^status UpdateFailed: [\w.]+: \S/) as string,
    });
    expect((await cloud.provider().deployFunction(wanted)).unchanged).toBe(true);
    expect((await scf.GetFunction({ FunctionName: 'begun' })).Status).toBe('Active');
  });
});

describe('packages', () => {
  test('that are too large for a call go over a bucket, which is empty then', async () => {
    const tencent = openTencent({
      region: REGION,
      endpoint: cloud.emulator.url,
      credentials: CREDENTIALS,
      env: {},
      signal: new AbortController().signal,
    });
    const { code } = await deployment('large');
    names.delete('large');
    const found = await withPackage(tencent, code, 10, async (place) => {
      expect(place).toEqual({
        CosBucketName: 'ropeway-ap-guangzhou',
        CosObjectName: `/packages/${code.digest}.zip`,
        CosBucketRegion: REGION,
      });
      await scf.CreateFunction({
        FunctionName: 'large',
        Runtime: 'Nodejs20.19',
        Handler: 'a.b',
        Code: place,
      });
      await settled(scf, 'large');
      return (await scf.GetFunctionAddress({ FunctionName: 'large' })).CodeSha256;
    });
    expect(found).toBe(code.digest);
    const cos = await tencent.cos();
    const at = { Bucket: `ropeway-ap-guangzhou-${await tencent.appId()}`, Region: REGION };
    expect((await cos.call('getBucket', at)).Contents).toEqual([]);
    expect((await cos.call('getBucketTagging', at)).Tags).toEqual([
      { Key: 'ropeway:for', Value: 'packages' },
    ]);
    await cos.call('deleteBucket', at);
    expect(await orUndefined(cos.call('getBucket', at))).toBeUndefined();
    await scf.DeleteFunction({ FunctionName: 'large' });
  });

  test('nothing is uploaded when nothing has changed', async () => {
    const wanted = await deployment('still');
    await cloud.provider().deployFunction(wanted);
    cloud.wire!.calls.length = 0;
    expect((await cloud.provider().deployFunction(wanted)).unchanged).toBe(true);
    const calls = cloud.wire!.calls.filter((call) => !/^scf (Get|List)/.test(call));
    expect(calls).toEqual([]);
  });

  test('code that somebody has uploaded by hand is replaced', async () => {
    const wanted = await deployment('byhand');
    const first = await cloud.provider().deployFunction(wanted);
    const { file } = await cloud.packages.make({ 'ropeway_handler.js': 'exports.handler = () => 1;' });
    const ZipFile = readFileSync(file).toString('base64');
    await scf.UpdateFunctionCode({ FunctionName: 'byhand', ZipFile });
    await settled(scf, 'byhand');
    expect((await cloud.provider().findFunction('byhand'))!.observed!['unpublished']).toBe('code');
    expect(await cloud.provider().deployFunction(wanted)).toEqual({ ...first, unchanged: true });
    const { CodeSha256 } = await scf.GetFunctionAddress({ FunctionName: 'byhand' });
    expect(CodeSha256).toBe(createHash('sha256').update(readFileSync(wanted.code.file)).digest('hex'));
  });
});

test('ten versions are kept, and layers that any of them uses', { timeout: 120_000 }, async () => {
  const first = await deployment('old');
  for (let nth = 1; nth <= 12; nth += 1) {
    const layer = await cloud.packages.make({ 'node_modules/n/index.js': `module.exports = ${nth};\n` });
    await cloud.provider().deployFunction({ ...first, env: { NTH: String(nth) }, layers: [layer] });
  }
  const { versions } = (await cloud.provider().findFunction('old'))!;
  expect(versions.map(({ version }) => version)).toEqual([
    '3',
    '4',
    '5',
    '6',
    '7',
    '8',
    '9',
    '10',
    '11',
    '12',
  ]);
  const { LayerVersions = [] } = await scf.ListLayerVersions({ LayerName: 'ropeway-old-1' });
  expect(LayerVersions).toHaveLength(10);
});

test('the endpoint comes with the environment', async () => {
  const provider = tencentProvider({
    region: REGION,
    env: { ...cloud.emulator.env, HTTPS_PROXY: 'http://127.0.0.1:1', HOME: '/nowhere' },
    signal: new AbortController().signal,
  });
  expect(await provider.findFunction('nobody')).toBeUndefined();
  expect(await provider.findSite('nobody')).toBeUndefined();
});

test('an endpoint where nobody answers is said to be unreachable', async () => {
  const provider = tencentProvider({
    region: REGION,
    credentials: CREDENTIALS,
    endpoint: 'http://127.0.0.1:1',
    env: {},
    tries: 1,
    signal: new AbortController().signal,
  });
  await expect(provider.findFunction('nobody')).rejects.toMatchObject({
    code: 'CLOUD_UNREACHABLE',
    got: expect.stringContaining('scf GetFunction') as string,
  });
});
