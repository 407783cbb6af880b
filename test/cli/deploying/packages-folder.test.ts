import { existsSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, expect, test } from 'vitest';

import { noteUse, packagesFolder, prunePackages } from '../../../src/cli/deploying/packages-folder.ts';

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'ropeway-packages-'));
});

afterEach(() => rmSync(root, { recursive: true, force: true }));

test('packages go when no deployment has needed them for a month', () => {
  prunePackages(root);
  mkdirSync(packagesFolder(root), { recursive: true });
  const files = ['old.zip', 'used.zip', 'new.zip'].map((name) => join(packagesFolder(root), name));
  const longAgo = new Date('2026-01-01');
  for (const file of files) writeFileSync(file, 'zip');
  for (const file of files.slice(0, 2)) utimesSync(file, longAgo, longAgo);
  noteUse([files[1]!, join(root, 'nowhere')]);
  prunePackages(root);
  expect(files.map((file) => existsSync(file))).toEqual([false, true, true]);
});
