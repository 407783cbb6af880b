import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { growthPerSample } from '../../../src/insight/profile/growth.ts';
import { shownTree } from '../../../src/insight/profile/shown-tree.ts';
import type { ImportNode } from '../../../src/insight/types.ts';

describe('growth', () => {
  it('is what comes with each request', () => {
    fc.assert(
      fc.property(fc.integer({ min: 4, max: 60 }), fc.integer({ min: -50, max: 50 }), (count, each) => {
        const samples = Array.from({ length: count }, (_, index) => 1000 + index * each);
        expect(growthPerSample(samples)).toBeCloseTo(each, 6);
      }),
    );
  });

  it('is nothing where memory takes one step', () => {
    const samples = Array.from({ length: 40 }, (_, index) => (index < 35 ? 100 : 164));
    expect(growthPerSample(samples)).toBe(0);
    expect(growthPerSample([1, 2])).toBe(0);
    expect(growthPerSample([])).toBe(0);
  });
});

describe('the part of a tree that is shown', () => {
  const node = (name: string, selfMs: number, children: ImportNode[] = []): ImportNode => ({
    name,
    selfMs,
    totalMs: children.reduce((sum, { totalMs }) => sum + totalMs, selfMs),
    owner: 'app',
    children,
  });

  it('opens the most expensive path, and sums up the rest', () => {
    const tree = [
      node('app', 1, [node('cheap', 2), node('dear', 10, [node('core', 90)]), node('tiny', 0.1)]),
    ];
    const shown = shownTree(tree, 4).map(({ depth, node: one, rest }) => [depth, one?.name ?? rest]);
    expect(shown).toEqual([
      [0, 'app'],
      [1, 'dear'],
      [2, 'core'],
      [1, 'cheap'],
      [1, { count: 1, ms: 0.1 }],
    ]);
  });

  it('loses no time, however few lines there are', () => {
    const ms = fc.integer({ min: 0, max: 100 });
    const { tree } = fc.letrec<{ tree: ImportNode }>((tie) => ({
      tree: fc.oneof(
        { maxDepth: 4 },
        ms.map((own) => node('x', own)),
        fc
          .tuple(ms, fc.array(tie('tree'), { maxLength: 3 }))
          .map(([own, children]) => node('x', own, children)),
      ),
    }));
    fc.assert(
      fc.property(
        fc.array(tree, { minLength: 1, maxLength: 3 }),
        fc.integer({ min: 1, max: 20 }),
        (roots, lines) => {
          const shown = shownTree(roots, lines);
          const level = shown.filter(({ depth }) => depth === 0);
          if (level.length === 0) return;
          const sum = level.reduce((total, { node: one, rest }) => total + (one?.totalMs ?? rest!.ms), 0);
          expect(sum).toBeCloseTo(
            roots.reduce((total, { totalMs }) => total + totalMs, 0),
            6,
          );
        },
      ),
    );
  });
});
