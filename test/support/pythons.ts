import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** The first of these versions (`3.12`) of which this machine has a Python; undefined: none. */
export function findPython(versions: readonly string[]): string | undefined {
  return versions.find((version) => isThere(`python${version}`) || isInPyenv(version));
}

function isThere(command: string): boolean {
  try {
    execFileSync(command, ['-c', ''], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

function isInPyenv(version: string): boolean {
  const folder = join(process.env['PYENV_ROOT'] ?? join(homedir(), '.pyenv'), 'versions');
  return existsSync(folder) && readdirSync(folder).some((name) => name.startsWith(`${version}.`));
}
