import { join } from 'node:path';

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { packFolder } from '../../src/packaging/folder.ts';
import { checkLimits } from '../../src/packaging/limits.ts';
import { machineIn, refuses } from '../../src/packaging/node/native.ts';
import { dependencyOf, sizeReport } from '../../src/packaging/sizes.ts';
import { targetOf } from '../../src/packaging/targets.ts';
import type { Package, PackedZip } from '../../src/packaging/types.ts';
import { writeZip } from '../../src/packaging/zip/zip.ts';
import { contents, errorOf, folderWith } from './support.ts';

async function zipOf(files: Record<string, string>): Promise<PackedZip> {
  const packed = Object.entries(files).map(([path, text]) => {
    const source = Buffer.from(text);
    return { path, source, size: source.length, executable: false };
  });
  return writeZip(packed, join(folderWith(), 'a.zip'));
}

describe('targets', () => {
  it('are this machine and those of the clouds', () => {
    expect(targetOf({ name: 'local' })).toMatchObject({
      platform: process.platform,
      limits: { zip: Infinity },
    });
    expect(targetOf({ name: 'tencent' })).toEqual({
      name: 'tencent',
      platform: 'linux',
      arch: 'x64',
      glibc: '2.17',
      python: '3.10',
      limits: { zip: 52_428_800, unpacked: 524_288_000 },
    });
    expect(targetOf({ name: 'aws', arch: 'arm64', runtime: 'Python3.12' })).toMatchObject({
      arch: 'arm64',
      glibc: '2.34',
      python: '3.12',
      limits: { zip: 52_428_800, unpacked: 262_144_000 },
    });
    expect(targetOf({ name: 'aws', runtime: 'nodejs22.x' })).toMatchObject({ python: '3.13' });
  });

  it('refuse what they do not have', async () => {
    expect(await errorOf(() => targetOf({ name: 'tencent', arch: 'arm64' }))).toMatchObject({
      code: 'TARGET_ARCH',
      message: 'tencent has no functions on this kind of processor.',
      expected: 'x64',
      got: 'arm64',
    });
    expect(await errorOf(() => targetOf({ name: 'aws', runtime: 'python2' }))).toMatchObject({
      code: 'TARGET_RUNTIME',
      message: 'This is no runtime of Python.',
      expected: 'python3.12',
      got: 'python2',
    });
  });
});

describe('sizes', () => {
  it('are given by part and by package, largest first', async () => {
    const { file } = await zipOf({
      'app.js': 'x'.repeat(10),
      'views/a': 'x'.repeat(5),
      'views/b': 'x'.repeat(6),
      'node_modules/a/index.js': 'x'.repeat(100),
      'node_modules/@s/b/index.js': 'x'.repeat(200),
      'node_modules/a/node_modules/@s/b/x.js': 'x'.repeat(300),
    });
    const report = await sizeReport(file);
    expect(report.unpacked).toBe(621);
    expect(report.parts.map(({ name, unpacked }) => [name, unpacked])).toEqual([
      ['node_modules/', 600],
      ['views/', 11],
      ['app.js', 10],
    ]);
    expect(report.dependencies.map(({ name, unpacked }) => [name, unpacked])).toEqual([
      ['@s/b', 500],
      ['a', 100],
    ]);
    expect(report.packed).toBe(report.parts.reduce((total, { packed }) => total + packed, 0));
  });

  it.each([
    ['python/MarkupSafe-3.0.3.dist-info/RECORD', 'markupsafe'],
    ['python/markupsafe/_speedups.cpython-311-x86_64-linux-gnu.so', 'markupsafe'],
    ['python/numpy.libs/x.so', 'numpy'],
    ['python/typing_extensions-4.1.dist-info/RECORD', 'typing_extensions'],
    ['python/__pycache__/typing_extensions.cpython-311.pyc', 'typing_extensions'],
    ['python/_cffi_backend.cpython-311-x86_64-linux-gnu.so', '_cffi_backend'],
    ['python/six.py', 'six'],
    ['app/python/x.py', undefined],
    ['static/app.js', undefined],
  ])('of %s count to %s', (path, name) => {
    expect(dependencyOf(path)).toBe(name);
  });

  it('are all counted, each once', async () => {
    const part = fc.constantFrom('a', 'b.py', 'node_modules', 'python', 'x-1.dist-info');
    const paths = fc.uniqueArray(
      fc.array(part, { minLength: 1, maxLength: 4 }).map((parts) => `${parts.join('/')}/f`),
    );
    await fc.assert(
      fc.asyncProperty(paths, async (all) => {
        const given = Object.fromEntries(all.map((path, index) => [path, 'x'.repeat(index)]));
        const { unpacked, parts, dependencies } = await sizeReport((await zipOf(given)).file);
        expect(parts.reduce((total, one) => total + one.unpacked, 0)).toBe(unpacked);
        expect(dependencies.reduce((total, one) => total + one.unpacked, 0)).toBeLessThanOrEqual(unpacked);
      }),
      { numRuns: 40 },
    );
  });
});

describe('limits', () => {
  it('refuse what the target would, and name the largest parts', async () => {
    const code = await zipOf({ 'model.bin': 'x'.repeat(3_000_000), 'app.py': 'x' });
    const layer = await zipOf({ 'python/big/a.py': 'x'.repeat(2_000_000), 'python/small.py': 'x' });
    const packed: Package = {
      code,
      layer,
      entry: { runtime: 'command', root: '.', command: 'x' },
      source: 'x',
    };
    const aws = targetOf({ name: 'aws' });
    await checkLimits(packed, aws);
    const unpacked = await errorOf(
      checkLimits(packed, { ...aws, limits: { zip: 1e9, unpacked: 4_000_000 } }),
    );
    expect(unpacked).toMatchObject({
      code: 'PACKAGE_TOO_LARGE',
      message: 'The package is larger than aws takes, unpacked.',
      expected: 'at most 3.8 MB',
      got: '4.8 MB',
      fix: 'leave data out with lines in .ropewayignore, packages that the app does not need out of its requirements, or, for Node, take --node traced',
    });
    expect(unpacked.detail?.split('\n').slice(0, 3)).toEqual([
      'the largest parts, unpacked:',
      '     2.9 MB  model.bin',
      '     1.9 MB  big',
    ]);
    const zip = await errorOf(checkLimits(packed, { ...aws, limits: { zip: 100, unpacked: 1e9 } }));
    expect(zip.message).toBe('The zip with the code is larger than aws takes.');
  });
});

describe('compiled modules', () => {
  it.each([
    ['ELF', '7f454c46 02010100', 18, '3e00', { platform: 'linux', arch: 'x64' }],
    ['ELF', '7f454c46 02010100', 18, 'b700', { platform: 'linux', arch: 'arm64' }],
    ['ELF', '7f454c46 02010100', 18, 'ffff', { platform: 'linux', arch: 'unknown' }],
    ['Mach-O', 'cffaedfe', 4, '0c000001', { platform: 'darwin', arch: 'arm64' }],
    ['Mach-O', 'cffaedfe', 4, '07000001', { platform: 'darwin', arch: 'x64' }],
    ['text', '68656c6c', 4, '6f', undefined],
  ])('%s %s', (_name, magic, at, machine, found) => {
    const head = Buffer.alloc(64);
    Buffer.from(magic.replace(' ', ''), 'hex').copy(head);
    Buffer.from(machine, 'hex').copy(head, at);
    expect(machineIn(head)).toEqual(found);
  });

  it('of Windows', () => {
    const head = Buffer.alloc(128);
    head.write('MZ');
    head.writeUInt32LE(64, 60);
    head.write('PE\0\0', 64);
    head.writeUInt16LE(0x8664, 68);
    expect(machineIn(head)).toEqual({ platform: 'win32', arch: 'x64' });
    expect(machineIn(head.subarray(0, 65))).toBeUndefined();
  });

  it('never fail to be read', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 200 }),
        fc.constantFrom('', '7f454c46', '4d5a', 'cffaedfe'),
        (bytes, magic) => {
          machineIn(Buffer.concat([Buffer.from(magic, 'hex'), bytes]));
        },
      ),
    );
  });

  it.each([
    [{}, false],
    [{ os: ['linux'], cpu: ['x64'] }, false],
    [{ os: ['darwin'] }, true],
    [{ os: ['!win32'] }, false],
    [{ os: ['!linux'] }, true],
    [{ cpu: ['arm64'] }, true],
    [{ cpu: ['any'] }, false],
    [{ libc: ['musl'] }, true],
    [{ libc: ['glibc'] }, false],
  ])('of a package that says %j', (manifest, refused) => {
    expect(refuses({ folder: '/', linked: false, manifest }, targetOf({ name: 'tencent' }))).toBe(refused);
  });
});

describe('a folder', () => {
  it('is packed by the same rules, with files that are given, below a folder', async () => {
    const dir = folderWith({ 'index.html': 'old', 'a.css': '', '.env': '', 'x.map': '' });
    const outside = folderWith({ 'lib/x.py': '' });
    const notices: string[] = [];
    const options = {
      dir,
      include: [join(outside, 'lib')],
      exclude: ['*.map'],
      extra: { 'index.html': 'new', 'env.js': 'x' },
      below: 'site/',
      outFolder: folderWith(),
      onNotice: (notice: string) => notices.push(notice),
    };
    const packed = await packFolder(options);
    expect(await contents(packed.file)).toEqual({
      'site/a.css': '',
      'site/env.js': 'x',
      'site/index.html': 'new',
      'site/lib/x.py': '',
    });
    expect(notices).toEqual(['left out because they may hold secrets: .env (`include` takes one in)']);
    expect(await packFolder(options)).toEqual(packed);
  });

  it('may be none: only what is given', async () => {
    const outside = folderWith({ 'lib/x.py': '' });
    const options = { outFolder: folderWith(), onNotice: () => undefined };
    expect(await contents((await packFolder({ ...options, extra: { 'a/b.js': 'x' } })).file)).toEqual({
      'a/b.js': 'x',
    });
    const included = await packFolder({ ...options, include: [join(outside, 'lib')] });
    expect(await contents(included.file)).toEqual({ 'lib/x.py': '' });
    const bad = await errorOf(packFolder({ ...options, extra: { '../x': '' } }));
    expect(bad.code).toBe('BAD_FILE_NAME');
  });
});
