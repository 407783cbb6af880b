import fc from 'fast-check';
import { expect, test } from 'vitest';

import type { StateStore } from '../../src/components/state/store.ts';
import { memoryTarget, type MemoryTarget } from './fakes.ts';
import { deploy, remove, shop, store } from './shop.ts';

class Killed extends Error {}

/** Like a `kill -9`: from one moment on nothing is called and nothing is written. */
function killable(after: number): { target: MemoryTarget; store: StateStore; revive(): void } {
  let left = after;
  const step = (): void => {
    left -= 1;
    if (left < 0) throw new Killed();
  };
  return {
    target: memoryTarget(step),
    store: {
      ...store,
      write: async (record) => {
        step();
        await store.write(record);
      },
      remove: async (id) => {
        step();
        await store.remove(id);
      },
    },
    revive: () => {
      left = Infinity;
    },
  };
}

test('cut off at any moment, the next deployment or removal completes', async () => {
  const cases = fc.record({ deployCut: fc.nat(30), removeCut: fc.nat(30), again: fc.boolean() });
  await fc.assert(
    fc.asyncProperty(cases, async ({ deployCut, removeCut, again }) => {
      const { target, store: cut, revive } = killable(deployCut);
      await deploy(target, shop, { admin: 'django: mysite' }, { store: cut }).catch(() => undefined);
      revive();
      if (again) {
        const told = await deploy(target);
        expect(told.failed).toEqual({});
        expect([...target.functions.keys()].sort()).toEqual(['backoffice', 'shop-api', 'shop-jobs']);
        expect(target.functions.get('shop-api')!.versions).toHaveLength(1);
        let left = removeCut;
        const { removeFunction } = target.provider;
        target.provider.removeFunction = async (name) => {
          left -= 1;
          if (left < 0) throw new Killed();
          return removeFunction(name);
        };
        await remove(target);
        target.provider.removeFunction = removeFunction;
      }
      await remove(target);
      expect([target.functions.size, target.sites.size, store.list()]).toEqual([0, 0, []]);
    }),
    { numRuns: 60 },
  );
});
