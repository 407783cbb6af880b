import { execFileSync } from 'node:child_process';
import { mkdirSync, realpathSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { RopewayError } from '../../src/lib/errors.ts';
import { buildPackage } from '../../src/packaging/build.ts';
import { needsOf, readPackages } from '../../src/packaging/node/installed.ts';
import { type Layout, layOut } from '../../src/packaging/node/layout.ts';
import { neededByOptions, withoutCompilers } from '../../src/packaging/node/node-options.ts';
import { sourceDigest } from '../../src/packaging/source-digest.ts';
import { nodeApp } from '../support/node-apps.ts';
import { contents, errorOf, folderWith, nodeOptions, write } from './support.ts';

/** A package.json. */
function manifest(name: string, version: string, more: object = {}): string {
  return JSON.stringify({ name, version, ...more });
}

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

/** An app with one package for production, one for development. */
function smallApp(more: Record<string, string> = {}): string {
  return folderWith({
    'package.json': JSON.stringify({ dependencies: { a: '1' }, devDependencies: { dev: '1' } }),
    'app.js': "require('a');",
    'views/index.html': '<p>',
    'node_modules/.package-lock.json': '{}',
    'node_modules/.bin/a': '',
    'node_modules/.cache/x': '',
    'node_modules/.prisma/client/index.js': 'made',
    'node_modules/a/package.json': manifest('a', '1.0.0', { main: 'main.js' }),
    'node_modules/a/main.js': "module.exports = require('./used')",
    'node_modules/a/used.js': '',
    'node_modules/a/unused.js': '',
    'node_modules/a/main.d.ts': '',
    'node_modules/a/LICENSE': 'free',
    'node_modules/dev/package.json': manifest('dev', '1.0.0'),
    ...more,
  });
}

describe('a package of a Node app', () => {
  it('has its files and its packages, without those for development', async () => {
    const dir = smallApp();
    const { code, entry, layer } = await buildPackage(nodeOptions(dir));
    expect(Object.keys(await contents(code.file)).toSorted()).toEqual([
      'app.js',
      'node_modules/.prisma/client/index.js',
      'node_modules/a/LICENSE',
      'node_modules/a/main.js',
      'node_modules/a/package.json',
      'node_modules/a/unused.js',
      'node_modules/a/used.js',
      'package.json',
      'views/index.html',
    ]);
    expect(entry).toEqual({
      runtime: 'node',
      interface: 'listener',
      root: '.',
      file: 'app.js',
      nodeOptions: [],
    });
    expect(layer).toBeUndefined();
  });

  it('traced, has of its packages what is imported, with licences', async () => {
    const { code } = await buildPackage(nodeOptions(smallApp(), 'app.js', { node: 'traced' }));
    expect(Object.keys(await contents(code.file)).toSorted()).toEqual([
      'app.js',
      'node_modules/a/LICENSE',
      'node_modules/a/main.js',
      'node_modules/a/package.json',
      'node_modules/a/used.js',
      'package.json',
      'views/index.html',
    ]);
  });

  it('traced, has every file that a version of Node may load of a package', async () => {
    const exports = {
      '.': [{ 'module-sync': './sync.mjs', import: './i.mjs', default: './d.js' }, './d.js'],
    };
    const { code } = await buildPackage(
      nodeOptions(
        smallApp({
          'node_modules/a/package.json': manifest('a', '1.0.0', { exports }),
          'node_modules/a/sync.mjs': "import './below.mjs';",
          'node_modules/a/below.mjs': '',
          'node_modules/a/i.mjs': '',
          'node_modules/a/d.js': '',
        }),
        'app.js',
        { node: 'traced' },
      ),
    );
    const packed = Object.keys(await contents(code.file)).filter((path) =>
      path.startsWith('node_modules/a/'),
    );
    expect(packed.toSorted()).toEqual(
      ['LICENSE', 'below.mjs', 'd.js', 'i.mjs', 'package.json', 'sync.mjs'].map(
        (name) => `node_modules/a/${name}`,
      ),
    );
  });

  it('keeps declarations of types where a compiler runs', async () => {
    const dir = smallApp({
      'package.json': JSON.stringify({ dependencies: { a: '1', typescript: '1' } }),
      'node_modules/typescript/package.json': manifest('typescript', '1.0.0'),
      'node_modules/typescript/lib.d.ts': '',
    });
    const packed = await contents((await buildPackage(nodeOptions(dir))).code.file);
    expect(Object.keys(packed)).toEqual(
      expect.arrayContaining(['node_modules/typescript/lib.d.ts', 'node_modules/a/main.d.ts']),
    );
  });

  it('has what options of node load, even if it is there for development', async () => {
    const options = nodeOptions(smallApp());
    const entry = { ...options.entry, nodeOptions: ['--import', 'dev'] } as typeof options.entry;
    const packed = await contents((await buildPackage({ ...options, entry })).code.file);
    expect(packed).toHaveProperty('node_modules/dev/package.json');
  });

  it('is installed beside the app when nothing is installed; the app stays as it is', async () => {
    const dir = folderWith({
      'package.json': JSON.stringify({ name: 'app', dependencies: { a: 'file:./vendor/a' } }),
      'app.js': '',
      'vendor/a/package.json': manifest('a', '1.0.0'),
      'vendor/a/index.js': 'vendored',
    });
    const packed = await contents((await buildPackage(nodeOptions(dir))).code.file);
    expect(packed['node_modules/a/index.js']).toBe('vendored');
    expect(execFileSync('ls', [dir], { encoding: 'utf8' }).trim().split('\n')).toEqual([
      'app.js',
      'package.json',
      'vendor',
    ]);
  });

  it('changes its digest with sources, packages and options, and with nothing else', async () => {
    const dir = smallApp();
    const options = nodeOptions(dir);
    const digest = await sourceDigest(options);
    expect(await sourceDigest({ ...options, outFolder: folderWith() })).toBe(digest);
    write(dir, { 'node_modules/dev/more.js': '', 'node_modules/.cache/y': '', '.ropeway/dev.json': '{}' });
    expect(await sourceDigest(options)).toBe(digest);
    const different = [
      await sourceDigest({ ...options, node: 'traced' }),
      await sourceDigest({ ...options, exclude: ['views'] }),
      await sourceDigest({ ...options, target: { ...options.target, name: 'aws' } }),
    ];
    write(dir, { 'views/index.html': '<p>2' });
    different.push(await sourceDigest(options));
    write(dir, { 'node_modules/a/package.json': manifest('a', '1.0.1', { main: 'main.js' }) });
    different.push(await sourceDigest(options));
    expect(new Set([digest, ...different]).size).toBe(6);
    expect(options.notices).toEqual([]);
  });

  it('that is there already is taken as it is, unless a zip has gone', async () => {
    const dir = smallApp({ '.env': 'KEY=1' });
    const options = nodeOptions(dir);
    const made = await buildPackage(options);
    expect(await buildPackage({ ...options, signal: AbortSignal.timeout(60_000) })).toEqual(made);
    execFileSync('rm', [made.code.file]);
    expect(await buildPackage(options)).toEqual(made);
    write(options.outFolder, { [`${made.source}.json`]: '{"source": 1}' });
    expect(await buildPackage(options)).toEqual(made);
  });
});

describe('what is refused', () => {
  it('packages for another machine', async () => {
    const elf = Buffer.alloc(64);
    elf.writeUInt32BE(0x7f454c46, 0);
    elf[5] = 1;
    elf.writeUInt16LE(0x3e, 18);
    const dir = smallApp({
      'package.json': JSON.stringify({ dependencies: { a: '1', native: '1', parent: '1' } }),
      'node_modules/native/package.json': manifest('native', '1.0.0'),
      'node_modules/native/x.node': elf.toString('latin1'),
      'node_modules/parent/package.json': manifest('parent', '1.0.0', {
        optionalDependencies: { 'parent-linux-x64': '1', 'parent-linux-arm64': '1' },
      }),
      'node_modules/parent-linux-x64/package.json': manifest('parent-linux-x64', '1.0.0', {
        os: ['linux'],
        cpu: ['x64'],
      }),
    });
    const x64 = { ...nodeOptions(dir).target, name: 'aws', platform: 'linux', arch: 'x64' } as const;
    const arm64 = { ...x64, arch: 'arm64' } as const;
    const error = await errorOf(buildPackage(nodeOptions(dir, 'app.js', { target: arm64 })));
    expect(error).toMatchObject({
      code: 'NATIVE_PACKAGE',
      message: 'native, parent-linux-x64 are compiled for another machine than aws.',
      expected: 'linux arm64',
      got: `${process.platform} ${process.arch}`,
      fix: 'install for it: npm ci --os=linux --cpu=arm64 --libc=glibc, or build the package on such a machine',
    });
    write(dir, {
      'node_modules/parent-linux-arm64/package.json': manifest('parent-linux-arm64', '1.0.0', {
        os: ['linux'],
        cpu: ['arm64'],
      }),
    });
    execFileSync('rm', ['-r', join(dir, 'node_modules/native')]);
    write(dir, { 'package.json': JSON.stringify({ dependencies: { parent: '1' } }) });
    const options = nodeOptions(dir, 'app.js', { target: arm64 });
    const packed = await contents((await buildPackage(options)).code.file);
    expect(packed).not.toHaveProperty('node_modules/parent-linux-x64/package.json');
    expect(packed).toHaveProperty('node_modules/parent-linux-arm64/package.json');
    expect(options.notices).toEqual(['left out, for other machines: parent-linux-x64']);
  });

  it('a bundle without esbuild', async () => {
    const error = await errorOf(buildPackage(nodeOptions(smallApp(), 'app.js', { node: 'bundled' })));
    expect(error).toMatchObject({
      code: 'ESBUILD_MISSING',
      message: 'A bundle is made by esbuild, which is not installed.',
      fix: 'npm install --save-dev esbuild, or take --node traced',
    });
  });

  it.each([
    ['pnpm-lock.yaml', 'pnpm install --prod, then build again'],
    ['yarn.lock', 'yarn install, then build again'],
  ])('what another package manager than npm has to install (%s)', async (lock, fix) => {
    const dir = folderWith({
      'package.json': JSON.stringify({ dependencies: { a: '1' } }),
      'app.js': '',
      [lock]: '',
    });
    const error = await errorOf(buildPackage(nodeOptions(dir)));
    expect(error).toMatchObject({
      code: 'NOT_INSTALLED',
      message: 'The app needs packages that are not installed: a',
      fix,
    });
  });

  it("packages in Yarn's archives", async () => {
    const dir = folderWith({ 'package.json': '{}', 'app.js': '', '.pnp.cjs': '' });
    const error = await errorOf(buildPackage(nodeOptions(dir)));
    expect(error).toMatchObject({
      code: 'NODE_PNP',
      message: "The packages of the app are in Yarn's archives, which a function cannot read.",
      expected: 'packages in node_modules',
      got: '.pnp.cjs',
      fix: 'write `nodeLinker: node-modules` into .yarnrc.yml and run `yarn install`',
    });
  });

  it.each([
    ['file:./gone.tgz', /^The packages of the app cannot be installed \(exit code \d+\)\.$/],
    ['file:./gone', /^The packages of the app cannot be installed \(a is not there\)\.$/],
  ])('what npm cannot install: %s', async (wanted, message) => {
    const dir = folderWith({ 'package.json': JSON.stringify({ dependencies: { a: wanted } }), 'app.js': '' });
    const error = await errorOf(buildPackage(nodeOptions(dir)));
    expect(error).toMatchObject({
      code: 'INSTALL_FAILED',
      fix: 'mend what the output above says, then run the command again',
    });
    expect(error.message).toMatch(message);
    expect(error.detail).toContain('$ npm install --omit=dev');
  });

  it('a main file that is left out or missing, or elsewhere', async () => {
    const dir = folderWith({ 'app.js': '' });
    const left = await errorOf(buildPackage(nodeOptions(dir, 'app.js', { exclude: ['*.js'] })));
    expect(left).toMatchObject({
      code: 'ENTRY_LEFT_OUT',
      message: 'A rule leaves the main file of the app out: app.js',
      fix: 'take it in: --include app.js, or mend the pattern in .ropewayignore',
    });
    const gone = await errorOf(buildPackage(nodeOptions(dir, 'dist/app.js')));
    expect(gone.message).toBe('The main file of the app does not exist: dist/app.js');
    const elsewhere = await errorOf(buildPackage(nodeOptions(dir, '../app.js')));
    expect(elsewhere).toMatchObject({
      code: 'ENTRY_OUTSIDE',
      message: 'The app is not in the folder that is packed.',
      got: join(dir, '../app.js'),
      fix: 'build the folder that holds all of the app',
    });
  });
});
