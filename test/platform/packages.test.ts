import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, sep } from 'node:path';
import { Readable } from 'node:stream';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { openPackages, type Packages } from '../../src/platform/packages/packages.ts';
import { digestOf, makeZip, zipOf } from './zips.ts';

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
