import { expect } from 'vitest';

import type { Provider } from '../../../src/providers/types.ts';
import type { Cloud, ContractTest } from '../contract.ts';

/**
 * With CUTS=all in the environment everything is cut off at every call. Else after each call that changes something, which leaves the same: between two of
 * them the cloud is as after the first, whatever was asked meanwhile, and who goes on remembers nothing.
 */
const AT_EVERY_CALL = process.env['CUTS'] === 'all';
export const MOMENTS = AT_EVERY_CALL ? (['before', 'after'] as const) : (['after'] as const);

/** What was cut off at any call is finished by doing it again, or taken away by a removal. All need a wire. */
export const cutTests: ContractTest[] = [
  ...MOMENTS.map((when): ContractTest => ({
    title: `a deployment that is cut off ${when} any call is finished by the next`,
    seconds: 600,
    run: (cloud) =>
      cutEverywhere(cloud, when, {
        prepare: async () => undefined,
        act: async (provider) => {
          await provider.deployFunction(await cloud.deployment({ name: 'cut', answer: 'one' }));
        },
      }),
  })),
  {
    title: 'a second deployment that is cut off after any call is finished by the next',
    seconds: 600,
    run: (cloud) =>
      cutEverywhere(cloud, 'after', {
        prepare: async (provider) => {
          await provider.deployFunction(await cloud.deployment({ name: 'cut', answer: 'one' }));
        },
        act: async (provider) => {
          const wish = { name: 'cut', answer: 'two', env: { GREETING: 'hello' } };
          await provider.deployFunction(await cloud.deployment(wish));
        },
      }),
  },
  {
    title: 'a removal that is cut off after any call is finished by the next',
    seconds: 600,
    run: (cloud) =>
      cutEverywhere(cloud, 'after', {
        prepare: async (provider) => {
          await provider.deployFunction(await cloud.deployment({ name: 'cut', answer: 'one' }));
        },
        act: async (provider) => {
          // As components do it: only what is there, and ours, is removed.
          if ((await provider.findFunction('cut')) !== undefined) await provider.removeFunction('cut');
        },
      }),
  },
  {
    title: 'a removal finds what a deployment left that was cut off after any call',
    seconds: 600,
    run: async (cloud) => {
      const empty = await cloud.things();
      const deployment = await cloud.deployment({ name: 'cut', answer: 'one' });
      for (let nth = 1; await isCut(cloud, nth, 'after', (one) => one.deployFunction(deployment)); nth += 1) {
        const live = await cloud.provider().findFunction('cut');
        if (live !== undefined) {
          expect(live.versions.at(-1)?.labels, `cut ${nth}`).toMatchObject(ownerOf(deployment.labels));
          expect(await cloud.provider().removeFunction('cut')).toBe(true);
        }
        expect(await cloud.things(), `cut ${nth}`).toEqual(empty);
      }
      await cloud.provider().removeFunction('cut');
    },
  },
  {
    title: "a site's deployment and removal that are cut off after any call are finished by the next",
    seconds: 600,
    run: async (cloud) => {
      const [one, two] = await Promise.all([
        cloud.site('cut-site', { 'index.html': 'one', 'gone.txt': 'gone' }),
        cloud.site('cut-site', { 'index.html': 'two', 'new.txt': 'new' }),
      ]);
      const remove = async (provider: Provider): Promise<void> => {
        if ((await provider.findSite('cut-site')) !== undefined) await provider.removeSite('cut-site');
      };
      await cutEverywhere(cloud, 'after', {
        prepare: async () => undefined,
        act: async (provider) => void (await provider.deploySite(one)),
        clean: remove,
      });
      await cutEverywhere(cloud, 'after', {
        prepare: async (provider) => void (await provider.deploySite(one)),
        act: async (provider) => void (await provider.deploySite(two)),
        clean: remove,
      });
      await cutEverywhere(cloud, 'after', {
        prepare: async (provider) => void (await provider.deploySite(one)),
        act: remove,
        clean: remove,
      });
    },
  },
  {
    title: "a gateway's deployment and removal that are cut off after any call are finished by the next",
    seconds: 600,
    run: async (cloud) => {
      for (const name of ['cut-a', 'cut-b'])
        await cloud.provider().deployFunction(await cloud.deployment({ name, answer: name, routes: [] }));
      const host = cloud.host === undefined ? {} : { host: cloud.host };
      const one = [
        { ...host, path: '/a/*', function: 'cut-a' },
        { ...host, path: '/b', function: 'cut-b', methods: ['GET'] },
      ];
      const two = [{ ...host, path: '/a/*', function: 'cut-b' }];
      const both = [...one, ...two];
      const deploy = async (provider: Provider, routes: typeof one): Promise<void> =>
        void (await provider.deployGateway({ name: 'cut-api', routes, before: both }));
      const clean = async (provider: Provider): Promise<void> =>
        void (await provider.removeGateway(both, 'cut-api'));
      await cutEverywhere(cloud, 'after', {
        prepare: async () => undefined,
        act: (provider) => deploy(provider, one),
        clean,
      });
      await cutEverywhere(cloud, 'after', {
        prepare: (provider) => deploy(provider, one),
        act: (provider) => deploy(provider, two),
        clean,
      });
      await cutEverywhere(cloud, 'after', {
        prepare: (provider) => deploy(provider, one),
        act: clean,
        clean,
      });
      for (const name of ['cut-a', 'cut-b']) await cloud.provider().removeFunction(name);
    },
  },
];

export interface Trial {
  /** What was there before. */
  prepare(provider: Provider): Promise<void>;
  /** What is cut off, and then done again. */
  act(provider: Provider): Promise<void>;
  /** Default: the function `cut` is removed. */
  clean?(provider: Provider): Promise<void>;
}

/** Cuts what is done at its first call, at its second… (see AT_EVERY_CALL) and each time does it again: it is to end as if nothing had happened. */
export async function cutEverywhere(cloud: Cloud, when: 'before' | 'after', trial: Trial): Promise<void> {
  const { prepare, act } = trial;
  const clean = trial.clean ?? (async (provider) => void (await provider.removeFunction('cut')));
  const empty = await cloud.things();
  await prepare(cloud.provider());
  await act(cloud.provider());
  const whole = await cloud.things();
  let cuts = 0;
  for (let nth = 1; ; nth += 1) {
    await clean(cloud.provider());
    expect(await cloud.things(), `after cut ${nth - 1}`).toEqual(empty);
    await prepare(cloud.provider());
    if (!(await isCut(cloud, nth, when, act))) break;
    cuts += 1;
    await act(cloud.provider());
    expect(await cloud.things(), `cut ${nth}: ${cloud.wire!.calls.length} calls`).toEqual(whole);
  }
  await clean(cloud.provider());
  expect(cuts).toBeGreaterThan(0);
}

/** Does it and cuts it off at the nth call that changes something, with the command. False: it was done before that call came. */
async function isCut(
  { wire, provider, reads }: Cloud,
  nth: number,
  when: 'before' | 'after',
  act: (provider: Provider) => Promise<unknown>,
): Promise<boolean> {
  if (wire === undefined) throw new Error('this test needs a wire, or to be skipped');
  const command = new AbortController();
  let isDone = false;
  wire.cut(
    nth,
    when,
    () => command.abort(new Error(`cut off ${when} call ${nth}`)),
    (name) => AT_EVERY_CALL || reads?.test(name) !== true,
  );
  try {
    await act(provider(command.signal));
    isDone = true;
  } catch (error) {
    if (!command.signal.aborted) throw error;
  }
  wire.heal();
  return !isDone;
}

function ownerOf({ project, stage, component }: Record<string, string>): Record<string, string | undefined> {
  return { project, stage, component };
}
