#!/usr/bin/env node
import { packageVersion } from '../lib/package-root.ts';

const args = process.argv.slice(2);
// Answered before anything else is loaded.
if (args.length === 1 && (args[0] === '--version' || args[0] === '-v')) {
  process.stdout.write(`${packageVersion()}\n`);
} else {
  const { runProgram } = await import('./program.ts');
  await runProgram(args);
}
