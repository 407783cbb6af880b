import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join, sep } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';

import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ZipFile } from 'yazl';

import { checkLink } from '../../src/platform/packages/entries.ts';
import { unpack } from '../../src/platform/packages/unpack.ts';
import { type MadeEntry, makeZip, zipOf } from './zips.ts';

let root: string;
beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'ropeway-packages-')));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

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

  it('checks big entries as it checks small ones', async () => {
    const content = Buffer.alloc(3 << 20, 'abc');
    for (const stored of [false, true]) {
      const out = join(root, `big${stored}`);
      const whole = zipFile(makeZip([{ name: 'big', content, stored }]));
      expect(await unpack(whole, out)).toBe(3 << 20);
      expect(readFileSync(join(out, 'big')).equals(content)).toBe(true);
    }
    const cases: [MadeEntry, string][] = [
      [{ name: 'a', content, claims: { bytes: 1 << 20 } }, 'an entry has more bytes than it says'],
      [{ name: 'a', content, claims: { bytes: 4 << 20 } }, 'an entry is damaged'],
      [{ name: 'a', content, claims: { sum: 1 } }, 'an entry is damaged'],
      [{ name: 'a', content: randomBytes(1 << 20), stored: true, method: 8 }, 'an entry is damaged'],
    ];
    for (const [index, [entry, problem]] of cases.entries()) {
      await expect(unpack(zipFile(makeZip([entry])), join(root, `bad${index}`))).rejects.toMatchObject({
        code: 'PACKAGE_ENTRY',
        message: `The package cannot be unpacked: ${problem}.`,
      });
    }
  });

  it('refuses more bytes and entries than there may be, before it writes any', async () => {
    const big = { content: '', claims: { bytes: 0x7000_0000 } };
    await expect(unpacked([{ name: 'a', ...big }])).rejects.toMatchObject({
      code: 'PACKAGE_TOO_LARGE',
      message: 'The package has too many bytes unpacked.',
      expected: 'at most 1073741824 bytes',
    });
    await expect(unpack(zipFile(withEntryCount(200_000)), join(root, 'out'))).rejects.toMatchObject({
      code: 'PACKAGE_TOO_LARGE',
      message: 'The package has too many entries.',
      expected: 'at most 100000',
    });
    expect(existsSync(join(root, 'out'))).toBe(false);
  });

  /** Says in the form for big zips (ZIP64) that it has so many. */
  function withEntryCount(count: number): Buffer {
    const record = Buffer.alloc(56);
    record.write('PK\x06\x06', 'latin1');
    record.writeBigUInt64LE(BigInt(count), 24);
    record.writeBigUInt64LE(BigInt(count), 32);
    const locator = Buffer.alloc(20);
    locator.write('PK\x06\x07', 'latin1');
    return Buffer.concat([record, locator, makeZip([])]);
  }

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
