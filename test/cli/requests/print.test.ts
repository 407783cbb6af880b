import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { expect, it } from 'vitest';

import { packageRoot } from '../../../src/lib/package-root.ts';

it('ends quietly when nobody reads on', async () => {
  const built = pathToFileURL(join(packageRoot, 'dist/cli/requests/print.js')).href;
  const script = `
    import { print } from ${JSON.stringify(built)};
    await print('a'.repeat(5_000_000));
    await print('b');
    process.stderr.write('done');
  `;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stderr = '';
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  child.stdout.once('data', () => child.stdout.destroy());
  const [code] = (await once(child, 'close')) as [number];
  expect({ code, stderr }).toEqual({ code: 0, stderr: 'done' });
});
