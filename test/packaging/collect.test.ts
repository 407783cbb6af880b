import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { collect } from '../../src/packaging/files/collect.ts';
import { fingerprints } from '../../src/packaging/files/hash.ts';
import { BUILT_IN, SECRETS, readRules } from '../../src/packaging/files/rules.ts';
import { errorOf, folderWith, makeRunnable, write } from './support.ts';

function paths(
  dir: string,
  more: { exclude?: string[]; include?: string[]; outFolder?: string } = {},
): string[] {
  return collect({ dir, outFolder: '/nowhere', ...more }).files.map(({ path }) => path);
}

function notices(dir: string, include: string[] = []): string[] {
  return collect({ dir, outFolder: '/nowhere', include }).notices;
}

describe('what is packed', () => {
  it('is everything but what belongs to tools, at any depth', () => {
    const kept = [
      'app.py',
      'static/a.css',
      'data/x.csv',
      'env/settings.py',
      'tests/test_app.py',
      'package.json',
    ];
    const left = [
      ...['.git/HEAD', '.hg/x', '.svn/x', '.ropeway/dev.json', '.serverless/x', 'node_modules/a/index.js'],
      ...[
        '__pycache__/app.cpython-311.pyc',
        'app.pyc',
        '.pytest_cache/x',
        '.mypy_cache/x',
        '.tox/x',
        '.nox/x',
      ],
      ...[
        '.idea/x',
        '.vscode/x',
        '.DS_Store',
        'Thumbs.db',
        'app.py~',
        '.app.py.swp',
        '.coverage',
        '.nyc_output/x',
      ],
    ];
    const all = [...kept, ...left, ...left.map((path) => `deep/er/${path}`)];
    const dir = folderWith(Object.fromEntries(all.map((path) => [path, ''])));
    expect(paths(dir)).toEqual(kept.toSorted());
  });

  it('leaves virtual environments out, whatever they are called', () => {
    const dir = folderWith({
      'app.py': '',
      'my-python/pyvenv.cfg': '',
      'my-python/lib/x.py': '',
      'conda/conda-meta/history': '',
      'conda/lib/x.py': '',
      'venv/not-one.py': '',
    });
    expect(paths(dir)).toEqual(['app.py', 'venv/not-one.py']);
  });

  it('leaves the folder that packages are written to out', () => {
    const dir = folderWith({ 'app.py': '', 'build/x.zip': '' });
    expect(paths(dir, { outFolder: join(dir, 'build') })).toEqual(['app.py']);
  });

  it('says which files may hold secrets', () => {
    const secrets = ['.env', '.env.local', '.npmrc', 'certs/server.pem', 'id_rsa', 'store.p12'];
    const dir = folderWith(Object.fromEntries([...secrets, 'app.py'].map((path) => [path, ''])));
    expect(paths(dir)).toEqual(['app.py']);
    expect(notices(dir)).toEqual([
      'left out because they may hold secrets: .env, .env.local, .npmrc, certs/server.pem, id_rsa and 1 more (`include` takes one in)',
    ]);
    expect(paths(dir, { include: ['certs/server.pem'] })).toEqual(['app.py', 'certs/server.pem']);
    expect(notices(dir, secrets)).toEqual([]);
  });

  it('follows .ropewayignore, then `exclude`: what comes later wins', () => {
    const dir = folderWith({
      '.ropewayignore': '\uFEFF*.csv\r\n!keep.csv\r\n/docs/\r\n!.env.public\r\n',
      'a.csv': '',
      'keep.csv': '',
      'docs/x': '',
      'src/docs/x': '',
      '.env.public': '',
      'log.txt': '',
    });
    expect(paths(dir)).toEqual(['.env.public', 'keep.csv', 'log.txt', 'src/docs/x']);
    expect(paths(dir, { exclude: ['*.txt', '!a.csv'] })).toEqual([
      '.env.public',
      'a.csv',
      'keep.csv',
      'src/docs/x',
    ]);
    expect(notices(dir)).toEqual([]);
  });

  it('takes what `include` names, whatever a rule says, from anywhere', () => {
    const outside = folderWith({ 'shared/a.py': '', 'shared/.env': '', 'one.txt': '' });
    const dir = folderWith({ 'app.py': '', 'node_modules/x/index.js': '', '.ropewayignore': 'data' });
    write(dir, { 'data/big.bin': '' });
    expect(
      paths(dir, { include: [join(outside, 'shared'), `${outside}/one.txt`, 'data', 'node_modules/x'] }),
    ).toEqual(['app.py', 'data/big.bin', 'node_modules/x/index.js', 'one.txt', 'shared/.env', 'shared/a.py']);
  });

  it('keeps who may be run: by mode, by their first line, and by what a cloud starts', () => {
    const dir = folderWith({
      bootstrap: '',
      'in/scf_bootstrap': 'node app.js',
      'run.sh': '#!/bin/sh\n',
      tool: '#!/usr/bin/env node\n',
      'manage.py': '#!/usr/bin/env python\n',
      'notes.txt': '#! not a script',
      'app.py': 'x = 1',
      'binary.bin': 'x',
    });
    makeRunnable(join(dir, 'binary.bin'));
    const { files } = collect({ dir, outFolder: '/nowhere' });
    expect(files.filter(({ executable }) => executable).map(({ path }) => path)).toEqual([
      'binary.bin',
      'bootstrap',
      'in/scf_bootstrap',
      'manage.py',
      'run.sh',
      'tool',
    ]);
  });
});

describe('links', () => {
  it('in the folder count as what they lead to', () => {
    const dir = folderWith({ 'real/a.txt': 'text', 'b.txt': 'b' });
    symlinkSync('real', join(dir, 'also'));
    symlinkSync('../b.txt', join(dir, 'real', 'b'));
    expect(paths(dir)).toEqual(['also/a.txt', 'also/b', 'b.txt', 'real/a.txt', 'real/b']);
    const { files } = collect({ dir, outFolder: '/nowhere' });
    const hashes = fingerprints(files).map((line) => line.split('\0')[2]);
    expect(hashes[0]).toBe(hashes[3]);
  });

  it('that lead out are refused, unless included or left out', async () => {
    const outside = folderWith({ 'secret.txt': '' });
    const dir = folderWith({ 'app.py': '' });
    symlinkSync(outside, join(dir, 'link'));
    const error = await errorOf(() => paths(dir));
    expect(error).toMatchObject({
      code: 'LINK_OUTSIDE',
      message: 'link is a link that leads out of the folder of the app.',
      expected: 'files in the folder, or what `include` names',
      got: outside,
      fix: 'take it in (--include link), or leave it out with a line in .ropewayignore: /link',
      exitCode: 2,
    });
    expect(paths(dir, { include: ['link'] })).toEqual(['app.py', 'link/secret.txt']);
    expect(paths(dir, { exclude: ['/link'] })).toEqual(['app.py']);
  });

  it('that lead in circles or nowhere are left out and said', () => {
    const dir = folderWith({ 'a/x.txt': '', 'b/y.txt': '' });
    symlinkSync('.', join(dir, 'self'));
    symlinkSync('../b', join(dir, 'a', 'b'));
    symlinkSync('../a', join(dir, 'b', 'a'));
    symlinkSync('gone', join(dir, 'broken'));
    expect(paths(dir)).toEqual(['a/b/y.txt', 'a/x.txt', 'b/a/x.txt', 'b/y.txt']);
    expect(notices(dir)).toEqual([
      'a/b/a leads back to a folder that it is in: left out',
      'b/a/b leads back to a folder that it is in: left out',
      'broken is a link to gone, which does not exist: left out',
      'self leads back to a folder that it is in: left out',
    ]);
  });

  it('to another name of the app itself is no way out', () => {
    const dir = folderWith({ 'app/app.py': '' });
    symlinkSync('app', join(dir, 'other'));
    symlinkSync('app.py', join(dir, 'app', 'main.py'));
    expect(paths(join(dir, 'other'))).toEqual(['app.py', 'main.py']);
  });
});

describe('what is refused', () => {
  it('names that another system would read as something else', async () => {
    const dir = folderWith({ 'a\\b.txt': '' });
    const error = await errorOf(() => paths(dir));
    expect(error).toMatchObject({
      code: 'BAD_FILE_NAME',
      message: 'A file cannot be packed under its name.',
      got: String.raw`"a\\b.txt"`,
      fix: 'rename the file, or leave it out with a line in .ropewayignore',
    });
  });

  it('names that are no UTF-8', async () => {
    const dir = folderWith();
    writeFileSync(Buffer.concat([Buffer.from(`${dir}/`), Buffer.from([0xff, 0x61])]), '');
    expect((await errorOf(() => paths(dir))).code).toBe('FILE_UNREADABLE');
  });

  it.each([
    ['gone.txt', '`include` names what does not exist.'],
    ['', '`include` names what does not exist.'],
    ['.', '`include` names the folder of the app itself.'],
  ])('include %j', async (place, message) => {
    const error = await errorOf(() => paths(folderWith(), { include: [place] }));
    expect(error).toMatchObject({
      code: 'INCLUDE_MISSING',
      message,
      expected: 'a file or folder, from the folder of the app on: ../shared, certs/ca.pem',
      got: JSON.stringify(place),
    });
  });

  it('two things of one name', async () => {
    const outside = folderWith({ 'app.py': 'other' });
    const dir = folderWith({ 'app.py': '' });
    const error = await errorOf(() => paths(dir, { include: [join(outside, 'app.py')] }));
    expect(error).toMatchObject({
      code: 'SAME_NAME',
      message: 'Two things would be packed as app.py.',
      got: `${dir}/app.py and ${outside}/app.py`,
      fix: 'rename one of them, or leave it out of `include`',
    });
  });

  it.each([' ', 'a\nb'])('the pattern %j', async (pattern) => {
    const error = await errorOf(() => paths(folderWith(), { exclude: [pattern] }));
    expect(error).toMatchObject({
      code: 'BAD_PATTERN',
      message: 'A pattern of files to be left out says nothing.',
      expected: 'a pattern as in .gitignore: *.csv, /data/, !keep.csv',
      got: JSON.stringify(pattern),
    });
  });

  it('.ropewayignore that is a folder', async () => {
    const dir = folderWith();
    mkdirSync(join(dir, '.ropewayignore'));
    const error = await errorOf(() => paths(dir));
    expect(error.code).toBe('IGNORE_FILE');
    expect(error.message).toMatch(/^\.ropewayignore cannot be read: EISDIR/);
  });

  it('packages in the folder of the app itself, or around it', async () => {
    const dir = folderWith({ 'in/app.py': '' });
    for (const outFolder of [dir, join(dir, 'in')]) {
      const error = await errorOf(() => paths(join(dir, 'in'), { outFolder }));
      expect(error).toMatchObject({ code: 'OUT_FOLDER', got: outFolder });
      expect(error.fix).toBe(`--out ${dir}/in/.ropeway/packages`);
    }
  });

  it('a socket or a pipe is left out and said', () => {
    const dir = folderWith({ 'app.py': '' });
    execFileSync('/bin/sh', ['-c', 'mkfifo "$0"', join(dir, 'pipe')]);
    expect(paths(dir)).toEqual(['app.py']);
    expect(notices(dir)).toEqual(['pipe is neither a file nor a folder: left out']);
  });
});

const word = fc.stringMatching(/^[a-z][a-z0-9]{0,5}$/).filter((text) => text !== 'cvs');
const somePath = fc.array(word, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('/'));

describe('rules', () => {
  const dir = folderWith();
  const isOut = (path: string, ...patterns: string[]): boolean =>
    readRules(dir, patterns).leavesOut(path, false) !== false;

  it('leave nothing out that nobody names', () => {
    fc.assert(fc.property(somePath, (path) => !isOut(path)));
  });

  it('leave out a name at any depth, a path with a slash from the top on, and what is below', () => {
    fc.assert(
      fc.property(somePath, somePath, word, (above, below, name) => {
        expect(isOut(name, name)).toBe(true);
        expect(isOut(`${above}/${name}`, name)).toBe(true);
        expect(isOut(`${above}/${name}/${below}`, name)).toBe(true);
        expect(isOut(`${above}/${name}`, `/${name}`)).toBe(above === name || above.startsWith(`${name}/`));
        expect(isOut(`${above}/${name}`, `${above}/${name}`)).toBe(true);
      }),
    );
  });

  it('take back what a later line with ! names, unless a folder around it is out', () => {
    fc.assert(
      fc.property(word, word, (folder, name) => {
        expect(isOut(`${name}.txt`, '*.txt', `!${name}.txt`)).toBe(false);
        expect(isOut(`${name}.txt`, `!${name}.txt`, '*.txt')).toBe(true);
        expect(isOut(`${folder}/${name}`, `${folder}/`, `!${folder}/${name}`)).toBe(true);
      }),
    );
  });

  it('of our own hold at any depth, and can be taken back', () => {
    const literal = [...BUILT_IN, ...SECRETS].filter((pattern) => !pattern.includes('*'));
    fc.assert(
      fc.property(fc.constantFrom(...literal), somePath, (pattern, above) => {
        const rules = readRules(dir, []);
        const isFolder = pattern.endsWith('/');
        const name = pattern.replace(/\/$/, '');
        expect(rules.leavesOut(name, isFolder)).not.toBe(false);
        expect(rules.leavesOut(`${above}/${name}`, isFolder)).not.toBe(false);
        expect(readRules(dir, [`!${name}`]).leavesOut(`${above}/${name}`, isFolder)).toBe(false);
      }),
    );
  });
});
