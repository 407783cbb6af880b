import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { buildPackage } from '../../src/packaging/build.ts';
import { sourceDigest } from '../../src/packaging/source-digest.ts';
import type { NodeEntry } from '../../src/runtimes/entry.ts';
import { contents, errorOf, folderWith, manifest, nodeOptions, write } from './support.ts';

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

  it('bundled, has one file instead of packages, and what options of node load', async () => {
    const esbuild = {
      'package.json': JSON.stringify({ devDependencies: { esbuild: '1' }, dependencies: { a: '1' } }),
      'node_modules/esbuild/package.json': manifest('esbuild', '1.0.0'),
      // Stands for esbuild: tells what it was asked for.
      'node_modules/esbuild/index.js': `exports.version = '1.0.0';
exports.build = async ({ entryPoints, format, external }) => {
  if (entryPoints[0].includes('broken')) throw new Error('cannot be parsed');
  return { outputFiles: [{ contents: Buffer.from(JSON.stringify({ format, external })) }] };
};`,
    };
    const dir = smallApp({ ...esbuild, 'broken.js': '' });
    const options = nodeOptions(dir, 'app.js', { node: 'bundled' });
    const loading: NodeEntry = {
      runtime: 'node',
      interface: 'listener',
      root: dir,
      file: join(dir, 'app.js'),
      nodeOptions: ['--import', 'tsx', '-r', 'dev/config'],
    };
    const { code, entry } = await buildPackage({ ...options, entry: loading });
    const packed = await contents(code.file);
    expect(
      Object.keys(packed)
        .filter((path) => path.startsWith('node_modules/'))
        .toSorted(),
    ).toEqual(['node_modules/.prisma/client/index.js', 'node_modules/dev/package.json']);
    expect(packed['app.bundle.cjs']).toBe('{"format":"cjs","external":["dev"]}');
    expect(packed).toHaveProperty('views/index.html');
    expect(entry).toMatchObject({ file: 'app.bundle.cjs', nodeOptions: ['-r', 'dev/config'] });

    const digest = await sourceDigest(options);
    write(dir, { 'node_modules/a/package.json': manifest('a', '1.0.1') });
    expect(await sourceDigest(options)).not.toBe(digest);

    const error = await errorOf(buildPackage(nodeOptions(dir, 'broken.js', { node: 'bundled' })));
    expect(error).toMatchObject({
      code: 'BUNDLE_FAILED',
      message: 'esbuild 1.0.0 cannot make one file of broken.js.',
      detail: 'cannot be parsed',
      fix: 'pack the packages as they are: --node installed',
    });
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
