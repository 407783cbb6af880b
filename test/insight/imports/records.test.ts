import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { framed } from '../../../src/insight/imports/node/hooks.ts';
import { type LoadedModule, readRecords } from '../../../src/insight/imports/records.ts';
import { costByOwner, importTree } from '../../../src/insight/imports/tree.ts';

const lines = (...records: unknown[][]): string =>
  records.map((record) => `${JSON.stringify(record)}\n`).join('');

const brief = (modules: LoadedModule[]): [string, number, string | undefined][] =>
  modules.map(({ key, selfMs, parent }) => [key, selfMs, parent]);

describe('records of imports', () => {
  it('are nested as the imports were, each without what it imports', () => {
    const text = lines(
      ['i', 'json.decoder', '/d.py', 12, 14, 0, 0, 2],
      ['i', 'json', '/j.py', 11, 16, 0, 0, 1],
      ['i', 'app', '/app.py', 10, 30, 0, 0, 0],
      ['i', 'late', '/late.py', 50, 51, 0, 0, 0],
    );
    expect(brief(readRecords(text).modules)).toEqual([
      ['json.decoder', 2, 'json'],
      ['json', 3, 'app'],
      ['app', 15, undefined],
      ['late', 1, undefined],
    ]);
  });

  it('do not count a package as a part of its own submodule', () => {
    const text = lines(
      ['i', 'a', '/a.py', 1, 5, 100, 500, 2],
      ['i', 'a.b', '/b.py', 0, 8, 100, 900, 1],
      ['i', 'app', '/app.py', 0, 10, 100, 1000, 0],
    );
    const { modules } = readRecords(text);
    expect(brief(modules)).toEqual([
      ['a', 4, 'app'],
      ['a.b', 4, 'app'],
      ['app', 2, undefined],
    ]);
    expect(modules.map(({ selfBytes }) => selfBytes)).toEqual([400, 400, 100]);
  });

  it('leave what a module imported that failed to load where that was', () => {
    const text = lines(
      ['i', 'helper', '/h.py', 1, 2, 0, 0, 2],
      // `broken` at depth 1 raised: it has no line.
      ['i', 'other', '/o.py', 3, 5, 0, 0, 1],
      ['i', 'app', '/app.py', 0, 10, 0, 0, 0],
    );
    expect(brief(readRecords(text).modules)).toEqual([
      ['helper', 1, 'app'],
      ['other', 2, 'app'],
      ['app', 7, undefined],
    ]);
  });

  it('put ES modules below who imported them first, and CommonJS modules below the ES module that loads them', () => {
    const text = lines(
      ['e', 'file:///app.js', 'file:///ropeway/load.js'],
      ['e', 'file:///lib.js', 'file:///app.js'],
      ['e', 'file:///app.js', 'file:///lib.js'],
      ['m', 'file:///lib.js', 1, 3, 0, 0],
      ['i', '/cjs.js', '/cjs.js', 5, 6, 0, 0, 0],
      ['m', 'file:///app.js', 4, 10, 0, 0],
    );
    const { modules, hasEsModules } = readRecords(text);
    expect(hasEsModules).toBe(true);
    const found = new Map(modules.map(({ key, selfMs, parent }) => [key, [selfMs, parent]]));
    expect(found.get('/cjs.js')).toEqual([1, '/app.js']);
    expect(found.get('/lib.js')).toEqual([2, '/app.js']);
    // A cycle is cut.
    expect(found.get('/app.js')).toEqual([5, undefined]);
  });

  it('may end in the middle of a line', () => {
    const text = lines(['u', ['file:///x%20y.js'], 7], ['u', []]);
    expect(readRecords(text.slice(0, -3)).used).toEqual([{ files: ['/x y.js'], heap: 7 }]);
  });

  it('add up to the whole, however imports are nested', () => {
    interface Spec {
      own: number;
      children: Spec[];
    }
    const own = fc.integer({ min: 1, max: 50 });
    const { tree } = fc.letrec<{ tree: Spec }>((tie) => ({
      tree: fc.oneof(
        { maxDepth: 4 },
        own.map((ms): Spec => ({ own: ms, children: [] })),
        fc.record({ own, children: fc.array(tie('tree'), { maxLength: 3 }) }),
      ),
    }));
    fc.assert(
      fc.property(fc.array(tree, { minLength: 1, maxLength: 3 }), (specs) => {
        const records: unknown[][] = [];
        let [clock, count] = [0, 0];
        const owns: number[] = [];
        const play = (spec: Spec, depth: number): void => {
          const [start, name] = [clock, `m${(count += 1)}`];
          owns.push(spec.own);
          clock += spec.own;
          for (const child of spec.children) play(child, depth + 1);
          records.push(['i', name, `/${name}`, start, clock, start * 10, clock * 10, depth]);
        };
        for (const spec of specs) play(spec, 0);
        const { modules } = readRecords(lines(...records));
        const roots = importTree({
          times: [modules],
          memory: [],
          ownerOf: () => 'app',
          nameOf: ({ key }) => key,
        });
        expect(modules).toHaveLength(count);
        expect(roots.reduce((sum, { totalMs }) => sum + totalMs, 0)).toBe(clock);
        const ascending = (a: number, b: number): number => a - b;
        expect(modules.map(({ selfMs }) => selfMs).sort(ascending)).toEqual(owns.sort(ascending));
        expect(modules.every(({ selfMs, selfBytes }) => selfBytes === selfMs * 10)).toBe(true);
      }),
    );
  });
});

describe('an import tree', () => {
  const module = (key: string, parent: string | undefined, selfMs: number, megabytes = 0): LoadedModule => ({
    key,
    file: `/${key}`,
    selfMs,
    selfBytes: megabytes * 1024 * 1024,
    parent,
  });
  const owner: Record<string, string> = {
    app: 'app',
    flask: 'Flask',
    click: 'click',
    json: '(standard library)',
  };
  const ownerOf = ({ key }: LoadedModule): string | undefined => owner[key];
  const nameOf = ({ key }: LoadedModule): string => key;

  it('has the medians of several processes', () => {
    const run = (...ms: number[]): LoadedModule[] => [
      module('flask', 'app', ms[0]!),
      module('app', undefined, ms[1]!),
    ];
    const [app] = importTree({
      times: [run(10, 1), run(30, 2), run(20, 9)],
      memory: [[module('flask', 'app', 0, 4), module('app', undefined, 0, 1)]],
      ownerOf,
      nameOf,
    });
    expect(app).toMatchObject({ name: 'app', selfMs: 2, totalMs: 22, totalMb: 5 });
    expect(app!.children).toMatchObject([{ name: 'flask', totalMs: 20, totalMb: 4, owner: 'Flask' }]);
  });

  it('says nothing of memory where nobody could tell, and leaves out what is not the app’s affair', () => {
    const modules = [module('ours', 'app', 5), module('below', 'ours', 7), module('app', undefined, 1)];
    const [app] = importTree({ times: [modules], memory: [modules], ownerOf, nameOf });
    expect(app).toEqual({ name: 'app', selfMs: 1, totalMs: 1, owner: 'app', children: [] });
  });

  it('is summed up by owner, what it brings along once', () => {
    const modules = [
      module('click', 'flask', 3, 1),
      module('json', 'flask', 2, 1),
      module('flask', 'app', 5, 1),
      module('app', undefined, 1, 1),
    ];
    const tree = importTree({ times: [modules], memory: [modules], ownerOf, nameOf });
    expect(costByOwner(tree)).toEqual([
      { owner: 'Flask', modules: 1, ms: 5, withOthersMs: 10, withOthersMb: 3 },
      { owner: 'click', modules: 1, ms: 3, withOthersMs: 3, withOthersMb: 1 },
      { owner: '(standard library)', modules: 1, ms: 2, withOthersMs: 2, withOthersMb: 1 },
      { owner: 'app', modules: 1, ms: 1, withOthersMs: 11, withOthersMb: 4 },
    ]);
  });
});

describe('the source of an ES module that tells when it runs', () => {
  it('keeps its first line, its lines, and what it does', async () => {
    const text = framed('#!/usr/bin/env node\nexport const line = new Error().stack; // end', 'file:///x.js');
    expect(text.split('\n')[0]).toBe('#!/usr/bin/env node');
    const loaded = (await import(`data:text/javascript,${encodeURIComponent(text)}`)) as { line: string };
    expect(loaded.line).toMatch(/:2:/);
  });
});
