import { mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, sep } from 'node:path';

import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { pathProblems, staysInside } from '../../src/platform/deployments/entry-paths.ts';
import { functionSpec, packagesOf } from '../../src/platform/deployments/packaged.ts';
import { specSchema } from '../../src/platform/deployments/schema.ts';
import type { NodeEntry } from '../../src/runtimes/entry.ts';

const [CODE, ONE, TWO] = ['c', '1', '2'].map((char) => char.repeat(64)) as [string, string, string];

let folder: string;
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'ropeway-packaged-')));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));
const packages = { folder: (digest: string): string => join(folder, digest) };

describe('a version of a package', () => {
  it('runs in the folders of its package and layers, wherever they are now', () => {
    mkdirSync(join(folder, ONE, 'python'), { recursive: true });
    mkdirSync(join(folder, TWO), { recursive: true });
    const spec = specSchema.parse({
      entry: {
        runtime: 'python',
        interface: 'auto',
        root: '.',
        from: { script: 'bin/run.py' },
        env: { A: '1' },
      },
      package: { code: CODE, layers: [ONE, TWO] },
      interpreter: '/usr/bin/python3',
    });
    expect(packagesOf(spec)).toEqual([CODE, ONE, TWO]);
    const made = functionSpec('shop', spec, packages);
    expect(made.entry).toEqual({
      runtime: 'python',
      interface: 'auto',
      root: join(folder, CODE),
      from: { script: join(folder, CODE, 'bin', 'run.py') },
      env: { A: '1' },
      libraries: [join(folder, ONE, 'python'), join(folder, TWO)],
    });
    expect(made).not.toHaveProperty('package');
    expect(made).not.toHaveProperty('sourceRoot');
    const alone = specSchema.parse({ ...spec, package: { code: CODE } });
    // No libraries are not the same as the interpreter's.
    expect(functionSpec('shop', alone, packages).entry).toMatchObject({ libraries: [] });
  });

  it('is what it was when it is of a folder', () => {
    const spec = specSchema.parse({
      entry: { runtime: 'node', interface: 'listener', root: '/a', file: '/a/b.js', nodeOptions: [] },
      sourceRoot: '/a',
    });
    expect(packagesOf(spec)).toEqual([]);
    expect(functionSpec('shop', spec, packages)).toEqual({ ...spec, name: 'shop', stage: '' });
  });

  it('never has a path that leads out of its package', () => {
    const part = fc.constantFrom('a', '.', '..', '', 'b.c', '\\', 'C:', '\0');
    const path = fc.array(part, { maxLength: 5 }).map((parts) => parts.join('/'));
    fc.assert(
      fc.property(path, (value) => {
        const entry: NodeEntry = {
          runtime: 'node',
          interface: 'listener',
          root: '.',
          file: value,
          nodeOptions: [],
        };
        const isFine = pathProblems({ entry, package: { code: CODE } }).length === 0;
        expect(isFine).toBe(staysInside(value));
        if (!isFine) return;
        const full = join('/packages/x', value);
        expect(full === '/packages/x' || full.startsWith(`/packages/x${sep}`)).toBe(true);
        expect(value.split('/')).not.toContain('..');
      }),
      { numRuns: 1000 },
    );
    expect(['.', 'a', 'a/b.c', 'a b'].map(staysInside)).toEqual([true, true, true, true]);
    expect(['', '..', '/a', 'a/', './a', 'a/./b', 'a\\b', 'C:/a'].some(staysInside)).toBe(false);
  });
});
