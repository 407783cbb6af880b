// The benchmarks measure dist/, as users run it.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

import { root } from '../../scripts/lib/run.mjs';

/** Compiles src/ to dist/. Throws what the compiler prints. */
export async function buildOnce() {
  const compiler = join(root, 'node_modules/typescript/bin/tsc');
  const { status, stdout } = spawnSync(process.execPath, [compiler], { cwd: root, encoding: 'utf8' });
  if (status !== 0) throw new Error(stdout);
}
