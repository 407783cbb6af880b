import { execFileSync } from 'node:child_process';
import { mkdirSync, realpathSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { RopewayError } from '../../src/lib/errors.ts';
import { needsOf, readPackages } from '../../src/packaging/node/installed.ts';
import { type Layout, layOut } from '../../src/packaging/node/layout.ts';
import { neededByOptions, withoutCompilers } from '../../src/packaging/node/node-options.ts';
import { nodeApp } from '../support/node-apps.ts';
import { errorOf, folderWith, manifest, write } from './support.ts';

function layout(dir: string, importers = ['']): Layout {
  return layOut({ dir, importers, extra: [], manifests: true, packages: readPackages() });
}

function places({ placements }: Layout): string[] {
  return placements.map(({ path, installed }) => `${path} ${installed.manifest.version}`);
}

describe('needs', () => {
  it('are dependencies, optional ones, peers that are insisted on, and what is bundled', () => {
    expect(
      needsOf({
        dependencies: { a: '1', both: '1' },
        optionalDependencies: { b: '1', both: '1' },
        peerDependencies: { c: '1', d: '1' },
        peerDependenciesMeta: { d: { optional: true } },
        bundleDependencies: ['a', 'e'],
      }).toSorted((one, other) => (one.name < other.name ? -1 : 1)),
    ).toEqual([
      { name: 'a', optional: false },
      { name: 'b', optional: true },
      { name: 'both', optional: true },
      { name: 'c', optional: true },
      { name: 'e', optional: true },
    ]);
  });

  it('of options of node are what they load', () => {
    const options = [
      '--import',
      'tsx',
      '--require=dotenv/config',
      '-r',
      './setup.js',
      '--loader',
      '@a/b/c',
      '--trace-warnings',
    ];
    expect(neededByOptions(options, false)).toEqual(['tsx', 'dotenv', '@a/b']);
    expect(neededByOptions(options, true)).toEqual(['dotenv', '@a/b']);
    expect(withoutCompilers(options)).toEqual(options.slice(2));
    expect(withoutCompilers(['--import=tsx/esm', '-r', 'ts-node/register', '--inspect'])).toEqual([
      '--inspect',
    ]);
  });
});

describe('layout', () => {
  it('is what `npm ls --omit=dev` names, where npm has put it', async () => {
    for (const name of ['express-sessions', 'fastify', 'koa-multipart', 'socket-io']) {
      const dir = await nodeApp(name);
      const listed = execFileSync('npm', ['ls', '--omit=dev', '--all', '--parseable'], {
        cwd: dir,
        encoding: 'utf8',
      });
      const wanted = listed.trim().split('\n').slice(1);
      const found = layout(realpathSync(dir)).placements.map(({ path }) => join(realpathSync(dir), path));
      expect(found.toSorted()).toEqual([...new Set(wanted)].toSorted());
    }
  });

  it('tells what the app names and is not installed, and what packages name', () => {
    const dir = folderWith({
      'package.json': JSON.stringify({
        dependencies: { a: '1', gone: '1' },
        optionalDependencies: { maybe: '1' },
      }),
      'node_modules/a/package.json': manifest('a', '1.0.0', { dependencies: { lost: '1' } }),
    });
    expect(layout(dir)).toMatchObject({ missing: ['gone'], missingBelow: ['lost (of a)'] });
  });

  it('takes packages of a workspace from the folders above, and linked ones as they are', () => {
    const top = folderWith({
      'package.json': JSON.stringify({ workspaces: ['packages/*'] }),
      'packages/api/package.json': JSON.stringify({ dependencies: { shared: '*', x: '1' } }),
      'packages/api/node_modules/x/package.json': manifest('x', '1.0.0'),
      'packages/shared/package.json': manifest('shared', '0.0.0', { dependencies: { x: '2', y: '1' } }),
      'node_modules/x/package.json': manifest('x', '2.0.0'),
      'node_modules/y/package.json': manifest('y', '1.0.0', { dependencies: { x: '2' } }),
      'node_modules/dev/package.json': manifest('dev', '1.0.0'),
    });
    symlinkSync('../packages/shared', join(top, 'node_modules', 'shared'));
    expect(places(layout(join(top, 'packages/api')))).toEqual([
      'node_modules/shared 0.0.0',
      'node_modules/shared/node_modules/x 2.0.0',
      'node_modules/x 1.0.0',
      'node_modules/y 1.0.0',
      'node_modules/y/node_modules/x 2.0.0',
    ]);
    expect(places(layout(top, ['', 'packages/api']))).toEqual([
      'node_modules/shared 0.0.0',
      'node_modules/x 2.0.0',
      'node_modules/y 1.0.0',
      'packages/api/node_modules/x 1.0.0',
    ]);
  });

  // Graphs of packages in several versions, installed as pnpm does: each finds in the layout what it finds on the disk.
  const names = ['a', 'b', 'c', '@s/d'];
  const id = fc.record({ name: fc.constantFrom(...names), version: fc.constantFrom('1', '2') });
  const graph = fc.record({
    root: fc.uniqueArray(id, { selector: ({ name }) => name, minLength: 1 }),
    edges: fc.dictionary(
      fc.constantFrom(...names.flatMap((name) => [`${name}@1`, `${name}@2`])),
      fc.uniqueArray(id, { selector: ({ name }) => name }),
    ),
  });

  function installAsPnpm({ root, edges }: { root: Id[]; edges: Record<string, Id[]> }): string {
    const dir = folderWith({ 'package.json': JSON.stringify({ dependencies: asRanges(root) }) });
    const folderOf = ({ name, version }: Id): string => {
      const store = join(dir, 'node_modules/.pnpm', `${name.replace('/', '+')}@${version}`, 'node_modules');
      return join(store, name);
    };
    for (const name of names) {
      for (const version of ['1', '2']) {
        const needs = (edges[`${name}@${version}`] ?? []).filter((need) => need.name !== name);
        const folder = folderOf({ name, version });
        write(folder, { 'package.json': manifest(name, version, { dependencies: asRanges(needs) }) });
        for (const need of needs) link(folderOf(need), join(folder.slice(0, -name.length), need.name));
      }
    }
    for (const need of root) link(folderOf(need), join(dir, 'node_modules', need.name));
    return dir;
  }

  it('without links lets each package find the version that it finds in the store of pnpm', () => {
    fc.assert(
      fc.property(graph, ({ root, edges }) => {
        const dir = installAsPnpm({ root, edges });
        const laidOut = tryLayout(dir);
        // Two versions that need each other in turn cannot be had without links.
        if (laidOut === undefined) return hasCircle(edges);
        const { placements, missing, missingBelow } = laidOut;
        expect([missing, missingBelow]).toEqual([[], []]);
        const versions = new Map(placements.map(({ path, installed }) => [path, installed.manifest.version]));
        const find = (from: string, name: string): string | undefined => {
          for (
            let place = from;
            ;
            place = place.slice(0, Math.max(0, place.lastIndexOf('node_modules/') - 1))
          ) {
            const found = versions.get(`${place === '' ? '' : `${place}/`}node_modules/${name}`);
            if (found !== undefined || place === '') return found;
          }
        };
        for (const { name, version } of root) expect(find('', name)).toBe(version);
        for (const [path, version] of versions) {
          const name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
          for (const need of edges[`${name}@${version}`] ?? []) {
            if (need.name !== name) expect(find(path, need.name)).toBe(need.version);
          }
        }
        return true;
      }),
      { numRuns: 60 },
    );
  });

  function tryLayout(dir: string): Layout | undefined {
    try {
      return layout(dir);
    } catch (error) {
      if (error instanceof RopewayError && error.code === 'NODE_LAYOUT') return undefined;
      throw error;
    }
  }

  function hasCircle(edges: Record<string, Id[]>): boolean {
    const leadsBack = (from: string, seen: string[]): boolean =>
      (edges[from] ?? []).some(({ name, version }) => {
        const next = `${name}@${version}`;
        return seen.includes(next) || leadsBack(next, [...seen, next]);
      });
    return Object.keys(edges).some((from) => leadsBack(from, [from]));
  }

  it('tells of versions that need one another in a circle', async () => {
    const dir = installAsPnpm({
      root: [{ name: 'a', version: '1' }],
      edges: {
        'a@1': [{ name: 'c', version: '2' }],
        'c@2': [{ name: 'a', version: '2' }],
        'a@2': [{ name: 'c', version: '1' }],
        'c@1': [{ name: 'a', version: '1' }],
      },
    });
    const error = await errorOf(() => layout(dir));
    expect(error).toMatchObject({
      code: 'NODE_LAYOUT',
      message: 'The packages of the app need one another in a circle of different versions.',
      fix: 'bring each of these packages to one version (`overrides` in package.json), install, and build again',
    });
  });

  interface Id {
    name: string;
    version: string;
  }

  function asRanges(ids: Id[]): Record<string, string> {
    return Object.fromEntries(ids.map(({ name, version }) => [name, version]));
  }

  function link(target: string, place: string): void {
    mkdirSync(dirname(place), { recursive: true });
    symlinkSync(target, place);
  }
});
