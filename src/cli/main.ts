#!/usr/bin/env node
import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { packageVersion } from '../lib/package-root.ts';

const args = process.argv.slice(2);
// Answered before anything else is loaded.
if (args.length === 1 && (args[0] === '--version' || args[0] === '-v')) {
  process.stdout.write(`${packageVersion()}\n`);
} else {
  if (args[0] === 'dev' && namesNodeFolder(args.slice(1))) {
    // Boots while the command itself is still being loaded.
    const { bootBlankNode } = await import('../platform/instances/blank-node.ts');
    bootBlankNode();
  }
  const { runProgram } = await import('./program.ts');
  await runProgram(args);
}

/** Whether one of the folders that the arguments may mean has a package.json. */
function namesNodeFolder(words: string[]): boolean {
  return ['.', ...words].some((word) => existsSync(join(word, 'package.json')));
}
