import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';

import { expect, it } from 'vitest';

import { fixtures } from '../support/platform.ts';
import { testPython } from '../support/python.ts';
import { root } from '../support/root.ts';

const run = promisify(execFile);
/**
 * What a runtime may keep for itself: caches of header names fill up to their bound. Resident memory, except of Node
 * with headers that never repeat: V8 keeps the pages of names it has seen, 6 MB of them even when nothing but the
 * events is made, so there it is what is alive on the heap.
 */
const ALLOWED_MB = { node: 5, 'node-varied': 3, wsgi: 3, asgi: 3 };

interface Measured {
  descriptors: number;
  megabytes: number;
}

// Descriptors and resident memory are read from /proc, which Linux alone has.
it.skipIf(!existsSync('/proc/self/fd')).each(['node', 'node-varied', 'wsgi', 'asgi'] as const)(
  'ten thousand requests in one %s process leave nothing behind',
  async (kind) => {
    const { stdout } =
      kind === 'node' || kind === 'node-varied'
        ? await run(process.execPath, [
            '--expose-gc',
            join(fixtures, 'flat/node.mjs'),
            pathToFileURL(join(root, 'dist/runtimes/node/adapter.js')).href,
            kind === 'node' ? 'same' : 'varied',
          ])
        : await run(await testPython(), [join(fixtures, 'flat/python.py'), kind], {
            env: { PYTHONPATH: join(root, 'src/runtimes/python') },
          });
    const [early, late] = JSON.parse(stdout) as [Measured, Measured];
    expect(late.descriptors, stdout).toBe(early.descriptors);
    expect(late.megabytes - early.megabytes, stdout).toBeLessThan(ALLOWED_MB[kind]);
    process.stdout.write(`${kind}: ${stdout}`);
  },
);
