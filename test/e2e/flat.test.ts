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
/** What a runtime may keep for itself: caches of header names fill up to their bound. */
const ALLOWED_MB = 3;

interface Measured {
  descriptors: number;
  megabytes: number;
}

it.skipIf(!existsSync('/proc/self/fd')).each(['node', 'wsgi', 'asgi'])(
  'ten thousand requests in one %s process leave nothing behind',
  async (kind) => {
    const { stdout } =
      kind === 'node'
        ? await run(process.execPath, [
            '--expose-gc',
            join(fixtures, 'flat/node.mjs'),
            pathToFileURL(join(root, 'dist/runtimes/node/adapter.js')).href,
          ])
        : await run(await testPython(), [join(fixtures, 'flat/python.py'), kind], {
            env: { PYTHONPATH: join(root, 'src/runtimes/python') },
          });
    const [early, late] = JSON.parse(stdout) as [Measured, Measured];
    expect(late.descriptors, stdout).toBe(early.descriptors);
    expect(late.megabytes - early.megabytes, stdout).toBeLessThan(ALLOWED_MB);
    process.stdout.write(`${kind}: ${stdout}`);
  },
);
