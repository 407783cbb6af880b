import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { PackFile } from '../../src/packaging/files/pack-file.ts';
import { listZip, unpackZip } from '../../src/packaging/unpack.ts';
import { hashFile } from '../../src/packaging/zip/hash-zip.ts';
import { checkPackagePath, isPackagePath } from '../../src/packaging/zip/names.ts';
import { writeZip } from '../../src/packaging/zip/zip.ts';
import { root } from '../support/root.ts';
import { contents, errorOf, folderWith, tree } from './support.ts';

function file(path: string, text: string, executable = false): PackFile {
  const source = Buffer.from(text, 'latin1');
  return { path, source, size: source.length, executable };
}

const name = fc.stringMatching(/^[a-zé _.-]{1,8}$/u).filter((text) => text !== '.' && text !== '..');
const path = fc.array(name, { minLength: 1, maxLength: 3 }).map((parts) => parts.join('/'));
const files = fc
  .uniqueArray(fc.tuple(path, fc.string({ unit: 'binary-ascii' }), fc.boolean()), {
    selector: ([path]) => path,
    maxLength: 8,
  })
  .map((all) => all.filter(([one]) => !all.some(([other]) => other.startsWith(`${one}/`))));

describe('writeZip', () => {
  it('gives what unpackZip makes the same files of', async () => {
    await fc.assert(
      fc.asyncProperty(files, async (given) => {
        const folder = folderWith();
        const zip = join(folder, 'a.zip');
        const packed = await writeZip(
          given.map((one) => file(...one)),
          zip,
        );
        await unpackZip(zip, join(folder, 'out'));
        const wanted = given.map(([path, text, executable]) => [executable ? `${path}*` : path, text]);
        expect(tree(join(folder, 'out'))).toEqual(Object.fromEntries(wanted));
        expect(await hashFile(zip)).toEqual({
          digest: packed.digest,
          bytes: packed.bytes,
          unpackedBytes: packed.unpackedBytes,
        });
        expect(packed.bytes).toBe(readFileSync(zip).length);
        expect(packed.unpackedBytes).toBe(given.reduce((total, [, text]) => total + text.length, 0));
      }),
      { numRuns: 60 },
    );
  });

  it('gives the same bytes whatever the order', async () => {
    const folder = folderWith();
    await fc.assert(
      fc.asyncProperty(files, async (given) => {
        const one = await writeZip(
          given.map((entry) => file(...entry)),
          join(folder, 'a.zip'),
        );
        const other = await writeZip(
          given.toReversed().map((entry) => file(...entry)),
          join(folder, 'b.zip'),
        );
        expect(other.digest).toBe(one.digest);
      }),
      { numRuns: 40 },
    );
  });

  it('gives the same bytes in every time zone', () => {
    const script = `
      const { writeZip } = await import('./dist/packaging/zip/zip.js');
      const files = [{ path: 'a', source: Buffer.from('a'), size: 1, executable: false }];
      console.log((await writeZip(files, process.argv[1])).digest);`;
    const target = join(folderWith(), 'a.zip');
    const zones = ['UTC', 'Asia/Shanghai', 'America/New_York', 'Africa/Monrovia', 'Pacific/Apia'];
    const digests = zones.map((TZ) =>
      execFileSync(process.execPath, ['--input-type=module', '-e', script, target], {
        cwd: root,
        env: { ...process.env, TZ },
        encoding: 'utf8',
      }),
    );
    expect(new Set(digests).size).toBe(1);
  });

  it('names the first of January 1980, and modes of files alone', async () => {
    const zip = join(folderWith(), 'a.zip');
    await writeZip([file('a', '1'), file('b', '2', true)], zip);
    const bytes = readFileSync(zip);
    const first = bytes.indexOf('PK\u0001\u0002');
    const second = bytes.indexOf('PK\u0001\u0002', first + 1);
    expect(bytes.readUInt16LE(first + 12)).toBe(0);
    expect(bytes.readUInt16LE(first + 14)).toBe((1 << 5) | 1);
    expect([first, second].map((at) => (bytes.readUInt32LE(at + 38) >>> 16).toString(8))).toEqual([
      '100644',
      '100755',
    ]);
  });

  it.each([
    ['a', 'a'],
    ['a', 'a/b'],
    ['a/b/c', 'a/b'],
  ])('refuses %s beside %s', async (one, other) => {
    const folder = folderWith();
    const error = await errorOf(writeZip([file(one, ''), file(other, '')], join(folder, 'a.zip')));
    expect(error.code).toBe('SAME_NAME');
    expect(error.message).toBe(`Two things would be packed as ${one.length < other.length ? one : other}.`);
    expect(tree(folder)).toEqual({});
  });

  it('leaves nothing behind when a file has gone or has another size', async () => {
    const folder = folderWith();
    const gone = { path: 'a', source: join(folder, 'gone'), size: 1, executable: false };
    const error = await errorOf(writeZip([gone], join(folder, 'a.zip')));
    expect(error.code).toBe('SOURCE_CHANGED');
    expect(error.message).toContain('A file changed while it was being packed: ENOENT');
    expect(tree(folder)).toEqual({});
  });

  it('tells that a folder cannot be written to', async () => {
    const folder = folderWith({ taken: '' });
    const error = await errorOf(writeZip([file('a', '')], join(folder, 'taken', 'a.zip')));
    expect(error.code).toBe('NOT_WRITTEN');
    expect(error.message).toMatch(/^The package cannot be written: (ENOTDIR|EEXIST)/);
    expect(error.fix).toBe('choose another folder with --out');
  });

  it('can be stopped', async () => {
    const folder = folderWith();
    const stopping = new AbortController();
    const work = writeZip([file('a', 'x'.repeat(100_000))], join(folder, 'a.zip'), stopping.signal);
    stopping.abort();
    await expect(work).rejects.toThrow('aborted');
    expect(tree(folder)).toEqual({});
  });
});

describe('names in packages', () => {
  it.each(['', '/a', 'a/', 'a//b', '.', '..', '../a', 'a/../b', 'a/./b', 'a\\b', 'C:/a', 'c:a', 'a\0b'])(
    'refuses %j',
    async (bad) => {
      const error = await errorOf(() => checkPackagePath(bad));
      expect(error.code).toBe('BAD_FILE_NAME');
      expect(error.got).toBe(JSON.stringify(bad));
    },
  );

  it('takes those that stay in the folder, and no others', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('a', '.', '/', '\\', ':', '\0', 'é') }), (text) => {
        if (!isPackagePath(text)) return;
        const resolved = new URL(`file:///base/${text.replaceAll(':', '%3A')}`).pathname;
        expect(decodeURIComponent(resolved)).toBe(`/base/${text}`);
      }),
    );
  });
});

describe('unpackZip', () => {
  /** A zip with one name replaced by another of the same length, which yazl would not write. */
  async function forged(from: string, to: string, mode?: number): Promise<string> {
    const zip = join(folderWith(), 'forged.zip');
    await writeZip([file('kept', 'kept'), file(from, 'text')], zip);
    let bytes = readFileSync(zip).toString('latin1').replaceAll(from, to);
    if (mode !== undefined) {
      const buffer = Buffer.from(bytes, 'latin1');
      const at = buffer.indexOf('PK\u0001\u0002');
      buffer.writeUInt32LE((mode << 16) >>> 0, at + 38);
      bytes = buffer.toString('latin1');
    }
    writeFileSync(zip, bytes, 'latin1');
    return zip;
  }

  it.each([
    ['zz/evil', '../evil', /^.*forged\.zip cannot be unpacked: invalid relative path: \.\.\/evil\.$/],
    ['zz/evil', '/x/evil', /cannot be unpacked: absolute path: \/x\/evil\.$/],
    ['zz/evil', 'a/../ev', /cannot be unpacked: invalid relative path: a\/\.\.\/ev\.$/],
    ['zz/evil', 'C:/evil', /cannot be unpacked: absolute path: C:\/evil\.$/],
    ['zz/evil', 'zz//evl', /cannot be unpacked: it has a file called "zz\/\/evl"\.$/],
    ['evil', 'kept', /cannot be unpacked: EEXIST/],
  ])('refuses %s made %s', async (from, to, message) => {
    const folder = folderWith();
    const error = await errorOf(unpackZip(await forged(from, to), join(folder, 'out')));
    expect(error.code).toBe('BAD_ZIP');
    expect(error.message).toMatch(message);
    expect(Object.keys(tree(folder)).every((path) => path === 'out/kept')).toBe(true);
  });

  it('makes no links', async () => {
    const zip = await forged('link', 'link', 0o120777);
    const error = await errorOf(unpackZip(zip, folderWith()));
    expect(error.message).toContain('kept is a link or a device, not a file.');
  });

  it('stops at more bytes or files than allowed', async () => {
    const zip = join(folderWith(), 'a.zip');
    await writeZip([file('a', 'x'.repeat(600)), file('b', 'x'.repeat(600))], zip);
    const large = await errorOf(unpackZip(zip, folderWith(), { bytes: 1000 }));
    expect(large.message).toBe(`${zip} cannot be unpacked: it unpacks to more than 1000 bytes.`);
    const many = await errorOf(unpackZip(zip, folderWith(), { files: 1 }));
    expect(many.message).toBe(`${zip} cannot be unpacked: it has more than 1 files.`);
    expect(Object.keys(await contents(zip))).toEqual(['a', 'b']);
  });

  it('tells that a file is no zip, or not there', async () => {
    const folder = folderWith({ 'a.zip': 'no zip' });
    expect((await errorOf(listZip(join(folder, 'a.zip')))).code).toBe('BAD_ZIP');
    expect((await errorOf(listZip(join(folder, 'b.zip')))).message).toContain('ENOENT');
  });
});
