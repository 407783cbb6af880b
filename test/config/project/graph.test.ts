import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { checkGraph, dependencies, dependents, deployOrder } from '../../../src/config/project/graph.ts';
import type { ComponentEntry } from '../../../src/config/project/load.ts';
import { RopewayError } from '../../../src/lib/errors.ts';
import { entryOf, told } from '../support.ts';

/** Random components; an edge may lead anywhere. */
const graphs = fc
  .integer({ min: 1, max: 12 })
  .chain((size) =>
    fc.array(fc.uniqueArray(fc.nat(size - 1), { maxLength: 4 }), { minLength: size, maxLength: size }),
  )
  .map((edges) =>
    edges.map((to, index) =>
      entryOf(
        `c${index}`,
        to.map((other) => `c${other}`),
      ),
    ),
  );

describe('the graph of components', () => {
  const shop = [
    entryOf('gateway', ['api', 'web']),
    entryOf('api', ['files']),
    entryOf('web'),
    entryOf('files'),
  ];

  it('tells what each needs, and who needs it', () => {
    checkGraph(shop);
    expect(plain(dependencies(shop))).toEqual({
      gateway: ['api', 'web'],
      api: ['files'],
      web: [],
      files: [],
    });
    expect(plain(dependents(shop))).toEqual({
      gateway: [],
      api: ['gateway'],
      web: ['gateway'],
      files: ['api'],
    });
    expect(deployOrder(shop).map((row) => row.map(({ alias }) => alias))).toEqual([
      ['web', 'files'],
      ['api'],
      ['gateway'],
    ]);
  });

  it('shows the way round a circle and where each step is written', async () => {
    const circle = [
      entryOf('start', ['a']),
      entryOf('a', ['b'], { list: ['x ${b.url}'] }),
      entryOf('b', ['c'], { deep: { at: '${c}' } }),
      entryOf('c', ['a']),
    ];
    expect(await told(() => checkGraph(circle))).toBe(
      'Components wait for one another in a circle: a → b → c → a [CYCLE]\n' +
        '  file:a.list.0: a needs b\n' +
        '  file:b.deep.at: b needs c\n' +
        '  file:c: c needs a\n' +
        '  to mend:  take one of these references, or a dependsOn, out',
    );
    expect(await told(() => checkGraph([entryOf('a', ['a'], { x: '${a.y}' })]))).toContain(
      'in a circle: a → a [CYCLE]',
    );
  });

  it('names the nearest component for one that there is not', async () => {
    expect(await told(() => checkGraph([entryOf('web'), entryOf('api', ['wbe'], { x: '${wbe.url}' })]))).toBe(
      'file:api.x: there is no component `wbe`. [UNKNOWN_REFERENCE]\n' +
        '  expected: one of web, api\n' +
        '  to mend:  did you mean `web`?',
    );
    expect(await told(() => checkGraph([entryOf('web', ['database'])]))).toBe(
      'file:web: there is no component `database`. [UNKNOWN_REFERENCE]\n  expected: one of web',
    );
  });

  it('goes through chains of any length', () => {
    const chain = Array.from({ length: 20_000 }, (_, i) => entryOf(`c${i}`, i === 0 ? [] : [`c${i - 1}`]));
    checkGraph(chain.toReversed());
  });

  it('finds a circle if and only if there is one, and what it shows is one', () => {
    fc.assert(
      fc.property(graphs, (components) => {
        const way = circleOf(components);
        expect(way !== undefined).toBe(hasCircle(components));
        if (way === undefined) return;
        expect(way.length).toBeGreaterThan(1);
        expect(way[0]).toBe(way.at(-1));
        expect(new Set(way).size).toBe(way.length - 1);
        const needs = dependencies(components);
        for (const [index, alias] of way.slice(1).entries()) expect(needs.get(way[index]!)).toContain(alias);
      }),
      { numRuns: 1000 },
    );
  });

  it('has each after what it needs, each once, in an order that has no circle', () => {
    fc.assert(
      fc.property(graphs, (components) => {
        fc.pre(!hasCircle(components));
        const done = new Set<string>();
        for (const row of deployOrder(components)) {
          for (const { dependsOn } of row) for (const alias of dependsOn) expect(done).toContain(alias);
          for (const { alias } of row) {
            expect(done).not.toContain(alias);
            done.add(alias);
          }
        }
        expect(done.size).toBe(components.length);
      }),
    );
  });

  it('needs and is needed are the same edges', () => {
    fc.assert(
      fc.property(graphs, (components) => {
        const edges = (graph: Map<string, ReadonlySet<string>>): [string, string][] =>
          [...graph].flatMap(([from, to]) => [...to].map((other): [string, string] => [from, other]));
        const needed = edges(dependents(components)).map(([from, to]) => [to, from]);
        expect(needed.map(String).toSorted()).toEqual(edges(dependencies(components)).map(String).toSorted());
      }),
    );
  });
});

function circleOf(components: ComponentEntry[]): string[] | undefined {
  try {
    checkGraph(components);
    return undefined;
  } catch (error) {
    if (!(error instanceof RopewayError) || error.code !== 'CYCLE') throw error;
    return error.message.split(': ')[1]!.split(' → ');
  }
}

/** Another way to find out: take away who needs nothing that is left, until nobody is. */
function hasCircle(components: ComponentEntry[]): boolean {
  let left = components;
  for (;;) {
    const names = new Set(left.map(({ alias }) => alias));
    const rest = left.filter(({ dependsOn }) => dependsOn.some((alias) => names.has(alias)));
    if (rest.length === left.length) return left.length > 0;
    left = rest;
  }
}

function plain(graph: Map<string, ReadonlySet<string>>): Record<string, string[]> {
  return Object.fromEntries([...graph].map(([alias, others]) => [alias, [...others]]));
}
