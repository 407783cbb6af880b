import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, sep } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';

import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ZipFile } from 'yazl';

import { checkLink } from '../../src/platform/packages/entries.ts';
import { openPackages, type Packages } from '../../src/platform/packages/packages.ts';
import { unpack } from '../../src/platform/packages/unpack.ts';
import { digestOf, type MadeEntry, makeZip, zipOf } from './zips.ts';

let root: string;
let folder: string;
let notices: string[];
let deployed: Set<string>;
beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'ropeway-packages-')));
  folder = join(root, 'packages');
  [notices, deployed] = [[], new Set()];
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const open = (): Packages =>
  openPackages({ folder, deployed: () => deployed, onNotice: (message) => notices.push(message) });
const upload = (packages: Packages, zip: Buffer, digest = digestOf(zip)) =>
  packages.add(digest, { chunks: () => Readable.from([zip]), length: zip.length });
const zipFile = (zip: Buffer): string => {
  const path = join(root, 'a.zip');
  writeFileSync(path, zip);
  return path;
};
const unpacked = (entries: MadeEntry[]): Promise<number> =>
  unpack(zipFile(makeZip(entries)), join(root, 'out'));
/** Everything below a folder with what it holds. */
function listing(path: string): Record<string, string> {
  const found: Record<string, string> = {};
  for (const entry of readdirSync(path, { withFileTypes: true, recursive: true })) {
    const full = join(entry.parentPath, entry.name);
    const name = full.slice(path.length + 1).replaceAll(sep, '/');
    if (entry.isSymbolicLink()) found[name] = `-> ${readlinkSync(full)}`;
    else if (entry.isFile()) found[name] = readFileSync(full, 'utf8');
    else found[`${name}/`] = '';
  }
  return found;
}

describe('unpacking', () => {
  it('gives files, folders and links as they were packed, none of which can be written to', async () => {
    const bytes = await unpacked([
      { name: 'app.py', content: 'print(1)' },
      { name: 'bin/run', content: '#!/bin/sh', mode: 0o100_755, stored: true },
      { name: 'empty/', mode: 0o040_755 },
      { name: 'ключ/文件.txt', content: '' },
      { name: 'bin/link', content: '../app.py', mode: 0o120_777 },
      { name: 'here', content: '.', mode: 0o120_777 },
      { name: 'dos.txt', content: 'no mode', mode: 0 },
    ]);
    const out = join(root, 'out');
    expect(bytes).toBe(24);
    expect(listing(out)).toEqual({
      'app.py': 'print(1)',
      'bin/': '',
      'bin/run': '#!/bin/sh',
      'bin/link': '-> ../app.py',
      'dos.txt': 'no mode',
      'empty/': '',
      here: '-> .',
      'ключ/': '',
      'ключ/文件.txt': '',
    });
    const umask = process.umask();
    expect(statSync(join(out, 'app.py')).mode & 0o777).toBe(0o444 & ~umask);
    expect(statSync(join(out, 'bin/run')).mode & 0o777).toBe(0o555 & ~umask);
    expect(readFileSync(join(out, 'bin', 'link'), 'utf8')).toBe('print(1)');
  });

  it('takes what the library makes that packages are made with', async () => {
    const zip = new ZipFile();
    zip.addBuffer(Buffer.from('a'.repeat(100_000)), 'a.txt', { mode: 0o100_755 });
    zip.addBuffer(Buffer.from('a.txt'), 'link', { mode: 0o120_777, compress: false });
    zip.addReadStream(Readable.from([Buffer.from('streamed')]), 'b/streamed.txt');
    zip.addEmptyDirectory('empty');
    zip.end();
    const bytes = await unpack(zipFile(await buffer(zip.outputStream)), join(root, 'out'));
    expect(bytes).toBe(100_008);
    expect(listing(join(root, 'out'))).toEqual({
      'a.txt': 'a'.repeat(100_000),
      'b/': '',
      'b/streamed.txt': 'streamed',
      'empty/': '',
      link: '-> a.txt',
    });
  });

  const link = (name: string, content: string): MadeEntry => ({ name, content, mode: 0o120_777 });
  it.each<[string, MadeEntry[], string]>([
    ['..', [{ name: '../a' }], 'a name has an empty segment, . or .. in it'],
    ['.. inside', [{ name: 'a/../../b' }], 'a name has an empty segment, . or .. in it'],
    ['nothing', [{ name: '' }], 'a name has an empty segment, . or .. in it'],
    ['a double slash', [{ name: 'a//b' }], 'a name has an empty segment, . or .. in it'],
    ['an absolute name', [{ name: '/etc/passwd' }], 'a name is an absolute path'],
    ['a drive letter', [{ name: 'C:/a' }], 'a name is an absolute path'],
    ['a backslash', [{ name: '..\\a' }], 'a name has a backslash in it'],
    ['a NUL', [{ name: 'a\0b' }], 'a name has a NUL in it'],
    ['a long segment', [{ name: 'a'.repeat(256) }], 'a name is too long'],
    ['a long path', [{ name: 'ab/'.repeat(400) + 'c' }], 'a name is too long'],
    [
      'one name twice',
      [
        { name: 'a', content: '1' },
        { name: 'a', content: '2' },
      ],
      'two entries have the same name',
    ],
    [
      'a file and a folder',
      [{ name: 'a' }, { name: 'a/', mode: 0o040_755 }],
      'two entries have the same name',
    ],
    ['a file below a file', [{ name: 'a' }, { name: 'a/b' }], 'a is not a folder'],
    ['a file below a link', [{ name: 'a/b' }, link('a', '..')], 'a is not a folder'],
    [
      'a file that is named like a folder',
      [{ name: 'a/', mode: 0o100_644 }],
      'a file has the name of a folder',
    ],
    ['a device', [{ name: 'a', mode: 0o060_644 }], 'an entry is neither file nor folder nor link'],
    ['a link up', [link('a', '../b')], 'a link leads out of the package ("../b")'],
    ['a link up from a folder', [link('x/a', '../../b')], 'a link leads out of the package ("../../b")'],
    ['an absolute link', [link('a', '/etc/passwd')], 'a link leads out of the package ("/etc/passwd")'],
    ['a link that goes up later', [link('a', 'b/../c')], 'a link leads out of the package ("b/../c")'],
    ['a link to nothing', [link('a', '')], 'a link leads out of the package ("")'],
    ['a long link', [link('a', 'a/'.repeat(4000))], 'a link is too long'],
    [
      'a bomb',
      [{ name: 'a', content: Buffer.alloc(1 << 20), claims: { bytes: 10 } }],
      'an entry has more bytes than it says',
    ],
    ['fewer bytes', [{ name: 'a', content: 'ab', claims: { bytes: 3 } }], 'an entry is damaged'],
    ['another sum', [{ name: 'a', content: 'ab', claims: { sum: 1 } }], 'an entry is damaged'],
    [
      'an encrypted entry',
      [{ name: 'a', flags: 1 }],
      'an entry is encrypted, or compressed by other means than deflate',
    ],
    [
      'another compression',
      [{ name: 'a', method: 12 }],
      'an entry is encrypted, or compressed by other means than deflate',
    ],
    [
      'no compression that there is',
      [{ name: 'a', content: 'xyz', stored: true, method: 8 }],
      'an entry is damaged',
    ],
  ])('refuses %s', async (_, entries, problem) => {
    await expect(unpacked([{ name: 'first.txt', content: 'good' }, ...entries])).rejects.toMatchObject({
      code: 'PACKAGE_ENTRY',
      message: `The package cannot be unpacked: ${problem}.`,
      fault: 'user',
    });
    expect(readdirSync(root).filter((name) => name !== 'a.zip' && name !== 'out')).toEqual([]);
  });

  it('refuses more bytes and entries than there may be, before it writes any', async () => {
    const big = { content: '', claims: { bytes: 0x7000_0000 } };
    await expect(unpacked([{ name: 'a', ...big }])).rejects.toMatchObject({
      code: 'PACKAGE_TOO_LARGE',
      message: 'The package has too many bytes unpacked.',
      expected: 'at most 1073741824 bytes',
    });
    expect(existsSync(join(root, 'out'))).toBe(false);
  });

  it('refuses what is no zip, wherever it was cut off', async () => {
    const zip = zipOf({ 'a.txt': 'a'.repeat(50), 'b/c.txt': 'c' });
    await expect(unpack(zipFile(Buffer.from('not a zip')), join(root, 'out'))).rejects.toMatchObject({
      code: 'PACKAGE_FORMAT',
      message: expect.stringMatching(
        /^The package is no zip that can be read: .*End of central directory/,
      ) as string,
    });
    for (let length = 0; length < zip.length; length++) {
      await expect(
        unpack(zipFile(zip.subarray(0, length)), join(root, `cut${length}`)),
      ).rejects.toMatchObject({ code: expect.stringMatching(/^PACKAGE_/) as string });
    }
  });

  it('never writes outside of its folder, whatever names, kinds and targets come together', async () => {
    const segment = fc.constantFrom('a', 'b', '..', '.', '', 'c');
    const path = fc.array(segment, { minLength: 1, maxLength: 3 }).map((parts) => parts.join('/'));
    const entry = fc.record({
      name: path,
      content: path,
      mode: fc.constantFrom(0o100_644, 0o120_777, 0o040_755, 0),
    });
    let number = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(entry, { maxLength: 6 }), async (entries) => {
        const inside = join(root, `p${(number += 1)}`);
        mkdirSync(inside);
        const out = join(inside, 'x', 'y');
        mkdirSync(join(inside, 'x'));
        await unpack(zipFile(makeZip(entries)), out).catch((error: unknown) => {
          expect(error).toMatchObject({ code: 'PACKAGE_ENTRY' });
        });
        expect(readdirSync(inside)).toEqual(['x']);
        expect(readdirSync(join(inside, 'x')).filter((name) => name !== 'y')).toEqual([]);
        if (!existsSync(out)) return;
        for (const one of readdirSync(out, { withFileTypes: true, recursive: true })) {
          if (!one.isSymbolicLink()) continue;
          const full = join(one.parentPath, one.name);
          let real: string;
          try {
            real = realpathSync(full);
          } catch {
            continue;
          }
          expect(real === out || real.startsWith(out + sep)).toBe(true);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('lets links lead to what is inside', () => {
    for (const [name, target] of [
      ['a', 'b'],
      ['a', '.'],
      ['x/a', '..'],
      ['x/y/a', '../../b/c'],
      ['a', 'b/'],
    ] as const) {
      expect(() => checkLink(name.split('/'), target)).not.toThrow();
    }
  });
});

describe('packages', () => {
  const zip = zipOf({ 'app.py': 'x = 1\n', 'lib/a.txt': 'abc' });
  const digest = digestOf(zip);
  const age = (name: string): void => {
    const past = new Date(Date.now() - 2 * 3600_000);
    utimesSync(join(folder, name), past, past);
  };

  it('are there once they are whole, and are not read again', async () => {
    const packages = open();
    expect(packages.has(digest)).toBe(false);
    await expect(packages.describe(digest)).rejects.toMatchObject({
      code: 'NO_SUCH_PACKAGE',
      got: digest,
      fix: `upload it: PUT /v1/packages/${digest}`,
    });
    expect(await upload(packages, zip)).toEqual({ digest, unpackedBytes: 9, existed: false });
    expect(listing(packages.folder(digest))).toMatchObject({ 'app.py': 'x = 1\n', 'lib/a.txt': 'abc' });
    const chunks = () => expect.unreachable('the body was read');
    expect(await packages.add(digest, { chunks, length: undefined })).toEqual({
      digest,
      unpackedBytes: 9,
      existed: true,
    });
    // Another run counts for itself.
    expect(await open().describe(digest)).toEqual({ digest, unpackedBytes: 9 });
    expect(readdirSync(folder)).toEqual([digest]);
  });

  it('are nothing when something else arrived, too much was announced, or the client went', async () => {
    const packages = open();
    await expect(upload(packages, zip, 'a'.repeat(64))).rejects.toMatchObject({
      code: 'PACKAGE_DIGEST',
      expected: 'a'.repeat(64),
      got: digest,
    });
    await expect(
      packages.add(digest, { chunks: () => Readable.from([zip]), length: 600 * 1024 * 1024 }),
    ).rejects.toMatchObject({ code: 'BODY_TOO_LARGE', expected: 'at most 524288000 bytes' });
    const broken = Readable.from(
      (function* () {
        yield zip.subarray(0, 20);
        throw new Error('gone');
      })(),
    );
    await expect(packages.add(digest, { chunks: () => broken, length: undefined })).rejects.toThrow('gone');
    const bad = makeZip([{ name: 'good.txt', content: 'x' }, { name: '../bad' }]);
    await expect(upload(packages, bad)).rejects.toMatchObject({ code: 'PACKAGE_ENTRY' });
    expect(readdirSync(folder)).toEqual([]);
  });

  it('are the same package when two upload it at once', async () => {
    const packages = open();
    const answers = await Promise.all([1, 2, 3].map(() => upload(packages, zip)));
    expect(answers.map(({ unpackedBytes }) => unpackedBytes)).toEqual([9, 9, 9]);
    expect(readdirSync(folder)).toEqual([digest]);
  });

  it('go when nobody wants them any more, and not before', async () => {
    const packages = open();
    await upload(packages, zip);
    packages.sweep();
    expect(packages.has(digest)).toBe(true);
    age(digest);
    deployed.add(digest);
    packages.sweep();
    expect(packages.has(digest)).toBe(true);
    deployed.clear();
    const release = [packages.hold([digest]), packages.hold([digest])];
    release[0]!();
    release[0]!();
    packages.sweep();
    expect(packages.has(digest)).toBe(true);
    release[1]!();
    // Whoever uploads it again means to use it.
    await upload(packages, zip);
    packages.sweep();
    expect(packages.has(digest)).toBe(true);
    age(digest);
    packages.sweep();
    expect(packages.has(digest)).toBe(false);
    await packages.close();
    expect([readdirSync(folder), notices]).toEqual([[], []]);
  });

  it('leave nothing half done behind: rests of a run that was killed go, other files stay', async () => {
    const first = open();
    await upload(first, zip);
    age(digest);
    for (const name of ['.new-1/deep', '.gone-2']) mkdirSync(join(folder, name), { recursive: true });
    writeFileSync(join(folder, '.upload-3'), 'PK');
    writeFileSync(join(folder, 'notes.txt'), 'mine');
    deployed.add(digest);
    const second = open();
    await second.close();
    expect(readdirSync(folder).toSorted()).toEqual([digest, 'notes.txt'].toSorted());
    deployed.clear();
    await open().close();
    expect(readdirSync(folder)).toEqual(['notes.txt']);
  });

  it.runIf(process.platform === 'linux')('say what the disk says', async () => {
    writeFileSync(folder, 'a file where the folder should be');
    await expect(
      upload(
        openPackages({ folder: join(folder, 'in'), deployed: () => deployed, onNotice: () => undefined }),
        zip,
      ),
    ).rejects.toMatchObject({
      code: 'STATE_WRITE',
      fault: 'system',
      message: expect.stringContaining('ENOTDIR') as string,
    });
    expect(lstatSync(folder).isFile()).toBe(true);
  });
});
