import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { addVersion, removeFunction, setAlias } from '../../src/platform/deployments/changes.ts';
import { allRoutes, changeRoutes, setFunctionRoutes } from '../../src/platform/deployments/routes.ts';
import { specSchema } from '../../src/platform/deployments/schema.ts';
import { type Deployments, NO_DEPLOYMENTS, type Route } from '../../src/platform/deployments/types.ts';

const spec = specSchema.parse({
  entry: { runtime: 'node', interface: 'listener', root: '/app', file: '/app/index.js', nodeOptions: [] },
  sourceRoot: '/app',
});

function withFunctions(...names: string[]): Deployments {
  return names.reduce((all, name) => {
    const added = addVersion(all, name, spec, new Date(0)).deployments;
    return setAlias(added, name, 'live', { version: 1, weights: {} });
  }, NO_DEPLOYMENTS);
}

const route = (path: string, fn: string, more: Partial<Route> = {}): Route => ({
  path,
  stage: '',
  function: fn,
  alias: 'live',
  ...more,
});

const paths = (deployments: Deployments): string[] =>
  allRoutes(deployments)
    .map(({ path, methods }) => `${methods?.join() ?? ''}${path}`)
    .sort();

describe('changing routes', () => {
  it('takes some away and adds others at once; what is not there is no failure', () => {
    const before = changeRoutes(
      withFunctions('a', 'b'),
      [],
      [route('/a/*', 'a'), route('/b/*', 'b')],
    ).deployments;
    const after = changeRoutes(before, [{ path: '/a/*' }, { path: '/nowhere' }], [route('/c/*', 'a')]);
    expect([paths(after.deployments), after.removed]).toEqual([['/b/*', '/c/*'], 1]);
    expect(paths(before)).toEqual(['/a/*', '/b/*']);
  });

  it('knows routes by host, path and methods', () => {
    const get = route('/a', 'a', { methods: ['GET'] });
    const post = route('/a', 'a', { methods: ['POST'] });
    const before = changeRoutes(withFunctions('a'), [], [get, post]).deployments;
    expect(paths(changeRoutes(before, [{ path: '/a', methods: ['GET'] }], []).deployments)).toEqual([
      'POST/a',
    ]);
    expect(
      changeRoutes(before, [{ path: '/a' }, { path: '/a', host: 'x.y', methods: ['GET'] }], []).removed,
    ).toBe(0);
  });

  it('changes nothing when the new ones contradict, or lead nowhere', () => {
    const before = changeRoutes(withFunctions('a'), [], [route('/a/*', 'a')]).deployments;
    expect(() => changeRoutes(before, [], [route('/a/*', 'a')])).toThrow(
      expect.objectContaining({ code: 'ROUTE_CONFLICT' }),
    );
    expect(() => changeRoutes(before, [], [route('/b/*', 'b')])).toThrow(
      expect.objectContaining({ code: 'NO_SUCH_FUNCTION' }),
    );
  });

  it('a gateway’s routes outlive publications of their function, and go with it', () => {
    const before = changeRoutes(
      withFunctions('a'),
      [],
      [route('/a/*', 'a'), route('/v1/*', 'a', { gateway: 'front' })],
    ).deployments;
    const published = setFunctionRoutes(before, 'a', [route('/new/*', 'a')]);
    expect(paths(published)).toEqual(['/new/*', '/v1/*']);
    expect(paths(removeFunction(published, 'a'))).toEqual([]);
  });

  it('is what it would be one by one', () => {
    const names = fc.uniqueArray(fc.constantFrom('/a', '/b', '/c', '/d', '/e'), { maxLength: 5 });
    fc.assert(
      fc.property(names, names, names, (there, gone, added) => {
        const start = changeRoutes(
          withFunctions('f'),
          [],
          there.map((path) => route(path, 'f')),
        ).deployments;
        const fresh = added.filter((path) => !there.includes(path) || gone.includes(path));
        const { deployments, removed } = changeRoutes(
          start,
          gone.map((path) => ({ path })),
          fresh.map((path) => route(path, 'f')),
        );
        expect(paths(deployments)).toEqual(
          [...there.filter((path) => !gone.includes(path)), ...fresh].sort(),
        );
        expect(removed).toBe(there.filter((path) => gone.includes(path)).length);
      }),
    );
  });
});
