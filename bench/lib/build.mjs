// The benchmarks measure dist/, as users run it.
import { join } from 'node:path';

import { root, runNode } from '../../scripts/lib/run.mjs';

/** Compiles src/ to dist/; what the compiler has to say goes to stderr. */
export function build() {
  return runNode(join(root, 'node_modules/typescript/bin/tsc'), [], { stdio: ['ignore', 2, 2] });
}
