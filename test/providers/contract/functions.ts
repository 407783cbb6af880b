import { expect } from 'vitest';

import type { LogLine, Provider } from '../../../src/providers/types.ts';
import { until } from '../../support/platform.ts';
import type { Cloud, ContractTest } from '../contract.ts';

/** Functions: what is deployed, seen, called, changed and removed. */
export const functionTests: ContractTest[] = [
  {
    title: 'a function is deployed and seen',
    run: async (cloud) => {
      const provider = cloud.provider();
      expect(await provider.findFunction('first')).toBeUndefined();
      const deployment = await cloud.deployment({ name: 'first', answer: 'one', env: { GREETING: 'hello' } });
      const deployed = await provider.deployFunction(deployment);
      expect(deployed.unchanged).toBe(false);
      expect(deployed.url).toMatch(/^https?:\/\//);
      const live = await cloud.provider().findFunction('first');
      expect(live).toMatchObject({
        name: 'first',
        version: deployed.version,
        versions: [{ version: deployed.version, labels: deployment.labels, code: deployment.code.digest }],
        url: deployed.url,
        routes: ['/*'],
      });
      expect(live!.canary).toBeUndefined();
      expect(Date.parse(live!.versions[0]!.createdAt)).toBeGreaterThan(0);
    },
  },
  {
    title: 'a deployment that changes nothing makes nothing',
    run: async (cloud) => {
      const deployment = await cloud.deployment({ name: 'same', answer: 'one' });
      const first = await cloud.provider().deployFunction(deployment);
      const before = await cloud.things();
      const second = await cloud.provider().deployFunction(deployment);
      expect(second).toEqual({ ...first, unchanged: true });
      expect(await cloud.things()).toEqual(before);
    },
  },
  {
    title: 'other code and another environment make a new version, and the old one stays',
    run: async (cloud) => {
      const { code } = await deploy(cloud, 'changing', 'one');
      const versions = [];
      for (const wish of [{ answer: 'two' }, { answer: 'two', env: { GREETING: 'hello' } }]) {
        const deployment = await cloud.deployment({ name: 'changing', ...wish });
        versions.push((await cloud.provider().deployFunction(deployment)).version);
      }
      const live = (await cloud.provider().findFunction('changing'))!;
      expect(live.version).toBe(versions[1]);
      expect(live.versions).toHaveLength(3);
      expect(live.versions[0]!.code).toBe(code);
      expect(live.versions.map(({ version }) => version).slice(1)).toEqual(versions);
    },
  },
  {
    title: 'labels are those of the last deployment, even when nothing else has changed',
    run: async (cloud) => {
      await deploy(cloud, 'relabelled', 'one');
      const labels = { project: 'shop', stage: 'dev', component: 'relabelled', deployment: 'other' };
      await cloud
        .provider()
        .deployFunction(await cloud.deployment({ name: 'relabelled', answer: 'one', labels }));
      const live = (await cloud.provider().findFunction('relabelled'))!;
      expect(live.versions.find(({ version }) => version === live.version)!.labels).toEqual(labels);
    },
  },
  {
    title: 'a function answers over HTTP',
    run: async (cloud) => {
      const { url } = await deploy(cloud, 'http', 'over http');
      expect(await cloud.get(url!)).toEqual({ status: 200, text: 'over http' });
    },
  },
  {
    title: 'a function is invoked, and an error of it comes with its traceback',
    run: async (cloud) => {
      await deploy(cloud, 'invoked', 'the answer');
      const provider = cloud.provider();
      const good = await provider.invoke('invoked', { say: 'hello' });
      expect(good.result).toMatchObject({ body: 'the answer' });
      expect(good.error).toBeUndefined();
      const bad = await provider.invoke('invoked', { fail: 'no such thing' });
      expect(bad.result).toBeUndefined();
      expect(bad.error).toMatchObject({
        code: 'FUNCTION_ERROR',
        message: expect.stringContaining('no such thing') as string,
      });
      expect(bad.error!.traceback).toContain('ropeway_handler');
    },
  },
  {
    title: 'what a function printed is told, once, and new lines as they come',
    run: async (cloud) => {
      await deploy(cloud, 'printing', 'one');
      const provider = cloud.provider();
      await provider.invoke('printing', { print: 'first line' });
      const read = async (filter: string): Promise<LogLine[]> => {
        const lines = [];
        const signal = AbortSignal.timeout(20_000);
        for await (const line of provider.logs('printing', { since: 0, filter, follow: false, signal }))
          lines.push(line);
        return lines;
      };
      await until(async () => (await read('first line')).length > 0);
      expect(await read('first line')).toHaveLength(1);
      expect(await read('never printed')).toEqual([]);

      const ending = new AbortController();
      const followed: string[] = [];
      const following = (async () => {
        const query = { since: 0, filter: 'line', follow: true, signal: ending.signal };
        for await (const { line } of provider.logs('printing', query)) followed.push(line);
      })();
      await until(() => followed.length === 1);
      await provider.invoke('printing', { print: 'second line' });
      await until(() => followed.length === 2);
      ending.abort();
      await following;
      expect(followed.map((line) => /(first|second) line/.exec(line)?.[0])).toEqual([
        'first line',
        'second line',
      ]);
    },
  },
  {
    title: 'a canary gets its share, and the next deployment ends it',
    run: async (cloud) => {
      const first = await deploy(cloud, 'canary', 'one');
      const wish = { name: 'canary', answer: 'two' };
      const canary = await cloud.provider().deployFunction(await cloud.deployment({ ...wish, canary: 0.25 }));
      expect(canary.version).not.toBe(first.version);
      expect(await cloud.provider().findFunction('canary')).toMatchObject({
        version: first.version,
        canary: { version: canary.version, weight: 0.25 },
      });
      const whole = await cloud.provider().deployFunction(await cloud.deployment(wish));
      expect(whole).toMatchObject({ version: canary.version, unchanged: true });
      const live = await cloud.provider().findFunction('canary');
      expect(live!.version).toBe(canary.version);
      expect(live!.canary).toBeUndefined();
    },
  },
  {
    title: 'traffic is set to a version, to two, and back',
    run: async (cloud) => {
      const first = await deploy(cloud, 'back', 'one');
      const second = await deploy(cloud, 'back', 'two');
      const provider = cloud.provider();
      const see = async (): Promise<unknown> => {
        const { version, canary } = (await provider.findFunction('back'))!;
        return canary === undefined ? version : [version, canary];
      };
      await provider.setTraffic('back', { version: first.version });
      expect(await see()).toBe(first.version);
      await provider.setTraffic('back', {
        version: first.version,
        canary: { version: second.version, weight: 0.5 },
      });
      expect(await see()).toEqual([first.version, { version: second.version, weight: 0.5 }]);
      await provider.setTraffic('back', { version: second.version });
      expect(await see()).toBe(second.version);
      await expect(provider.setTraffic('back', { version: '99' })).rejects.toMatchObject({
        code: 'NO_SUCH_VERSION',
      });
    },
  },
  {
    title: 'what was changed by hand is seen',
    run: async (cloud) => {
      const { deployment } = await deploy(cloud, 'drift', 'one');
      const before = (await cloud.provider().findFunction('drift'))!.observed!;
      expect((await cloud.provider().findFunction('drift'))!.observed).toEqual(before);
      const { part } = await cloud.byHand.change('drift');
      const after = (await cloud.provider().findFunction('drift'))!.observed!;
      const changed = Object.keys(after).filter((key) => after[key] !== before[key]);
      expect(changed).toContain(part);
      await cloud.provider().deployFunction(deployment);
      expect((await cloud.provider().findFunction('drift'))!.observed).toEqual(before);
    },
  },
  {
    title: 'the environment is seen as it was given',
    run: async (cloud) => {
      await cloud
        .provider()
        .deployFunction(
          await cloud.deployment({ name: 'env', answer: 'one', env: { GREETING: 'grüß = Gott' } }),
        );
      const { observed, observedEnv } = (await cloud.provider().findFunction('env'))!;
      expect(observedEnv).toMatchObject({ GREETING: 'grüß = Gott' });
      expect(JSON.stringify(observed)).not.toContain('Gott');
    },
  },
  {
    title: 'an app that does not load leaves the old version serving, and its traceback is told',
    run: async (cloud) => {
      const good = await deploy(cloud, 'breaking', 'good');
      const broken = await cloud.deployment({
        name: 'breaking',
        answer: 'bad',
        broken: 'the database has gone',
      });
      const failing = cloud.provider().deployFunction(broken);
      const error = (await failing.catch((thrown: unknown) => thrown)) as { code?: string; detail?: string };
      // The platform of this machine has its own word for it.
      expect(error.code).toMatch(/^(APP_NOT_LOADED|INIT_FAILED)$/);
      expect(error.detail).toContain('the database has gone');
      expect((await cloud.provider().findFunction('breaking'))!.version).toBe(good.version);
      const mended = await deploy(cloud, 'breaking', 'mended');
      expect((await cloud.provider().findFunction('breaking'))!.version).toBe(mended.version);
    },
  },
  {
    title: 'a function without routes has no address',
    run: async (cloud) => {
      const wish = { name: 'quiet', answer: 'one' };
      expect((await cloud.provider().deployFunction(await cloud.deployment(wish))).url).toBeDefined();
      const without = await cloud.provider().deployFunction(await cloud.deployment({ ...wish, routes: [] }));
      expect(without.url).toBeUndefined();
      const live = await cloud.provider().findFunction('quiet');
      expect(live!.url).toBeUndefined();
      expect(live!.routes).toEqual([]);
    },
  },
  {
    title: 'a function is removed with all that was made for it, and once',
    run: async (cloud) => {
      const before = await cloud.things();
      await deploy(cloud, 'leaving', 'one');
      await deploy(cloud, 'leaving', 'two');
      expect(await cloud.provider().removeFunction('leaving')).toBe(true);
      expect(await cloud.things()).toEqual(before);
      expect(await cloud.provider().removeFunction('leaving')).toBe(false);
      expect(await cloud.provider().findFunction('leaving')).toBeUndefined();
    },
  },
  {
    title: 'whose a function is that others have made is seen: nobody of ours',
    run: async (cloud) => {
      await cloud.byHand.create('stranger');
      const live = (await cloud.provider().findFunction('stranger'))!;
      expect(live.versions.at(-1)!.labels).toEqual({});
    },
  },
];

async function deploy(
  cloud: Cloud,
  name: string,
  answer: string,
): Promise<
  Awaited<ReturnType<Provider['deployFunction']>> & {
    code: string;
    deployment: Awaited<ReturnType<Cloud['deployment']>>;
  }
> {
  const deployment = await cloud.deployment({ name, answer });
  return { ...(await cloud.provider().deployFunction(deployment)), code: deployment.code.digest, deployment };
}
