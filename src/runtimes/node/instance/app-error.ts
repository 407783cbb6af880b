import { fileURLToPath } from 'node:url';

import type { AppError } from '../../protocol.ts';

const OURS = fileURLToPath(new URL('../../..', import.meta.url));

/** Whatever the app threw, with the app's own stack frames: neither ours nor Node's. */
export function describeThrown(thrown: unknown): AppError {
  if (!(thrown instanceof Error)) {
    const message = `the app threw ${typeof thrown}: ${String(thrown)}`;
    return { type: 'Thrown', message, traceback: message };
  }
  const missing = missingModule(thrown);
  return {
    type: thrown.name,
    message: thrown.message,
    traceback: appStack(thrown),
    ...(missing === undefined ? {} : { missing }),
  };
}

function appStack(error: Error): string {
  const lines = (error.stack ?? `${error.name}: ${error.message}`).split('\n');
  return lines.filter((line) => !/^\s+at /.test(line) || !isForeign(line)).join('\n');
}

function isForeign(line: string): boolean {
  return line.includes('node:internal/') || line.includes(OURS) || line.includes('(node:');
}

/** The package that `require` or `import` could not find; undefined for a missing file of the app. */
function missingModule(error: Error & { code?: string }): string | undefined {
  if (error.code !== 'MODULE_NOT_FOUND' && error.code !== 'ERR_MODULE_NOT_FOUND') return undefined;
  const name = /Cannot find (?:module|package) '([^']+)'/.exec(error.message)?.[1];
  if (name === undefined || name.startsWith('.') || name.startsWith('/')) return undefined;
  return name.startsWith('@') ? name.split('/').slice(0, 2).join('/') : name.split('/')[0];
}
