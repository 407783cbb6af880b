import { createWriteStream, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';

import { afterAll, expect, test } from 'vitest';
import { ZipFile } from 'yazl';

import { cacheControl, contentType } from '../../src/providers/content-types.ts';
import { siteFiles } from '../../src/providers/site-files.ts';

const dir = mkdtempSync(join(tmpdir(), 'site-files-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

test('pages come last, with digests, types, and how long they keep', async () => {
  const zip = new ZipFile();
  zip.addBuffer(Buffer.from('<h1>Hello</h1>'), 'index.html');
  zip.addBuffer(Buffer.from('hello'), 'assets/main.4f2a91c0.js');
  zip.end();
  const file = join(dir, 'site.zip');
  await pipeline(zip.outputStream, createWriteStream(file));
  const files = [];
  for await (const one of siteFiles(file)) files.push({ ...one, content: one.content.toString() });
  expect(files).toEqual([
    {
      path: 'assets/main.4f2a91c0.js',
      content: 'hello',
      md5: '5d41402abc4b2a76b9719d911017c592',
      contentType: 'text/javascript; charset=utf-8',
      cacheControl: 'public, max-age=31536000, immutable',
    },
    {
      path: 'index.html',
      content: '<h1>Hello</h1>',
      md5: '4b214a5d71afee6f818a599f43db3e56',
      contentType: 'text/html; charset=utf-8',
      cacheControl: 'public, max-age=0, must-revalidate',
    },
  ]);
});

test('what is no zip is said to be none', async () => {
  const file = join(dir, 'none.zip');
  writeFileSync(file, 'no zip');
  await expect(siteFiles(file).next()).rejects.toMatchObject({ code: 'BAD_ZIP' });
});

test.each(['main.4f2a91c0.js', 'css/index-BxT9kQ2a.css', 'app.4f2a91c0.chunk.js'])(
  '%s never changes',
  (path) => {
    expect(cacheControl(path)).toContain('immutable');
  },
);

test.each([
  'app.js',
  'photo-20260301.jpg',
  'report-2026-final.pdf',
  'page-4f2a91c0.html',
  'jquery-3.6.0.min.js',
  'MyReport.v2/a.js',
])('%s may change', (path) => {
  expect(cacheControl(path)).toContain('must-revalidate');
});

test('types go by the ending', () => {
  expect([contentType('A.PNG'), contentType('font/a.woff2'), contentType('LICENSE')]).toEqual([
    'image/png',
    'font/woff2',
    'application/octet-stream',
  ]);
});
